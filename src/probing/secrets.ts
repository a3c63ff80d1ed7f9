/**
 * Secrets of targets (header values and client certificates), resolved just before a round and kept no longer: they pass
 * from the store to the payload of an invocation, and are in no environment variable, log or metric.
 */
import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetParameterCommand, type SSMClient } from "@aws-sdk/client-ssm";
import { AwsCallError, call } from "../aws/errors.ts";
import type { HeaderValue, ProbingTarget } from "../config/probing-settings.ts";
import { readClientCertificate } from "./client-certificate.ts";
import type { ClientCertificate } from "./connection.ts";

export interface SecretStores {
  readonly ssm: SSMClient;
  readonly secretsManager: SecretsManagerClient;
}

/** What a target's requests carry, in plain text, or the reason why it could not be had. Neither names a secret's value. */
export type ResolvedSecrets =
  | {
      readonly headers: Record<string, string>;
      readonly clientCertificate?: ClientCertificate;
      /** When the client certificate ends, milliseconds since the epoch. */
      readonly expiresMs?: number;
    }
  | { readonly problem: string };

/** What Node accepts as the value of a header (RFC 9110, 5.5). */
const headerText = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;

/** Returns what each target's requests carry, by its name. A secret that several use is read once. */
export async function resolveSecrets(
  stores: SecretStores,
  targets: readonly ProbingTarget[],
  nowMs: number,
): Promise<Map<string, ResolvedSecrets>> {
  const reads = new Map<string, Promise<string>>();
  const textOf = (value: HeaderValue): Promise<string> => {
    if (typeof value === "string") return Promise.resolve(value);
    const key = JSON.stringify(value);
    const known =
      reads.get(key) ?? ("ssm" in value ? readParameter(stores, value.ssm) : readSecret(stores, value.secret));
    reads.set(key, known);
    return known;
  };
  const resolve = async ({ headers, clientCertificate: reference }: ProbingTarget): Promise<ResolvedSecrets> => {
    const resolved: Record<string, string> = {};
    for (const [name, value] of Object.entries(headers)) {
      const text = await orProblem(textOf(value));
      if (typeof text !== "string") return { problem: `headers.${name}: ${text.problem}` };
      if (!headerText.test(text)) return { problem: `headers.${name}: holds characters that a header may not` };
      resolved[name.toLowerCase()] = text;
    }
    if (!reference) return { headers: resolved };
    const text = await orProblem(textOf(reference));
    const read = typeof text === "string" ? readClientCertificate(text, nowMs) : text;
    return "problem" in read ? { problem: `clientCertificate: ${read.problem}` } : { headers: resolved, ...read };
  };
  return new Map(await Promise.all(targets.map(async (target) => [target.name, await resolve(target)] as const)));
}

async function orProblem(reading: Promise<string>): Promise<string | { readonly problem: string }> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof AwsCallError)) throw error;
    return { problem: error.message };
  }
}

async function readParameter({ ssm }: SecretStores, Name: string): Promise<string> {
  const action = "ssm:GetParameter";
  const output = await call(action, () => ssm.send(new GetParameterCommand({ Name, WithDecryption: true })));
  return output.Parameter?.Value ?? missing(action, Name);
}

async function readSecret({ secretsManager }: SecretStores, SecretId: string): Promise<string> {
  const action = "secretsmanager:GetSecretValue";
  const output = await call(action, () => secretsManager.send(new GetSecretValueCommand({ SecretId })));
  return output.SecretString ?? missing(action, SecretId);
}

function missing(action: string, name: string): never {
  throw new AwsCallError(action, "NoText", "gone", `${name} holds no text`);
}
