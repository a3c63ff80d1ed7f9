/** The demo's story on what an example has deployed, and what must be true of it. */
import type { RecordedOptions } from "../../testing/deployment/recorded-deployment.ts";
import type { RecordedResource } from "../../testing/deployment/recorded-resource.ts";
import { playBlock, playNewcomer, playPoison, playUndelivered } from "./twin-failures.ts";
import { type DeployedExample, type Example, openExample, type Problem } from "./twin-stage.ts";
import { playChanges, playEverywhere, playFollow, playOther } from "./twin-story.ts";

type Step = (scene: DeployedExample) => Promise<Problem>;

/** What every example can do: members come and go, a partner refuses an address, the queue's troubles. */
export const relocationSteps: readonly Step[] = [
  playChanges,
  playOther,
  playFollow,
  playEverywhere,
  playNewcomer,
  playBlock,
  (scene) => {
    const input = { FunctionName: scene.member, Description: "changed" };
    const change = () => scene.operator("lambda", "UpdateFunctionConfiguration", input);
    return playUndelivered(scene, scene.queues.relocation, { change, reported: "via CloudTrail" });
  },
  (scene) => playPoison(scene, scene.queues.relocation),
];

type PlayOptions = Pick<RecordedOptions, "direct" | "onDecision">;

/** Deploys the records, plays the steps, and answers what went wrong. */
export async function play(
  example: Example,
  records: readonly RecordedResource[],
  steps: readonly Step[],
  options: PlayOptions = {},
): Promise<Problem> {
  let scene: DeployedExample;
  try {
    scene = await openExample(example, records, options);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return `deployment: ${error.message}`;
  }
  for (const step of steps) {
    const problem = await step(scene);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
