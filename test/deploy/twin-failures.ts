/** What goes wrong around a deployment: a refusing partner, a queue that is shut, a message that nobody understands. */
import { type DeployedExample, minuteMs, type Problem, pass, poolAddresses, type Queues } from "./twin-stage.ts";

/**
 * A partner refuses a serving address: another takes its place. That it is the address which is refused shows from a
 * second zone, or else from the scout, with an address of the operator's own.
 */
export async function playBlock(scene: DeployedExample): Promise<Problem> {
  const { region, operator, partner } = scene;
  const serving = poolAddresses(scene).find(({ networkInterfaceId }) => networkInterfaceId !== undefined);
  const scout = [...region.world.subnets.values()].find(({ tags }) => tags["Name"]?.endsWith("-scout"));
  const its = [...region.world.networkInterfaces.values()].find((it) => it.subnetId === scout?.subnetId);
  if (its && scene.subnetIds.length === 1) {
    const { AllocationId } = await operator<{ AllocationId: string }>("ec2", "AllocateAddress", { Domain: "vpc" });
    await operator("ec2", "AssociateAddress", { AllocationId, NetworkInterfaceId: its.networkInterfaceId });
  }
  partner.rules.push({ kind: "block", ips: [serving?.publicIp ?? ""] });
  const problem = await pass(scene, 8 * minuteMs);
  if (problem !== undefined) return problem;
  if (!scene.events.includes("AddressBlocked")) return "no event AddressBlocked";
  if (!scene.bodies.some((body) => body.includes('"AddressBlocked"'))) return "relocation did not hear of the block";
  if (poolAddresses(scene).find((it) => it === serving)?.networkInterfaceId) return "the refused address still serves";
  return undefined;
}

/** While a queue is shut, what was to reach it is kept: the change that is made, and sweeps. */
export async function playUndelivered(
  { region, operator, path }: DeployedExample,
  { main, undelivered }: Queues,
  change: () => Promise<unknown>,
  told: string,
): Promise<Problem> {
  const url = `https://sqs.us-east-1.amazonaws.com/123456789012/${main}`;
  await operator("sqs", "SetQueueAttributes", { QueueUrl: url, Attributes: { Policy: "" } });
  const { authorize } = region;
  const shut = authorize?.({ service: "sqs", operation: "SendMessage", input: {}, principal: "nobody" });
  region.authorize = (call) => {
    const toQueue = call.operation === "SendMessage" && String(call.input["QueueUrl"]).endsWith(`/${main}`);
    return toQueue ? shut : authorize?.(call);
  };
  await change();
  await region.clock.advance(4 * minuteMs);
  region.authorize = authorize;
  const kept = path.sqs
    .queueByName(undelivered)
    .receive(10)
    .map(({ body }) => body);
  if (!kept.some((body) => body.includes(told))) return "an event that could not be delivered was lost";
  if (!kept.some((body) => body.includes('"sweep"'))) return "a sweep that could not be delivered was lost";
  return undefined;
}

/** A message that nobody understands is set aside. */
export async function playPoison(scene: DeployedExample, { main, dead }: Queues): Promise<Problem> {
  const { operator, path, example } = scene;
  const url = `https://sqs.us-east-1.amazonaws.com/123456789012/${main}`;
  await operator("sqs", "SendMessage", { QueueUrl: url, MessageBody: "?", MessageGroupId: example.pool });
  const problem = await pass(scene, 2 * minuteMs);
  if (problem !== undefined) return problem;
  const [message] = path.sqs.queueByName(dead).receive(10);
  return message?.body === "?" ? undefined : "a message that nobody understands was not set aside";
}
