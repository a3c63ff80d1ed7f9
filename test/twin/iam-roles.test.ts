import { DescribeAddressesCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  IAMClient,
  ListRolesCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { expect, it } from "vitest";
import { clientConfig } from "../../testing/twin/endpoint.ts";
import { createAuthorizer } from "../../testing/twin/iam.ts";
import { openPath } from "./path-scene.ts";

const RoleName = "mover";
const Path = "/tests/";
const policy = (Action: string) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] });

async function open() {
  const scene = await openPath();
  const iam = new IAMClient(clientConfig(scene.region));
  const sts = new STSClient(clientConfig(scene.region));
  const create = { RoleName, Path, AssumeRolePolicyDocument: "{}", Tags: [{ Key: "a", Value: "b" }] };
  const { Role } = await scene.run(iam.send(new CreateRoleCommand(create)));
  const allow = (action: string) =>
    scene.run(iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "inline", PolicyDocument: policy(action) })));
  const assume = async () => {
    const command = new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: "test" });
    const { Credentials } = await scene.run(sts.send(command));
    const { AccessKeyId: accessKeyId = "", SecretAccessKey: secretAccessKey = "" } = Credentials ?? {};
    return new EC2Client({ ...clientConfig(scene.region), credentials: { accessKeyId, secretAccessKey } });
  };
  return { ...scene, iam, role: Role, allow, assume };
}

it("judges a session by its role's policies, from each change on", async () => {
  const { allow, assume, run, failure } = await open();
  const ec2 = await assume();
  const look = () => ec2.send(new DescribeAddressesCommand({}));
  expect(await failure(look())).toMatchObject({ name: "UnauthorizedOperation" });
  await allow("ec2:DescribeAddresses");
  expect(await run(look())).toMatchObject({ Addresses: [] });
  await allow("ec2:DescribeVpcs");
  expect(await failure(look())).toMatchObject({ name: "UnauthorizedOperation" });
});

it("leaves other callers to what judged them, whenever that is set", async () => {
  const { allow, region, call } = await open();
  const other = "arn:aws:iam::123456789012:role/other";
  createAuthorizer(region, [{ roleArn: other, policies: [policy("ec2:DescribeVpcs")] }]);
  await allow("ec2:DescribeAddresses");
  await expect(call("ec2", "DescribeAddresses", {}, other)).rejects.toThrow("not authorized");
  expect(await call("ec2", "DescribeVpcs", {}, other)).toHaveProperty("Vpcs");
});

it("lists roles by path, without their tags, and deletes none with a policy", async () => {
  const { iam, allow, run, failure, role } = await open();
  expect(role).toMatchObject({
    Arn: `arn:aws:iam::123456789012:role${Path}${RoleName}`,
    Tags: [{ Key: "a", Value: "b" }],
  });
  const list = async (PathPrefix: string) => (await run(iam.send(new ListRolesCommand({ PathPrefix })))).Roles ?? [];
  expect(await list("/tests/")).toMatchObject([{ RoleName, Path }]);
  expect((await list("/tests/"))[0]?.Tags).toBeUndefined();
  expect(await list("/others/")).toEqual([]);
  await allow("ec2:DescribeAddresses");
  const remove = () => iam.send(new DeleteRoleCommand({ RoleName }));
  expect(await failure(remove())).toMatchObject({ name: "DeleteConflictException" });
  await run(iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "inline" })));
  await run(remove());
  expect(await failure(remove())).toMatchObject({ name: "NoSuchEntityException" });
});
