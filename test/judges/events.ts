/** Events for event patterns: recorded ones, hand-written ones of the same shape, and mutations of both. */
import { readdirSync } from "node:fs";
import { createRandom, type Random } from "../../testing/twin/random.ts";
import { handWritten, recorded } from "../wire/recorded.ts";

export type Json = Record<string, unknown>;

export interface Pair {
  readonly pattern: Json;
  readonly event: Json;
}

const parsed = (text: string): Json => ({ ...JSON.parse(text), id: "1" });

/** Every recorded call, by the file in test/data/cloudtrail. */
export const recordedEvents: ReadonlyMap<string, Json> = new Map(
  readdirSync("test/data/cloudtrail").map((file) => {
    const name = file.replace(".json", "");
    return [name, parsed(recorded(name))];
  }),
);

/** What one of Holdfast's own alarms says. Hand-written (EventBridge events of CloudWatch user guide). */
export function alarmEvent(alarmName: string): Json {
  const state = (value: string) => ({ value, reason: "Threshold Crossed", timestamp: "2026-01-01T00:00:00.000+0000" });
  return {
    version: "0",
    id: "1",
    "detail-type": "CloudWatch Alarm State Change",
    source: "aws.cloudwatch",
    account: "123456789012",
    time: "2026-01-01T00:00:00Z",
    region: "us-east-1",
    resources: [`arn:aws:cloudwatch:us-east-1:123456789012:alarm:${alarmName}`],
    detail: { alarmName, configuration: { metrics: [] }, previousState: state("OK"), state: state("ALARM") },
  };
}

/** What the canary says of an address. */
export function ownEvent(type: string, pool: string): Json {
  const detail = { pool, allocationId: "eipalloc-0a1b2c3d4e5f60718" };
  return { ...alarmEvent("x"), source: "holdfast", "detail-type": type, resources: [], detail };
}

const functionName = "orders";
const calls: readonly (readonly [eventName: string, parameters: Json])[] = [
  ["CreateAlias20150331", { functionName, name: "live", functionVersion: "1" }],
  ["PutProvisionedConcurrencyConfig", { functionName, qualifier: "live" }],
  ["PublishVersion20150331", { functionName }],
  ["TagResource20170331v2", { resource: "arn:aws:lambda:us-east-1:123456789012:function:orders", tags: { a: "b" } }],
  ["UpdateFunctionCode20150331v2", { functionName }],
  ["GetFunction20150331v2", { functionName }],
];

/** All of them, as mutations start from. */
export const events: readonly Json[] = [
  ...recordedEvents.values(),
  ...calls.map(([name, parameters]) => parsed(handWritten(name, parameters))),
  ...["payments", "ledger"].flatMap((pool) => [
    alarmEvent(`holdfast-production-${pool}-escalation`),
    ownEvent("AddressBlocked", pool),
    ownEvent("AddressRelocated", pool),
  ]),
];

/** Values that a field may have by mistake, by another version of a service, or by an attacker's hand. */
const values: readonly unknown[] = [
  null,
  "",
  "aws.ec2",
  "CreateFunction2",
  "Client.DryRunOperation",
  1,
  true,
  [],
  {},
  [null],
  ["aws.lambda", "x"],
  [{ eventName: "CreateAlias20150331" }, { errorCode: "AccessDenied" }],
  [{}, { pool: "payments" }],
];

/** What a pattern may ask of a field, as far as Holdfast's patterns use it, and what is near to it. */
const alternatives: readonly unknown[] = [
  { prefix: "Create" },
  { prefix: "" },
  { exists: true },
  { exists: false },
  "x",
  null,
];

function mutated(random: Random, event: Json): Json {
  const copy = structuredClone(event);
  const times = random.integer(0, 3);
  for (let time = 0; time < times; time++) {
    const { detail } = copy;
    const inDetail = random.chance(0.6) && typeof detail === "object" && detail !== null && !Array.isArray(detail);
    const place = inDetail ? (detail as Json) : copy;
    const key = random.pick([...Object.keys(place), "errorCode", "eventName", "pool", "detail"]);
    const way = random.next();
    if (way < 0.3) delete place[key];
    else if (way < 0.5) place[key] = [place[key] ?? null, random.pick(values)];
    else place[key] = random.pick(values);
  }
  return copy;
}

function mutatedPattern(random: Random, pattern: Json): Json {
  const copy = structuredClone(pattern);
  if (random.chance(0.5)) return copy;
  const place = random.chance(0.6) && "detail" in copy ? (copy["detail"] as Json) : copy;
  const key = random.pick(Object.keys(place));
  const known = place[key];
  const way = random.next();
  if (!Array.isArray(known)) return copy;
  if (way < 0.5) place[key] = [random.pick(alternatives), random.pick(known)];
  else if (way < 0.8) place["$or"] = [{ [key]: [random.pick(alternatives)] }, { region: ["us-east-1"] }];
  else place[key] = { [random.pick(["pool", "errorCode"])]: [random.pick(alternatives)] };
  return copy;
}

/** Returns these pairs, each side changed at random; the same for the same seed. */
export function mutations(pairs: readonly Pair[], count: number, seed: number): Pair[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const { pattern, event } = random.pick(pairs);
    return { pattern: mutatedPattern(random, pattern), event: mutated(random, event) };
  });
}
