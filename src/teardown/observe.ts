/** Reads from AWS what of the running system stands in the way of a removal. */
import { DescribeAddressesCommand, type EC2Client } from "@aws-sdk/client-ec2";
import {
  type FunctionConfiguration,
  GetFunctionConfigurationCommand,
  type LambdaClient,
  paginateListFunctions,
} from "@aws-sdk/client-lambda";
import { AwsCallError, call } from "../aws/errors.ts";
import type {
  AllocationId,
  AssociationId,
  FunctionArn,
  NatGatewayId,
  NetworkInterfaceId,
  RouteTableId,
  SecurityGroupId,
  SubnetId,
  VpcId,
} from "../aws/identifiers.ts";
import { type FallbackRequest, probeDescription, type SubnetRequest } from "../config/teardown-request.ts";
import {
  describeNatGateways,
  describeRouteTables,
  findInternetGateway,
  toLedTable,
  toNatGateway,
} from "../fallback/observe.ts";
import { describePoolAddresses, tagOf } from "../pool/addresses.ts";
import { tagKeys } from "../pool/tags.ts";
import { attachmentOf } from "../relocation/model.ts";
import { toLiveVersion } from "../relocation/observe-members.ts";
import { listInterfaces } from "../relocation/observe-network.ts";
import type {
  AddressWork,
  HeldAddress,
  ObservedFallback,
  ObservedSubnet,
  OwnAddress,
  Probe,
  SubnetFunction,
} from "./model.ts";

export interface Source {
  readonly ec2: EC2Client;
  readonly lambda: LambdaClient;
}

/** @param looksForMembers whether to read every function of the region, 50 a call */
export async function observeSubnet(
  { ec2, lambda }: Source,
  request: SubnetRequest,
  looksForMembers: boolean,
): Promise<ObservedSubnet> {
  const [functions, addresses, probes] = await Promise.all([
    looksForMembers ? listSubnetFunctions(lambda, request) : undefined,
    listHeldAddresses(ec2, request),
    Promise.all(request.probeArns.map((arn) => readProbe(lambda, arn, request))),
  ]);
  return { functions, addresses, probes: probes.flat() };
}

export function attachmentKey({
  vpcId,
  subnetId,
  securityGroupIds,
}: Pick<SubnetRequest, "vpcId" | "subnetId" | "securityGroupIds">): string {
  return attachmentOf(vpcId as VpcId, subnetId as SubnetId, securityGroupIds as SecurityGroupId[]).key;
}

/** Whatever the interface's security groups: relocation serves members of the pool's subnets with any. */
async function listHeldAddresses(ec2: EC2Client, { pool, vpcId, subnetId }: SubnetRequest): Promise<HeldAddress[]> {
  const [interfaces, addresses] = await Promise.all([
    listInterfaces(ec2, [{ name: pool, network: { vpcId, subnetIds: [subnetId] } }]),
    describePoolAddresses(ec2, [pool]),
  ]);
  return addresses.flatMap(({ AllocationId, AssociationId, NetworkInterfaceId }) => {
    const on = interfaces.find((it) => it.networkInterfaceId === NetworkInterfaceId);
    if (!on || !AssociationId) return [];
    const { networkInterfaceId, attachment } = on;
    const [allocationId, associationId] = [AllocationId as AllocationId, AssociationId as AssociationId];
    return [{ allocationId, associationId, networkInterfaceId, attachment: attachment.key }];
  });
}

/**
 * `$LATEST` of every function alone: old published versions without callers would hold up every removal. One that is
 * called loses its address; it keeps its interface, and the deletion of the subnet stops there.
 */
function listSubnetFunctions(client: LambdaClient, request: SubnetRequest): Promise<SubnetFunction[]> {
  return call("lambda:ListFunctions", async () => {
    const found: SubnetFunction[] = [];
    for await (const page of paginateListFunctions({ client }, {})) {
      for (const it of page.Functions ?? []) {
        const { FunctionName: functionName = "", Description = "" } = it;
        // Of whatever pool: in a network that exists, another may have come to stand in the same subnet.
        if (Description.startsWith(probeDescription)) continue;
        for (const { key: attachment } of attachmentsIn(request, it)) found.push({ functionName, attachment });
      }
    }
    return found;
  });
}

