/** What goes wrong around a deployment: a refusing partner, a queue that is shut, a message that nobody understands. */
import { type DeployedExample, minuteMs, type Problem, pass, type Queues, servingAddresses } from "./twin-stage.ts";

/** An address joins the pool: it is tried out on the scout, where another gives way to it. */
export async function playNewcomer(scene: DeployedExample): Promise<Problem> {
  const { operator, example, events, region } = scene;
  const { AllocationId } = await operator<{ AllocationId: string }>("ec2", "AllocateAddress", { Domain: "vpc" });
  const Tags = [
    { Key: "holdfast:pool", Value: example.pool },
    { Key: "holdfast:role", Value: "egress" },
  ];
  await operator("ec2", "CreateTags", { Resources: [AllocationId], Tags });
  const problem = await pass(scene, 10 * minuteMs);
  if (problem !== undefined) return problem;
  if (!events.includes("SpareVerified")) return "no event SpareVerified";
  const verified = region.world.addresses.get(AllocationId)?.tags["holdfast:verified"];
  return verified?.startsWith("clean@") ? undefined : "a new address was not tried out";
}

/**
 * A partner refuses a serving address: another takes its place. That it is the address which is refused shows from a
 * second zone, or else from the scout, where a spare rests.
 */
export async function playBlock(scene: DeployedExample): Promise<Problem> {
  const { partner } = scene;
  const [serving] = servingAddresses(scene);
  partner.rules.push({ kind: "block", ips: [serving?.publicIp ?? ""] });
  const problem = await pass(scene, 8 * minuteMs);
  if (problem !== undefined) return problem;
  if (!scene.events.includes("AddressBlocked")) return "no event AddressBlocked";
  if (!scene.bodies.some((body) => body.includes('"AddressBlocked"'))) return "relocation did not hear of the block";
  if (servingAddresses(scene).some((it) => it === serving)) return "the refused address still serves";
  return undefined;
}

/** A change that reaches a queue as an event, and what the event has in its text. */
interface Heard {
  readonly change: () => Promise<unknown>;
  readonly reported: string;
}

/** While a queue is shut, what was to reach it is kept: the change that is made, where it hears of any, and sweeps. */
export async function playUndelivered(
  { region, operator, path }: DeployedExample,
  { main, undelivered }: Queues,
  heard?: Heard,
): Promise<Problem> {
  const url = `https://sqs.us-east-1.amazonaws.com/123456789012/${main}`;
  await operator("sqs", "SetQueueAttributes", { QueueUrl: url, Attributes: { Policy: "" } });
  const { authorize } = region;
  const shut = authorize?.({ service: "sqs", operation: "SendMessage", input: {}, principal: "nobody" });
  region.authorize = (call) => {
    const toQueue = call.operation === "SendMessage" && String(call.input["QueueUrl"]).endsWith(`/${main}`);
    return toQueue ? shut : authorize?.(call);
  };
  await heard?.change();
  await region.clock.advance(4 * minuteMs);
  region.authorize = authorize;
  const kept = path.sqs
    .queueByName(undelivered)
    .receive(10)
    .map(({ body }) => body);
  if (heard && !kept.some((body) => body.includes(heard.reported)))
    return "an event that could not be delivered was lost";
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
