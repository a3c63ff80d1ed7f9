import { beforeAll, describe, expect, it } from "vitest";
import { AwsError } from "../../testing/twin/service.ts";
import { type AttachScene, guardedName, openAttachScene, openedWithinMs } from "./deployed-scene.ts";

/** What the deployed role may do in an account where others have functions and networks as well. */
describe("the role that attaches", () => {
  let scene: AttachScene;
  let own: { readonly SubnetIds: string[]; readonly SecurityGroupIds: string[] };
  let foreign: { readonly subnet: string; readonly group: string };
  beforeAll(async () => {
    scene = await openAttachScene();
    await scene.makeFunction("unlisted");
    const { subnets, securityGroups, vpcs } = scene.region.world;
    const [VpcId] = vpcs.keys();
    const group = [...securityGroups.values()].find(({ groupName }) => groupName.includes("members"));
    const zones = [...subnets.values()].filter(({ tags }) => /-zone-\d$/.test(tags["Name"] ?? ""));
    own = { SubnetIds: zones.map(({ subnetId }) => subnetId), SecurityGroupIds: [group?.groupId ?? ""] };
    const made = await scene.operator<{ GroupId: string }>("ec2", "CreateSecurityGroup", { VpcId, GroupName: "other" });
    const scout = [...subnets.values()].find(({ tags }) => tags["Name"]?.endsWith("-scout"));
    foreign = { subnet: scout?.subnetId ?? "", group: made.GroupId };
  }, openedWithinMs);

  /** AWS's answer to a call in the role's name: `allowed` when it gets past IAM, whatever comes of it then. */
  async function ask(service: string, operation: string, input: object): Promise<string> {
    try {
      await scene.region.call({ service, operation, input: { ...input }, principal: scene.roleArn });
      return "allowed";
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return /^(AccessDenied|UnauthorizedOperation)/.test(error.code) ? "refused" : "allowed";
    }
  }
  const update = (FunctionName: string, more: object) =>
    ask("lambda", "UpdateFunctionConfiguration", { FunctionName, ...more });

  it("changes no function but the listed ones, and of them nothing without setting the pool's network", async () => {
    const asked = {
      "attach a function that is not listed": await update("unlisted", { VpcConfig: own }),
      "attach to another subnet": await update(guardedName, {
        VpcConfig: { ...own, SubnetIds: [...own.SubnetIds, foreign.subnet] },
      }),
      "attach with another security group": await update(guardedName, {
        VpcConfig: { ...own, SecurityGroupIds: [foreign.group] },
      }),
      detach: await update(guardedName, { VpcConfig: { SubnetIds: [], SecurityGroupIds: [] } }),
      "change something else": await update(guardedName, { Handler: "index.other" }),
      "change the code": await ask("lambda", "UpdateFunctionCode", { FunctionName: guardedName }),
      delete: await ask("lambda", "DeleteFunction", { FunctionName: guardedName }),
      invoke: await ask("lambda", "Invoke", { FunctionName: guardedName }),
      "read a function that is not listed": await ask("lambda", "GetFunctionConfiguration", {
        FunctionName: "unlisted",
      }),
      "move an address": await ask("ec2", "AssociateAddress", {
        AllocationId: "eipalloc-0a",
        NetworkInterfaceId: "eni-0a",
      }),
      "tag an address": await ask("ec2", "CreateTags", { Resources: ["eipalloc-0a"], Tags: [] }),
      "publish a metric": await ask("monitoring", "PutMetricData", { Namespace: "Holdfast", MetricData: [] }),
    };
    expect(Object.entries(asked).filter(([, answer]) => answer !== "refused")).toEqual([]);
  });

  it("may do with its own what attaching does", async () => {
    const FunctionName = guardedName;
    const asked = {
      "read a listed function": await ask("lambda", "GetFunctionConfiguration", { FunctionName }),
      "read its aliases": await ask("lambda", "ListAliases", { FunctionName }),
      "attach it": await update(guardedName, { VpcConfig: own }),
    };
    expect(Object.entries(asked).filter(([, answer]) => answer !== "allowed")).toEqual([]);
  });
});
