/** Reads everything that the doctor looks at, as far as these credentials may. */
import { CreateTagsCommand, DescribeAddressesCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { DescribeSecretCommand } from "@aws-sdk/client-secrets-manager";
import { GetServiceQuotaCommand } from "@aws-sdk/client-service-quotas";
import { GetParameterCommand } from "@aws-sdk/client-ssm";
import { AwsCallError, accessProblem, call } from "../../src/aws/errors.ts";
import { loadAttachSettings } from "../../src/config/attach-settings.ts";
import { loadFallbackSettings } from "../../src/config/fallback-settings.ts";
import { SettingsError } from "../../src/config/load.ts";
import { type HeaderValue, loadCanarySettings, readTargets } from "../../src/config/probing-settings.ts";
import { loadSettings } from "../../src/config/settings.ts";
import { tagKeys } from "../../src/pool/tags.ts";
import type { MetricName } from "../../src/telemetry/model.ts";
import { readSeries } from "../../src/telemetry/read-series.ts";
import { minutesOf } from "../../src/telemetry/series.ts";
import { type ReadCanary, readCanaryLog } from "../support/canary-log.ts";
import { poolsOf, readPart } from "../support/deployment.ts";
import { functionNameOf, type Pool } from "../support/deployment-model.ts";
import { listAlarms } from "../support/list-alarms.ts";
import { observePool } from "../support/observe-pool.ts";
import type { Session } from "../support/session.ts";
import type { Facts, PoolFact, Queue, Trigger } from "./facts.ts";
import { readMethods } from "./observe-methods.ts";
import { readNetwork } from "./observe-network.ts";
import { listFunctions, readActuators, readFunctions, readQueue, readSchedules, readTrails } from "./observe-wiring.ts";
import { orNull, Reader } from "./reader.ts";

/** "EC2-VPC Elastic IPs" (Service Quotas, Amazon EC2). */
const addressQuota = { ServiceCode: "ec2", QuotaCode: "L-0263D0A3" };

export async function observe(session: Session): Promise<Facts> {
  const { clients, clock, deployment, progress } = session;
  const reader = new Reader();
  progress.step("reading functions, queues, rules and schedules");
  const { pools, problems } = await readPools(session, reader);
  const [trails, functions, regionFunctions, actuators, alarms, quota, addresses] = await Promise.all([
    readTrails(clients, reader),
    readFunctions(clients, deployment, reader),
    reader.attempt(() => listFunctions(clients)),
    readActuators(clients, deployment, reader),
    reader.attempt(() => {
      const names = pools.map(({ name }) => name);
      return listAlarms(clients.cloudWatch, deployment.stage, names);
    }),
    reader.attempt(() =>
      call("servicequotas:GetServiceQuota", () => clients.quotas.send(new GetServiceQuotaCommand(addressQuota))),
    ),
    reader.attempt(() => call("ec2:DescribeAddresses", () => clients.ec2.send(new DescribeAddressesCommand({})))),
  ]);
  const canaryArn = deployment.functionArns.get(functionNameOf(deployment, "canary"));
  const targets = [...actuators.map(({ queue }) => queue?.arn), canaryArn].filter((it) => it !== undefined);
  const schedules = await readSchedules(clients, new Set(targets), reader);
  const triggers = [...actuators.flatMap(({ rules = [] }) => rules), ...(schedules ?? [])];
  const queues = actuators.flatMap(({ queue }) => queue ?? []);
  const said = await reader.attempt(() => readCanaryLog(session));
  const poolFacts: PoolFact[] = [];
  for (const pool of pools) {
    progress.step(`reading pool ${pool.name}`);
    poolFacts.push(await readPool(session, pool, said, reader));
  }
  return {
    nowMs: clock.now(),
    deployment,
    trails,
    functions,
    settingsProblems: problems,
    actuators,
    schedules,
    deadLetters: await readDeadLetters(session, queues, triggers, reader),
    alarms: alarms?.map(({ AlarmName = "", StateValue = "", ActionsEnabled, AlarmActions = [] }) => {
      return { name: AlarmName, state: StateValue, notifies: ActionsEnabled !== false && AlarmActions.length > 0 };
    }),
    addressQuota: quota?.Quota?.Value,
    addressesInRegion: addresses?.Addresses?.length,
    regionFunctions,
    pools: poolFacts,
    unreadable: reader.unreadable,
  };
}

/** The pools, as far as the functions' settings can be read. */
async function readPools(
  { clients, deployment }: Session,
  reader: Reader,
): Promise<{ pools: Pool[]; problems: string[] }> {
  const problems: string[] = [];
  const tolerant = <S>(read: () => Promise<S | undefined>) =>
    reader.attempt(async () => {
      try {
        return await read();
      } catch (error) {
        if (!(error instanceof SettingsError)) throw error;
        problems.push(error.message);
        return undefined;
      }
    });
  const [relocation, fallback, attach, probing] = await Promise.all([
    tolerant(() => readPart(clients, deployment, "relocate", loadSettings)),
    tolerant(() => readPart(clients, deployment, "fallback", loadFallbackSettings)),
    tolerant(() => readPart(clients, deployment, "attach", loadAttachSettings)),
    tolerant(() => readPart(clients, deployment, "canary", loadCanarySettings)),
  ]);
  return { pools: relocation ? poolsOf({ relocation, fallback, attach, probing }) : [], problems };
}

async function readDeadLetters(
  { clients }: Session,
  queues: readonly Queue[],
  triggers: readonly Trigger[],
  reader: Reader,
): Promise<Queue[]> {
  const arns = [...queues, ...triggers].flatMap(({ deadLetterArn }) => deadLetterArn ?? []);
  const read = [...new Set(arns)].map((arn) =>
    reader.attempt(() => orNull(() => readQueue(clients, arn.split(":").at(-1) ?? ""))),
  );
  return (await Promise.all(read)).flatMap((it) => it ?? []);
}

/** Canary and relocation report every minute; CloudWatch shows it a minute or two later. */
const silentMs = 10 * 60_000;

async function readPool(session: Session, pool: Pool, said: ReadCanary | undefined, reader: Reader): Promise<PoolFact> {
  const { clients, clock } = session;
  const { vpcId, subnetIds } = pool.relocation.network;
  const view = await reader.attempt(() => observePool(session, pool));
  const securityGroupIds = await readProbeGroups(session, pool, reader);
  const used = (view?.relocation.observed.members ?? []).flatMap(({ liveVersions }) =>
    liveVersions.flatMap(({ attachments }) => attachments.flatMap((it) => it.securityGroupIds)),
  );
  const groups = [...new Set([...securityGroupIds, ...used])];
  const windowMs = Math.max(silentMs, 3 * 60_000 * pool.relocation.sweepMinutes);
  const seriesOf = (metric: MetricName, statistic: string) => minutesOf(metric, statistic, { pool: pool.name });
  const relocation = seriesOf("RelocationAttention", "SampleCount");
  const canary = seriesOf("ProbingAttention", "SampleCount");
  const series = [relocation, canary];
  const nowMs = clock.now();
  const [network, dataOf, missingSecrets, methods, maySteer] = await Promise.all([
    readNetwork(clients.ec2, { name: pool.name, vpcId, subnetIds, securityGroupIds: groups }, reader),
    reader.attempt(() => readSeries(clients.cloudWatch, series, nowMs - windowMs, nowMs)),
    findMissingSecrets(session, pool, reader),
    readMethods(session, pool, reader),
    view &&
      maySteerPool(
        clients.ec2,
        view.relocation.observed.addresses.map(({ allocationId }) => allocationId),
        reader,
      ),
  ]);
  return {
    pool,
    view,
    network,
    securityGroupIds,
    missingSecrets,
    methods,
    maySteer,
    relocationAtMs: dataOf && (dataOf(relocation).at(-1)?.atMs ?? null),
    canaryAtMs: dataOf && (dataOf(canary).at(-1)?.atMs ?? null),
    targetsRefused: said?.(pool.name).attention.filter(({ id }) => id === "target-refused") ?? [],
  };
}

/** The security groups of the pool: those of its probes in the members' subnets. */
async function readProbeGroups({ clients, deployment }: Session, pool: Pool, reader: Reader): Promise<string[]> {
  const probe = pool.probing?.probes.find(({ kind }) => kind === "serving");
  const name = probe?.functionArn.split(":")[6] ?? "";
  if (!deployment.functionArns.has(name)) return [];
  const read = await reader.attempt(() =>
    call("lambda:GetFunctionConfiguration", () =>
      clients.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name })),
    ),
  );
  return read?.VpcConfig?.SecurityGroupIds ?? [];
}

