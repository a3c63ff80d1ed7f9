/** Success is observed, never assumed: describe until AWS shows what was written, and ask from inside the subnet. */
import type { EC2Client } from "@aws-sdk/client-ec2";
import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import { lagsMs, lookUntil } from "../actuator/verify.ts";
import type { Clock } from "../aws/clock.ts";
import { AwsCallError, call } from "../aws/errors.ts";
import type { FallbackPool } from "../config/fallback-settings.ts";
import type { Action } from "./actions.ts";
import type { Outcome } from "./apply.ts";
import { formatFlips } from "./history.ts";
import type { Observed } from "./model.ts";
import { listNatGateways, listRoutes } from "./observe.ts";

/** Waits between questions from inside: new flows take a changed route within seconds. */
const insideMs = [0, 1000, 2000, 4000];

/** How long a probe may take, with the SDK's retries: it starts cold, and the echo has 4 s (src/probing/round.ts). */
const probeMs = 10_000;

type Replacement = Extract<Action, { kind: "route" }>;

export interface Inside {
  readonly clock: Clock;
  readonly lambda: LambdaClient;
  readonly echoUrl: string;
}

/** Whether AWS shows what was written. */
export function isShown(ec2: EC2Client, clock: Clock, pool: FallbackPool, outcome: Outcome): Promise<boolean> {
  return lookUntil(clock, lagsMs, () => look(ec2, pool, outcome));
}

async function look(ec2: EC2Client, pool: FallbackPool, outcome: Outcome): Promise<boolean> {
  const { action } = outcome;
  if (action.kind === "create" || action.kind === "delete") {
    const gateways = await listNatGateways(ec2, pool.name);
    if (action.kind === "delete") {
      const state = gateways.find((it) => it.natGatewayId === action.natGatewayId)?.state ?? "deleted";
      return state === "deleting" || state === "deleted";
    }
    return outcome.result === "done" && gateways.some((it) => it.natGatewayId === outcome.natGatewayId);
  }
  const { tables } = await listRoutes(ec2, pool);
  const table = tables.find((it) => it.routeTableId === action.routeTableId);
  if (action.kind === "remember") return table?.noted === action.text;
  const isNoted =
    (outcome.result === "done" && outcome.unnoted) || formatFlips(table?.flips ?? []) === formatFlips(action.flips);
  if (action.kind === "note") return Boolean(isNoted);
  const { route } = table ?? {};
  const pointsToGateway =
    action.to.kind === "nat"
      ? route?.kind === "nat" && route.natGatewayId === action.to.natGatewayId
      : route?.kind === "internet";
  return pointsToGateway && Boolean(isNoted);
}

/**
 * The probes that can tell whether the table's new route works: those in its subnets and, where each interface needs an
 * address of its own, only where one serves.
 */
export function probesOf(
  { probes }: FallbackPool,
  { egress }: Observed,
  { subnetIds, to }: Replacement,
): FallbackPool["probes"] {
  const served = new Set<string | undefined>(egress.map(({ servesSubnetId }) => servesSubnetId));
  return probes.filter(
    ({ subnetId }) => subnetIds.some((it) => it === subnetId) && (to.kind === "nat" || served.has(subnetId)),
  );
}

/**
 * Which address the world sees from the table's subnets, as their probes say. Answers what is wrong, or nothing. After the
 * deadline no probe is asked again: the function's time must do for the report.
 */
export async function checkInside(
  { clock, lambda, echoUrl }: Inside,
  pool: FallbackPool,
  observed: Observed,
  action: Replacement,
  deadlineMs: number,
): Promise<string | undefined> {
  const fallbackIp = observed.fallbackAddress?.publicIp;
  const isRight = (ip: string | undefined) =>
    ip !== undefined && (action.to.kind === "nat" ? ip === fallbackIp : ip !== fallbackIp);
  for (const { functionArn, vantage } of probesOf(pool, observed, action)) {
    const request = { pool: pool.name, vantage, echoUrl, targets: [] };
    let seen: Seen = {};
    const ask = async () => {
      seen = await askProbe(lambda, functionArn, request);
      return isRight(seen.publicIp);
    };
    const isSeen = await lookUntil(clock, insideMs, ask, deadlineMs);
    if (isSeen) continue;
    const expected = action.to.kind === "nat" ? fallbackIp : "an egress address";
    return seen.problem === undefined
      ? `${vantage} leaves by ${seen.publicIp ?? "nothing"}, expected ${expected}`
      : `${vantage} should leave by ${expected}, but its probe cannot be asked (${seen.problem})`;
  }
  return undefined;
}

/** Which address the echo saw, if any; or why the probe itself gave no answer, which says nothing about the route. */
interface Seen {
  readonly publicIp?: string;
  readonly problem?: string;
}

async function askProbe(lambda: LambdaClient, FunctionName: string, request: object): Promise<Seen> {
  try {
    const command = new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(request)) });
    const limits = { requestTimeout: probeMs, abortSignal: AbortSignal.timeout(probeMs) };
    const output = await call("lambda:InvokeFunction", () => lambda.send(command, limits));
    const answer: unknown = JSON.parse(Buffer.from(output.Payload ?? []).toString());
    if (output.FunctionError) return { problem: `${output.FunctionError} error` };
    const isAddress = typeof answer === "object" && answer !== null && "publicIp" in answer;
    return isAddress && typeof answer.publicIp === "string" ? { publicIp: answer.publicIp } : {};
  } catch (error) {
    if (error instanceof AwsCallError) return { problem: error.message };
    if (error instanceof SyntaxError) return { problem: "its answer is no JSON" };
    throw error;
  }
}
