/** Watches a scene and records what happens in it, as lines that a person can follow. */
import type { Scene } from "../testing/deployment/relocation-scene.ts";
import type { NetworkInterface, World } from "../testing/twin/world.ts";
import { functionName } from "./changes.ts";

export interface Moment {
  /** Milliseconds since the demo began. */
  readonly atMs: number;
  readonly who: "operator" | "lambda" | "holdfast" | "egress";
  readonly text: string;
}

/** Adds a moment to the timeline. */
export type RecordMoment = (who: Moment["who"], text: string) => void;

/** How often the world is compared with what it was before. */
const stepMs = 100;

/** Returns the scene's moments, which grow as time passes, and the function that adds one. */
export function watch(scene: Scene): { moments: readonly Moment[]; record: RecordMoment } {
  const { clock, world } = scene.region;
  const startMs = clock.now();
  const moments: Moment[] = [];
  const record: RecordMoment = (who, text) => moments.push({ atMs: clock.now() - startMs, who, text });
  let before = observe(world, scene);
  let recordedEvents = scene.events.length;
  clock.every(stepMs, () => {
    const now = observe(world, scene);
    for (const [who, text] of differences(before, now)) record(who, text);
    for (const { type, detail } of scene.events.slice(recordedEvents)) record("holdfast", sentence(type, detail));
    recordedEvents = scene.events.length;
    before = now;
  });
  return { moments, record };
}

interface Observation {
  readonly update: string;
  readonly interfaces: ReadonlyMap<string, string>;
  readonly open: boolean | undefined;
}

function observe(world: World, scene: Scene): Observation {
  const latest = world.functions.get(functionName)?.versions.get("$LATEST");
  return {
    update: latest ? `${latest.state} ${latest.lastUpdateStatus ?? ""}` : "",
    interfaces: new Map(
      [...world.networkInterfaces.values()].map((it) => [it.networkInterfaceId, describe(world, it)]),
    ),
    open: latest?.servedBy ? scene.openNow(functionName) : undefined,
  };
}

function describe(world: World, it: NetworkInterface): string {
  const zone = world.subnets.get(it.subnetId)?.availabilityZone.at(-1);
  const group = world.securityGroups.get(it.securityGroupIds[0] ?? "")?.groupName;
  return `${it.status} in zone ${zone}, group ${group}`;
}

function differences(before: Observation, now: Observation): (readonly [Moment["who"], string])[] {
  const found: (readonly [Moment["who"], string])[] = [];
  for (const [id, state] of now.interfaces) {
    if (before.interfaces.get(id) !== state) found.push(["lambda", `interface ${id} is ${state}`]);
  }
  for (const id of before.interfaces.keys()) {
    if (!now.interfaces.has(id)) found.push(["lambda", `interface ${id} is deleted`]);
  }
  if (before.update.includes("InProgress") && now.update.includes("Successful")) {
    found.push(["lambda", "the update is done: traffic takes the new interface"]);
  }
  if (before.update.startsWith("Pending") && now.update.startsWith("Active")) {
    found.push(["lambda", "the function is active"]);
  }
  if (before.open !== now.open && now.open !== undefined) {
    found.push(["egress", now.open ? "open" : "CLOSED: the partner cannot be reached"]);
  }
  return found;
}

function sentence(type: string, detail: Readonly<Record<string, unknown>>): string {
  const { publicIp, networkInterfaceId, from, gapSeconds, finding } = detail;
  if (type === "AddressRelocated") {
    const origin = from === undefined ? "the spare" : `from ${from}`;
    const gap = gapSeconds === undefined ? "time without egress unknown" : `at most ${gapSeconds} s without egress`;
    return `address ${publicIp} (${origin}) → ${networkInterfaceId}, ${gap}`;
  }
  if (type === "AddressReleased") return `drained: ${detail["allocationId"]} is a spare again`;
  return `${type}${finding === undefined ? "" : ` (${finding})`}`;
}
