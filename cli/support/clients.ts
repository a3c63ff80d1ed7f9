/** Clients of AWS with the SDK's own chain of credentials: environment, profiles, SSO, roles, instance metadata. */
import { CloudTrailClient } from "@aws-sdk/client-cloudtrail";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { SQSClient } from "@aws-sdk/client-sqs";
import { SSMClient } from "@aws-sdk/client-ssm";
import { STSClient } from "@aws-sdk/client-sts";
import { limitedTo } from "../../src/aws/call-limits.ts";
import { UsageError } from "./usage-error.ts";

export interface Place {
  /** As given; undefined leaves it to the environment and the profile. */
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
}

export type Clients = ReturnType<typeof createClients>;

/** A command may wait longer than a function: a person looks on. */
export const commandLimits = limitedTo({ connectionMs: 5_000, answerMs: 30_000, silenceMs: 30_000 });
/**
 * Attempts of each call. Lambda's control plane takes 15 requests a second from the whole account (Lambda quotas), so a
 * busy pipeline throttles a command too; the SDK's own three attempts end within half a second.
 */
const maxAttempts = 8;

export function createClients({ region, profile }: Place) {
  const config = {
    ...(region !== undefined && { region }),
    ...(profile !== undefined && { profile }),
    maxAttempts,
    ...commandLimits,
  };
  return {
    cloudTrail: new CloudTrailClient(config),
    cloudWatch: new CloudWatchClient(config),
    ec2: new EC2Client(config),
    eventBridge: new EventBridgeClient(config),
    lambda: new LambdaClient(config),
    logs: new CloudWatchLogsClient(config),
    quotas: new ServiceQuotasClient(config),
    scheduler: new SchedulerClient(config),
    secretsManager: new SecretsManagerClient(config),
    // A queue's URL names its region's public endpoint; a private or local one would be passed by.
    sqs: new SQSClient({ ...config, useQueueUrlAsEndpoint: false }),
    ssm: new SSMClient(config),
    sts: new STSClient(config),
    tagging: new ResourceGroupsTaggingAPIClient(config),
  };
}

/** Returns the region that an option or the environment names. A variable that is empty names none. */
export function regionNamed(option: string | undefined, env: NodeJS.ProcessEnv): string | undefined {
  return option || env["AWS_REGION"] || env["AWS_DEFAULT_REGION"] || undefined;
}

/**
 * The region that calls go to.
 * @throws UsageError when nothing says which
 */
export async function regionOf({ ec2 }: Pick<Clients, "ec2">): Promise<string> {
  try {
    return await ec2.config.region();
  } catch (error) {
    if (!(error instanceof Error) || !/region is missing|region=""/i.test(error.message)) throw error;
    throw new UsageError("no AWS region is set", "give --region, set AWS_REGION, or set region in the profile");
  }
}
