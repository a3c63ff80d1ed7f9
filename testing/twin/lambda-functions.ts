import { createHash } from "node:crypto";
import type {
  CreateFunctionRequest,
  DeleteFunctionRequest,
  FunctionConfiguration,
  GetFunctionConfigurationRequest,
  ListFunctionsRequest,
  ListVersionsByFunctionRequest,
  PublishVersionRequest,
  UpdateFunctionCodeRequest,
  UpdateFunctionConfigurationRequest,
  VpcConfig as VpcConfigInput,
} from "@aws-sdk/client-lambda";
import type { LambdaContext, Lifecycle } from "./lambda-lifecycle.ts";
import {
  conflict,
  findFunction,
  findTarget,
  functionArn,
  invalid,
  latestOf,
  parseFunctionName,
} from "./lambda-names.ts";
import { describeVersion, listVersion } from "./lambda-shapes.ts";
import { readVpcConfig } from "./lambda-vpc.ts";
import { AwsError, type Operation } from "./service.ts";
import type { FunctionSettings, FunctionVersion, LambdaFunction } from "./world.ts";

/** Items per page of `ListFunctions` and its like (SDK, `ListFunctionsRequest.MaxItems`). */
const PAGE = 50;

/** What the operations on functions share. */
interface FunctionContext extends LambdaContext {
  readonly lifecycle: Lifecycle;
  readonly onCode: OnCode;
}

/** Called with the archive of a new function, if its code came with the call. */
export type OnCode = (functionName: string, zip: Uint8Array | undefined) => void;

/** Functions and their versions. */
export function functionOperations(
  lambda: LambdaContext,
  lifecycle: Lifecycle,
  onCode: OnCode,
): Record<string, Operation> {
  const context: FunctionContext = { ...lambda, lifecycle, onCode };
  return {
    CreateFunction: (input: CreateFunctionRequest) => createFunction(context, input),
    GetFunctionConfiguration: (input: GetFunctionConfigurationRequest) => {
      const { fn, version } = findTarget(context.world, input);
      return describe(context, fn, version);
    },
    GetFunction: (input: GetFunctionConfigurationRequest) => getFunction(context, input),
    ListFunctions: (input: ListFunctionsRequest) => listFunctions(context, input),
    ListVersionsByFunction: (input: ListVersionsByFunctionRequest) => listVersions(context, input),
    UpdateFunctionConfiguration: (input: UpdateFunctionConfigurationRequest) => updateConfiguration(context, input),
    UpdateFunctionCode: (input: UpdateFunctionCodeRequest) => updateCode(context, input),
    PublishVersion: (input: PublishVersionRequest) => publishVersion(context, input),
    DeleteFunction: (input: DeleteFunctionRequest) => deleteFunction(context, input),
  };
}

function describe(context: FunctionContext, fn: LambdaFunction, version: FunctionVersion): FunctionConfiguration {
  return describeVersion(context.world, fn, version, context.showsDuringUpdate);
}

function getFunction(context: FunctionContext, input: GetFunctionConfigurationRequest) {
  const { fn, version } = findTarget(context.world, input);
  const { region } = context.world;
  return {
    Configuration: describe(context, fn, version),
    Code: { RepositoryType: "S3", Location: `https://awslambda-${region}-tasks.s3.amazonaws.com/snapshots` },
    ...(Object.keys(fn.tags).length > 0 && { Tags: { ...fn.tags } }),
  };
}

function createFunction(context: FunctionContext, input: CreateFunctionRequest): FunctionConfiguration {
  const { world, clock, identifiers, lifecycle } = context;
  const { functionName } = parseFunctionName(input.FunctionName ?? "");
  if (world.functions.has(functionName)) throw conflict(`Function already exist: ${functionName}`);
  const version: FunctionVersion = {
    version: "$LATEST",
    revisionId: identifiers.uuid(),
    settings: settingsOf(input),
    vpcConfig: readVpcConfig(world, input.VpcConfig),
    servedBy: undefined,
    state: "Pending",
    stateReasonCode: "Creating",
    lastUpdateStatus: undefined,
    lastUpdateStatusReasonCode: undefined,
    lastModifiedMs: clock.now(),
    lastInvokedMs: clock.now(),
  };
  const fn: LambdaFunction = {
    functionName,
    functionArn: functionArn(world, functionName),
    versions: new Map([["$LATEST", version]]),
    aliases: new Map(),
    provisionedConcurrency: new Map(),
    reservedConcurrency: undefined,
    tags: { ...input.Tags },
  };
  world.functions.set(functionName, fn);
  context.onCode(functionName, input.Code?.ZipFile);
  lifecycle.start(fn, version, "Creating");
  return input.Publish
    ? describe(context, fn, publish(context, fn, input.Description))
    : describe(context, fn, version);
}

