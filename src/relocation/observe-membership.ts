/** Lists the functions that belong to a pool. */
import { type LambdaClient, paginateListFunctions } from "@aws-sdk/client-lambda";
import { paginateGetResources, type ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { call } from "../aws/errors.ts";
import { type Membership, matches } from "./membership.ts";

/**
 * The members' names or ARNs. Exact names and ARNs cost no call; patterns cost `ListFunctions` (50 functions a page),
 * tags `GetResources` (100 a page).
 */
export async function listMembers(
  members: Membership,
  lambda: LambdaClient,
  tagging: ResourceGroupsTaggingAPIClient,
): Promise<string[]> {
  const exact = members.names.filter((name) => !name.includes("*"));
  const patterns = members.names.filter((name) => name.includes("*"));
  const [listed, tagged] = await Promise.all([
    patterns.length > 0 ? listFunctionNames(lambda) : [],
    Object.keys(members.tags).length > 0 ? listTagged(members.tags, tagging) : [],
  ]);
  const byName = listed.filter((name) => patterns.some((pattern) => matches(pattern, name)));
  const names = [...exact, ...byName, ...members.arns, ...tagged];
  return [...new Map(names.map((name) => [name.split(":").at(-1), name])).values()].sort();
}

function listFunctionNames(client: LambdaClient): Promise<string[]> {
  return call("lambda:ListFunctions", async () => {
    const names: string[] = [];
    for await (const page of paginateListFunctions({ client }, {})) {
      for (const { FunctionName } of page.Functions ?? []) if (FunctionName) names.push(FunctionName);
    }
    return names;
  });
}

function listTagged(tags: Membership["tags"], client: ResourceGroupsTaggingAPIClient): Promise<string[]> {
  const TagFilters = Object.entries(tags).map(([Key, value]) => ({ Key, Values: [value] }));
  return call("tag:GetResources", async () => {
    const arns: string[] = [];
    const input = { ResourceTypeFilters: ["lambda:function"], TagFilters };
    for await (const page of paginateGetResources({ client }, input)) {
      for (const { ResourceARN } of page.ResourceTagMappingList ?? []) if (ResourceARN) arns.push(ResourceARN);
    }
    return arns;
  });
}
