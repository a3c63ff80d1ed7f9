import { defineHoldfast } from "./src/config/holdfast.ts";

/** A network and addresses that exist already, so that nothing changes on a partner's allow-list. */
export default defineHoldfast({
  pools: {
    ledger: {
      members: {
        names: ["ledger-import"],
        arns: ["arn:aws:lambda:us-east-1:123456789012:function:ledger-export"],
      },
      network: {
        existing: {
          vpcId: "vpc-0a1b2c3d4e5f60718",
          subnetIds: ["subnet-0a1b2c3d4e5f60718", "subnet-0b1b2c3d4e5f60718"],
          securityGroupIds: ["sg-0a1b2c3d4e5f60718"],
          routeTableIds: ["rtb-0a1b2c3d4e5f60718", "rtb-0b1b2c3d4e5f60718"],
          natSubnetId: "subnet-0c1b2c3d4e5f60718",
          scoutSubnetId: "subnet-0d1b2c3d4e5f60718",
        },
      },
      addresses: {
        allocationIds: ["eipalloc-0a1b2c3d4e5f60718", "eipalloc-0b1b2c3d4e5f60718", "eipalloc-0c1b2c3d4e5f60718"],
        fallbackAllocationId: "eipalloc-0d1b2c3d4e5f60718",
      },
      targets: [{ name: "bank", url: "https://files.bank.example/", sharedPool: false }],
      fallback: { standby: "warm" },
      // It wears the guard on Lambda's shared addresses until the bank refuses those: then it becomes a member.
      guarded: { functions: ["ledger-notices"], policy: "attach" },
    },
  },
  notifications: { topicArn: "arn:aws:sns:us-east-1:123456789012:on-call" },
});