function updateConfiguration(
  context: FunctionContext,
  input: UpdateFunctionConfigurationRequest,
): FunctionConfiguration {
  const { world, lifecycle } = context;
  const fn = findFunction(world, input.FunctionName);
  const version = latestOf(fn);
  lifecycle.demandSettled(fn, version);
  demandRevision(version, input.RevisionId);
  const vpcConfig = input.VpcConfig ? readVpcConfig(world, input.VpcConfig) : version.vpcConfig;
  version.settings = settingsOf(input, version.settings);
  version.vpcConfig = vpcConfig;
  touch(context, version);
  lifecycle.update(fn, version);
  return describe(context, fn, version);
}

function updateCode(context: FunctionContext, input: UpdateFunctionCodeRequest): FunctionConfiguration {
  const { world, lifecycle } = context;
  const fn = findFunction(world, input.FunctionName);
  const version = latestOf(fn);
  lifecycle.demandSettled(fn, version);
  demandRevision(version, input.RevisionId);
  if (input.DryRun) return describe(context, fn, version);
  const code = codeOf(input.ZipFile, `${input.S3Bucket}/${input.S3Key}/${input.S3ObjectVersion}`);
  const [architecture = version.settings.architecture] = input.Architectures ?? [];
  version.settings = { ...version.settings, ...code, architecture };
  touch(context, version);
  lifecycle.update(fn, version);
  return input.Publish ? describe(context, fn, publish(context, fn, undefined)) : describe(context, fn, version);
}

/** A copy that never changes. Nothing new is made when nothing changed since the last one (Lambda developer guide, versions). */
function publish(context: FunctionContext, fn: LambdaFunction, description: string | undefined): FunctionVersion {
  const { clock, identifiers, lifecycle } = context;
  const latest = latestOf(fn);
  const last = [...fn.versions.values()].at(-1);
  if (last && last !== latest && sameContent(last, latest)) return last;
  const version: FunctionVersion = {
    ...latest,
    version: String(numberOf(last) + 1),
    revisionId: identifiers.uuid(),
    settings: { ...latest.settings, description: description ?? latest.settings.description },
    servedBy: undefined,
    lastUpdateStatus: undefined,
    lastUpdateStatusReasonCode: undefined,
    lastModifiedMs: clock.now(),
    lastInvokedMs: clock.now(),
  };
  fn.versions.set(version.version, version);
  lifecycle.start(fn, version, "Creating");
  return version;
}

function publishVersion(context: FunctionContext, input: PublishVersionRequest): FunctionConfiguration {
  const { world, lifecycle } = context;
  const fn = findFunction(world, input.FunctionName);
  lifecycle.demandSettled(fn, latestOf(fn));
  demandRevision(latestOf(fn), input.RevisionId);
  return describe(context, fn, publish(context, fn, input.Description));
}

function deleteFunction(context: FunctionContext, input: DeleteFunctionRequest): Record<string, never> {
  const { world } = context;
  const { fn, version, qualifier } = findTarget(world, input);
  if (qualifier === undefined) {
    world.functions.delete(fn.functionName);
    // What still runs is the last to use its network: its end is looked at.
    for (const deleted of fn.versions.values()) deleted.servedBy = undefined;
    fn.versions.clear();
  } else {
    if (version.version === "$LATEST")
      throw invalid("$LATEST version cannot be deleted without deleting the function.");
    const alias = [...fn.aliases.values()].find(
      (it) => it.functionVersion === qualifier || qualifier in it.additionalVersionWeights,
    );
    if (alias) throw conflict(`Unable to delete version because the following aliases reference it: [${alias.name}]`);
    version.servedBy = undefined;
    fn.versions.delete(qualifier);
    fn.provisionedConcurrency.delete(qualifier);
  }
  context.hyperplane.reconsider();
  context.onChange();
  return {};
}

