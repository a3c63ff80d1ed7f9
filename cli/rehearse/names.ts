/** How everything that a rehearsal makes is known again: by tags that it has from its creation on, or by its name. Pure. */

import type { GivenNetwork } from "./choices.ts";

/** Of functions and roles, and the path of roles. */
export const namePrefix = "holdfast-rehearsal";

/** Of the functions; one is in no VPC. */
export const functionParts = { member: "member", neighbour: "neighbour", unattached: "unattached" } as const;

/** Of what a NAT gateway needs: it is in use until the gateway is deleted. */
export const natAddressPart = "nat-address";

/** The run's id. */
export const runTag = "holdfast:rehearsal";
/** What of the run it is, e.g. `subnet`. */
const partTag = "holdfast:rehearsal-part";
/** From when on a later run removes it instead of going on with it, as ISO 8601. */
const expiresTag = "holdfast:rehearsal-expires";

export const ledgerKeys = [runTag, partTag, expiresTag];

/** How long a run may take, its end included: an interface may live for 45 minutes after its function. */
export const lifeMs = 3 * 3_600_000;

export interface Run {
  readonly id: string;
  readonly expiresMs: number;
}

/** Something of EC2's that a run has made. */
export interface Made {
  readonly id: string;
  /** As EC2's tags name it, e.g. `elastic-ip`. */
  readonly type: string;
  readonly part: string;
  readonly run: Run;
}

/** Returns the tags of a part of a run. */
export function tagsOf({ id, expiresMs }: Run, part: string): Record<string, string> {
  return { [runTag]: id, [partTag]: part, [expiresTag]: new Date(expiresMs).toISOString() };
}

interface TagItem {
  readonly ResourceId?: string | undefined;
  readonly ResourceType?: string | undefined;
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** What a run makes and removes. Nothing else is a run's, whatever its tags say. */
const madeTypes = new Set([
  "elastic-ip",
  "internet-gateway",
  "natgateway",
  "network-interface",
  "route-table",
  "security-group",
  "subnet",
  "vpc",
]);

/** Returns what the tags of a region say of runs. What has only some of the tags counts: it is a run's all the same. */
export function madeOf(items: readonly TagItem[]): Made[] {
  const byId = new Map<string, { type: string; tags: Map<string, string> }>();
  for (const { ResourceId = "", ResourceType = "", Key = "", Value = "" } of items) {
    const entry = byId.get(ResourceId) ?? { type: ResourceType, tags: new Map() };
    byId.set(ResourceId, entry);
    entry.tags.set(Key, Value);
  }
  return [...byId]
    .filter(([, { type, tags }]) => tags.has(runTag) && madeTypes.has(type))
    .map(([id, { type, tags }]) => ({
      id,
      type,
      part: tags.get(partTag) ?? "",
      run: { id: tags.get(runTag) ?? "", expiresMs: Date.parse(tags.get(expiresTag) ?? "") || 0 },
    }));
}

/** Returns the name of a function or role. Both end at 64 characters (Lambda API reference; IAM quotas). */
export function nameOf({ id }: Pick<Run, "id">, part: string): string {
  return `${namePrefix}-${id}-${part}`;
}

/** What names a run's function. The prefix alone may be that of a deployment: of an app `holdfast` with a stage `rehearsal`. */
const functionName = new RegExp(`^${namePrefix}-[0-9a-f]{8}-(?:${Object.values(functionParts).join("|")})$`);

export function isFunctionName(name: string): boolean {
  return functionName.test(name);
}

/** Returns the run's id in the name of a function or role. */
export function runIdIn(name: string): string {
  return name.slice(namePrefix.length + 1).split("-")[0] ?? "";
}

/**
 * Returns the path of the roles: IAM has no regions, so that the path keeps those of two regions apart. Of a run in an existing
 * network it names that, since a role is what is removed last.
 */
export function rolePath(region: string, existing?: GivenNetwork): string {
  const place = existing ? `${[existing.subnetId, ...existing.groupIds].join("/")}/` : "";
  return `/${namePrefix}/${region}/${place}`;
}

/** Returns the existing network that a role's path names, if it does. */
export function networkIn(path: string): GivenNetwork | undefined {
  const [subnetId, ...groupIds] = path.split("/").slice(3, -1);
  return subnetId === undefined ? undefined : { subnetId, groupIds };
}

/** Of the one policy that each role has. */
export const policyName = "rehearsal";