/** Returns the references whose parameter or secret does not exist. Their values are not read in plain text. */
async function findMissingSecrets({ clients }: Session, { probing }: Pool, reader: Reader): Promise<string[]> {
  if (!probing) return [];
  const values = readTargets(probing).targets.flatMap(({ headers, clientCertificate }) => [
    ...Object.values(headers),
    ...(clientCertificate ? [clientCertificate] : []),
  ]);
  const references = new Map(values.filter(isReference).map((it) => [JSON.stringify(it), it]));
  const missing = [...references.values()].map((it) =>
    reader.attempt(async () => {
      const found = await orNull(() =>
        "ssm" in it
          ? call("ssm:GetParameter", () => clients.ssm.send(new GetParameterCommand({ Name: it.ssm })))
          : call("secretsmanager:DescribeSecret", () =>
              clients.secretsManager.send(new DescribeSecretCommand({ SecretId: it.secret })),
            ),
      );
      return found ? undefined : "ssm" in it ? `parameter ${it.ssm}` : `secret ${it.secret}`;
    }),
  );
  return (await Promise.all(missing)).filter((it) => it !== undefined);
}

type Reference = Exclude<HeaderValue, string>;
const isReference = (value: HeaderValue): value is Reference => typeof value !== "string";

/** A dry run of what `holdfast fallback` and `pause` write. */
async function maySteerPool(ec2: EC2Client, Resources: string[], reader: Reader): Promise<boolean | undefined> {
  if (Resources.length === 0) return undefined;
  const command = new CreateTagsCommand({
    Resources,
    Tags: [{ Key: tagKeys.override, Value: "paused" }],
    DryRun: true,
  });
  return reader.attempt(async () => {
    try {
      await call("ec2:CreateTags", () => ec2.send(command));
      return true;
    } catch (error) {
      if (!(error instanceof AwsCallError)) throw error;
      if (error.code === "DryRunOperation") return true;
      if (error.errorClass === "denied" && !accessProblem(error.action, error.code)) return false;
      throw error;
    }
  });
}
