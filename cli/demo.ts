/** `holdfast demo`: what `npm run demo` does. */
import { runScript } from "./support/run-script.ts";

export function demo(args: readonly string[]): Promise<number> {
  return runScript("demo/main.ts", args);
}
