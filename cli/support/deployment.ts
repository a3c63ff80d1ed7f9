/** Finds the deployment by the tags of its functions: nothing has to be configured. */
import { DescribeRegionsCommand } from "@aws-sdk/client-ec2";
import { GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { paginateGetResources, ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { call } from "../../src/aws/errors.ts";
import { readParameterWith } from "../../src/aws/parameter.ts";
import { type AttachSettings, loadAttachSettings } from "../../src/config/attach-settings.ts";
import { type FallbackSettings, loadFallbackSettings } from "../../src/config/fallback-settings.ts";
import { SettingsError } from "../../src/config/load.ts";
import { type CanarySettings, loadCanarySettings } from "../../src/config/probing-settings.ts";
import { loadSettings, type RelocationSettings } from "../../src/config/settings.ts";
import { tagKeys } from "../../src/pool/tags.ts";
import { type Clients, commandLimits } from "./clients.ts";
import { type Deployment, functionNameOf, type Part, type Pool } from "./deployment-model.ts";
import { restoreRemediation } from "./restore.ts";
import { UsageError } from "./usage-error.ts";

/**
 * The deployment of the account and region, or the one that `stage` names.
 * @throws UsageError when there is none, or more than one and none named
 */
export async function findDeployment(
  clients: Clients,
  region: string,
  { stage, profile }: { readonly stage?: string; readonly profile?: string },
): Promise<Deployment> {
  const deployed = await listFunctions(clients.tagging);
  const stages = [...deployed.keys()].sort();
  const fitting = stages.filter((it) => stage === undefined || it === stage || it.endsWith(`-${stage}`));
  const [found, ...more] = fitting;
  if (stages.length === 0) throw await nothingThere(clients, region, profile);
  if (found === undefined) {
    throw new UsageError(`there is no stage ${stage} in ${region}`, `give --stage as one of ${stages.join(", ")}`);
  }
  if (more.length > 0) {
    throw new UsageError(
      `there are several deployments in ${region}: ${fitting.join(", ")}`,
      "choose one with --stage",
    );
  }
  const { functionArns, sstStage } = deployed.get(found) ?? { functionArns: new Map(), sstStage: undefined };
  const accountId = [...functionArns.values()][0]?.split(":")[4] ?? "";
  return { stage: found, sstStage, accountId, region, functionArns };
}

/** SST's own tag on everything that it makes (its provider's default tags). */
const sstStageTag = "sst:stage";

interface Deployed {
  /** By name. */
  readonly functionArns: Map<string, string>;
  sstStage: string | undefined;
}

/** Functions with the deployment's tag, by the tag's value. */
async function listFunctions(client: ResourceGroupsTaggingAPIClient): Promise<Map<string, Deployed>> {
  const found = new Map<string, Deployed>();
  const input = { ResourceTypeFilters: ["lambda:function"], TagFilters: [{ Key: tagKeys.stage }] };
  return call("tag:GetResources", async () => {
    for await (const page of paginateGetResources({ client }, input)) {
      for (const { ResourceARN = "", Tags = [] } of page.ResourceTagMappingList ?? []) {
        const stage = Tags.find(({ Key }) => Key === tagKeys.stage)?.Value ?? "";
        const deployed = found.get(stage) ?? { functionArns: new Map<string, string>(), sstStage: undefined };
        deployed.functionArns.set(ResourceARN.split(":")[6] ?? "", ResourceARN);
        deployed.sstStage ??= Tags.find(({ Key }) => Key === sstStageTag)?.Value;
        found.set(stage, deployed);
      }
    }
    return found;
  });
}

/** Returns where else a deployment is, as far as these credentials can see: nothing depends on it, so a refusal is ignored. */
async function nothingThere(clients: Clients, region: string, profile: string | undefined): Promise<UsageError> {
  const identity = await call("sts:GetCallerIdentity", () => clients.sts.send(new GetCallerIdentityCommand()));
  const regions = await clients.ec2.send(new DescribeRegionsCommand({})).then(
    ({ Regions = [] }) => Regions.flatMap(({ RegionName }) => (RegionName ? [RegionName] : [])),
    () => [],
  );
  const looked = regions.filter((it) => it !== region).map((name) => hasDeployment(name, profile));
  const elsewhere = (await Promise.all(looked)).filter((it) => it !== undefined);
  const where = `account ${identity.Account} has no deployment of Holdfast in ${region}`;
  if (elsewhere.length > 0) return new UsageError(where, `give --region ${elsewhere.sort().join(" or ")}`);
  return new UsageError(where, "give --region or --profile, or deploy it: npx sst deploy --stage production");
}

async function hasDeployment(region: string, profile: string | undefined): Promise<string | undefined> {
  const place = { region, ...(profile !== undefined && { profile }) };
  const client = new ResourceGroupsTaggingAPIClient({ ...place, ...commandLimits });
  try {
    return (await listFunctions(client)).size > 0 ? region : undefined;
  } catch {
    return undefined;
  } finally {
    client.destroy();
  }
}

export interface Settings {
  readonly relocation: RelocationSettings;
  readonly fallback: FallbackSettings | undefined;
  readonly attach: AttachSettings | undefined;
  readonly probing: CanarySettings | undefined;
}

/** @throws SettingsError or AwsCallError that names the function */
export async function readSettings(clients: Clients, deployment: Deployment): Promise<Settings> {
  const [relocation, fallback, attach, probing] = await Promise.all([
    readPart(clients, deployment, "relocate", loadSettings),
    readPart(clients, deployment, "fallback", loadFallbackSettings),
    readPart(clients, deployment, "attach", loadAttachSettings),
    readPart(clients, deployment, "canary", loadCanarySettings),
  ]);
  if (relocation) return { relocation, fallback, attach, probing };
  throw new SettingsError(`${functionNameOf(deployment, "relocate")} is missing: ${restoreRemediation(deployment)}`);
}

type Load<S> = (text: string | undefined, read: (name: string) => Promise<string | undefined>) => Promise<S>;

/** Returns the settings of one function, or undefined when the deployment has no such function. */
export async function readPart<S>(
  { lambda, ssm }: Clients,
  deployment: Deployment,
  part: Part,
  load: Load<S>,
): Promise<S | undefined> {
  const FunctionName = functionNameOf(deployment, part);
  if (!deployment.functionArns.has(FunctionName)) return undefined;
  const { Environment } = await call("lambda:GetFunctionConfiguration", () =>
    lambda.send(new GetFunctionConfigurationCommand({ FunctionName })),
  );
  try {
    return await load(Environment?.Variables?.["HOLDFAST_SETTINGS"], (name) => readParameterWith(ssm, name));
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw new SettingsError(`${FunctionName}: ${error.message}`);
  }
}

/**
 * The deployment's pools, or the one named.
 * @throws UsageError for a pool that is not there
 */
export function poolsOf({ relocation, fallback, attach, probing }: Settings, name?: string): Pool[] {
  const pools = relocation.pools.map((it) => ({
    name: it.name,
    relocation: it,
    fallback: fallback?.pools.find((other) => other.name === it.name),
    attach: attach?.pools.find((other) => other.name === it.name),
    probing: probing?.pools.find((other) => other.name === it.name),
  }));
  const chosen = pools.filter((it) => name === undefined || it.name === name);
  if (chosen.length > 0) return chosen;
  const names = pools.map((it) => it.name).join(", ");
  throw new UsageError(`there is no pool ${name}`, `give --pool as one of ${names}`);
}
