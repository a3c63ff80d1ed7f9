/** Lists the functions that belong to a pool. */
import {
  type FunctionConfiguration,
  type LambdaClient,
  ListTagsCommand,
  paginateListFunctions,
} from "@aws-sdk/client-lambda";
import { paginateGetResources, type ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { AwsCallError, call } from "../aws/errors.ts";
import { type FunctionArn, functionNameIn, unqualifiedArn } from "../aws/identifiers.ts";
import { isMember, type Membership, matches } from "./membership.ts";

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
    patterns.length > 0 ? listFunctions(lambda) : [],
    Object.keys(members.tags).length > 0 ? listTagged(members.tags, tagging) : [],
  ]);
  const byName = listed
    .map(({ FunctionName = "" }) => FunctionName)
    .filter((name) => patterns.some((pattern) => matches(pattern, name)));
  return distinct([...exact, ...byName, ...members.arns, ...tagged]);
}

/**
 * Adds members of before that the list does not have, if they still bear the pool's tags: the index of tags lags behind,
 * and leaves out functions for minutes (aws/aws-cli#4173, boto/boto3#3341).
 */
export async function withUnlisted(
  lambda: LambdaClient,
  members: Membership,
  listed: readonly string[],
  before: ReadonlySet<string>,
): Promise<string[]> {
  const names = new Set(listed.map(nameOf));
  const unlisted = [...before].filter((name) => !names.has(nameOf(name)) && name.startsWith("arn:"));
  const tagged = await Promise.all(unlisted.map((arn) => hasTags(lambda, arn, members.tags)));
  return distinct([...listed, ...unlisted.filter((_arn, index) => tagged[index])]);
}

/**
 * Returns the ARNs of functions with a version in these subnets that bear the pool's tags, as Lambda itself knows them. A
 * published version stays where it is when its function leaves.
 *
 * @param known members that need not be asked
 */
export async function listTaggedIn(
  lambda: LambdaClient,
  { tags }: Membership,
  subnetIds: readonly string[],
  known: ReadonlySet<string>,
): Promise<string[]> {
  if (Object.keys(tags).length === 0) return [];
  const versions = await listFunctions(lambda, "ALL");
  const within = versions
    .filter(({ VpcConfig }) => VpcConfig?.SubnetIds?.some((subnetId) => subnetIds.includes(subnetId)))
    .flatMap(({ FunctionArn }) => (FunctionArn ? unqualifiedArn(FunctionArn) : []));
  const arns = distinct(within).filter((arn) => !known.has(arn));
  const tagged = await Promise.all(arns.map((arn) => hasTags(lambda, arn, tags)));
  return arns.filter((_arn, index) => tagged[index]);
}

/** Returns whether a member of before is one still: by its name or ARN, or else by the tags that it bears now. */
export async function isStillMember(
  lambda: LambdaClient,
  members: Membership,
  functionArn: FunctionArn,
): Promise<boolean> {
  const byName = isMember(members, functionNameIn(functionArn), functionArn);
  return byName === "maybe" ? hasTags(lambda, functionArn, members.tags) : byName;
}

function nameOf(functionNameOrArn: string): string {
  return functionNameOrArn.split(":").at(-1) ?? "";
}

function distinct(names: readonly string[]): string[] {
  return [...new Map(names.map((name) => [nameOf(name), name])).values()].sort();
}

/** Whether the function exists and bears all the tags. */
async function hasTags(lambda: LambdaClient, Resource: string, tags: Membership["tags"]): Promise<boolean> {
  try {
    const { Tags = {} } = await call("lambda:ListTags", () => lambda.send(new ListTagsCommand({ Resource })));
    const wanted = Object.entries(tags);
    return wanted.length > 0 && wanted.every(([key, value]) => Tags[key] === value);
  } catch (error) {
    if (error instanceof AwsCallError && error.errorClass === "gone") return false;
    throw error;
  }
}

/** @param FunctionVersion `ALL`: with each published version (Lambda API reference, ListFunctions) */
function listFunctions(client: LambdaClient, FunctionVersion?: "ALL"): Promise<FunctionConfiguration[]> {
  return call("lambda:ListFunctions", async () => {
    const functions: FunctionConfiguration[] = [];
    for await (const page of paginateListFunctions({ client }, { FunctionVersion }))
      functions.push(...(page.Functions ?? []));
    return functions;
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
