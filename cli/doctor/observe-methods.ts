/** Which targets answer OPTIONS otherwise than GET: one probe asks both, once. */
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { call } from "../../src/aws/errors.ts";
import { type ProbingTarget, readTargets } from "../../src/config/probing-settings.ts";
import { isAlike, shapeOf } from "../../src/probing/shape.ts";
import {
  type RoundAnswer,
  type RoundRequest,
  requestOf,
  roundLimits,
  type TargetAnswer,
} from "../../src/probing/target.ts";
import type { Pool } from "../support/deployment-model.ts";
import type { Session } from "../support/session.ts";
import type { MethodFact } from "./facts.ts";
import type { Reader } from "./reader.ts";

/** Less than a call of the command line may take. */
const roundMs = 20_000;

/**
 * Returns the targets whose OPTIONS is answered otherwise than their GET. Nothing is sent for targets with another
 * method, nor to those whose requests carry secrets. The first serving probe asks; it publishes nothing (`idle`).
 */
export async function readMethods(
  { clients }: Session,
  { name, probing }: Pool,
  reader: Reader,
): Promise<MethodFact[]> {
  const probe = probing?.probes.find(({ kind }) => kind === "serving");
  if (!probing || !probe) return [];
  // A round has room for so many targets, and each is asked twice.
  const asked = readTargets(probing)
    .targets.flatMap(plainRequests)
    .slice(0, roundLimits.targets / 2);
  if (asked.length === 0) return [];
  const round: RoundRequest = {
    pool: name,
    vantage: probe.vantage,
    // Of no use here, and the page need not be asked for it.
    echoUrl: "https://echo.invalid/",
    idle: true,
    turn: 0,
    targets: asked.flat(),
  };
  const command = new InvokeCommand({ FunctionName: probe.functionArn, Payload: Buffer.from(JSON.stringify(round)) });
  const read = await reader.attempt(() => call("lambda:InvokeFunction", () => clients.lambda.send(command)));
  if (!read?.Payload || read.FunctionError) return [];
  const { answers } = JSON.parse(Buffer.from(read.Payload).toString()) as RoundAnswer;
  return asked.flatMap(([{ name: target }], index) => {
    const [options, get] = answers.slice(2 * index);
    return options && get && differ(options, get) ? [{ target, options: said(options), get: said(get) }] : [];
  });
}

type Requests = readonly [ReturnType<typeof requestOf>, ReturnType<typeof requestOf>];

function plainRequests(settings: ProbingTarget): Requests[] {
  const { method, protocol, headers: all, clientCertificate } = settings;
  const headers = Object.fromEntries(
    Object.entries(all).flatMap(([header, value]) =>
      typeof value === "string" ? [[header.toLowerCase(), value]] : [],
    ),
  );
  const isSecret = clientCertificate !== undefined || Object.keys(headers).length < Object.keys(all).length;
  if (method !== "OPTIONS" || protocol === "grpc" || isSecret) return [];
  return [[requestOf(settings, { headers }, roundMs), requestOf({ ...settings, method: "GET" }, { headers }, roundMs)]];
}

function differ(one: TargetAnswer, other: TargetAnswer): boolean {
  const [a, b] = [one.answer, other.answer];
  if (a.kind === "refused" || b.kind === "refused") return false;
  if (a.kind === "failure" || b.kind === "failure") return a.kind !== b.kind;
  return !isAlike(shapeOf(a, one.host), shapeOf(b, other.host));
}

function said({ answer }: TargetAnswer): string {
  if (answer.kind === "http") return `${answer.status}`;
  return answer.kind === "failure" ? `${answer.phase} ${answer.code}` : answer.reason;
}
