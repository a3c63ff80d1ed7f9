import { CreateTagsCommand } from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { AwsError } from "../../testing/twin/service.ts";
import { down, ok, openCanary, refused, silent } from "./canary-scene.ts";

/** What `holdfast report` would give the partner. */
const evidenceIn = ({ logged }: { readonly logged: readonly string[] }) =>
  logged.filter((line) => line.includes("address block confirmed"));

describe("a blocked address", () => {
  it("is marked and reported once six rounds have differed since the canary knows of none, and not before", async () => {
    const scene = await openCanary();
    scene.replies.set("a partner", refused);
    await scene.minutes(5);
    expect(scene.verdictOf("a")).toBeUndefined();
    expect(scene.reported).toEqual([]);
    const published = await scene.minute();
    expect(scene.verdictOf("a")).toBe("blocked");
    expect(scene.verdictOf("b")).toBeUndefined();
    expect(scene.reported).toEqual([
      {
        type: "AddressBlocked",
        detail: {
          pool: "orders",
          ...scene.addresses.get("a"),
          vantages: ["a"],
          blocks: [{ target: "partner", rule: "nginx-403", ids: {} }],
        },
      },
    ]);
    expect(published?.values).toMatchObject({
      BlockedRate: [1 / 6],
      "BlockedRate target=partner": [1 / 2],
      "BlockedRate target=bank": [0],
      "BlockedRate vantage=a": [1 / 3],
      "BlockedRate vantage=b": [0],
    });
    await scene.minutes(3);
    expect(scene.reported).toHaveLength(1);
  });

  it("is not counted again in the metric where another target limits its rate", async () => {
    const scene = await openCanary();
    scene.replies.set("a partner", refused);
    scene.replies.set("a bank", { kind: "http", status: 429, headers: { "retry-after": "60" }, body: "" });
    await scene.minutes(7);
    expect(scene.verdictOf("a")).toBe("blocked");
    expect(scene.published.at(-1)?.values).toMatchObject({
      "BlockedRate target=partner": [1 / 2],
      "BlockedRate target=bank": [0],
    });
  });

  it("is none as long as the partner's hiccup may be over within a minute, at six rounds a minute", async () => {
    const scene = await openCanary({ roundsPerMinute: 6 });
    await scene.minutes(10);
    for (const minutes of [1, 3]) {
      scene.replies.set("a partner", refused);
      await scene.minutes(minutes);
      expect(scene.reported.map(({ type }) => type)).toEqual(minutes === 1 ? [] : ["AddressBlocked"]);
      scene.replies.clear();
      await scene.minutes(5);
    }
  });

  it.each([1, 6])(
    "counts as blocked in the metric exactly while its tag says so, at %i rounds a minute",
    async (rate) => {
      const scene = await openCanary({ roundsPerMinute: rate });
      const last = async () => (await scene.minute())?.values["AddressesBlocked"]?.at(-1);
      scene.replies.set("a partner", refused);
      for (let minute = 0; minute < 9; minute++) {
        if (minute === 7) scene.replies.clear();
        expect(await last()).toBe(scene.verdictOf("a") === "blocked" ? 1 : 0);
      }
      expect(scene.reported.map(({ type }) => type)).toContain("AddressBlocked");
    },
  );

  it("that is refused in single rounds is no blocked address, and raises no rate that fails over", async () => {
    const scene = await openCanary({ roundsPerMinute: 6 });
    let round = 0;
    const probe = scene.probes.get("a");
    if (probe) {
      probe.answer = (request) => {
        scene.replies.clear();
        if (round++ % 6 === 0) scene.replies.set("a partner", refused);
        return scene.answerAll(request);
      };
    }
    for (let minute = 0; minute < 5; minute++) {
      const published = await scene.minute();
      expect(published?.values["BlockedRate"]).toEqual(Array(6).fill(0));
      expect(published?.values["AddressesBlocked"]).toEqual(Array(6).fill(0));
    }
  });

  it("leaves evidence in the log, without query or secrets, since it was first seen", async () => {
    const scene = await openCanary();
    scene.replies.set("a partner", refused);
    await scene.minutes(8);
    const records = evidenceIn(scene);
    const { evidence } = JSON.parse(records.at(-1) ?? "");
    expect(evidence).toMatchObject({
      address: scene.addressOf("a"),
      target: "https://partner.example/health",
      scope: "address",
      rule: "nginx-403",
      status: 403,
      headers: { server: "nginx" },
    });
    expect(Date.parse(evidence.observed) - Date.parse(evidence.firstSeen)).toBeGreaterThan(6 * 60_000);
    expect(scene.logged.join()).not.toContain("hidden");
  });

  it("leaves no evidence for the partner of a refusal that may be chance", async () => {
    const scene = await openCanary();
    scene.replies.set("a partner", refused);
    await scene.minutes(2);
    scene.replies.clear();
    await scene.minutes(8);
    expect(evidenceIn(scene)).toEqual([]);
  });

  it("leaves evidence of each address of a pool that is kept out as a whole", async () => {
    const scene = await openCanary();
    scene.replies.set("shared partner", ok);
    await scene.minutes(2);
    for (const vantage of ["a", "b", "scout"]) scene.replies.set(`${vantage} partner`, refused);
    await scene.minutes(10);
    expect(scene.reported.map(({ type }) => type)).toContain("PoolRefused");
    const addresses = evidenceIn(scene).map((line) => JSON.parse(line).evidence.address);
    expect(new Set(addresses)).toEqual(new Set(["a", "b", "scout"].map((vantage) => scene.addressOf(vantage))));
  });

  it("is cleared once three rounds accept it, even by an environment that knows nothing of it", async () => {
    const scene = await openCanary();
    scene.replies.set("a partner", refused);
    await scene.minutes(6);
    scene.coldStart();
    scene.replies.clear();
    await scene.minutes(2);
    expect(scene.verdictOf("a")).toBe("blocked");
    await scene.minute();
    expect(scene.verdictOf("a")).toBe("clean");
    expect(scene.reported.map(({ type }) => type)).toEqual(["AddressBlocked", "AddressCleared"]);
  });

  it("is not reported again by an environment that finds it marked", async () => {
    const scene = await openCanary();
    scene.replies.set("a partner", refused);
    await scene.minutes(6);
    scene.coldStart();
    await scene.minutes(4);
    expect(scene.reported).toHaveLength(1);
  });

  it("is reported once in a minute of many rounds, though the tag was read before it was written", async () => {
    const scene = await openCanary({ roundsPerMinute: 6 });
    scene.replies.set("a partner", refused);
    await scene.minutes(2);
    expect(scene.reported.map(({ type }) => type)).toEqual(["AddressBlocked"]);
  });

  it("is none when every vantage is refused", async () => {
    const scene = await openCanary();
    scene.replies.set("partner", refused);
    const published = await scene.minute();
    await scene.minutes(4);
    expect(published?.values["BlockedRate"]).toEqual([0]);
    expect(scene.reported).toEqual([]);
  });

  it("that comes and goes in single rounds changes nothing", async () => {
    const scene = await openCanary();
    for (let index = 0; index < 8; index++) {
      if (index % 3 === 0) scene.replies.set("a partner", refused);
      else scene.replies.clear();
      await scene.minute();
    }
    expect(scene.verdictOf("a")).toBeUndefined();
  });

  it("is none when several targets refuse it now and then, each in another round", async () => {
    const scene = await openCanary();
    for (const name of ["partner", "bank", "carrier", "partner", "bank", "carrier"]) {
      scene.replies.clear();
      scene.replies.set(`a ${name}`, refused);
      await scene.minute();
    }
    expect(scene.verdictOf("a")).toBeUndefined();
    expect(scene.reported).toEqual([]);
  });

  it("stays blocked while one target refuses it, whatever the others accept", async () => {
    const scene = await openCanary();
    scene.replies.set("a partner", refused);
    await scene.minutes(12);
    expect(scene.verdictOf("a")).toBe("blocked");
    expect(scene.reported).toHaveLength(1);
  });

  it("is blamed by the address that was used, though another took its place between rounds", async () => {
    const scene = await openCanary();
    scene.replies.set("a partner", refused);
    await scene.minutes(5);
    const before = scene.addresses.get("a");
    const after = scene.addresses.get("scout");
    if (!before || !after) throw new Error("no addresses");
    scene.addresses.set("a", after).set("scout", before);
    scene.replies.clear();
    scene.replies.set("scout partner", refused);
    await scene.minute();
    expect(scene.reported.map(({ detail }) => detail["publicIp"])).toEqual([before.publicIp]);
    expect(scene.verdictOf("a")).toBeUndefined();
    expect(scene.verdictOf("scout")).toBe("blocked");
  });

  it("is none when the echo does not tell which address it was", async () => {
    const scene = await openCanary();
    scene.replies.set("a partner", refused);
    for (const probe of scene.probes.values()) {
      probe.answer = (request) => {
        const { publicIp: _, ...rest } = scene.answerAll(request);
        return rest;
      };
    }
    const published = await scene.minute();
    await scene.minutes(4);
    expect(published?.values).toMatchObject({ BlockedRate: [0] });
    expect(scene.reported.map(({ type }) => type)).toEqual(["TargetDown"]);
  });

  it("is marked again when it is tagged clean manually, as long as it is refused", async () => {
    const scene = await openCanary();
    scene.replies.set("a partner", refused);
    await scene.minutes(6);
    const Resources = [scene.addresses.get("a")?.allocationId ?? ""];
    const Tags = [{ Key: "holdfast:verdict", Value: "clean" }];
    await scene.run(scene.ec2.send(new CreateTagsCommand({ Resources, Tags })));
    await scene.minutes(7);
    expect(scene.verdictOf("a")).toBe("blocked");
    expect(scene.verdictOf("b")).toBeUndefined();
  });

  it("is marked as soon as a refused write is granted, and reported only then", async () => {
    const scene = await openCanary();
    scene.replies.set("a partner", refused);
    const error = new AwsError("UnauthorizedOperation", "You are not authorized to perform this operation.", 403);
    scene.region.authorize = ({ operation }) => (operation === "CreateTags" ? error : undefined);
    await scene.minutes(6);
    expect(scene.reported).toEqual([]);
    expect(scene.logged.join()).toContain("ec2:CreateTags");
    scene.region.authorize = undefined;
    await scene.minute();
    expect(scene.reported.map(({ type }) => type)).toEqual(["AddressBlocked"]);
  });

  it("is reported later when the bus refuses the event", async () => {
    const scene = await openCanary();
    scene.replies.set("a partner", refused);
    const error = new AwsError("AccessDeniedException", "not authorized", 400);
    scene.region.authorize = ({ operation }) => (operation === "PutEvents" ? error : undefined);
    await scene.minutes(6);
    expect(scene.reported).toEqual([]);
    scene.region.authorize = undefined;
    await scene.minute();
    expect(scene.reported.map(({ type }) => type)).toEqual(["AddressBlocked"]);
  });
});

