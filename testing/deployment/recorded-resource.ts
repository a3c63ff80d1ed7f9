/** What a deployment has registered, as the twin's adapter reads it. */

/** One resource of AWS: its type in Pulumi, and what it was made with. Plain JSON. */
export interface RecordedResource {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Ids that the records use → ids in the twin. */
export type Ids = Map<string, string>;

/** Ids of EC2, and the public addresses that the stand-in deployment assigns (RFC 5737). */
const idsOfEc2 = /\b(?:vpc|subnet|sg|rtb|igw|eipalloc)-[0-9a-f]+\b|\b198\.51\.100\.\d+\b/g;

/** Returns the same value with the twin's ids, also inside of policies and settings, which are texts. */
export function translate<Value>(ids: Ids, value: Value): Value {
  return JSON.parse(JSON.stringify(value).replace(idsOfEc2, (id) => ids.get(id) ?? id));
}

/** Pulumi's property names as AWS spells them: `vpcConfig.subnetIds` → `VpcConfig.SubnetIds`. Not for maps of users' keys. */
export function asAws(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asAws);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [`${key[0]?.toUpperCase()}${key.slice(1)}`, asAws(part)]),
  );
}

export function tagList(tags: Readonly<Record<string, string>> = {}): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
