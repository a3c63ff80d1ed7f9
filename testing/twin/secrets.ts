import type {
  CreateSecretCommandInput,
  GetSecretValueCommandInput,
  PutSecretValueCommandInput,
} from "@aws-sdk/client-secrets-manager";
import * as sdk from "@aws-sdk/client-secrets-manager";
import type { VirtualClock } from "./clock.ts";
import type { Identifiers } from "./identifiers.ts";
import { AwsError, type Service } from "./service.ts";
import type { World } from "./world.ts";

interface Stored {
  readonly value: string;
  readonly versionId: string;
  readonly createdMs: number;
}

/** AWS puts six random characters behind a secret's name; here they are always the same. */
const SUFFIX = "-a1B2c3";

/** Returns a secret's ARN by its name, or by its ARN with or without the six characters. */
export function secretArn({ region, accountId }: World, secretId: string): string {
  const name = nameOf(secretId);
  return `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}${SUFFIX}`;
}

function nameOf(secretId: string): string {
  const name = secretId.startsWith("arn:") ? (secretId.split(":")[6] ?? "") : secretId;
  return name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : name;
}

export interface SecretsOptions {
  readonly world: World;
  readonly clock: VirtualClock;
  readonly identifiers: Identifiers;
}

/** Secrets Manager: text secrets, their current version only. */
export function createSecrets({ world, clock, identifiers }: SecretsOptions): Service {
  const secrets = new Map<string, Stored>();

  function find(secretId: string | undefined): [name: string, stored: Stored] {
    const name = nameOf(secretId ?? "");
    const stored = secrets.get(name);
    if (!stored) throw new AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    return [name, stored];
  }

  function store(name: string, value: string | undefined) {
    const stored = { value: value ?? "", versionId: identifiers.uuid(), createdMs: clock.now() };
    secrets.set(name, stored);
    return { ARN: secretArn(world, name), Name: name, VersionId: stored.versionId };
  }

  return {
    name: "secretsmanager",
    sdk,
    operations: {
      CreateSecret(input: CreateSecretCommandInput) {
        const name = input.Name ?? "";
        if (secrets.has(name)) {
          throw new AwsError(
            "ResourceExistsException",
            `The operation failed because the secret ${name} already exists.`,
          );
        }
        return store(name, input.SecretString);
      },
      PutSecretValue: (input: PutSecretValueCommandInput) => store(find(input.SecretId)[0], input.SecretString),
      DescribeSecret(input: GetSecretValueCommandInput) {
        const [name, { createdMs }] = find(input.SecretId);
        return { ARN: secretArn(world, name), Name: name, CreatedDate: new Date(createdMs) };
      },
      GetSecretValue(input: GetSecretValueCommandInput) {
        const [name, { value, versionId, createdMs }] = find(input.SecretId);
        return {
          ARN: secretArn(world, name),
          Name: name,
          SecretString: value,
          VersionId: versionId,
          VersionStages: ["AWSCURRENT"],
          CreatedDate: new Date(createdMs),
        };
      },
    },
  };
}
