/** Finds functions, subnets, route tables and addresses that two pools would share. */
import type { Pool } from "./pool.ts";

/** Where two pools overlap: path in the later pool, and what it shares with which other pool. */
export interface Overlap {
  readonly path: readonly string[];
  readonly message: string;
}

export function overlaps(pools: Readonly<Record<string, Pool>>): Overlap[] {
  const entries = Object.entries(pools);
  return entries.flatMap(([name, pool], index) =>
    entries.slice(0, index).flatMap(([otherName, other]) =>
      [...sharedMembers(pool, other), ...sharedNetwork(pool, other), ...sharedAddresses(pool, other)].map(
        ([path, what]) => ({
          path: [name, ...path],
          message: `${what} belongs to pool ${otherName} already: give it to one of the two`,
        }),
      ),
    ),
  );
}

type Shared = readonly [path: readonly string[], what: string];

const none: NonNullable<Pool["members"]> = { names: [], arns: [], tags: {} };

/** Returns the functions of both pools. A guarded function may become a member, so it counts as one. */
function sharedMembers(pool: Pool, other: Pool): Shared[] {
  const { members: mine = none, guarded } = pool;
  const { members: theirs = none } = other;
  const otherNames = [...theirs.names, ...(other.guarded?.functions ?? [])];
  const theirNames = [...otherNames, ...theirs.arns.map(nameOf)];
  const isTheirs = (name: string) => theirNames.some((it) => intersect(name, it));
  const arns = mine.arns.filter(
    (arn) => theirs.arns.includes(arn) || otherNames.some((it) => intersect(nameOf(arn), it)),
  );
  const tags = isSubset(mine.tags, theirs.tags) || isSubset(theirs.tags, mine.tags);
  return [
    ...mine.names.filter(isTheirs).map((name) => [["members", "names"], `function ${name}`] as const),
    ...arns.map((arn) => [["members", "arns"], `function ${arn}`] as const),
    ...(tags ? [[["members", "tags"], "a function with these tags"] as const] : []),
    ...(guarded?.functions ?? [])
      .filter(isTheirs)
      .map((name) => [["guarded", "functions"], `function ${name}`] as const),
  ];
}

function sharedNetwork({ network: mine }: Pool, { network: theirs }: Pool): Shared[] {
  if (mine.kind !== "existing" || theirs.kind !== "existing") return [];
  const path = ["network", "existing"];
  return [
    ...shared(mine.subnetIds, theirs.subnetIds).map((id) => [[...path, "subnetIds"], id] as const),
    ...shared(mine.routeTableIds, theirs.routeTableIds).map((id) => [[...path, "routeTableIds"], id] as const),
  ];
}

function sharedAddresses(mine: Pool, theirs: Pool): Shared[] {
  return shared(ownAddresses(mine), ownAddresses(theirs)).map((id) => [["addresses"], id] as const);
}

function ownAddresses({ addresses: { egress, fallback } }: Pool): string[] {
  return [
    ...(egress.kind === "own" ? egress.allocationIds : []),
    ...(fallback.kind === "own" ? [fallback.allocationId] : []),
  ];
}

const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf(":") + 1);

function shared(mine: readonly string[], theirs: readonly string[]): string[] {
  return mine.filter((it) => theirs.includes(it));
}

/** Returns whether every function with the larger set of tags has the smaller one too; no tags select no function. */
function isSubset(some: Readonly<Record<string, string>>, all: Readonly<Record<string, string>>): boolean {
  const entries = Object.entries(some);
  return entries.length > 0 && entries.every(([key, value]) => all[key] === value);
}

/** Returns whether some name fits both patterns, in which `*` stands for any characters. */
function intersect(a: string, b: string): boolean {
  if (a === "" && b === "") return true;
  if (a[0] === "*") return intersect(a.slice(1), b) || (b !== "" && intersect(a, b.slice(1)));
  if (b[0] === "*") return intersect(b, a);
  return a[0] === b[0] && a !== "" && intersect(a.slice(1), b.slice(1));
}
