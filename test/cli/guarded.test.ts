import { describe, expect, it } from "vitest";
import { checkPool } from "../../cli/doctor/check-pool.ts";
import type { Facts, PoolFact } from "../../cli/doctor/facts.ts";
import type { PoolView } from "../../cli/support/observe-pool.ts";
import type { FunctionArn } from "../../src/aws/identifiers.ts";

const arnOf = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}` as FunctionArn;

/** A pool whose members are in no VPC; of the guarded ones attaching knows. */
function factsOf(members: readonly string[], guarded: readonly string[]): [Facts, PoolFact] {
  const network = { vpcId: "vpc-0a", subnetIds: ["subnet-0a"] };
  const pool: PoolFact["pool"] = {
    name: "orders",
    fallback: undefined,
    probing: undefined,
    relocation: {
      ...{ name: "orders", members: { names: [...members], arns: [], tags: {} }, network },
      ...{ drainSeconds: 60, sweepMinutes: 1 },
    },
    attach: { name: "orders", subnetIds: ["subnet-0a"], securityGroupIds: ["sg-0a"], functions: [...guarded] },
  };
  const settled = { status: "settled", problem: undefined, servesNothing: false, modifiedMs: undefined } as const;
  const version = { version: "$LATEST", ...settled, attachments: [] } as const;
  const observed: PoolView["relocation"]["observed"] = {
    members: members.map((name) => ({ functionArn: arnOf(name), liveVersions: [version] })),
    missingMembers: [],
    interfaces: [],
    scout: [],
    addresses: [],
    paused: false,
    published: new Map(),
    refusals: [],
  };
  const plan = { actions: [], findings: [], waits: [] };
  const fact: PoolFact = {
    pool,
    view: { pool, atMs: 0, relocation: { observed, plan }, fallback: undefined, attach: undefined },
    network: { dnsSupport: true, subnets: [], securityGroups: new Map() },
    securityGroupIds: ["sg-0a"],
    relocationAtMs: 0,
    canaryAtMs: 0,
    targetsRefused: 0,
    missingSecrets: [],
    maySteer: true,
  };
  const deployment = {
    stage: "holdfast-test",
    sstStage: "test",
    accountId: "123456789012",
    region: "us-east-1",
    functionArns: new Map(),
  };
  const facts: Facts = {
    nowMs: 0,
    deployment,
    trails: [],
    functions: [],
    settingsProblems: [],
    actuators: [],
    schedules: [],
    deadLetters: [],
    alarms: [],
    addressQuota: 5,
    addressesInRegion: 2,
    pools: [fact],
    unreadable: [],
  };
  return [facts, fact];
}

describe("the doctor, of a member in no VPC", () => {
  it("says nothing while it is a guarded function that nobody had to attach, and speaks of any other", () => {
    const found = checkPool(...factsOf(["label-printer", "orders-api"], ["label-printer"]));
    const outside = found.filter(({ id }) => id === "member-without-vpc").map(({ text }) => text);
    expect(outside).toEqual([expect.stringContaining("orders-api")]);
  });
});
