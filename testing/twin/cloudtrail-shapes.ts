import { natParameters, natResponse } from "./cloudtrail-nat.ts";
import type { RoleCall } from "./hyperplane.ts";
import type { NetworkInterface, World } from "./world.ts";

/**
 * How CloudTrail writes parameters and answers down: camelCase keys, secrets left out. Shapes follow recorded samples
 * (invictus-ir/aws_dataset, DataDog/stratus-red-team, adanalvarez/TrailDiscover); where no sample was found
 * (AssociateAddress, DisassociateAddress, ReplaceRoute, aliases, provisioned concurrency) they are inferred.
 */
export type Json = Record<string, unknown>;

/** Lambda's event names carry the API version for older operations only (Lambda developer guide, CloudTrail). */
const LAMBDA_SUFFIX: Record<string, string> = {
  CreateFunction: "20150331",
  UpdateFunctionConfiguration: "20150331v2",
  UpdateFunctionCode: "20150331v2",
  DeleteFunction: "20150331",
  PublishVersion: "20150331",
  CreateAlias: "20150331",
  UpdateAlias: "20150331",
  DeleteAlias: "20150331",
  TagResource: "20170331v2",
  UntagResource: "20170331v2",
};

export function eventNameOf(service: string, operation: string): string {
  return service === "lambda" ? `${operation}${LAMBDA_SUFFIX[operation] ?? ""}` : operation;
}

/** Maps whose keys are the caller's own words. */
const VERBATIM = new Set(["tags", "additionalVersionWeights"]);

function camel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camel);
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => {
        const name = key.charAt(0).toLowerCase() + key.slice(1);
        return [name, VERBATIM.has(name) && !Array.isArray(inner) ? inner : camel(inner)];
      }),
  );
}

/** Environment and code are redacted; `functionName` stays as the caller gave it. */
export function lambdaParameters(operation: string, input: Json): Json {
  const parameters = camel(input) as Json;
  delete parameters["zipFile"];
  if (operation === "CreateFunction") {
    const code = { ...(parameters["code"] as Json | undefined) };
    delete code["zipFile"];
    return { publish: false, ...parameters, code, environment: {} };
  }
  if (operation === "UpdateFunctionConfiguration") return { ...parameters, environment: {} };
  if (operation !== "UpdateFunctionCode") return parameters;
  return { ...arnParts(String(parameters["functionName"])), publish: false, dryRun: false, ...parameters };
}

function arnParts(functionName: string): Json {
  const [, partition, , region, account, , name] = functionName.split(":");
  if (name === undefined) return {};
  return {
    fullyQualifiedArn: {
      arnPrefix: { partition, region, account },
      relativeId: { functionName: name },
      functionQualifier: {},
    },
  };
}

/** Null for deletions and tags. No `vpcConfig` key for a function outside a VPC, as in every recorded sample. */
export function lambdaResponse(output: unknown): Json | null {
  const response = camel(output ?? {}) as Json;
  if (Object.keys(response).length === 0) return null;
  if (!("functionArn" in response)) return response;
  if (!(response["vpcConfig"] as Json | undefined)?.["vpcId"]) delete response["vpcConfig"];
  return { ...response, environment: {} };
}

/** Lists become `…Set: {items: […]}`. */
export function ec2Parameters(operation: string, input: Json): Json {
  if (operation.endsWith("NatGateway")) return natParameters(operation, input);
  const { Groups, TagSpecifications, DryRun: _, Resources, Tags, ...plain } = input;
  const parameters = camel(plain) as Json;
  if (operation === "CreateNetworkInterface") {
    parameters["groupSet"] = Array.isArray(Groups) ? { items: Groups.map((groupId) => ({ groupId })) } : {};
    parameters["privateIpAddressesSet"] = {};
  }
  if (Array.isArray(TagSpecifications)) parameters["tagSpecificationSet"] = { items: camel(TagSpecifications) };
  if (Array.isArray(Resources)) parameters["resourcesSet"] = { items: Resources.map((resourceId) => ({ resourceId })) };
  if (Array.isArray(Tags)) parameters["tagSet"] = { items: camel(Tags) };
  return parameters;
}

/** EC2 answers deletions and changes with `_return: true`. */
export function ec2Response(operation: string, output: unknown, requestId: string): Json {
  if (operation.endsWith("NatGateway")) return natResponse(operation, output, requestId);
  const response = camel(output ?? {}) as Json;
  const creates = /^(Create|Allocate|Run)/.test(operation) && Object.keys(response).length > 0;
  return creates ? { requestId, ...response } : { requestId, _return: true, ...response };
}

/** Lambda's own calls in the session of an execution role. */
export function roleCallParts(
  world: World,
  { operation, networkInterface }: RoleCall,
  requestId: string,
): [Json, Json] {
  const { networkInterfaceId, subnetId, description, securityGroupIds } = networkInterface;
  if (operation === "DeleteNetworkInterface") return [{ networkInterfaceId }, { requestId, _return: true }];
  const groupSet = { items: securityGroupIds.map((groupId) => ({ groupId })) };
  return [
    { subnetId, description, groupSet, privateIpAddressesSet: {} },
    { requestId, networkInterface: describeInterface(world, networkInterface) },
  ];
}

function describeInterface(world: World, it: NetworkInterface): Json {
  return {
    networkInterfaceId: it.networkInterfaceId,
    subnetId: it.subnetId,
    vpcId: it.vpcId,
    availabilityZone: it.availabilityZone,
    description: it.description,
    ownerId: world.accountId,
    requesterId: it.requesterId,
    requesterManaged: false,
    status: it.status,
    macAddress: it.macAddress,
    privateIpAddress: it.privateIpAddress,
    sourceDestCheck: true,
    interfaceType: it.interfaceType,
    groupSet: {
      items: it.securityGroupIds.map((groupId) => ({
        groupId,
        groupName: world.securityGroups.get(groupId)?.groupName,
      })),
    },
    privateIpAddressesSet: { item: [{ privateIpAddress: it.privateIpAddress, primary: true }] },
    ipv6AddressesSet: {},
    tagSet: {},
  };
}
