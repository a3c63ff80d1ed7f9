import { describe, expect, it } from "vitest";
import { defineHoldfast, type HoldfastInput } from "../../src/config/holdfast.ts";
import { loadCanarySettings, readTargets } from "../../src/config/probing-settings.ts";

const arn = "arn:aws:lambda:us-east-1:123456789012:function:probe-a";
const targetsOf = (targets: HoldfastInput["pools"][string]["targets"]) =>
  defineHoldfast({ pools: { partners: { network: { create: {} }, targets } } }).pools["partners"]?.targets ?? [];
const valid = {
  name: "partners",
  network: { vpcId: "vpc-0a", subnetIds: ["subnet-0a"] },
  probes: [{ functionArn: arn, vantage: "zone-a", kind: "serving" }],
  targets: targetsOf([{ name: "partner", url: "https://api.example.com/" }]),
  roundsPerMinute: 1,
  poolRefusal: "escalate",
  metrics: "lean",
};
const load = (pool: object) =>
  loadCanarySettings(
    JSON.stringify({ pools: [{ ...valid, ...pool }], echoUrl: "https://echo.example/" }),
    async () => undefined,
  );

describe("the canary's settings", () => {
  it.each([
    ["more than six rounds a minute", { roundsPerMinute: 7 }, /pools\.0\.roundsPerMinute/],
    ["two probes of one vantage", { probes: [valid.probes[0], valid.probes[0]] }, /vantages must be unique/],
    ["a probe that is called shared", { probes: [{ ...valid.probes[0], vantage: "shared" }] }, /called shared/],
    ["a version of a function", { probes: [{ ...valid.probes[0], functionArn: `${arn}:3` }] }, /without qualifier/],
    ["no targets", { targets: [] }, /pools\.0\.targets/],
  ])("with %s are refused by name", async (_, pool, problem) => {
    await expect(load(pool)).rejects.toThrow(problem);
  });

  it("accept every target that the operator's file accepts", async () => {
    const targets = targetsOf([
      { name: "plain", url: "https://api.example.com/" },
      {
        name: "full",
        url: "http://10.0.0.1/health",
        method: "GET",
        allowHttp: true,
        allowPrivate: true,
        headers: { "x-a": "b", "x-k": { ssm: "/k" }, "x-s": { secret: "arn:aws:secretsmanager:us-east-1:1:secret:s" } },
        connectTimeoutMs: 500,
        timeoutMs: 900,
        sharedPool: false,
        networks: ["198.51.100.0/24"],
        healthy: { statuses: [200], header: { name: "x-app", pattern: "." }, json: { path: "a.b", pattern: "ok" } },
        rules: [{ id: "ours", when: { body: "denied" }, result: { kind: "blocked", scope: "address" } }],
      },
    ]);
    const settings = await load({ targets: JSON.parse(JSON.stringify(targets)) });
    const read = readTargets(settings.pools[0] as (typeof settings.pools)[0]);
    expect([...read.refused]).toEqual([]);
    // The dashboard alone needs the partner's networks.
    expect(read.targets).toEqual(targets.map(({ networks: _, ...rest }) => rest));
  });

  it("leave a target that is wrong out, and name what is wrong with it", async () => {
    const [good] = valid.targets;
    const settings = await load({ targets: [good, { ...good, name: "odd", timeoutMs: 1 }, { ...good }, "none"] });
    const read = readTargets(settings.pools[0] as (typeof settings.pools)[0]);
    expect(read.targets.map(({ name }) => name)).toEqual(["partner"]);
    expect([...read.refused.keys()]).toEqual(["odd", "targets.2", "targets.3"]);
    expect(read.refused.get("odd")).toMatch(/^timeoutMs: /);
  });
});
