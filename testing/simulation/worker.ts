/** A process that runs each seed that its parent sends, and answers with its result or with why it crashed. */
import { describe } from "./batch.ts";
import { runSeed, type SeedOptions, type SeedResult } from "./run.ts";

export type Answer = { readonly result: SeedResult } | { readonly error: string };

process.on("message", (options) => {
  runSeed(options as SeedOptions).then(
    (result) => answer({ result }),
    (error) => answer({ error: describe(error) }),
  );
});

function answer(it: Answer): void {
  process.send?.(it);
}