function listFunctions(
  context: FunctionContext,
  input: ListFunctionsRequest,
): { Functions: FunctionConfiguration[]; NextMarker?: string } {
  const all = input.FunctionVersion === "ALL";
  const rows = [...context.world.functions.values()].flatMap((fn) =>
    (all ? [...fn.versions.values()] : [latestOf(fn)]).map((version) => ({ fn, version })),
  );
  const { items, NextMarker } = page(context, rows, input);
  return { Functions: items, ...(NextMarker && { NextMarker }) };
}

function listVersions(
  context: FunctionContext,
  input: ListVersionsByFunctionRequest,
): {
  Versions: FunctionConfiguration[];
  NextMarker?: string;
} {
  const fn = findFunction(context.world, input.FunctionName);
  const { items, NextMarker } = page(
    context,
    [...fn.versions.values()].map((version) => ({ fn, version })),
    input,
  );
  return { Versions: items, ...(NextMarker && { NextMarker }) };
}

/** Pages go by key, so that they stay right when functions come and go between two of them. */
function page(
  context: FunctionContext,
  rows: Row[],
  input: { Marker?: string | undefined; MaxItems?: number | undefined },
) {
  const { world, showsDuringUpdate } = context;
  const after = input.Marker ? Buffer.from(input.Marker, "base64").toString() : "";
  const rest = rows.filter((row) => keyOf(row) > after).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const shown = rest.slice(0, Math.min(input.MaxItems ?? PAGE, PAGE));
  const last = shown.at(-1);
  return {
    items: shown.map(({ fn, version }) => listVersion(world, fn, version, showsDuringUpdate)),
    NextMarker: last && shown.length < rest.length ? Buffer.from(keyOf(last)).toString("base64") : undefined,
  };
}

function touch(context: FunctionContext, version: FunctionVersion): void {
  version.lastModifiedMs = context.clock.now();
  version.revisionId = context.identifiers.uuid();
}

interface Row {
  readonly fn: LambdaFunction;
  readonly version: FunctionVersion;
}

function keyOf({ fn, version }: Row): string {
  return `${fn.functionName}:${String(numberOf(version)).padStart(10, "0")}`;
}

/** `$LATEST` counts as 0. */
function numberOf(version: FunctionVersion | undefined): number {
  return Number(version?.version) || 0;
}

function sameContent(a: FunctionVersion, b: FunctionVersion): boolean {
  return JSON.stringify([a.settings, a.vpcConfig]) === JSON.stringify([b.settings, b.vpcConfig]);
}

function demandRevision(version: FunctionVersion, revisionId: string | undefined): void {
  if (revisionId === undefined || revisionId === version.revisionId) return;
  throw new AwsError(
    "PreconditionFailedException",
    "The RevisionId provided does not match the latest RevisionId. Call the GetFunction/GetAlias API to retrieve the latest RevisionId",
    412,
  );
}

type SettingsInput = Partial<Omit<CreateFunctionRequest, "FunctionName" | "VpcConfig">> & {
  VpcConfig?: VpcConfigInput | undefined;
};

function settingsOf(input: SettingsInput, before?: FunctionSettings): FunctionSettings {
  const code = input.Code && codeOf(input.Code.ZipFile, `${input.Code.S3Bucket}/${input.Code.S3Key}`);
  return {
    runtime: input.Runtime ?? before?.runtime ?? "nodejs22.x",
    role: input.Role ?? before?.role ?? "",
    handler: input.Handler ?? before?.handler ?? "",
    description: input.Description ?? before?.description ?? "",
    timeoutSeconds: input.Timeout ?? before?.timeoutSeconds ?? 3,
    memorySizeMb: input.MemorySize ?? before?.memorySizeMb ?? 128,
    architecture: input.Architectures?.[0] ?? before?.architecture ?? "x86_64",
    codeSha256: code?.codeSha256 ?? before?.codeSha256 ?? "",
    codeSizeBytes: code?.codeSizeBytes ?? before?.codeSizeBytes ?? 0,
    capacityProviderArn: instancesOf(input) ?? before?.capacityProviderArn,
    environment: input.Environment ? { ...input.Environment.Variables } : before?.environment,
  };
}

function instancesOf({ CapacityProviderConfig: config }: SettingsInput): string | undefined {
  return config?.LambdaManagedInstancesCapacityProviderConfig?.CapacityProviderArn;
}

function codeOf(zip: Uint8Array | undefined, location: string): { codeSha256: string; codeSizeBytes: number } {
  const bytes = zip ?? Buffer.from(location);
  return { codeSha256: createHash("sha256").update(bytes).digest("base64"), codeSizeBytes: bytes.length };
}
