/** What the canary says and does about answers that differ: vantages' answers in, tags and events out. */
import { CreateTagsCommand } from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import type { TargetRules } from "../../src/config/target-rules.ts";
import type { Answer } from "../../src/probing/answer.ts";
import { judge } from "../../src/probing/verdict.ts";
import { openCanary, silent, target } from "./canary-scene.ts";

type Scene = Awaited<ReturnType<typeof openCanary>>;

const http = (status: number, body: string, contentType?: string): Answer => ({
  kind: "http",
  status,
  headers: contentType ? { "content-type": contentType } : {},
  body,
});
const fine = http(200, "{}");
const reset: Answer = { kind: "failure", phase: "tls", code: "ECONNRESET" };
const page = http(403, "<html>Forbidden</html>", "text/html");
const namesAddress = http(
  401,
  '{"error":{"message":"The API key provided does not allow requests from your IP address (203.0.113.10)."}}',
  "application/json",
);

const everywhere = (answer: Answer) => ({ a: answer, b: answer, scout: answer });

function reply(scene: Scene, answers: Readonly<Record<string, Answer>>): void {
  for (const [vantage, answer] of Object.entries(answers)) scene.replies.set(`${vantage} partner`, answer);
}

/** A scene in which all vantages have been let in for a while. */
async function settled(rest: object = {}, settings: { readonly poolRefusal?: "report" } = {}): Promise<Scene> {
  const scene = await openCanary({ targets: [target("partner", { sharedPool: true, ...rest })], ...settings });
  reply(scene, { shared: fine });
  await scene.minutes(10);
  return scene;
}

const typesOf = ({ reported }: Scene) => reported.map(({ type }) => type);
const verifiedOf = (scene: Scene, vantage: string) =>
  scene.region.world.addresses.get(scene.addresses.get(vantage)?.allocationId ?? "")?.tags["holdfast:verified"];

/** As relocation swaps: the spare of the scout takes the suspect's place, and the suspect goes to the scout. */
async function crossOver(scene: Scene): Promise<void> {
  const [suspect, spare] = [scene.addresses.get("a"), scene.addresses.get("scout")];
  if (!suspect || !spare) throw new Error("no addresses");
  scene.addresses.set("a", spare).set("scout", suspect);
  const noted = {
    Key: "holdfast:use",
    Value: `scouting subnet-0a ${new Date(scene.region.clock.now()).toISOString()}`,
  };
  await scene.run(scene.ec2.send(new CreateTagsCommand({ Resources: [suspect.allocationId], Tags: [noted] })));
}

const beginTrial = (scene: Scene) => {
  const noted = {
    Key: "holdfast:use",
    Value: `scouting subnet-0a ${new Date(scene.region.clock.now()).toISOString()}`,
  };
  const Resources = [scene.addresses.get("scout")?.allocationId ?? ""];
  return scene.run(scene.ec2.send(new CreateTagsCommand({ Resources, Tags: [noted] })));
};

