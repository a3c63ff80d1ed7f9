/** A partner that refuses Lambda's shared addresses: a guarded function is attached to the pool's network, as deployed. */
import { wearGuard } from "../../testing/deployment/guarded-function.ts";
import { createPartner } from "../../testing/twin/partners.ts";
import { playPoison, playUndelivered } from "./twin-failures.ts";
import { type DeployedExample, minuteMs, type Problem, pass } from "./twin-stage.ts";
import { isShut, quiet } from "./twin-story.ts";

const environmentsPerMinute = 3;

/** The function alone in the pool's network, so that its interfaces have addresses only if relocation knows of it. */
export async function playAttach(scene: DeployedExample): Promise<Problem> {
  const { region, path, operator, example, events, queues, subnetIds } = scene;
  const name = example.guarded;
  if (name === undefined || !queues.attach) return "nothing is guarded";
  const ips = ["203.0.113.10", "203.0.113.11", "203.0.113.12"];
  wearGuard(region, path, name, createPartner(region.clock, [{ kind: "block", ips }]));
  for (let minute = 0; minute < 25 && !events.includes("FunctionAttached"); minute++) {
    for (let index = 0; index < environmentsPerMinute; index++) {
      await operator("lambda", "Invoke", { FunctionName: name, InvocationType: "Event" });
    }
    const problem = await pass(scene, minuteMs);
    if (problem !== undefined) return problem;
  }
  if (!events.includes("FunctionAttached")) return "no event FunctionAttached";
  const problem = await pass(scene, 8 * minuteMs);
  if (problem !== undefined) return problem;
  const { servedBy } = region.world.functions.get(name)?.versions.get("$LATEST") ?? {};
  if ([...(servedBy?.subnetIds ?? [])].sort().join() !== [...subnetIds].sort().join()) return "not in every zone";
  if (isShut(scene, name)) return "no egress of the attached function";
  return (
    (await quiet(scene)) ?? (await playUndelivered(scene, queues.attach)) ?? (await playPoison(scene, queues.attach))
  );
}
