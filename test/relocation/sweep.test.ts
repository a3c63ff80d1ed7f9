/** A sweep of all pools, with an EC2 and a Lambda of a few lines each. */
import { EC2Client } from "@aws-sdk/client-ec2";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { describe, expect, it } from "vitest";
import { Memory } from "../../src/relocation/memory.ts";
import { MemberMemory } from "../../src/relocation/observe-members.ts";
import { sweepPools } from "../../src/relocation/sweep.ts";
import { functionArn, nowMs, pool } from "./build.ts";

const minuteMs = 60_000;

interface Told {
  readonly FunctionName?: string;
}

/** `callMs`: what a call of Lambda takes; `answer`: what it says of a function, instead of that it is in no VPC. */
function open(membersOf: Record<string, readonly string[]>, callMs = 0, answer = (_name: string): object => ({})) {
  let timeMs = nowMs;
  let limits: { readonly atMs: number; readonly end: () => void }[] = [];
  const clock = {
    now: () => timeMs,
    sleep: (ms: number) => new Promise<void>((end) => limits.push({ atMs: timeMs + ms, end })),
  };
  const ec2 = Object.assign(new EC2Client({ region: "us-east-1" }), { send: async () => ({}) });
  const lambda = Object.assign(new LambdaClient({ region: "us-east-1" }), {
    send: async ({ input }: { input: Told }) => {
      timeMs += callMs;
      const name = input.FunctionName ?? "";
      asked.push(name);
      const over = limits.filter(({ atMs }) => atMs <= timeMs);
      for (const { end } of over) end();
      // What has had its time gets no more answers.
      if (over.length > 0) await new Promise(() => {});
      return { FunctionArn: functionArn(name), State: "Active", LastUpdateStatus: "Successful", ...answer(name) };
    },
  });
  const asked: string[] = [];
  const passedOn: string[] = [];
  const pools = Object.entries(membersOf).map(([name, names]) => {
    const { members, ...rest } = pool();
    return { ...rest, name, members: { ...members, names: [...names] } };
  });
  const memory = new Memory();
  const tagging = new ResourceGroupsTaggingAPIClient({ region: "us-east-1" });
  const relocation = { clock, ec2, lambda, unhurriedLambda: lambda, tagging, memory, memberMemory: new MemberMemory() };
  return {
    passedOn,
    /** Returns the pools that were reported, and those that were asked first. */
    async sweep() {
      passedOn.length = asked.length = 0;
      limits = [];
      timeMs = Math.ceil((timeMs + 1) / minuteMs) * minuteMs;
      const passOn = async (some: readonly { readonly name: string }[], body = "") => {
        passedOn.push(...some.map(({ name }) => `${name}${body.includes("inFull") ? " in full" : ""}`));
      };
      const runs = await sweepPools(relocation as never, { pools, poolCount: pools.length, timeMs, passOn });
      return { reported: runs.map((it) => it.pool).sort(), asked: new Set(asked) };
    },
  };
}

const many = (count: number, name: string) => Array.from({ length: count }, (_, index) => `${name}-${index}`);

describe("a sweep of all pools", () => {
  it("leaves a pool that fails by a defect to its own run, and the others have their reports", async () => {
    // The types say that Lambda answers with lists, so this throws where it is read.
    const answer = (name: string) => (name === "bad" ? { VpcConfig: { VpcId: "vpc-1", SubnetIds: 1 } } : {});
    const { sweep, passedOn } = open({ a: ["orders"], b: ["bad"], c: ["reports"] }, 0, answer);
    expect(await sweep()).toMatchObject({ reported: ["a", "c"] });
    expect(passedOn).toEqual(["b"]);
  });

  it("asks the others first after a pool that takes all its time", async () => {
    const { sweep, passedOn } = open({ big: many(60, "big"), small: ["orders"] }, 300);
    await sweep();
    const second = await sweep();
    expect(second.asked).toContain("orders");
    expect(passedOn).toEqual(["big"]);
  });

  it("does not begin to ask a pool that would take longer than it has", async () => {
    const { sweep, passedOn } = open({ big: many(70, "big"), small: ["orders"] }, 300);
    await sweep();
    expect((await sweep()).asked.has("big-1")).toBe(false);
    expect(passedOn).toEqual(["big"]);
  });

  it("asks for a full look where the members show what the network does not", async () => {
    const VpcConfig = { VpcId: "vpc-1", SubnetIds: ["subnet-a"], SecurityGroupIds: ["sg-web"] };
    const { sweep, passedOn } = open({ a: ["orders"] }, 0, () => ({ VpcConfig }));
    await sweep();
    expect(passedOn).toEqual(["a in full"]);
  });
});