describe("an address that is silently dropped", () => {
  it("is reported after five rounds, not before, and marked for a trial", async () => {
    const scene = await settled();
    reply(scene, { a: silent });
    await scene.minutes(4);
    expect(scene.reported).toEqual([]);
    await scene.minute();
    expect(scene.reported).toEqual([
      {
        type: "AddressDiffers",
        detail: expect.objectContaining({
          publicIp: scene.addressOf("a"),
          trial: true,
          blocks: [{ target: "partner", rule: "connect-TIMEOUT", ids: {} }],
        }),
      },
    ]);
    expect(scene.verdictOf("a")).toBe("blocked");
    expect(verifiedOf(scene, "a")).toMatch(/^blocked@\S+ 0$/);
  });

  it("stays blocked when the scout is dropped with it too", async () => {
    const scene = await settled();
    reply(scene, { a: silent });
    await scene.minutes(5);
    await crossOver(scene);
    reply(scene, { a: fine, scout: silent });
    await scene.minutes(10);
    expect(scene.verdictOf("scout")).toBe("blocked");
    expect(verifiedOf(scene, "scout")).toMatch(/^blocked@\S+ 1$/);
    expect(typesOf(scene)).toEqual(["AddressDiffers"]);
  });

  it("is cleared when the scout is let in with it, and its successor in the same place is not marked", async () => {
    const scene = await settled();
    reply(scene, { a: silent });
    await scene.minutes(5);
    await crossOver(scene);
    await scene.minutes(20);
    expect(scene.verdictOf("scout")).toBe("clean");
    expect(scene.verdictOf("a")).toBeUndefined();
    expect(typesOf(scene)).toEqual(["AddressDiffers", "AddressCleared", "AddressDiffers"]);
    expect(scene.reported.at(-1)?.detail).toMatchObject({ trial: false, because: "same-place" });
    await scene.minutes(120);
    expect(scene.verdictOf("a")).toBeUndefined();
    expect(scene.reported).toHaveLength(3);
  });

  it("is followed by its successor's own trial where the scout is dropped with it too", async () => {
    const scene = await settled();
    reply(scene, { a: silent });
    await scene.minutes(5);
    await crossOver(scene);
    reply(scene, { scout: silent });
    await scene.minutes(20);
    expect(scene.reported.at(-1)?.detail).toMatchObject({ publicIp: scene.addressOf("a"), because: "wait" });
    await scene.minutes(60);
    expect(scene.verdictOf("a")).toBe("blocked");
    expect(scene.reported.map(({ detail }) => detail["because"])).not.toContain("same-place");
  });

  it("has to wait for its trial while another address has one at this target, in a new environment too", async () => {
    const scene = await settled();
    reply(scene, { a: silent });
    await scene.minutes(5);
    scene.coldStart();
    reply(scene, { b: silent });
    await scene.minutes(10);
    expect(scene.verdictOf("b")).toBeUndefined();
    expect(scene.reported.at(-1)?.detail).toMatchObject({
      publicIp: scene.addressOf("b"),
      trial: false,
      because: "wait",
    });
    await scene.minutes(60);
    expect(scene.verdictOf("b")).toBe("blocked");
  });

  it("does not wait for another address's trial at another target", async () => {
    const scene = await openCanary({ targets: [target("partner"), target("bank")] });
    await scene.minutes(10);
    reply(scene, { a: silent });
    await scene.minutes(8);
    expect(scene.verdictOf("a")).toBe("blocked");
    scene.replies.set("b bank", silent);
    await scene.minutes(8);
    expect(scene.verdictOf("b")).toBe("blocked");
  });

  it("is not to blame where the others connect to another address of the partner", async () => {
    const scene = await settled();
    reply(scene, { a: silent });
    scene.endpoints.set("a", "203.0.113.90").set("b", "203.0.113.80").set("scout", "203.0.113.80");
    await scene.minutes(20);
    expect(scene.verdictOf("a")).toBeUndefined();
    expect(scene.reported).toEqual([]);
    scene.endpoints.set("scout", "203.0.113.90");
    await scene.minutes(6);
    expect(scene.verdictOf("a")).toBe("blocked");
  });
});

describe("an application's own 401", () => {
  const unauthorized = http(401, '{"error":"no"}', "application/json");

  it("is no acceptance where the partner has usually given more", async () => {
    const scene = await settled({ sharedPool: false });
    reply(scene, { a: page, b: unauthorized, scout: unauthorized });
    await scene.minutes(10);
    expect(scene.verdictOf("a")).toBeUndefined();
  });

  it("is acceptance where it is what the partner usually answers", async () => {
    const scene = await openCanary({ targets: [target("partner")] });
    reply(scene, { a: unauthorized, b: unauthorized, scout: unauthorized });
    await scene.minutes(10);
    reply(scene, { a: page });
    await scene.minutes(6);
    expect(scene.verdictOf("a")).toBe("blocked");
    expect(scene.verdictOf("b")).toBeUndefined();
  });
});

describe("both serving addresses that are dropped while the scout is let in", () => {
  it("differ from the scout's: one trial at a time", async () => {
    const scene = await settled({ sharedPool: false });
    reply(scene, { a: silent, b: silent });
    await scene.minutes(7);
    expect(scene.reported.map(({ type, detail }) => [type, detail["publicIp"], detail["trial"]])).toEqual([
      ["AddressDiffers", scene.addressOf("a"), true],
      ["AddressDiffers", scene.addressOf("b"), false],
    ]);
    expect(scene.verdictOf("scout")).toBeUndefined();
  });
});

