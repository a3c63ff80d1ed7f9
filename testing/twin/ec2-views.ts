import { type Ec2Items, renderItem } from "./ec2-render.ts";
import type { Ec2Kind } from "./ec2-store.ts";
import type { RegionContext } from "./region-context.ts";

/**
 * EC2 is eventually consistent: "a couple of seconds up to minutes" (EC2 developer guide, "Eventual consistency").
 * Assumed here: log-normal, half of all changes seen within 0.3 s, 1% later than 5 s.
 */
const LAG_MEDIAN_MS = 300;
const LAG_SIGMA = 1.2;

/** What describe calls see: each record as it was some moments ago. */
export interface Ec2Views {
  /** Notes a new record: `….NotFound` until its lag is over. */
  created(kind: Ec2Kind, id: string): void;
  /** Notes that a record has changed or gone: seen once its lag is over. */
  changed(kind: Ec2Kind, id: string): void;
  /** For this long nothing that happens is seen; then all of it. */
  stall(ms: number): void;
  /** Until when it does, or did last; 0 if never. */
  readonly stalledUntilMs: number;
  /** Everything of a kind that is visible now, in order of id. Shared, not to be changed. */
  list<K extends Ec2Kind>(kind: K): Ec2Items[K][];
}

/** What is visible, until the next version of anything is. */
interface Listed {
  readonly items: Ec2Items[Ec2Kind][];
  readonly untilMs: number;
}

interface Version {
  readonly atMs: number;
  /** Undefined: the record is gone. */
  readonly item: Ec2Items[Ec2Kind] | undefined;
}

export function createViews({ clock, random, world, consistent }: RegionContext): Ec2Views {
  const lag = random.fork("ec2 views");
  const histories = new Map<Ec2Kind, Map<string, Version[]>>();
  const listed = new Map<Ec2Kind, Listed>();
  const historiesOf = (kind: Ec2Kind) => {
    const known = histories.get(kind) ?? new Map<string, Version[]>();
    histories.set(kind, known);
    return known;
  };

  /** The newest version that is due and whose predecessors are; those are forgotten, so that no later call shows the past. */
  const visible = (versions: Version[]): Version | undefined => {
    while ((versions[1]?.atMs ?? Number.POSITIVE_INFINITY) <= clock.now()) versions.shift();
    return versions[0] && versions[0].atMs <= clock.now() ? versions[0] : undefined;
  };
  const publish = (kind: Ec2Kind, id: string, atMs: number) => {
    if (consistent) return;
    listed.delete(kind);
    const versions = historiesOf(kind).get(id) ?? [];
    historiesOf(kind).set(id, versions);
    versions.push({ atMs, item: renderItem(world, kind, id) });
  };
  let stalledUntilMs = 0;
  const later = () => Math.max(stalledUntilMs, clock.now() + lag.lognormal(LAG_MEDIAN_MS, LAG_SIGMA));

  return {
    created: (kind, id) => publish(kind, id, later()),
    // What no call has described yet, since it was put into the world directly, can show its newest state at once.
    changed: (kind, id) => publish(kind, id, historiesOf(kind).has(id) ? later() : clock.now()),
    get stalledUntilMs() {
      return stalledUntilMs;
    },
    stall(ms) {
      stalledUntilMs = Math.max(stalledUntilMs, clock.now() + ms);
    },
    list<K extends Ec2Kind>(kind: K) {
      const items: { readonly id: string; readonly item: Ec2Items[K] }[] = [];
      const see = (id: string, item: Ec2Items[K] | undefined) => item && items.push({ id, item });
      const known = historiesOf(kind);
      for (const id of world[kind].keys()) {
        if (consistent) see(id, renderItem(world, kind, id));
        else if (!known.has(id)) publish(kind, id, clock.now());
      }
      const before = listed.get(kind);
      if (before && clock.now() < before.untilMs) return [...before.items] as Ec2Items[K][];
      let untilMs = Number.POSITIVE_INFINITY;
      for (const [id, versions] of known) {
        const version = visible(versions);
        see(id, version?.item as Ec2Items[K] | undefined);
        if (version && !version.item && versions.length === 1) known.delete(id);
        for (const { atMs } of versions) if (atMs > clock.now()) untilMs = Math.min(untilMs, atMs);
      }
      const sorted = items.sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ item }) => item);
      if (!consistent) listed.set(kind, { items: [...sorted], untilMs });
      return sorted;
    },
  };
}
