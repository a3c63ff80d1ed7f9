/** `holdfast simulate`: what `npm run sim` does. */
import { runScript } from "./support/run-script.ts";

export function simulate(args: readonly string[]): Promise<number> {
  return runScript("testing/simulation/main.ts", args);
}
