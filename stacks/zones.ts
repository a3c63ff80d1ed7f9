/** The Availability Zones of a created network. */
import { ec2, type GetAvailabilityZonesArgs, getAvailabilityZones } from "@pulumi/aws";
import type { InvokeOptions } from "@pulumi/pulumi";
import { tagKeys } from "../src/pool/tags.ts";

/**
 * Without the filter, opted-in Local Zones are listed too, and their names (`us-east-1-bos-1a`) come first
 * (hashicorp/terraform-provider-aws#31913).
 */
export const regionZones: GetAvailabilityZonesArgs = {
  state: "available",
  filters: [{ name: "opt-in-status", values: ["opt-in-not-required"] }],
};

export interface Zones {
  /** Zones of the region. */
  readonly available: readonly string[];
  /** Zones of the members' existing subnets, by index. */
  readonly taken: ReadonlyMap<number, string>;
}

export async function readZones(prefix: string, pool: string, options: InvokeOptions = {}): Promise<Zones> {
  const filters = [
    { name: `tag:${tagKeys.stage}`, values: [prefix] },
    { name: `tag:${tagKeys.pool}`, values: [pool] },
  ];
  const [{ names }, { ids }] = await Promise.all([
    getAvailabilityZones(regionZones, options),
    ec2.getSubnets({ filters }, options),
  ]);
  const subnets = await Promise.all(ids.map((id) => ec2.getSubnet({ id }, options)));
  const taken = subnets.flatMap(({ tags, availabilityZone }): [number, string][] => {
    const number = /-zone-(\d+)$/.exec(tags["Name"] ?? "")?.[1];
    return number ? [[Number(number) - 1, availabilityZone]] : [];
  });
  return { available: names, taken: new Map(taken) };
}

/** Returns a zone for each of the first `count` subnets of members, as far as there are enough. */
export function chooseZones({ available, taken }: Zones, count: number): string[] {
  const free = available.filter((zone) => ![...taken.values()].includes(zone));
  return Array.from({ length: count }, (_, index) => taken.get(index) ?? free.shift()).filter((it) => it !== undefined);
}
