/** The console for a deployment in an account: read-only, with the caller's own credentials. */
import { systemClock } from "../../src/aws/clock.ts";
import { loadAssets } from "./assets.ts";
import type { ConsoleClients, ConsoleDeployment } from "./deployment.ts";
import { createFeed } from "./feed.ts";
import { type RunningConsole, startConsole } from "./server.ts";
import { createSource } from "./source.ts";

export interface ConsoleOptions {
  readonly clients: ConsoleClients;
  readonly deployment: ConsoleDeployment;
  readonly port?: number | undefined;
}

/** Kept well below what EC2 and Lambda allow an account per second, and what GetMetricData costs within cents a day. */
const snapshotMs = 5_000;
const measuresMs = 60_000;
/** How much of the past the time line shows at first. */
const pastMs = 24 * 3_600_000;

/**
 * Serves the page until it is closed. AWS is asked only while a page is open.
 * @throws UsageError when the port that was asked for is taken
 */
export async function runConsole({ clients, deployment, port }: ConsoleOptions): Promise<RunningConsole> {
  const assets = await loadAssets();
  const feed = createFeed({
    source: createSource(clients, systemClock, deployment, systemClock.now() - pastMs),
    about: { title: deployment.stage, demo: false },
    snapshotMs,
    measuresMs,
  });
  const server = await startConsole({ assets, watch: feed.watch, port });
  return {
    url: server.url,
    async close() {
      feed.close();
      await server.close();
    },
  };
}
