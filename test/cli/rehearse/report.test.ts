import { describe, expect, it } from "vitest";
import { judgeAccount } from "../../../cli/rehearse/check-account.ts";
import { judgeGuard } from "../../../cli/rehearse/check-guard.ts";
import { judgeInterface } from "../../../cli/rehearse/check-interface.ts";
import { judgeShared } from "../../../cli/rehearse/check-shared.ts";
import { judgeSwap } from "../../../cli/rehearse/check-swap.ts";
import { judgeUpdate } from "../../../cli/rehearse/check-update.ts";
import { createRedactor } from "../../../cli/rehearse/redact.ts";
import { pageOf, reportOf } from "../../../cli/rehearse/report.ts";
import { openScene, runId } from "./scene.ts";

describe("the report", () => {
  it("names nothing of the account, in the page and in what was seen", async () => {
    const scene = await openScene();
    const report = reportOf({ version: "1.2.3", region: "us-east-1" }, await scene.rehearse());
    const [page, document] = [pageOf(report), JSON.stringify(report)];
    expect(page).toContain("12 as assumed, 0 differs, 0 fails, 1 not found out");
    expect(page).toContain("Everything that it had made is removed.");
    for (const text of [page, document]) {
      expect(text).not.toMatch(
        /\b\d{12}\b|198\.1[89]\.|(?:vpc|subnet|sg|eni|eipalloc|attach)-0[0-9a-f]{16}|AROA|02:[0-9a-f]{2}:/,
      );
      expect(text).not.toContain(runId);
    }
    // What was seen is still there, under the same names throughout.
    const looks = report.checks.find(({ id }) => id === "interface")?.raw as { subnetId: string; looks: object[] };
    expect(looks.subnetId).toBe("subnet-1");
    expect(JSON.stringify(looks.looks.at(-1))).toContain('"SubnetId":"subnet-1"');
  });

  it("says what everything that is not as assumed means, and what to do", () => {
    const verdict = judgeShared({ interfaces: 2, member: { atMs: 0, address: "192.0.2.1" }, neighbour: undefined });
    const results = [{ id: "shared", question: "Shared?", verdict, raw: undefined }];
    const run = { id: runId, expiresMs: 0 };
    const left = [{ what: "vpc-0123456789abcdef0", why: "DependencyViolation" }];
    const rehearsal = { run, startedMs: 0, endedMs: 60_000, results, left, interrupted: true };
    const page = pageOf(reportOf({ version: "1.2.3", region: "us-east-1" }, rehearsal));
    expect(page).toMatch(/1 min, interrupted: .*1 differs/);
    expect(page).toContain("- It means: members do not share an interface");
    expect(page).toContain("- What to do: count an address");
    expect(page).toContain("holdfast rehearse --clean`: vpc-1 (DependencyViolation)");
    expect(page).toContain("ip-1");
  });
});

it("replaces ids, addresses, accounts and principals, the same always by the same", () => {
  const redact = createRedactor();
  expect(redact("eni-0123456789abcdef0 of 123456789012 at 192.0.2.1, ela-attach-0123456789abcdef0")).toBe(
    "eni-1 of account-1 at ip-1, ela-attach-1",
  );
  expect(redact("arn:aws:iam::123456789012:user/alice, 192.0.2.1 and 192.0.2.2")).toBe("principal-1, ip-1 and ip-2");
  expect(redact("ec2-192-0-2-1.compute-1.amazonaws.com 02:ab:cd:ef:01:23 AROAEXAMPLEROLE 2001:db8:0:1::1")).toBe(
    "host-1 mac-1 requester-1 ipv6-1",
  );
  expect(redact("1767225600000 us-east-1a 2026-11-30T15:50:30.388Z")).toBe(
    "1767225600000 us-east-1a 2026-11-30T15:50:30.388Z",
  );
});

