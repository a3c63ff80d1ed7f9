/** Serves a page until Ctrl-C. */
import type { RunningConsole } from "./server.ts";

/** Prints the page's address; resolves when Ctrl-C or a signal has ended it. */
export async function untilEnded(server: RunningConsole): Promise<void> {
  const signal = new Promise((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
  // A program that has read the address may send the signal at once.
  process.stdout.write(`${server.url}\n`);
  await signal;
  await server.close();
}
