import { runtime } from "@pulumi/pulumi";
import { expect, it } from "vitest";
import type { Account } from "../../scripts/stand-in/account.ts";
import { startRecording } from "../../scripts/stand-in/recorder.ts";
import { defineHoldfast, type HoldfastInput } from "../../src/config/holdfast.ts";
import { checkDeployment } from "../../stacks/checks.ts";
import { existing } from "../deploy/accounts.ts";

const input: HoldfastInput = {
  pools: {
    orders: {
      network: {
        existing: {
          vpcId: "vpc-0a1b2c3d4e5f60718",
          subnetIds: ["subnet-0a1b2c3d4e5f60718"],
          securityGroupIds: ["sg-0a1b2c3d4e5f60718"],
          routeTableIds: ["rtb-0a1b2c3d4e5f60718"],
        },
      },
      targets: [{ name: "partner", url: "https://api.example.com/" }],
    },
  },
};

/** The table that the file names bears a pool's tag, and an address of that pool is of a deployment. */
const besidePool = (pool: string, stage: string): Account => ({
  ...existing,
  addresses: [
    { allocationId: "eipalloc-0e1b2c3d4e5f60718", tags: { "holdfast:stage": stage, "holdfast:pool": "billing" } },
  ],
  routeTables: existing.routeTables.map((it, index) => (index > 0 ? it : { ...it, tags: { "holdfast:pool": pool } })),
});

async function check(account: Account): Promise<void> {
  await startRecording(runtime, account, "holdfast", "test", false);
  await checkDeployment(defineHoldfast(input), "holdfast-test");
}

it("a route table that another deployment's pool leads is refused, with what to do", async () => {
  await expect(check(besidePool("billing", "holdfast-production"))).rejects.toThrow(
    "pools.orders.network.existing.routeTableIds: rtb-0a1b2c3d4e5f60718 belongs to the pool billing of another deployment",
  );
});

it("a route table of the pool's own, and one whose pool this deployment has renamed, are not", async () => {
  await check(besidePool("orders", "holdfast-production"));
  await check(besidePool("billing", "holdfast-test"));
  await check(besidePool("forgotten", "holdfast-production"));
});
