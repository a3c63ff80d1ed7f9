/** Reads a pool's members from Lambda: which versions are live, and which attachments they use. */
import {
  type FunctionConfiguration,
  GetFunctionConfigurationCommand,
  type LambdaClient,
  paginateListAliases,
  paginateListProvisionedConcurrencyConfigs,
} from "@aws-sdk/client-lambda";
import type { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { AwsCallError, call } from "../aws/errors.ts";
import {
  type FunctionArn,
  functionNameIn,
  type SecurityGroupId,
  type SubnetId,
  unqualifiedArn,
  type VpcId,
} from "../aws/identifiers.ts";
import type { PoolSettings } from "../config/settings.ts";
import type { LostAddress } from "../pool/lost-addresses.ts";
import {
  attachmentOf,
  type CallTimes,
  type LiveVersion,
  type Member,
  type Observed,
  type VersionStatus,
} from "./model.ts";
import { listMembers, withUnlisted } from "./observe-membership.ts";

/** Members read at the same time; Lambda's control plane allows an account about 15 requests per second. */
const membersAtOnce = 5;
const rememberedVersions = 10_000;

/**
 * What was read before. `versions`: published versions, whose configuration never changes, so that each is
 * read again only when the alias or the provisioned concurrency that makes it live has changed: then it may be another
 * function's, deleted and created anew under the same name. `members`: each pool's members, by name or ARN. `tagged`:
 * functions that were tagged as a pool's members since, by ARN: the index of tags shows them later. `lost`: what each pool has lost of its addresses. `callTimes`:
 * how long calls of each pool's members may take.
 */
export class MemberMemory {
  readonly versions = new Map<string, LiveVersion>();
  readonly members = new Map<string, ReadonlySet<string>>();
  readonly tagged = new Map<string, ReadonlySet<string>>();
  readonly lost = new Map<string, readonly LostAddress[]>();
  readonly callTimes = new Map<string, CallTimes>();
  /** By pool: what its members said when they were last asked, all of them. */
  readonly asked = new Map<string, MembersAsked>();

  /** Returns the names of the pool's members when they were last read; undefined when they never were. */
  namesOf(poolName: string): ReadonlySet<string> | undefined {
    const members = this.members.get(poolName);
    return members && new Set([...members].map(functionNameIn));
  }
}

export type PoolMembers = Pick<Observed, "members" | "missingMembers">;

export interface MembersAsked extends PoolMembers {
  /** When the look began at which they were. */
  readonly atMs: number;
}

export interface MemberSource {
  readonly lambda: LambdaClient;
  readonly tagging: ResourceGroupsTaggingAPIClient;
  readonly memberMemory: MemberMemory;
}

/**
 * The pool's members, and those configured by name or ARN that do not exist. What a pattern or the index of tags lists
 * and Lambda does not know is no member any more: the index shows a deleted function for a while.
 */
export async function observeMembers(
  source: MemberSource,
  pool: Pick<PoolSettings, "name" | "members">,
): Promise<PoolMembers> {
  const { memberMemory, lambda } = source;
  const listed = await listMembers(pool.members, lambda, source.tagging);
  const before = [memberMemory.members, memberMemory.tagged].flatMap((it) => [...(it.get(pool.name) ?? [])]);
  const names = await withUnlisted(lambda, pool.members, listed, new Set(before));
  memberMemory.members.set(pool.name, new Set(names));
  memberMemory.tagged.delete(pool.name);
  const { members, missingMembers } = await readMembers(source, names);
  const configured = new Set([...pool.members.names, ...pool.members.arns]);
  return { members, missingMembers: missingMembers.filter((name) => configured.has(name)) };
}

/** Reads functions; those that do not exist are `missingMembers`. */
export async function readMembers(source: MemberSource, names: readonly string[]): Promise<PoolMembers> {
  const members: Member[] = [];
  const missingMembers: string[] = [];
  for (let start = 0; start < names.length; start += membersAtOnce) {
    const some = names.slice(start, start + membersAtOnce);
    const read = await Promise.all(some.map((name) => observeMember(source, name)));
    read.forEach((member, index) => {
      if (member) members.push(member);
      else missingMembers.push(some[index] as string);
    });
  }
  return { members, missingMembers };
}

/** One member, or undefined when Lambda does not know the function. */
async function observeMember(source: MemberSource, name: string): Promise<Member | undefined> {
  try {
    const [latest, aliased, provisioned] = await Promise.all([
      readVersion(source.lambda, name, undefined),
      listAliased(source.lambda, name),
      listProvisioned(source.lambda, name),
    ]);
    const pointers = new Map([...provisioned, ...aliased]);
    pointers.delete("$LATEST");
    const published = await Promise.all(
      [...pointers].map(([version, pointer]) => readPublished(source, latest.functionArn, version, pointer)),
    );
    return { functionArn: latest.functionArn, liveVersions: [latest.version, ...published] };
  } catch (error) {
    if (!isGone(error)) throw error;
    return confirmMissing(source.lambda, name);
  }
}

/**
 * A member that only seems to be gone would free the addresses of interfaces in use, so the function itself is asked
 * again: something else of it, a version or its aliases, may have gone while it was read.
 *
 * @throws AwsCallError of class `transient` when the function is there after all
 */
async function confirmMissing(lambda: LambdaClient, name: string): Promise<undefined> {
  try {
    await readVersion(lambda, name, undefined);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
  const text = `${name} changed while it was read`;
  throw new AwsCallError("lambda:GetFunctionConfiguration", "ChangedWhileRead", "transient", text);
}

function isGone(error: unknown): boolean {
  return error instanceof AwsCallError && error.errorClass === "gone";
}

async function readPublished(source: MemberSource, arn: FunctionArn, version: string, pointer: string) {
  const key = `${arn}:${version} ${pointer}`;
  const remembered = source.memberMemory.versions.get(key);
  if (remembered) return remembered;
  const read = await readVersion(source.lambda, arn, version);
  if (read.version.status === "settled") {
    if (source.memberMemory.versions.size >= rememberedVersions) source.memberMemory.versions.clear();
    source.memberMemory.versions.set(key, read.version);
  }
  return read.version;
}

/** One version as `GetFunctionConfiguration` shows it; `$LATEST` without a qualifier. */
export async function readVersion(
  lambda: LambdaClient,
  FunctionName: string,
  Qualifier: string | undefined,
): Promise<{ functionArn: FunctionArn; version: LiveVersion; variables: Record<string, string> | undefined }> {
  const input = Qualifier ? { FunctionName, Qualifier } : { FunctionName };
  const output = await call("lambda:GetFunctionConfiguration", () =>
    lambda.send(new GetFunctionConfigurationCommand(input)),
  );
  const functionArn = unqualifiedArn(output.FunctionArn ?? "");
  return {
    functionArn,
    version: toLiveVersion(output, Qualifier ?? "$LATEST"),
    variables: output.Environment?.Variables,
  };
}

/** Versions that aliases route to, weighted ones included, each with the alias's revision. */
function listAliased(client: LambdaClient, FunctionName: string): Promise<Map<string, string>> {
  return call("lambda:ListAliases", async () => {
    const versions = new Map<string, string>();
    for await (const page of paginateListAliases({ client }, { FunctionName })) {
      for (const alias of page.Aliases ?? []) {
        const weighted = Object.keys(alias.RoutingConfig?.AdditionalVersionWeights ?? {});
        for (const version of [alias.FunctionVersion ?? "$LATEST", ...weighted]) {
          versions.set(version, alias.RevisionId ?? "");
        }
      }
    }
    return versions;
  });
}

/** Versions with provisioned concurrency of their own; that of an alias belongs to the versions the alias names. */
function listProvisioned(client: LambdaClient, FunctionName: string): Promise<Map<string, string>> {
  return call("lambda:ListProvisionedConcurrencyConfigs", async () => {
    const versions = new Map<string, string>();
    for await (const page of paginateListProvisionedConcurrencyConfigs({ client }, { FunctionName })) {
      for (const config of page.ProvisionedConcurrencyConfigs ?? []) {
        const qualifier = config.FunctionArn?.split(":")[7] ?? "";
        if (/^\d+$/.test(qualifier)) versions.set(qualifier, config.LastModified ?? "");
      }
    }
    return versions;
  });
}

/** What a function has that was created without a timeout (Lambda API reference, CreateFunction). */
const usualTimeoutSeconds = 3;

export function toLiveVersion(it: FunctionConfiguration, version: string): LiveVersion {
  const { VpcId: vpcId, SubnetIds: subnetIds = [], SecurityGroupIds: groups = [] } = it.VpcConfig ?? {};
  return {
    version,
    status: statusOf(it),
    problem: problemOf(it),
    servesNothing: it.State === "Pending" || it.State === "Failed",
    modifiedMs: beganMs(it, version),
    timeoutSeconds: it.Timeout ?? usualTimeoutSeconds,
    mayUseIpv6: it.VpcConfig?.Ipv6AllowedForDualStack === true,
    attachments: vpcId
      ? subnetIds.map((id) => attachmentOf(vpcId as VpcId, id as SubnetId, groups as SecurityGroupId[]))
      : [],
  };
}

/** A function that was idle for long has `Idle` as the reason for being Inactive, and none is a problem. */
function problemOf(it: FunctionConfiguration): LiveVersion["problem"] {
  if (it.State === "Failed") return { kind: "failed-update", reason: it.StateReasonCode ?? "unknown" };
  if (it.LastUpdateStatus === "Failed") {
    return { kind: "failed-update", reason: it.LastUpdateStatusReasonCode ?? "unknown" };
  }
  const isIdle = it.StateReasonCode === undefined || it.StateReasonCode === "Idle";
  return it.State === "Inactive" && !isIdle ? { kind: "inactive", reason: it.StateReasonCode ?? "" } : undefined;
}

/** A version that is published or woken may be of code that was updated long before. */
function beganMs(it: FunctionConfiguration, version: string): number | undefined {
  const isCreated = version === "$LATEST" && it.StateReasonCode !== "Restoring";
  return it.LastModified === undefined || (it.State === "Pending" && !isCreated)
    ? undefined
    : parseTime(it.LastModified);
}

/** Lambda writes `2026-01-01T00:00:00.000+0000`. */
function parseTime(text: string): number | undefined {
  const ms = Date.parse(text.replace(/\+0000$/, "Z"));
  return Number.isNaN(ms) ? undefined : ms;
}

/**
 * Reasons for which an update can fail that are about the code, its image, its runtime or its keys: the network is what it
 * was (Lambda API, `LastUpdateStatusReasonCode`). Any other reason, also one that AWS adds, may be about the network.
 */
const notOfNetwork =
  /^(Image|InvalidImage|KMSKey|InvalidStateKMSKey|DisabledKMSKey|InvalidRuntime|InvalidZipFileException|FunctionError)/;

/** `LastUpdateStatus` is absent while a function is Pending and in old answers; absence is not a change. */
function statusOf(it: FunctionConfiguration): VersionStatus {
  const ofNetwork = !notOfNetwork.test(it.LastUpdateStatusReasonCode ?? "");
  if (it.State === "Failed" || (it.LastUpdateStatus === "Failed" && ofNetwork)) return "failed";
  if (it.State === "Pending" || it.State === "Deleting" || it.LastUpdateStatus === "InProgress") return "changing";
  return it.State === "Inactive" || it.State === "Deactivated" || it.State === "Deactivating" ? "idle" : "settled";
}