describe("verdicts that the simulated region does not bring about", () => {
  const shown = {
    NetworkInterfaceId: "eni-1",
    SubnetId: "s",
    InterfaceType: "lambda",
    Status: "in-use",
    Groups: [{ GroupId: "g" }],
  } as const;
  const looksAt = (interfaces: object[]) =>
    judgeInterface({ subnetId: "s", groupId: "g", looks: [{ atMs: 0, state: "Active", interfaces }] });

  it.each([
    ["no interface", [], "fail", /no interface/],
    ["another status", [{ ...shown, Status: "available" }], "fail", /status available/],
    ["another group too", [{ ...shown, Groups: [{ GroupId: "g" }, { GroupId: "h" }] }], "fail", /2 groups/],
    ["a service's", [{ ...shown, Operator: { Managed: true } }], "fail", /managed by a service/],
    ["as assumed", [shown], "pass", /1 of type lambda/],
  ])("an interface: %s", (_name, interfaces, outcome, found) => {
    const verdict = looksAt(interfaces);
    expect(verdict).toMatchObject({ outcome });
    expect(verdict.found).toMatch(found);
  });

  it("a swap with a long gap", () => {
    const at = (second: number, address?: string) => ({
      atMs: second * 1000,
      ...(address ? { address } : { error: "TimeoutError" }),
    });
    const samples = [at(0, "a"), at(1, "a"), at(2), at(10), at(20, "b"), at(21, "b")];
    const verdict = judgeSwap({ refusal: undefined, expected: "b", calledMs: 1500, samples });
    expect(verdict).toMatchObject({ outcome: "differs", seconds: { "longest time between two answers": 19 } });
    expect(judgeSwap({ refusal: undefined, expected: "c", calledMs: 1500, samples }).outcome).toBe("fail");
  });

  it("an update that cuts off a call under way", () => {
    const moments = [
      { atMs: 1, status: "InProgress", shows: "new", arriving: "in-use" },
      { atMs: 9, status: "Successful", shows: "new", arriving: "in-use" },
    ] as const;
    const seen = {
      startMs: 0,
      moments,
      before: "a",
      samples: [
        { atMs: 0, address: "a" },
        { atMs: 1, error: "ECONNRESET" },
      ],
    };
    expect(judgeUpdate(seen)).toMatchObject({ outcome: "differs" });
    expect(judgeUpdate(seen).found).toContain("1 of 2 requests");
  });

  describe("an exit", () => {
    const process = (startedMs: number, address?: string) => ({
      startedMs,
      sandbox: "1",
      ...(address ? { address } : { error: "TimeoutError" }),
    });
    const trial = (before: [number, string?], after: [number, string?]) => ({
      before: process(...before),
      exit: "Runtime.ExitError",
      after: process(...after),
    });

    it.each([
      ["after which the same process answers", [trial([1, "a"], [1, "a"])], /after 0 of 1 exits/],
      [
        "whose address changes as often without one",
        [trial([1, "a"], [2, "b"]), trial([2, "a"], [3, "a"])],
        /in 1 of 1/,
      ],
    ])("%s", (_name, trials, found) => {
      expect(judgeGuard({ trials })).toMatchObject({ outcome: "differs", found: expect.stringMatching(found) });
    });

    it("where the echo does not answer", () => {
      const verdict = judgeGuard({ trials: [trial([1], [2])] });
      expect(verdict).toMatchObject({ outcome: "skipped", found: expect.stringContaining("TimeoutError") });
    });
  });

  it("an account with little concurrency", () => {
    const facts = {
      blockMode: "off",
      addresses: 0,
      addressQuota: 5,
      vpcs: 1,
      vpcQuota: 5,
      trailLogs: true,
      zones: 3,
      needed: { addresses: 2, vpcs: 1 },
    };
    expect(judgeAccount({ ...facts, concurrency: 10 }).outcome).toBe("differs");
    expect(judgeAccount({ ...facts, concurrency: 1000 }).outcome).toBe("pass");
    expect(judgeAccount({ ...facts, concurrency: 1000, vpcs: 5 }).outcome).toBe("fail");
  });
});