describe("what only looks like a block", () => {
  it.each([
    [
      "fails",
      () => {
        throw new Error("exit status 1, with s3cret");
      },
    ],
    ["never answers", () => undefined],
    ["answers nonsense", () => ({}) as never],
  ])("a probe that %s is counted and reported as failed, and nothing else", async (_, answer) => {
    const scene = await openCanary();
    const probe = scene.probes.get("a");
    if (probe) probe.answer = answer;
    const published = await scene.minute();
    expect(published?.values).toMatchObject({ ProbesFailed: [1], BlockedRate: [0] });
    expect(published?.values).not.toHaveProperty("BlockedRate vantage=a");
    await scene.minutes(4);
    expect(scene.reported.map(({ type }) => type)).toEqual(["ProbeFailed"]);
    expect(scene.logged.join()).not.toContain("s3cret");
  });

  it("a vantage without egress is reported as such", async () => {
    const scene = await openCanary();
    const probe = scene.probes.get("a");
    if (!probe) throw new Error("no probe");
    probe.answer = (request) => {
      const { answers, vantage } = scene.answerAll(request);
      return { vantage, answers: answers.map((it) => ({ ...it, answer: silent })) };
    };
    await scene.minutes(2);
    expect(scene.reported).toEqual([]);
    const published = await scene.minute();
    expect(scene.reported).toEqual([{ type: "EgressLost", detail: { pool: "orders", vantage: "a" } }]);
    expect(published?.values).toMatchObject({ BlockedRate: [0], TargetsDown: [0] });
    await scene.minutes(3);
    expect(scene.reported).toHaveLength(1);
  });

  it.each([
    ["is unwell", down],
    ["does not answer", silent],
  ])("a target that %s everywhere is down", async (_, answer) => {
    const scene = await openCanary();
    scene.replies.set("bank", answer);
    const published = await scene.minute();
    await scene.minutes(4);
    expect(published?.values).toMatchObject({ TargetsDown: [1], BlockedRate: [0] });
    expect(scene.reported).toEqual([
      { type: "TargetDown", detail: { pool: "orders", target: "bank", rules: [expect.any(String)] } },
    ]);
  });

  it("no probe answering at all publishes no rate, but a heartbeat", async () => {
    const scene = await openCanary();
    for (const probe of scene.probes.values()) {
      probe.answer = () => {
        throw new Error("dead");
      };
    }
    const published = await scene.minute();
    expect(published?.values).toMatchObject({ ProbesFailed: [3] });
    expect(Object.keys(published?.values ?? {}).filter((name) => name.startsWith("BlockedRate"))).toEqual([]);
  });

  it("AWS refusing to show the network stops nothing else", async () => {
    const scene = await openCanary();
    const error = new AwsError("UnauthorizedOperation", "You are not authorized to perform this operation.", 403);
    scene.region.authorize = ({ operation }) => (operation === "DescribeAddresses" ? error : undefined);
    const published = await scene.minute();
    expect(published?.values).toMatchObject({ BlockedRate: [0] });
    expect(published?.values).not.toHaveProperty("UnprobedInterfaces");
    expect(scene.logged.join()).toContain("ec2:DescribeAddresses");
  });
});
