/** Watches a scene and tells what happens in it, for a person to follow. */
import type { Scene } from "../testing/deployment/hand-wired/scene.ts";
import type { NetworkInterface, World } from "../testing/twin/world.ts";
import { functionName } from "./story.ts";

export interface Moment {
  /** Milliseconds since the story began. */
  readonly atMs: number;
  readonly who: "operator" | "lambda" | "holdfast" | "egress";
  readonly text: string;
}

/** Steps in which the world is looked at. */
const stepMs = 100;

/** The moments of the scene, growing as time passes. */
export function watch(scene: Scene): { moments: readonly Moment[]; tell: (who: Moment["who"], text: string) => void } {
  const { clock, world } = scene.region;
  const startMs = clock.now();
  const moments: Moment[] = [];
  const tell = (who: Moment["who"], text: string) => moments.push({ atMs: clock.now() - startMs, who, text });
  let before = look(world, scene);
  let toldEvents = scene.events.length;
  clock.every(stepMs, () => {
    const now = look(world, scene);
    for (const [who, text] of differences(before, now)) tell(who, text);
    for (const { type, detail } of scene.events.slice(toldEvents)) tell("holdfast", sentence(type, detail));
    toldEvents = scene.events.length;
    before = now;
  });
  return { moments, tell };
}

interface Look {
  readonly update: string;
  readonly interfaces: ReadonlyMap<string, string>;
  readonly open: boolean | undefined;
}

function look(world: World, scene: Scene): Look {
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

function differences(before: Look, now: Look): (readonly [Moment["who"], string])[] {
  const told: (readonly [Moment["who"], string])[] = [];
  for (const [id, state] of now.interfaces) {
    if (before.interfaces.get(id) !== state) told.push(["lambda", `interface ${id} is ${state}`]);
  }
  for (const id of before.interfaces.keys()) {
    if (!now.interfaces.has(id)) told.push(["lambda", `interface ${id} is deleted`]);
  }
  if (before.update.includes("InProgress") && now.update.includes("Successful")) {
    told.push(["lambda", "the update is done: traffic takes the new interface"]);
  }
  if (before.update.startsWith("Pending") && now.update.startsWith("Active")) {
    told.push(["lambda", "the function is active"]);
  }
  if (before.open !== now.open && now.open !== undefined) {
    told.push(["egress", now.open ? "open" : "CLOSED: the partner cannot be reached"]);
  }
  return told;
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
