/** `holdfast console`: the local web page on a deployment. */
import { runScript } from "./support/run-script.ts";

export function openConsole(args: readonly string[]): Promise<number> {
  return runScript("console/main.ts", args);
}
