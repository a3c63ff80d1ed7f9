import { CreateTagsCommand } from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { metrics } from "../../src/telemetry/model.ts";
import { openCanary, refused, target } from "./canary-scene.ts";

describe("a minute", () => {
  it("holds its rounds evenly spread, and publishes one batch with a value for each", async () => {
    const scene = await openCanary({ roundsPerMinute: 4 });
    const startMs = Math.ceil(scene.region.clock.now() / 60_000) * 60_000;
    const published = await scene.minute();
    const times = scene.invocations.filter(({ vantage }) => vantage === "a").map(({ atMs }) => atMs - startMs);
    expect(times).toHaveLength(4);
    times.forEach((ms, index) => {
      expect(ms).toBeGreaterThanOrEqual(index * 15_000);
      expect(ms).toBeLessThan(index * 15_000 + 1_500);
    });
    expect(scene.published).toHaveLength(1);
    expect(published?.values).toMatchObject({
      BlockedRate: [0, 0, 0, 0],
      ProbesFailed: [0, 0, 0, 0],
      CertificateDaysLeft: [30, 30, 30, 30],
      UnprobedInterfaces: [0],
    });
  });

  it.each([1, 2, 3, 4, 5, 6])(
    "of %i rounds is over in time to be published though a probe hangs",
    async (roundsPerMinute) => {
      const scene = await openCanary({ roundsPerMinute });
      const probe = scene.probes.get("a");
      if (probe) probe.answer = () => undefined;
      const published = await scene.minute();
      expect(published?.values["ProbesFailed"]).toEqual(Array(roundsPerMinute).fill(1));
      expect((published?.atMs ?? 0) % 60_000).toBeLessThan(56_000);
    },
  );

  it("with two zones and three targets keeps to 16 metrics in full, the probes' own included", async () => {
    const scene = await openCanary();
    const published = await scene.minute();
    const own = Object.keys(published?.values ?? {});
    const egress = [...scene.probes.keys()].map((vantage) => `Egress vantage=${vantage}`);
    expect([...own, ...egress]).toHaveLength(16);
    expect(new Set(own.map((name) => name.split(" ")[0]))).not.toContain(undefined);
    for (const name of own) expect(Object.keys(metrics)).toContain(name.split(" ")[0]);
  });
});

describe("a target", () => {
  it("gets its secrets with the invocation, and they are nowhere else", async () => {
    const headers = {
      "X-Api-Key": { ssm: "/partner/key" },
      authorization: { secret: "arn:aws:secretsmanager:us-east-1:123456789012:secret:bank" },
      "x-plain": "visible",
    };
    const scene = await openCanary({ targets: [target("partner", { headers }), target("bank", { headers })] });
    scene.secrets.set("/partner/key", "s3cret-1");
    scene.secrets.set("arn:aws:secretsmanager:us-east-1:123456789012:secret:bank", "s3cret-2");
    scene.replies.set("a partner", refused);
    await scene.minutes(3);
    const sent = { "x-api-key": "s3cret-1", authorization: "s3cret-2", "x-plain": "visible" };
    for (const { request } of scene.invocations) {
      expect(request.targets.map((it) => it.headers)).toEqual([sent, sent]);
    }
    expect(JSON.stringify([scene.logged, scene.reported, scene.published])).not.toContain("s3cret");
    const reads = scene.region.calls.recent.filter(({ operation }) => operation === "GetParameter");
    expect(reads).toHaveLength(3);
  });

  it.each([
    ["a secret that does not resolve", { headers: { "x-key": { ssm: "/nowhere" } } }, /ssm:GetParameter/],
    ["a secret that no header may hold", { headers: { "x-key": { ssm: "/broken" } } }, /characters/],
    ["a pattern that is none", { healthy: { body: "(" } }, /regular expression/],
    ["a pattern that never ends", { healthy: { body: "^(a|a)*$" } }, /longer than/],
    ["a method that writes", { method: "POST" }, /method/],
  ])("with %s is refused, and the others are probed", async (_, wrong, reason) => {
    const scene = await openCanary({ targets: [target("wrong", wrong), target("bank")] });
    scene.secrets.set("/broken", "line\nbreak");
    scene.replies.set("wrong", { kind: "http", status: 200, headers: {}, body: `${"a".repeat(60)}!` });
    const published = await scene.minute();
    expect(published?.values).toMatchObject({ TargetsRefused: [1], "BlockedRate target=bank": [0] });
    expect(published?.values).not.toHaveProperty("BlockedRate target=wrong");
    expect(scene.logged.filter((line) => reason.test(line))).not.toEqual([]);
  });

  it("that sends every probe to another host is down, whatever that host answers, and no address is blamed", async () => {
    const healthy = { healthy: { statuses: [200] } };
    const scene = await openCanary({ targets: [target("partner", healthy), target("bank")] });
    for (const probe of scene.probes.values()) {
      const own = probe.answer;
      probe.answer = async (request) => {
        const answer = await own(request);
        if (!answer) throw new Error("no answer");
        const answers = answer.answers.map((it) => (it.target === "partner" ? { ...it, host: "login.example" } : it));
        return { ...answer, answers };
      };
    }
    await scene.minutes(5);
    expect(scene.published.at(-1)?.values).toMatchObject({
      TargetsDown: [1],
      AddressesBlocked: [0],
      TargetsRefused: [0],
    });
    expect(scene.reported.map(({ type, detail }) => [type, detail["target"], detail["rules"]])).toEqual([
      ["TargetDown", "partner", ["redirected-to-another-host"]],
    ]);
  });

  it("that the shared pool may ask is asked from here too, on the same terms", async () => {
    const scene = await openCanary({ targets: [target("partner", { sharedPool: true })] });
    const published = await scene.minute();
    // The name resolves to a private address here, so the canary's own probe refuses; the others have answered.
    expect(published?.values).toMatchObject({ TargetsRefused: [1], "BlockedRate target=partner": [0] });
    expect(scene.logged.join()).toContain("not a public address");
  });
});

