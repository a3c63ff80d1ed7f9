/** What the commands that serve a page share: the port that is asked for, and serving until somebody ends it. */
import type { RunningConsole } from "./server.ts";

/** @throws Error that names the argument */
export function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (text.trim() === "" || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port ${text}: must be a whole number from 0 to 65535`);
  }
  return port;
}

/** Prints the page's address, and answers when Ctrl-C or a signal has ended it. */
export async function untilEnded(server: RunningConsole): Promise<void> {
  process.stdout.write(`${server.url}\n`);
  await new Promise((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
  await server.close();
}
