/** A process that runs one seed after the other as it is told. */
import { runSeed, type SeedOptions } from "./run.ts";

process.on("message", (options) => {
  runSeed(options as SeedOptions).then((result) => process.send?.(result));
});