describe("an interface without a probe", () => {
  async function reattached() {
    const scene = await openCanary();
    const networkInterfaceId = scene.addInterface(scene.subnets.a, scene.otherGroupId);
    const { allocationId } = scene.addresses.get("a") ?? { allocationId: "" };
    await scene.associate(allocationId, networkInterfaceId);
    return { scene, networkInterfaceId };
  }

  it("is followed at once by the probe of its subnet that has lost its members, and not reported", async () => {
    const { scene } = await reattached();
    expect((await scene.minute())?.values).toMatchObject({ UnprobedInterfaces: [1] });
    expect(scene.moves).toEqual([{ vantage: "a", SubnetIds: [scene.subnets.a] }]);
    expect((await scene.minute())?.values).toMatchObject({ UnprobedInterfaces: [0] });
    await scene.minutes(2);
    expect(scene.moves).toHaveLength(1);
    expect(scene.reported).toEqual([]);
  });

  it("is reported once while its subnet's probe is needed where it is", async () => {
    const { scene, networkInterfaceId } = await reattached();
    await scene.associate(scene.addresses.get("b")?.allocationId ?? "", scene.interfaces.get("a") ?? "");
    await scene.minutes(3);
    expect(
      scene.reported.map(({ type, detail }) => [type, JSON.stringify(detail).includes(networkInterfaceId)]),
    ).toEqual([["UnprobedInterfaces", true]]);
  });

  it("is reported whatever other interfaces come and go", async () => {
    const { scene } = await reattached();
    const home = scene.interfaces.get("a") ?? "";
    const scouts = [scene.interfaces.get("scout") ?? "", scene.addInterface(scene.subnets.b, scene.otherGroupId)];
    await scene.associate(scene.addresses.get("b")?.allocationId ?? "", home);
    for (const probe of scene.probes.values()) probe.state = "InProgress";
    for (let minute = 0; minute < 4; minute++) {
      await scene.associate(scene.addresses.get("scout")?.allocationId ?? "", scouts[minute % 2] ?? "");
      await scene.minute();
    }
    expect(scene.reported.map(({ type }) => type)).toEqual(["UnprobedInterfaces"]);
  });

  it("is not followed to while its subnet's probe is being changed", async () => {
    const { scene } = await reattached();
    const probe = scene.probes.get("a");
    if (probe) probe.state = "InProgress";
    await scene.minutes(4);
    expect(scene.moves).toEqual([]);
  });
});

describe("a probe that a teardown has taken out of its VPC", () => {
  it.each(["a", "scout"] as const)("(%s) is in its own place again after two minutes", async (vantage) => {
    const scene = await openCanary();
    const probe = scene.probes.get(vantage);
    if (probe) probe.subnetId = undefined;
    await scene.minutes(2);
    expect(scene.moves.at(-1)).toEqual({ vantage, SubnetIds: [scene.subnets[vantage]] });
    await scene.minutes(3);
    expect(scene.moves).toHaveLength(1);
    expect(probe?.securityGroupIds).toEqual([scene.network.groupId]);
  });
});

