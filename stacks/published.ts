/**
 * What a function needs to become a member, where every deployment tool can read it (docs/members.md): each pool's subnets and
 * security groups.
 */
import { cloudformation, ssm } from "@pulumi/aws";
import { all, jsonStringify, type Output } from "@pulumi/pulumi";
import { exportNameOf, publishedNameOf } from "../src/config/names.ts";
import type { PoolNetwork } from "./network.ts";
import type { Place } from "./place.ts";

/** Publishes each pool in two standard parameters, which cost nothing, and with `exported` in exports of CloudFormation too. */
export function publishPools(place: Place, networks: Readonly<Record<string, PoolNetwork>>, exported: boolean): void {
  for (const [pool, { subnetIds, securityGroupIds }] of Object.entries(networks)) {
    const lists = { "subnet-ids": listed(subnetIds), "security-group-ids": listed(securityGroupIds) };
    for (const [part, value] of Object.entries(lists)) {
      const name = publishedNameOf(place.prefix, pool, part);
      new ssm.Parameter(
        `${place.name}-${pool}-published-${part}`,
        { name, type: "StringList", value, tags: place.tags },
        { parent: place.parent },
      );
    }
    if (exported) exportLists(place, pool, lists);
  }
}

function listed(ids: readonly Output<string>[]): Output<string> {
  return all([...ids]).apply((all) => all.join(","));
}

/** A stack needs a resource: this one exists in CloudFormation alone, and costs nothing. */
const placeholder = { Type: "AWS::CloudFormation::WaitConditionHandle" };

/** One stack for each pool, so that one that is imported somewhere holds up no other. */
function exportLists(place: Place, pool: string, lists: Readonly<Record<string, Output<string>>>): void {
  const outputs = Object.entries(lists).map(([part, Value]) => {
    const logicalId = part.replaceAll("-", "");
    return [logicalId, { Value, Export: { Name: exportNameOf(place.prefix, pool, part) } }];
  });
  const templateBody = jsonStringify({ Resources: { Placeholder: placeholder }, Outputs: Object.fromEntries(outputs) });
  new cloudformation.Stack(
    `${place.name}-${pool}-exports`,
    { name: `${place.prefix}-${pool}-exports`, templateBody, tags: place.tags },
    { parent: place.parent },
  );
}
