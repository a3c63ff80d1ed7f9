import { withEgressGuard } from "../../src/guard/guard.ts";

/** One Lambda environment as far as the guard is concerned: a process that serves one call and ends. */
const [url = "", statePath = "", options = "{}"] = process.argv.slice(2);
const handler = withEgressGuard(async (event: string) => `handled ${event}`, {
  url,
  statePath,
  echoUrl: `${url}ip`,
  confirmAfterMs: 1,
  jitterMs: 1,
  ...JSON.parse(options),
});
await handler.ready;
try {
  console.log(await handler("event"));
} catch (error) {
  console.log(`failed ${(error as Error).name}`);
}
