import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { expect, it } from "vitest";
import { clientConfig } from "../../testing/twin/endpoint.ts";
import { createAuthorizer } from "../../testing/twin/iam.ts";
import { openPath } from "./path-scene.ts";

const ROLE = "arn:aws:iam::123456789012:role/probe";

it("are read by name and by ARN, by those who may", async () => {
  const scene = await openPath();
  await scene.call("secretsmanager", "CreateSecret", { Name: "bank/key", SecretString: "one" });
  await scene.call("secretsmanager", "PutSecretValue", { SecretId: "bank/key", SecretString: "two" });
  const client = new SecretsManagerClient(clientConfig(scene.region, ROLE));
  const read = (SecretId: string) => client.send(new GetSecretValueCommand({ SecretId }));
  const { ARN = "" } = await scene.run(read("bank/key"));
  expect(ARN).toMatch(/:secret:bank\/key-\w{6}$/);
  expect(await scene.run(read(ARN))).toMatchObject({
    Name: "bank/key",
    SecretString: "two",
    VersionStages: ["AWSCURRENT"],
  });
  expect(await scene.failure(read("other"))).toMatchObject({ name: "ResourceNotFoundException" });
  const Statement = {
    Effect: "Allow" as const,
    Action: "secretsmanager:GetSecretValue",
    Resource: "arn:aws:secretsmanager:*:*:secret:bank/*",
  };
  createAuthorizer(scene.region, [{ roleArn: ROLE, policies: [{ Statement }] }]);
  await scene.run(read("bank/key"));
  expect(await scene.failure(read("other"))).toMatchObject({ name: "AccessDeniedException" });
});