function attachmentsIn({ subnetId }: SubnetRequest, configuration: FunctionConfiguration) {
  return toLiveVersion(configuration, "$LATEST").attachments.filter((it) => it.subnetId === subnetId);
}

/** One probe, or none when it is gone. */
async function readProbe(lambda: LambdaClient, FunctionName: string, request: SubnetRequest): Promise<Probe[]> {
  try {
    const command = new GetFunctionConfigurationCommand({ FunctionName });
    const output = await call("lambda:GetFunctionConfiguration", () => lambda.send(command));
    const { status, attachments } = toLiveVersion(output, "$LATEST");
    const isHere = attachmentsIn(request, output).length > 0;
    const place = isHere ? "here" : attachments.length > 0 ? "elsewhere" : "outside";
    return [{ functionArn: FunctionName as FunctionArn, revisionId: output.RevisionId ?? "", status, place }];
  } catch (error) {
    if (error instanceof AwsCallError && error.errorClass === "gone") return [];
    throw error;
  }
}

/** Known by their ids: the pool's tag may be off already. */
export async function observeAddresses({ ec2 }: Source, work: AddressWork): Promise<OwnAddress[]> {
  const { pool, vpcId, subnetIds, scout, hasFallback, leaving, staying } = work;
  const network = { vpcId, subnetIds: [...subnetIds, ...(scout ? [scout.subnetId] : [])] };
  const Filters = [{ Name: "allocation-id", Values: [...leaving, ...staying] }];
  const [{ Addresses = [] }, interfaces] = await Promise.all([
    call("ec2:DescribeAddresses", () => ec2.send(new DescribeAddressesCommand({ Filters }))),
    listInterfaces(ec2, [{ name: pool, network }]),
  ]);
  const scoutKey =
    scout && attachmentKey({ vpcId, subnetId: scout.subnetId, securityGroupIds: [scout.securityGroupId] });
  const placeOf = ({ AssociationId, NetworkInterfaceId, Tags }: (typeof Addresses)[number]): OwnAddress["on"] => {
    if (!AssociationId) return "nothing";
    if (tagOf(Tags, tagKeys.role) === "fallback") return hasFallback ? "serving" : "elsewhere";
    const on = interfaces.find(({ networkInterfaceId }) => networkInterfaceId === NetworkInterfaceId);
    if (!on) return "elsewhere";
    return on.attachment.key === scoutKey ? "scout" : "serving";
  };
  return Addresses.map((it) => ({
    allocationId: it.AllocationId as AllocationId,
    associationId: it.AssociationId as AssociationId | undefined,
    networkInterfaceId: it.NetworkInterfaceId as NetworkInterfaceId | undefined,
    isLeaving: leaving.includes(it.AllocationId ?? ""),
    inPool: tagOf(it.Tags, tagKeys.pool) === pool,
    on: placeOf(it),
  }));
}

/** The pool's tables are known by their ids: their tags may go in the same removal. */
export async function observeFallback(
  { ec2 }: Source,
  request: Omit<FallbackRequest, "kind">,
): Promise<ObservedFallback> {
  const { pool, vpcId, routeTableIds } = request;
  const [tables, gateways, internetGatewayId] = await Promise.all([
    describeRouteTables(ec2, vpcId),
    describeNatGateways(ec2, pool),
    findInternetGateway(ec2, vpcId),
  ]);
  const isOwn = (id: string | undefined) => id !== undefined && routeTableIds.includes(id);
  const natGateways = gateways
    .filter(({ VpcId: id, Tags }) => id === vpcId && tagOf(Tags, tagKeys.role) === "fallback")
    .map((it) => toNatGateway(it, false));
  const isOurs = (id: string | undefined) => natGateways.some(({ natGatewayId }) => natGatewayId === id);
  return {
    routeTables: tables.filter((it) => isOwn(it.RouteTableId)).map(toLedTable),
    natGateways,
    internetGatewayId,
    foreignRoutes: tables
      .filter((it) => !isOwn(it.RouteTableId))
      .flatMap(({ RouteTableId, Routes = [] }) =>
        Routes.filter((it) => isOurs(it.NatGatewayId)).map((it) => ({
          routeTableId: RouteTableId as RouteTableId,
          natGatewayId: it.NatGatewayId as NatGatewayId,
        })),
      ),
  };
}
