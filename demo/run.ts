/** Runs the changes with Holdfast, and the same changes with an address that is associated once and never moved. */
import { openScene, type Scene } from "../testing/deployment/relocation-scene.ts";
import { changeMs, changes, functionName } from "./changes.ts";
import { type Moment, type RecordMoment, watch } from "./timeline.ts";

export interface ChangeResult {
  readonly title: string;
  readonly gapMs: number;
  /** The same change where the address was associated once, when the function was created. */
  readonly gapWithoutMs: number;
}

export interface DemoResult {
  readonly seed: number;
  readonly moments: readonly Moment[];
  readonly changes: readonly ChangeResult[];
  /** The pool's addresses before and after, sorted, and those that the partner saw. */
  readonly addressesBefore: readonly string[];
  readonly addressesAfter: readonly string[];
  readonly addressesSeen: readonly string[];
  readonly egressOpen: boolean;
  /** Egress is open at the end, and the partner only ever saw the pool's addresses, all of which it still has. */
  readonly restored: boolean;
}

/** Runs the whole demo. Deterministic: a seed draws all of Lambda's and CloudTrail's delays. */
export async function runDemo(seed: number): Promise<DemoResult> {
  const scene = await openScene({ seed, addresses: 2 });
  const addressesBefore = publicIps(scene);
  const { moments, record } = watch(scene);
  const gaps = await play(scene, record);
  const without = await playWithout(seed);
  const addressesAfter = publicIps(scene);
  const addressesSeen = [...(scene.path.egress.addresses.get(functionName) ?? [])].sort();
  const egressOpen = scene.openNow(functionName);
  return {
    seed,
    moments,
    changes: changes.map(({ title }, index) => ({
      title,
      gapMs: gaps[index] ?? 0,
      gapWithoutMs: without[index] ?? 0,
    })),
    addressesBefore,
    addressesAfter,
    addressesSeen,
    egressOpen,
    restored:
      egressOpen &&
      addressesSeen.length > 0 &&
      addressesSeen.every((ip) => addressesBefore.includes(ip)) &&
      addressesAfter.join() === addressesBefore.join(),
  };
}

/** Makes all changes; returns the milliseconds without egress after each. */
async function play(scene: Scene, record: RecordMoment): Promise<number[]> {
  const gaps: number[] = [];
  for (const { title, make } of changes) {
    const before = scene.path.egress.totalGapMs(functionName);
    record("operator", title);
    await make(scene);
    await scene.pass(changeMs);
    gaps.push(scene.path.egress.totalGapMs(functionName) - before);
  }
  return gaps;
}

async function playWithout(seed: number): Promise<number[]> {
  const scene = await openScene({ seed, addresses: 2, holdfast: false });
  const { world, clock } = scene.region;
  let associated = false;
  clock.every(1000, () => {
    const [first] = world.networkInterfaces.values();
    if (associated || first?.status !== "in-use") return;
    associated = true;
    const input = { AllocationId: scene.allocationIds[0], NetworkInterfaceId: first.networkInterfaceId };
    void scene.operator("ec2", "AssociateAddress", { ...input, AllowReassociation: false });
  });
  return play(scene, () => {});
}

function publicIps({ region }: Scene): string[] {
  return [...region.world.addresses.values()].map(({ publicIp }) => publicIp).sort();
}
