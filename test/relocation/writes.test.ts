import { describe, expect, it } from "vitest";
import { AwsCallError } from "../../src/aws/errors.ts";
import type { Action } from "../../src/relocation/actions.ts";
import type { Pass, Run, TimedOutcome } from "../../src/relocation/pass.ts";
import { writesOf } from "../../src/relocation/writes.ts";
import { address, attachment, networkInterface, nowMs, world } from "./build.ts";

const minuteMs = 60_000;
const web = attachment("a", "web");
const eni = (id: string) => networkInterface(id, web).networkInterfaceId;
const to = (id: string): Action => ({
  kind: "move",
  row: 3,
  networkInterfaceId: eni(id),
  subnetId: web.subnetId,
  allocationId: address("1").allocationId,
  from: eni("9"),
});
const error = new AwsCallError("ec2:AssociateAddress", "ENOTFOUND", "transient", "no");
const failed = (action: Action, atMs = nowMs): TimedOutcome => ({ action, result: "retry", error, atMs });
const done = (action: Action): TimedOutcome => ({ action, result: "done", atMs: nowMs });
const conflict = (action: Action): TimedOutcome => ({
  action,
  result: "conflict",
  reason: "it has moved",
  atMs: nowMs,
});

/** A pass that finds the address there, and then does this. */
function pass(on: string, ...outcomes: TimedOutcome[]): Pass {
  const observed = world({ addresses: [address("1", { on })] });
  const plan = { actions: [], findings: [], waits: [] };
  return {
    startedMs: nowMs,
    observed,
    plan,
    outcomes,
    unverified: [],
    verifiedMs: nowMs,
    unchanged: undefined,
    asked: true,
  };
}

function run(...passes: Pass[]): Run {
  const network = passes.at(-1)?.observed;
  return { pool: "partner", startedMs: nowMs, endedMs: nowMs, network, passes, failure: undefined };
}

describe("writesOf", () => {
  it.each<[string, Run, TimedOutcome[], Action[], Action[]]>([
    ["done", run(pass("9", done(to("1")))), [], [to("1")], []],
    ["a lost answer, and a look that shows it", run(pass("9", failed(to("1"))), pass("1")), [], [to("1")], []],
    ["a lost answer, and no look after it", run(pass("9", failed(to("1")))), [], [], [to("1")]],
    ["a lost answer, and a look that lags", run(pass("9", failed(to("1"))), pass("9")), [], [], [to("1")]],
    ["tried again and done", run(pass("9", failed(to("1"))), pass("9", done(to("1"))), pass("1")), [], [to("1")], []],
    ["tried again twice in vain", run(pass("9", failed(to("1"))), pass("9", failed(to("1")))), [], [], [to("1")]],
    [
      "tried again too early, which its own check refuses",
      run(pass("9", failed(to("1"))), pass("9", conflict(to("1"))), pass("1")),
      [],
      [to("1")],
      [],
    ],
    [
      "moved on within the run",
      run(pass("9", failed(to("1"))), pass("1", done(to("2"))), pass("2")),
      [],
      [to("1"), to("2")],
      [],
    ],
    ["left open by the run before, and there now", run(pass("1")), [failed(to("1"))], [to("1")], []],
    ["left open long ago", run(pass("9")), [failed(to("1"), nowMs - 11 * minuteMs)], [], []],
  ])("%s", (_, ran, before, expectedDone, expectedOpen) => {
    const writes = writesOf(ran, before);
    expect(writes.done.map(({ action }) => action)).toEqual(expectedDone);
    expect(writes.open.map(({ action }) => action)).toEqual(expectedOpen);
  });

  it("asks a quiet run's look at the network", () => {
    const { observed } = pass("1");
    const quiet: Run = { ...run(), network: observed };
    expect(writesOf(quiet, [failed(to("1"))]).done).toHaveLength(1);
  });
});