describe("a pool that is kept out as a whole while the shared pool is let in", () => {
  it.each([
    ["silently", reset, ["TargetDown", "PoolRefused"]],
    ["with a refusal", page, ["PoolRefused"]],
  ])("%s is reported, escalates, and no address is marked", async (_, answer, types) => {
    const scene = await settled();
    reply(scene, everywhere(answer));
    await scene.minutes(8);
    expect(typesOf(scene)).toEqual(types);
    const publicIps = ["a", "b", "scout"].map(scene.addressOf);
    expect(scene.reported.at(-1)?.detail).toMatchObject({ target: "partner", because: "shared-accepted", publicIps });
    expect(scene.published.at(-1)?.values).toMatchObject({ BlockedRate: [1], TargetsRefusingPool: [1] });
    expect(["a", "b", "scout"].map(scene.verdictOf)).toEqual([undefined, undefined, undefined]);
    reply(scene, everywhere(fine));
    const published = await scene.minutes(4).then(() => scene.published.at(-1));
    expect(published?.values).not.toHaveProperty("TargetsRefusingPool");
    expect(published?.values).toMatchObject({ BlockedRate: [0] });
  });

  it.each([
    ["the shared pool is let in, in a new environment too", true],
    ["it was let in before", false],
  ])("with an application's own 401 is still kept out after hours, as %s", async (_, sharedPool) => {
    const scene = await settled({ sharedPool });
    reply(scene, everywhere(http(401, '{"error":"no"}', "application/json")));
    await scene.minutes(100);
    expect(scene.published.at(-1)?.values).toMatchObject({ BlockedRate: [1], TargetsRefusingPool: [1] });
    expect(typesOf(scene)).toEqual(["PoolRefused"]);
    if (sharedPool) scene.coldStart();
    await scene.minutes(10);
    expect(scene.published.at(-1)?.values).toMatchObject({ TargetsRefusingPool: [1] });
    reply(scene, everywhere(fine));
    await scene.minutes(4);
    expect(scene.published.at(-1)?.values).not.toHaveProperty("TargetsRefusingPool");
  });

  it("does not escalate where the operator only wants a report", async () => {
    const scene = await settled({}, { poolRefusal: "report" });
    reply(scene, everywhere(page));
    await scene.minutes(8);
    expect(typesOf(scene)).toEqual(["PoolRefused"]);
    expect(scene.published.at(-1)?.values).toMatchObject({ BlockedRate: [0], TargetsRefusingPool: [1] });
  });

  it("is known without the shared pool by what was accepted until a moment ago", async () => {
    const scene = await settled({ sharedPool: false });
    reply(scene, everywhere(page));
    await scene.minutes(8);
    expect(scene.reported).toEqual([
      { type: "PoolRefused", detail: expect.objectContaining({ because: "accepted-before" }) },
    ]);
  });

  it("is not the pool where the shared pool is refused as well", async () => {
    const scene = await settled();
    reply(scene, { ...everywhere(page), shared: namesAddress });
    await scene.minutes(10);
    expect(scene.reported).toEqual([]);
    expect(scene.logged.join()).toContain("refused-everywhere");
    expect(["a", "b", "scout"].map(scene.verdictOf)).toEqual([undefined, undefined, undefined]);
  });
});

describe("a marked address", () => {
  const headers = { server: "cloudflare", "cf-ray": "8f1d-IAD" };
  const country: Answer = { kind: "http", status: 403, headers, body: "error code: 1009" };
  const rate = ({ published }: Scene) => published.at(-1)?.values["BlockedRate"]?.at(-1);

  it.each([
    ["is refused as one of a country that the shared pool is in too: nobody is blocked", country, 0],
    ["is refused for what names no country: it still is", page, 0.5],
  ])("that %s", async (_, answer, expected) => {
    const scene = await settled();
    reply(scene, { a: page });
    await scene.minutes(8);
    expect(scene.verdictOf("a")).toBe("blocked");
    reply(scene, { ...everywhere(answer), shared: answer });
    await scene.minutes(2);
    expect(rate(scene)).toBeCloseTo(expected);
  });
});

