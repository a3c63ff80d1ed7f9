import { expect, it } from "vitest";
import { type DeployedRegion, openDeployedRegion } from "../../testing/deployment/deployed-region.ts";

/** Puts the function `orders` into the first zone, and lets it become active. */
async function createMember({ region, operator }: DeployedRegion): Promise<void> {
  const subnet = [...region.world.subnets.values()].find(({ tags }) => tags["Name"]?.endsWith("-zone-1"));
  const group = [...region.world.securityGroups.values()].find(({ groupName }) => groupName.includes("-members-"));
  await operator("lambda", "CreateFunction", {
    FunctionName: "orders",
    Runtime: "nodejs24.x",
    Handler: "index.handler",
    Code: { ZipFile: new Uint8Array() },
    Role: "arn:aws:iam::123456789012:role/member",
    VpcConfig: { SubnetIds: [subnet?.subnetId], SecurityGroupIds: [group?.groupId] },
  });
  await region.clock.advance(4 * 60_000);
}

it("deploys an operator's file into the twin, and a member gets the pool's address", async () => {
  const target = { name: "partner", url: "https://api.example.com/" };
  const members = { names: ["orders"] };
  const deployed = await openDeployedRegion({
    pools: { orders: { members, network: { create: {} }, targets: [target] } },
  });
  const { region } = deployed;
  await createMember(deployed);
  const { subnets, networkInterfaces } = region.world;
  const placeOf = ({ networkInterfaceId = "" }) =>
    subnets.get(networkInterfaces.get(networkInterfaceId)?.subnetId ?? "")?.tags["Name"];
  const serving = [...region.world.addresses.values()].filter((it) => placeOf(it)?.endsWith("-zone-1"));
  expect(serving).toHaveLength(1);
  expect([...(deployed.path.egress.addresses.get("orders") ?? [])]).toEqual(serving.map(({ publicIp }) => publicIp));
});

it("leaves out what brings calls in", async () => {
  const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d";
  const ingress = { kind: "addresses", function: "callbacks", certificateArn } as const;
  const targets = [{ name: "partner", url: "https://api.example.com/" }];
  const deployed = await openDeployedRegion({ pools: { orders: { network: { create: {} }, targets, ingress } } });
  const names = [...deployed.region.world.subnets.values()].map(({ tags }) => tags["Name"]);
  expect(names.filter((name) => name?.endsWith("-ingress"))).toHaveLength(2);
});

it("a partner that refuses every address of the pool, but not Lambda's, is reported, and no address is blamed", async () => {
  const deployed = await openDeployedRegion({
    pools: {
      orders: {
        members: { names: ["orders"] },
        network: { create: { zones: 1 } },
        targets: [{ name: "partner", url: "https://api.example.com/" }],
        schedule: { roundsPerMinute: 6 },
      },
    },
  });
  const { region, partners } = deployed;
  await createMember(deployed);
  const ips = [...region.world.addresses.values()].map(({ publicIp }) => publicIp);
  partners.get("partner")?.rules.push({ kind: "block", ips });
  await region.clock.advance(10 * 60_000);
  expect(deployed.events.map(({ type }) => type)).toContain("PoolRefused");
  const verdicts = [...region.world.addresses.values()].map(({ tags }) => tags["holdfast:verdict"]);
  expect(verdicts).not.toContain("blocked");
});
