/** Changes of a member on what is deployed, members that come and go, and what must be true after them. */
import type { Scene } from "../../testing/deployment/relocation-scene.ts";
import { changeMs, changes } from "../member-changes.ts";
import { type DeployedExample, type Problem, pass, poolAddresses, sceneOf, servingAddresses } from "./twin-stage.ts";

export async function playChanges(scene: DeployedExample): Promise<Problem> {
  const { region, path, member } = scene;
  const egressOf = () => poolAddresses(scene).map(({ publicIp }) => publicIp);
  const before = egressOf();
  for (const { title, make } of changes) {
    await make(sceneOf(scene) as Scene);
    const problem = await pass(scene, changeMs);
    if (problem !== undefined) return problem;
    if (isShut(scene, member)) return `no egress after: ${title}`;
    const version = region.world.functions.get(member)?.versions.get("$LATEST");
    const held = servingAddresses(scene).length;
    if (held !== version?.servedBy?.subnetIds.length) return `addresses that nobody uses did not come back: ${title}`;
  }
  const seen = [...(path.egress.addresses.get(member) ?? [])];
  if (seen.length === 0 || !seen.every((ip) => before.includes(ip))) return "a foreign address was seen";
  if (egressOf().join() !== before.join()) return "the addresses are not the same";
  return followed(scene) ? undefined : "no probe stands where the member does";
}

/** Whether a probe has followed the member into its subnet and security groups. */
function followed({ region, functions, member }: DeployedExample): boolean {
  const { world } = region;
  const placeOf = (name: string) => {
    const { subnetIds = [], securityGroupIds = [] } =
      world.functions.get(name)?.versions.get("$LATEST")?.servedBy ?? {};
    return JSON.stringify([subnetIds, securityGroupIds]);
  };
  return functions.some((name) => placeOf(name) === placeOf(member));
}

export function isShut({ path, region }: DeployedExample, functionName: string): boolean {
  const isActive = region.world.functions.get(functionName)?.versions.get("$LATEST")?.state === "Active";
  return !isActive || path.egress.gaps.some((gap) => gap.functionName === functionName && gap.toMs === undefined);
}

/** A member that is known in another way comes and goes. */
export async function playOther(scene: DeployedExample): Promise<Problem> {
  const { otherMember: FunctionName } = scene.example;
  if (FunctionName === undefined) return undefined;
  await sceneOf(scene, FunctionName).createFunction(FunctionName, [0]);
  const problem = await pass(scene, changeMs);
  if (problem !== undefined) return problem;
  if (isShut(scene, FunctionName)) return `no egress of ${FunctionName}`;
  await scene.operator("lambda", "DeleteFunction", { FunctionName });
  return pass(scene, changeMs);
}

/** The changes end in another zone: the canary has to look at the first one too. */
export async function playFollow(scene: DeployedExample): Promise<Problem> {
  await sceneOf(scene).updateFunction(scene.member, [0], [1]);
  const problem = await pass(scene, 2 * changeMs);
  return problem ?? (followed(scene) ? undefined : "no probe follows the member into the first zone");
}

/** As a pool's output asks: the member stands in every zone. Then nothing is given up, and nobody is called. */
export async function playEverywhere(scene: DeployedExample): Promise<Problem> {
  const zones = scene.subnetIds.map((_, zone) => zone);
  await sceneOf(scene).updateFunction(scene.member, zones);
  const problem = await pass(scene, 2 * changeMs);
  return problem ?? heard(scene) ?? quiet(scene);
}

function heard({ bodies, events, functions, invoked }: DeployedExample): Problem {
  const idle = functions.find((name) => !invoked.has(name));
  if (idle !== undefined) return `nobody invokes ${idle}`;
  if (!bodies.some((body) => body.includes("AWS API Call via CloudTrail"))) return "no change was heard of";
  // The sweep at the end of a deployment has milliseconds; those of the schedule have none.
  if (!bodies.some((body) => /"sweep".*:\d\dZ"/.test(body))) return "no sweep was heard of";
  for (const type of ["AddressRelocated", "AddressReleased"]) {
    if (!events.includes(type)) return `no event ${type}`;
  }
  return undefined;
}

export async function quiet(scene: DeployedExample): Promise<Problem> {
  for (const { dead, undelivered } of Object.values(scene.queues)) {
    for (const name of [dead, undelivered]) {
      if (scene.path.sqs.queueByName(name).counts().visible > 0) return `${name} holds messages`;
    }
  }
  const [name] = await raisedAlarms(scene);
  return name && `alarm ${name}`;
}

export async function raisedAlarms({ operator }: DeployedExample): Promise<string[]> {
  const output = await operator<{ MetricAlarms: { AlarmName: string }[] }>("monitoring", "DescribeAlarms", {
    StateValue: "ALARM",
  });
  return output.MetricAlarms.map(({ AlarmName }) => AlarmName);
}
