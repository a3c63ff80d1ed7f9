/**
 * Header values that are secrets, resolved just before a round and kept no longer: they pass from the store to the
 * payload of an invocation, and are in no environment variable, log or metric.
 */
import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetParameterCommand, type SSMClient } from "@aws-sdk/client-ssm";
import { AwsCallError, call } from "../aws/errors.ts";
import type { HeaderValue, ProbingTarget } from "../config/probing-settings.ts";

export interface SecretStores {
  readonly ssm: SSMClient;
  readonly secretsManager: SecretsManagerClient;
}

/** A target's headers in plain text, or the reason why they could not be had. Neither names a secret's value. */
export type ResolvedHeaders = { readonly headers: Record<string, string> } | { readonly problem: string };

/** What Node accepts as the value of a header (RFC 9110, 5.5). */
const headerText = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;

/** Returns the headers of each target, by its name. A secret that several use is read once. */
export async function resolveHeaders(
  stores: SecretStores,
  targets: readonly ProbingTarget[],
): Promise<Map<string, ResolvedHeaders>> {
  const reads = new Map<string, Promise<string>>();
  const textOf = (value: HeaderValue): Promise<string> => {
    if (typeof value === "string") return Promise.resolve(value);
    const key = JSON.stringify(value);
    const known =
      reads.get(key) ?? ("ssm" in value ? readParameter(stores, value.ssm) : readSecret(stores, value.secret));
    reads.set(key, known);
    return known;
  };
  const resolve = async ({ headers }: ProbingTarget): Promise<ResolvedHeaders> => {
    const resolved: Record<string, string> = {};
    for (const [name, value] of Object.entries(headers)) {
      try {
        const text = await textOf(value);
        if (!headerText.test(text)) return { problem: `headers.${name}: holds characters that a header may not` };
        resolved[name.toLowerCase()] = text;
      } catch (error) {
        if (!(error instanceof AwsCallError)) throw error;
        return { problem: `headers.${name}: ${error.message}` };
      }
    }
    return { headers: resolved };
  };
  return new Map(await Promise.all(targets.map(async (target) => [target.name, await resolve(target)] as const)));
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
