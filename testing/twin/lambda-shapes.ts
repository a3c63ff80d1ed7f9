import type { AliasConfiguration, FunctionConfiguration } from "@aws-sdk/client-lambda";
import type { Alias, FunctionVersion, LambdaFunction, VpcConfig, World } from "./world.ts";

/**
 * The answers of Lambda's API. Keys and values follow recorded answers (cloud-custodian and localstack test data):
 * no `VpcConfig` is shown as an empty one with `VpcId: ""`, list answers have no state and no update status.
 */

/** Which configuration `GetFunctionConfiguration` shows while an update is in progress: AWS does not document it. */
export type ShownDuringUpdate = "new" | "old";

const reasons: Record<string, string> = {
  Creating: "The function is being created.",
  Restoring: "The function is being restored.",
  Idle: "The function is idle.",
  EniLimitExceeded: "You have reached the limit of network interfaces for the VPC.",
  SubnetOutOfIPAddresses: "The subnet has no free IP addresses.",
  InvalidSubnet: "The subnet does not exist.",
  InvalidSecurityGroup: "The security group does not exist.",
  ImageDeleted: "The function's image was deleted.",
  ImageAccessDenied: "Lambda has no access to the function's image.",
  InvalidImage: "The function's image is not valid.",
  KMSKeyAccessDenied: "Lambda has no access to the function's KMS key.",
  KMSKeyNotFound: "The function's KMS key does not exist.",
  DisabledKMSKey: "The function's KMS key is disabled.",
  InvalidRuntime: "The runtime is not valid.",
  InvalidZipFileException: "The function's code is not a valid archive.",
  "FunctionError.InitTimeout": "The function did not initialise in time.",
  InsufficientRolePermissions: "The function's execution role lacks permissions on network interfaces.",
};

/** Returns the configuration of one version, with its states. */
export function describeVersion(
  world: World,
  fn: LambdaFunction,
  version: FunctionVersion,
  shown: ShownDuringUpdate,
): FunctionConfiguration {
  return { ...listVersion(world, fn, version, shown), ...describeStates(version) };
}

/** The same as list answers have it: without states. */
export function listVersion(
  world: World,
  fn: LambdaFunction,
  version: FunctionVersion,
  shown: ShownDuringUpdate,
): FunctionConfiguration {
  const { settings } = version;
  const updating = version.lastUpdateStatus === "InProgress";
  return {
    FunctionName: fn.functionName,
    FunctionArn: version.version === "$LATEST" ? fn.functionArn : `${fn.functionArn}:${version.version}`,
    Runtime: settings.runtime as NonNullable<FunctionConfiguration["Runtime"]>,
    Role: settings.role,
    Handler: settings.handler,
    CodeSize: settings.codeSizeBytes,
    Description: settings.description,
    Timeout: settings.timeoutSeconds,
    MemorySize: settings.memorySizeMb,
    LastModified: new Date(version.lastModifiedMs).toISOString().replace("Z", "+0000"),
    CodeSha256: settings.codeSha256,
    Version: version.version,
    VpcConfig: describeVpc(updating && shown === "old" ? version.servedBy : version.vpcConfig),
    ...(settings.capacityProviderArn && {
      CapacityProviderConfig: {
        LambdaManagedInstancesCapacityProviderConfig: { CapacityProviderArn: settings.capacityProviderArn },
      },
    }),
    ...(settings.environment && { Environment: { Variables: settings.environment } }),
    TracingConfig: { Mode: "PassThrough" },
    RevisionId: version.revisionId,
    PackageType: "Zip",
    Architectures: [settings.architecture as "arm64" | "x86_64"],
    EphemeralStorage: { Size: 512 },
    SnapStart: { ApplyOn: "None", OptimizationStatus: "Off" },
    RuntimeVersionConfig: { RuntimeVersionArn: `arn:aws:lambda:${world.region}::runtime:${"0".repeat(64)}` },
    LoggingConfig: { LogFormat: "Text", LogGroup: `/aws/lambda/${fn.functionName}` },
  };
}

type States = Pick<
  FunctionConfiguration,
  | "State"
  | "StateReason"
  | "StateReasonCode"
  | "LastUpdateStatus"
  | "LastUpdateStatusReason"
  | "LastUpdateStatusReasonCode"
>;

function describeStates(version: FunctionVersion): States {
  const { stateReasonCode, lastUpdateStatus, lastUpdateStatusReasonCode } = version;
  return {
    State: version.state,
    ...(stateReasonCode && {
      StateReason: reasonOf(stateReasonCode),
      StateReasonCode: stateReasonCode as NonNullable<States["StateReasonCode"]>,
    }),
    ...(lastUpdateStatus && { LastUpdateStatus: lastUpdateStatus }),
    ...(lastUpdateStatusReasonCode && {
      LastUpdateStatusReason: reasonOf(lastUpdateStatusReasonCode),
      LastUpdateStatusReasonCode: lastUpdateStatusReasonCode as NonNullable<States["LastUpdateStatusReasonCode"]>,
    }),
  };
}

function reasonOf(code: string): string {
  return reasons[code] ?? "An internal error occurred.";
}

function describeVpc(config: VpcConfig | undefined): NonNullable<FunctionConfiguration["VpcConfig"]> {
  return {
    SubnetIds: [...(config?.subnetIds ?? [])],
    SecurityGroupIds: [...(config?.securityGroupIds ?? [])],
    VpcId: config?.vpcId ?? "",
    Ipv6AllowedForDualStack: config?.ipv6AllowedForDualStack ?? false,
  };
}

/** `RoutingConfig` is present only when an additional version has a weight. */
export function describeAlias(fn: LambdaFunction, alias: Alias): AliasConfiguration {
  return {
    AliasArn: `${fn.functionArn}:${alias.name}`,
    Name: alias.name,
    FunctionVersion: alias.functionVersion,
    Description: alias.description,
    ...(Object.keys(alias.additionalVersionWeights).length > 0 && {
      RoutingConfig: { AdditionalVersionWeights: { ...alias.additionalVersionWeights } },
    }),
    RevisionId: alias.revisionId,
  };
}