describe("a spare on the scout", () => {
  it.each([
    ["is refused by name", namesAddress],
    ["gets a 401 where those that serve get a 200", http(401, '{"error":"no"}', "application/json")],
  ])("that %s is no clean one", async (_, answer) => {
    const scene = await openCanary({ targets: [target("partner")] });
    await beginTrial(scene);
    reply(scene, { a: fine, b: fine, scout: answer });
    await scene.minutes(10);
    expect(verifiedOf(scene, "scout")).toMatch(/^blocked@/);
    expect(typesOf(scene)).toEqual(["SpareRefused"]);
  });

  it("that gets an answer of another shape is neither clean nor refused", async () => {
    const scene = await openCanary({ targets: [target("partner")] });
    await beginTrial(scene);
    reply(scene, { a: http(200, '{"status":"UP"}'), b: http(200, '{"status":"UP"}'), scout: http(200, '{"build":7}') });
    await scene.minutes(10);
    expect(verifiedOf(scene, "scout")).toBeUndefined();
    expect(scene.reported).toEqual([]);
  });
});

describe("a page that has the words of a refusal for everybody", () => {
  const home = (title: string) => http(200, `<html><title>${title}</title>Protected by reCAPTCHA</html>`, "text/html");

  it("refuses nobody, though its title differs from zone to zone", async () => {
    const scene = await settled();
    reply(scene, { a: home("Startseite"), b: home("Home"), scout: home("Home") });
    await scene.minutes(20);
    expect(scene.reported).toEqual([]);
  });
});

describe("answers that are never the same twice", () => {
  const report = (scene: Scene, vantage: string) =>
    http(200, JSON.stringify({ [`${vantage} ${scene.region.clock.now()}`]: "UP" }), "application/json");

  it("tell a spare that is let in from one that is not by all else", async () => {
    const scene = await openCanary({ targets: [target("partner")] });
    await beginTrial(scene);
    for (let minute = 0; minute < 15; minute++) {
      reply(scene, { a: report(scene, "a"), b: report(scene, "b"), scout: report(scene, "scout") });
      await scene.minute();
    }
    expect(verifiedOf(scene, "scout")).toMatch(/^clean@/);
  });
});

describe("an answer by itself", () => {
  const cloudflare = { server: "cloudflare", "cf-ray": "x", "content-type": "application/problem+json" };
  it.each<[string, Answer, TargetRules, object]>([
    [
      "a HEAD loses the reason",
      { kind: "http", status: 403, headers: cloudflare, body: "" },
      {},
      { kind: "blocked", scope: "unknown" },
    ],
    ["JSON that came too late", http(403, "", "application/json"), {}, { kind: "blocked", scope: "unknown" }],
    [
      "problem details that were compressed on the wire",
      http(403, '{"error_code":1006,"cloudflare_error":true}', "application/problem+json"),
      {},
      { kind: "blocked", scope: "address" },
    ],
    ["status 999", http(999, "", "text/html"), {}, { kind: "blocked", scope: "unknown" }],
    [
      "401 is not what healthy looks like",
      http(401, "{}", "application/json"),
      { healthy: { statuses: [200] } },
      { kind: "target-down" },
    ],
    [
      "healthy JSON beyond the first KiB",
      http(200, JSON.stringify({ filler: "x".repeat(1800), status: "UP" })),
      { healthy: { json: { path: "status", pattern: "^UP$" } } },
      { kind: "ok" },
    ],
    [
      "healthy wins over a known signature",
      http(403, "error code: 1006"),
      { healthy: { statuses: [403] } },
      { kind: "ok" },
    ],
    [
      "a rule for a failure",
      { kind: "failure", phase: "tls", code: "ECONNRESET" },
      {
        rules: [
          {
            id: "drops",
            when: { failure: { phase: "tls", code: "RESET$" } },
            result: { kind: "blocked", scope: "address" },
          },
        ],
      },
      { kind: "blocked", scope: "address", rule: "target:drops" },
    ],
    [
      "a rule for a failure in another phase",
      { kind: "failure", phase: "connect", code: "ECONNRESET" },
      { rules: [{ id: "drops", when: { failure: { phase: "tls" } }, result: { kind: "blocked", scope: "address" } }] },
      { kind: "target-down" },
    ],
  ])("%s", (_, answer, rules, verdict) => {
    expect(judge(answer, rules)).toMatchObject(verdict);
  });
});
