/** The demo's story on what an example has deployed, and what must be true of it. */
import type { RecordedResource } from "../../sim/recorded-resource.ts";
import { playBlock, playPoison, playUndelivered } from "./twin-failures.ts";
import { type DeployedExample, type Example, openExample, type Problem } from "./twin-stage.ts";
import { playChapters, playEverywhere, playOther } from "./twin-story.ts";

/** Deploys the records, plays the story, and answers what went wrong. */
export async function play(
  example: Example,
  records: readonly RecordedResource[],
  options: { readonly direct?: boolean } = {},
): Promise<Problem> {
  let scene: DeployedExample;
  try {
    scene = await openExample(example, records, options);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `deployment: ${error.message}`;
  }
  for (const act of [playChapters, playOther, playEverywhere, playBlock, playUndelivered, playPoison]) {
    const problem = await act(scene);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
