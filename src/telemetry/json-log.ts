/** Log lines as JSON on stdout, whose fields Logs Insights finds by itself. A logging library would weigh 23 KB a function. */
import type { Log } from "./log.ts";

export function jsonLog(service: string): Log {
  const write = (level: string) => (message: string, detail: Record<string, unknown>) => {
    const timestamp = new Date().toISOString();
    process.stdout.write(`${JSON.stringify({ level, message, service, timestamp, ...detail })}\n`);
  };
  return { info: write("INFO"), error: write("ERROR") };
}
