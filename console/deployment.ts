/** What the console is pointed at. */
import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { EC2Client } from "@aws-sdk/client-ec2";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import type { FallbackPool } from "../src/config/fallback-settings.ts";
import type { ProbingPool } from "../src/config/probing-settings.ts";
import type { PoolSettings } from "../src/config/settings.ts";

export interface ConsoleClients {
  readonly ec2: EC2Client;
  readonly lambda: LambdaClient;
  readonly tagging: ResourceGroupsTaggingAPIClient;
  readonly cloudWatch: CloudWatchClient;
  readonly logs: CloudWatchLogsClient;
}

/** A pool with what each function was told of it. */
export interface ConsolePool {
  readonly name: string;
  readonly relocation: PoolSettings;
  readonly fallback: FallbackPool | undefined;
  readonly probing: ProbingPool | undefined;
}

export interface ConsoleDeployment {
  /** `<app>-<stage>`: the beginning of the names of functions, log groups and dashboards. */
  readonly stage: string;
  readonly metricsNamespace: string;
  readonly pools: readonly ConsolePool[];
}
