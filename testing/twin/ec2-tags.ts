import type { CreateTagsRequest, DeleteTagsRequest, DescribeTagsRequest } from "@aws-sdk/client-ec2";
import { type Ec2Context, idOf, requireRecord } from "./ec2-context.ts";
import { applyFilters, type FilterPaths, tagsOf } from "./ec2-filters.ts";
import type { Ec2Kind } from "./ec2-store.ts";
import { AwsError, type Operation } from "./service.ts";
import type { Tagged } from "./world.ts";

/** Id prefix → kind of record, and the resource type as DescribeTags names it. */
const BY_PREFIX: Readonly<Record<string, readonly [kind: Ec2Kind, resourceType: string]>> = {
  vpc: ["vpcs", "vpc"],
  subnet: ["subnets", "subnet"],
  sg: ["securityGroups", "security-group"],
  acl: ["networkAcls", "network-acl"],
  igw: ["internetGateways", "internet-gateway"],
  rtb: ["routeTables", "route-table"],
  nat: ["natGateways", "natgateway"],
  eni: ["networkInterfaces", "network-interface"],
  eipalloc: ["addresses", "elastic-ip"],
};

const FILTERS: FilterPaths = {
  key: "Key",
  "resource-id": "ResourceId",
  "resource-type": "ResourceType",
  value: "Value",
};

/** Tags of one resource. Source: EC2 user guide, "Tag restrictions". */
const MAX_TAGS = 50;

export function tagOperations({ world, views }: Ec2Context): Record<string, Operation> {
  /** All resources are looked up before the first is changed: the call does all or nothing. */
  const change = (ids: readonly string[] | undefined, edit: (record: Tagged) => void) => {
    const found = (ids ?? []).map((id) => {
      const kind = BY_PREFIX[id.split("-")[0] ?? ""]?.[0];
      if (!kind) throw new AwsError("InvalidID", `The ID '${id}' is not valid`);
      return { id, kind, record: requireRecord(world, kind, id) };
    });
    for (const { id, kind, record } of found) {
      edit(record);
      views.changed(kind, id);
    }
  };
  return {
    CreateTags: (input: CreateTagsRequest) => {
      const added = Object.fromEntries((input.Tags ?? []).map(({ Key, Value }) => [Key ?? "", Value ?? ""]));
      change(input.Resources, (record) => {
        const tags = { ...record.tags, ...added };
        if (Object.keys(tags).length > MAX_TAGS)
          throw new AwsError("TagLimitExceeded", "The maximum number of tags has been reached.");
        record.tags = tags;
      });
      return {};
    },
    // A tag given with a value goes only when it has that value; without any tags given, all go.
    DeleteTags: (input: DeleteTagsRequest) => {
      change(input.Resources, (record) => {
        const kept = Object.entries(record.tags).filter(
          ([key, value]) => input.Tags && !input.Tags.some((tag) => tag.Key === key && (tag.Value ?? value) === value),
        );
        record.tags = Object.fromEntries(kept);
      });
      return {};
    },
    DescribeTags: (input: DescribeTagsRequest) => {
      const all = Object.values(BY_PREFIX).flatMap(([kind, resourceType]) =>
        views.list(kind).flatMap((item) =>
          tagsOf(item).map(({ Key, Value }) => ({
            ResourceId: idOf(kind, item),
            ResourceType: resourceType,
            Key,
            Value,
          })),
        ),
      );
      return { Tags: applyFilters(all, input.Filters, FILTERS) };
    },
  };
}