describe("an address on the scout", () => {
  const verifiedOf = (scene: Awaited<ReturnType<typeof openCanary>>) =>
    scene.region.world.addresses.get(scene.addresses.get("scout")?.allocationId ?? "")?.tags["holdfast:verified"];

  /** As relocation notes it when it begins a trial. */
  async function beginTrial(scene: Awaited<ReturnType<typeof openCanary>>, tags: Record<string, string> = {}) {
    const noted = { "holdfast:use": `scouting subnet-0a ${new Date(scene.region.clock.now()).toISOString()}`, ...tags };
    const Tags = Object.entries(noted).map(([Key, Value]) => ({ Key, Value }));
    const Resources = [scene.addresses.get("scout")?.allocationId ?? ""];
    await scene.run(scene.ec2.send(new CreateTagsCommand({ Resources, Tags })));
  }

  it("has its verdict once three rounds agree, reported once and noted with its time", async () => {
    const scene = await openCanary();
    await beginTrial(scene);
    await scene.minutes(2);
    expect(verifiedOf(scene)).toBeUndefined();
    await scene.minutes(8);
    expect(verifiedOf(scene)).toMatch(/^clean@2/);
    expect(scene.verdictOf("scout")).toBeUndefined();
    expect(scene.reported).toEqual([
      { type: "SpareVerified", detail: { pool: "orders", ...scene.addresses.get("scout") } },
    ]);
  });

  it("that is refused becomes a suspect, which is no block of what serves", async () => {
    const scene = await openCanary();
    await beginTrial(scene);
    scene.replies.set("scout partner", refused);
    await scene.minutes(6);
    expect(scene.verdictOf("scout")).toBe("blocked");
    expect(verifiedOf(scene)).toMatch(/^blocked@2\S+ 1$/);
    expect(scene.reported.map(({ type, detail }) => [type, detail["vantages"]])).toEqual([["SpareRefused", ["scout"]]]);
    expect(scene.published.at(-1)?.values).toMatchObject({ BlockedRate: [0], AddressesBlocked: [0] });
  });

  it("that was a suspect and is refused again is no news, and waits longer for its next trial", async () => {
    const scene = await openCanary();
    const before = { "holdfast:verdict": "blocked", "holdfast:verified": "blocked@2026-01-01T00:00:00.000Z 2" };
    await beginTrial(scene, before);
    scene.replies.set("scout partner", refused);
    await scene.minutes(6);
    expect(verifiedOf(scene)).toMatch(/ 3$/);
    expect(scene.reported).toEqual([]);
  });

  it("that was a suspect and is let in is clean", async () => {
    const scene = await openCanary();
    await beginTrial(scene, {
      "holdfast:verdict": "blocked",
      "holdfast:verified": "blocked@2026-01-01T00:00:00.000Z 2",
    });
    await scene.minutes(5);
    expect(scene.verdictOf("scout")).toBe("clean");
    expect(verifiedOf(scene)).toMatch(/^clean@/);
    expect(scene.reported.map(({ type }) => type)).toEqual(["AddressCleared"]);
  });

  it("that rests there is noted anew once a day, in whichever environment", async () => {
    const scene = await openCanary();
    await beginTrial(scene);
    await scene.minutes(5);
    const first = verifiedOf(scene);
    await scene.region.clock.advance(24 * 3_600_000);
    scene.coldStart();
    await scene.minutes(4);
    expect(verifiedOf(scene)).not.toBe(first);
    expect(scene.reported).toHaveLength(2);
  });
});

describe("the echo", () => {
  it("that tells a vantage nothing counts as a target that is down, since no block there can be confirmed", async () => {
    const scene = await openCanary();
    const probe = scene.probes.get("a");
    if (probe) {
      probe.answer = (request) => {
        const { publicIp: _, ...rest } = scene.answerAll(request);
        return rest;
      };
    }
    const published = await scene.minute();
    await scene.minutes(3);
    expect(published?.values).toMatchObject({ TargetsDown: [1], BlockedRate: [0] });
    expect(scene.reported).toEqual([{ type: "TargetDown", detail: { pool: "orders", target: "echo", rules: [] } }]);
  });
});
