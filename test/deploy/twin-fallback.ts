/** A partner that refuses a zone's address and every spare: over to the NAT gateway and back, on what is deployed. */
import { tagKeys } from "../../src/pool/tags.ts";
import { egressOf } from "../../testing/twin/egress.ts";
import { playPoison, playUndelivered } from "./twin-failures.ts";
import { type DeployedExample, minuteMs, type Problem, pass, poolAddresses, sceneOf } from "./twin-stage.ts";
import { quiet, raisedAlarms } from "./twin-story.ts";

type Step = (scene: DeployedExample) => Promise<Problem>;

/** The steps one after the other, up to the first problem. */
function inTurn(...steps: readonly Step[]): Step {
  return async (scene) => {
    for (const step of steps) {
      const problem = await step(scene);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
}

/** The whole of it, with the way back that the pool finds by itself: hours. */
export const playFallbackAndReturn: Step = inTurn(
  begin,
  goOver,
  (scene) => until(scene, "the pool never returned by itself", 5 * 60, isDirect),
  standBy,
);

/** The same with the operator's word for the way back, and with what goes wrong around the queue. */
export const playFallback: Step = inTurn(begin, goOver, overrideDirect, standBy, playQueue);

/** Members in every zone, in peace. */
export async function begin(scene: DeployedExample): Promise<Problem> {
  const zones = scene.subnetIds.map((_, zone) => zone);
  await sceneOf(scene).createFunction(scene.member, zones);
  return inTurn(
    () => until(scene, "the members never got their addresses", 10, isDirect),
    () => pass(scene, 7 * minuteMs),
    quiet,
  )(scene);
}

async function goOver(scene: DeployedExample): Promise<Problem> {
  const { partner, events, bodies, asked, subnetIds } = scene;
  const [, accepted] = leavesBy(scene);
  const ips = poolAddresses(scene).flatMap(({ publicIp }) => (publicIp === accepted ? [] : [publicIp]));
  partner.rules.push({ kind: "block", ips });
  const problem = (await until(scene, "the pool never went over", 20, isOver)) ?? (await pass(scene, 4 * minuteMs));
  if (problem !== undefined) return problem;
  if (!bodies.some((body) => body.includes("CloudWatch Alarm State Change"))) return "no alarm was heard of";
  if (!bodies.some((body) => body.includes('"AddressBlocked"'))) return "no block was heard of";
  for (const type of ["FallbackEntered", "RouteReplaced"]) if (!events.includes(type)) return `no event ${type}`;
  if (asked.size < subnetIds.length) return "not every zone was asked which address the world sees";
  const raised = await raisedAlarms(scene);
  if (!raised.some((name) => name.endsWith("-fallback-active"))) return "what it costs is not reported";
  partner.rules.length = 0;
  return undefined;
}

async function override(scene: DeployedExample, Value: "direct" | "fallback") {
  const [address] = poolAddresses(scene);
  const tag = { Resources: [address?.allocationId], Tags: [{ Key: tagKeys.override, Value }] };
  await scene.operator("ec2", "CreateTags", tag);
  return tag;
}

/** Members in every zone, on the NAT gateway by the operator's word. */
export const playOverrideFallback: Step = inTurn(begin, async (scene) => {
  await override(scene, "fallback");
  return until(scene, "the override was not honoured", 10, isOver);
});

async function overrideDirect(scene: DeployedExample): Promise<Problem> {
  const tag = await override(scene, "direct");
  const problem =
    (await until(scene, "the override was not honoured within two minutes", 2, isDirect)) ??
    // Until the alarm is quiet.
    (await pass(scene, 6 * minuteMs));
  await scene.operator("ec2", "DeleteTags", tag);
  return problem;
}

/** A cold gateway goes when its grace time is over, a warm one stays; nobody is called any more. */
async function standBy(scene: DeployedExample): Promise<Problem> {
  if (!scene.events.includes("FallbackLeft")) return "no event FallbackLeft";
  const isWarm = scene.example.standby === "warm";
  const problem = isWarm
    ? await pass(scene, 10 * minuteMs)
    : await until(scene, "the gateway goes on costing", 75, (it) => gateways(it).length === 0);
  if (isWarm && gateways(scene).length !== 1) return "the warm gateway is gone";
  // The scout tests each once an hour.
  const isCleared = (it: DeployedExample) => poolAddresses(it).every(({ tags }) => tags[tagKeys.verdict] !== "blocked");
  return (
    problem ??
    (await until(scene, "an address stays marked as blocked", 75, isCleared)) ??
    (await pass(scene, 6 * minuteMs)) ??
    quiet(scene)
  );
}

async function playQueue(scene: DeployedExample): Promise<Problem> {
  const { queues, operator, alarmNames } = scene;
  if (!queues.fallback) return "there is no queue of fallback";
  const AlarmName = alarmNames.find((name) => name.endsWith("-escalation"));
  const change = () =>
    operator("monitoring", "SetAlarmState", { AlarmName, StateValue: "ALARM", StateReason: "tried" });
  return (
    (await playUndelivered(scene, queues.fallback, { change, reported: "Alarm State Change" })) ??
    (await playPoison(scene, queues.fallback))
  );
}

async function until(
  scene: DeployedExample,
  problem: string,
  minutes: number,
  isSo: (scene: DeployedExample) => boolean,
): Promise<Problem> {
  for (let minute = 0; minute < minutes; minute++) {
    if (isSo(scene)) return undefined;
    const trouble = await pass(scene, minuteMs);
    if (trouble !== undefined) return trouble;
  }
  return isSo(scene) ? undefined : problem;
}

/** The address of each zone of the member. */
function leavesBy({ region, member, subnetIds }: DeployedExample): (string | undefined)[] {
  const version = region.world.functions.get(member)?.versions.get("$LATEST");
  const ways = version ? egressOf(region.world, version) : [];
  return subnetIds.map((id) => [...(ways.find(({ subnetId }) => subnetId === id)?.publicIps ?? [])][0]);
}

function isDirect(scene: DeployedExample): boolean {
  const own = poolAddresses(scene).map(({ publicIp }) => publicIp);
  return leavesBy(scene).every((ip) => ip !== undefined && own.includes(ip));
}

function isOver(scene: DeployedExample): boolean {
  const { region, example } = scene;
  const address = [...region.world.addresses.values()].find(
    ({ tags }) => tags[tagKeys.pool] === example.pool && tags[tagKeys.role] === "fallback",
  );
  return leavesBy(scene).every((ip) => ip !== undefined && ip === address?.publicIp);
}

function gateways({ region }: DeployedExample): string[] {
  return [...region.world.natGateways.values()]
    .filter(({ state }) => state === "pending" || state === "available")
    .map(({ natGatewayId }) => natGatewayId);
}
