/** Carries out one action: makes sure that the world is still as planned, and writes. */
import { CreateTagsCommand, DeleteTagsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { type LambdaClient, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { AwsCallError, call } from "../aws/errors.ts";
import type { FallbackRequest } from "../config/teardown-request.ts";
import { deleteNatGateway, replaceDefaultRoute } from "../fallback/apply.ts";
import { tagKeys } from "../pool/tags.ts";
import { disassociate } from "../relocation/apply.ts";
import type { Action } from "./actions.ts";
import type { Work } from "./model.ts";
import { observeFallback, type Source } from "./observe.ts";

type Of<Kind extends Action["kind"]> = Extract<Action, { kind: Kind }>;

/**
 * Whether the action is done. If not, the world had changed or AWS said so, and the next observation decides.
 * @throws AwsCallError for any other answer of AWS
 */
export async function apply(source: Source, request: Work, action: Action): Promise<boolean> {
  try {
    switch (action.kind) {
      case "disassociate":
        // An association that has moved has another id: the one that was observed is ended, or none.
        await disassociate(source.ec2, action.associationId);
        return true;
      case "withdraw":
        await withdraw(source.lambda, action);
        return true;
      case "tag":
      case "untag":
        await setPool(source.ec2, request, action);
        return true;
      case "route":
        return (request.kind === "fallback" || request.kind === "routes") && (await leadBack(source, request, action));
      case "delete":
        return request.kind === "fallback" && (await deleteUnused(source, request, action));
    }
  } catch (error) {
    if (!(error instanceof AwsCallError)) throw error;
    if (error.errorClass === "conflict" || error.errorClass === "gone") return false;
    throw error;
  }
}

async function setPool(ec2: EC2Client, { pool }: Work, { kind, allocationId }: Of<"tag" | "untag">): Promise<void> {
  const input = { Resources: [allocationId], Tags: [{ Key: tagKeys.pool, Value: pool }] };
  if (kind === "tag") await call("ec2:CreateTags", () => ec2.send(new CreateTagsCommand(input)));
  else await call("ec2:DeleteTags", () => ec2.send(new DeleteTagsCommand(input)));
}

/** The revision makes sure that the probe has not changed since (Lambda API reference, UpdateFunctionConfiguration). */
async function withdraw(lambda: LambdaClient, { functionArn, revisionId }: Of<"withdraw">): Promise<void> {
  const command = new UpdateFunctionConfigurationCommand({
    FunctionName: functionArn,
    RevisionId: revisionId,
    VpcConfig: { SubnetIds: [], SecurityGroupIds: [] },
  });
  await call("lambda:UpdateFunctionConfiguration", () => lambda.send(command));
}

async function leadBack(source: Source, request: Omit<FallbackRequest, "kind">, action: Of<"route">): Promise<boolean> {
  const { routeTableId, from, gatewayId } = action;
  const { routeTables } = await observeFallback(source, request);
  const table = routeTables.find((it) => it.routeTableId === routeTableId);
  if (JSON.stringify(table?.route) !== JSON.stringify(from)) return false;
  await replaceDefaultRoute(source.ec2, { routeTableId, to: { kind: "internet", gatewayId } });
  return true;
}

async function deleteUnused(source: Source, request: FallbackRequest, action: Of<"delete">): Promise<boolean> {
  const { natGatewayId } = action;
  const { routeTables, foreignRoutes, internetGatewayId } = await observeFallback(source, request);
  const routed = routeTables.some(({ route }) => route?.kind === "nat" && route.natGatewayId === natGatewayId);
  // Without an internet gateway the pool's own routes have no other target.
  if (foreignRoutes.some((it) => it.natGatewayId === natGatewayId) || (routed && internetGatewayId)) return false;
  await deleteNatGateway(source.ec2, { natGatewayId });
  return true;
}
