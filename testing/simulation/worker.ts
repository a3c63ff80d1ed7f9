/** A process that runs each seed that its parent sends. */
import { runSeed, type SeedOptions } from "./run.ts";

process.on("message", (options) => {
  runSeed(options as SeedOptions).then((result) => process.send?.(result));
});
