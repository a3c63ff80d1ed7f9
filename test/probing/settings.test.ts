import { describe, expect, it } from "vitest";
import { defineHoldfast } from "../../src/config/holdfast.ts";
import { loadCanarySettings, readTargets } from "../../src/config/probing-settings.ts";

const arn = "arn:aws:lambda:us-east-1:123456789012:function:probe-a";
const valid = {
  name: "partners",
  network: { vpcId: "vpc-0a", subnetIds: ["subnet-0a"] },
  probes: [{ functionArn: arn, vantage: "zone-a" }],
  targets: [{ name: "partner", url: "https://api.example.com/" }],
};
const load = (pool: object) =>
  loadCanarySettings(JSON.stringify({ pools: [{ ...valid, ...pool }] }), async () => undefined);

describe("the canary's settings", () => {
  it("have defaults for all that need not be said", async () => {
    expect(await load({})).toMatchObject({
      pools: [{ roundsPerMinute: 1, confirm: { atLeast: 3, of: 5 }, probes: [{ kind: "serving" }] }],
      echoUrl: "https://checkip.amazonaws.com/",
      eventBusName: "default",
      metricsNamespace: "Holdfast",
    });
  });

  it.each([
    ["more than six rounds a minute", { roundsPerMinute: 7 }, /pools\.0\.roundsPerMinute/],
    ["a minority that decides", { confirm: { atLeast: 2, of: 5 } }, /more than half/],
    ["more agreement than rounds", { confirm: { atLeast: 4, of: 3 } }, /more than half/],
    ["two probes of one vantage", { probes: [valid.probes[0], valid.probes[0]] }, /vantages must be unique/],
    ["a probe that is called shared", { probes: [{ functionArn: arn, vantage: "shared" }] }, /called shared/],
    ["a version of a function", { probes: [{ functionArn: `${arn}:3`, vantage: "zone-a" }] }, /without qualifier/],
    ["no targets", { targets: [] }, /pools\.0\.targets/],
  ])("with %s are refused by name", async (_, pool, problem) => {
    await expect(load(pool)).rejects.toThrow(problem);
  });

  it("accept every target that the operator's file accepts", async () => {
    const file = defineHoldfast({
      pools: {
        partners: {
          network: { create: { zones: 1 } },
          targets: [
            { name: "plain", url: "https://api.example.com/" },
            {
              name: "full",
              url: "http://10.0.0.1/health",
              method: "GET",
              allowHttp: true,
              allowPrivate: true,
              headers: {
                "x-a": "b",
                "x-k": { ssm: "/k" },
                "x-s": { secret: "arn:aws:secretsmanager:us-east-1:1:secret:s" },
              },
              connectTimeoutMs: 500,
              timeoutMs: 900,
              sharedPool: false,
              networks: ["198.51.100.0/24"],
              healthy: {
                statuses: [200],
                header: { name: "x-app", pattern: "." },
                json: { path: "a.b", pattern: "ok" },
              },
              rules: [{ id: "ours", when: { body: "denied" }, result: { kind: "blocked", scope: "address" } }],
            },
          ],
        },
      },
    });
    const { targets } = file.pools["partners"] ?? { targets: [] };
    const settings = await load({ targets: JSON.parse(JSON.stringify(targets)) });
    const read = readTargets(settings.pools[0] as (typeof settings.pools)[0]);
    expect([...read.refused]).toEqual([]);
    const { networks: _plain, ...first } = targets[0] ?? { networks: [] };
    expect(read.targets[0]).toEqual({ ...first, maxRedirects: 3 });
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
