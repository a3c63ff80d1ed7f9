/** `holdfast console`: a local, read-only web page on a deployment. */
import { runConsole } from "./console/run.ts";
import { untilEnded } from "./console/terminal.ts";
import { poolsOf, readSettings } from "./support/deployment.ts";
import type { Session } from "./support/session.ts";

export interface ConsoleOptions {
  readonly port?: number;
}

/**
 * Serves the page until Ctrl-C.
 * @throws UsageError when the port that was asked for is taken
 */
export async function openConsole(session: Session, { port }: ConsoleOptions): Promise<void> {
  const { clients, deployment, progress } = session;
  const pools = poolsOf(await readSettings(clients, deployment));
  const server = await runConsole({ clients, deployment: { stage: deployment.stage, pools }, port });
  progress.end();
  // For other commands Ctrl-C is an interruption; here it is the end.
  process.removeAllListeners("SIGINT");
  await untilEnded(server);
}
