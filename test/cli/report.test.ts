/** The page for a partner's support, from what the canary logs of a partner that refuses addresses. */
import { describe, expect, it } from "vitest";
import { toMarkdown, toPlainText } from "../../cli/report/document.ts";
import { details, introduction, subjectOf } from "../../cli/report/page.ts";
import { type Partner, parseRecord, partnersOf } from "../../cli/report/refusals.ts";
import { parseSince } from "../../cli/report/since.ts";
import type { Answer } from "../../src/probing/answer.ts";
import { ok, openCanary, sharedIp, silent, target } from "../probing/canary-scene.ts";

type Scene = Awaited<ReturnType<typeof openCanary>>;

const http = (status: number, headers: Record<string, string>, body = "{}"): Answer => {
  return { kind: "http", status, headers, body };
};
const cloudflare = http(403, { server: "cloudflare", "cf-ray": "8f1d2c3b4a596877-IAD" }, "error code: 1006");
const accepted = http(200, { "cf-ray": "8f1d2c3b4a596878-IAD" });

async function opened(answers: Readonly<Record<string, Answer>>): Promise<Scene> {
  const scene = await openCanary({ targets: [target("partner", { sharedPool: true, method: "GET" }), target("bank")] });
  scene.replies.set("shared partner", ok);
  await scene.minutes(3);
  for (const [place, answer] of Object.entries(answers)) scene.replies.set(place, answer);
  await scene.minutes(20);
  return scene;
}

const blocked = () => opened({ "a partner": cloudflare, "b partner": accepted });

const partnersIn = ({ logged }: Scene, fromMs = 0) => partnersOf(logged.flatMap(parseRecord), fromMs);

function pageOf(scene: Scene): { partner: Partner; markdown: string; email: string } {
  const [partner] = partnersIn(scene);
  if (!partner) throw new Error("nothing to report");
  const parts = [...introduction(partner), ...details(partner)];
  return { partner, markdown: toMarkdown(parts), email: toPlainText(parts) };
}

/** Words that mean something to Holdfast's operators alone. */
const internal = [
  ...["pool", "vantage", "scout", "suspect", "verdict", "cusum", "evidence", "score", "canary", "probe", "member"],
  ...["spare", "rule", "scope", "finding", "trial", "round", "shape", "rank", "holdfast", "compar", "echo", "zone"],
  ...["interface", "relocat", "fallback", "target", "drift", "signature", "signed", "confirmed", "witness", "swap"],
];
const internalIn = (text: string) => internal.filter((word) => new RegExp(`\\b${word}`, "i").test(text));

describe("the page for a partner that refuses one address", () => {
  it("says which, since when, and what each other address got at the same moment", async () => {
    const scene = await blocked();
    const { partner, markdown } = pageOf(scene);
    expect(subjectOf(partner)).toBe(`Our IP address ${scene.addressOf("a")} is refused by partner.example`);
    expect(markdown).toContain("requests from others of our IP addresses are accepted");
    expect(markdown).toContain("\n## GET https://partner.example/health\n");
    const rows = markdown.split("\n").filter((line) => line.startsWith("| "));
    const cells = rows.map((row) =>
      row
        .split("|")
        .map((cell) => cell.trim())
        .slice(1, -1),
    );
    const utc = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    expect(cells[0]).toEqual(["refused address", "first refused (UTC)", "last refused (UTC)", "recorded"]);
    expect(cells[2]).toEqual([scene.addressOf("a"), utc, utc, "15"]);
    expect(cells.slice(5)).toEqual([
      [scene.addressOf("a"), "status 403", "no"],
      [scene.addressOf("b"), "status 200", "yes"],
      [scene.addressOf("scout"), "status 200", "yes"],
      [`${sharedIp} (of AWS, not ours)`, "status 200", "yes"],
    ]);
  });

  it("has the ids by which the partner finds the refused requests and the accepted ones", async () => {
    const scene = await blocked();
    const { markdown } = pageOf(scene);
    expect(markdown).toContain(`- ${scene.addressOf("a")}: Cloudflare Ray ID 8f1d2c3b4a596877-IAD`);
    expect(markdown).toContain(`- ${scene.addressOf("b")}: Cloudflare Ray ID 8f1d2c3b4a596878-IAD`);
    expect(markdown.match(/UTC: status 403; Cloudflare Ray ID/g)).toHaveLength(4);
  });

  it("begins with the first refusal, also before it was certain, and says when it may be older still", async () => {
    const scene = await blocked();
    const [partner] = partnersIn(scene);
    const first = partner?.refused[0];
    expect(first?.refusedRequests).toBeGreaterThan(10);
    const startMs = Date.parse(first?.firstRefused ?? "");
    expect(Date.parse(first?.earlier.at(-1)?.at ?? "")).toBeGreaterThan(startMs);
    expect(partner && toMarkdown(details(partner))).not.toContain("earlier");
    const [short] = partnersIn(scene, startMs - 30_000);
    expect(short && toMarkdown(details(short))).toContain(`${scene.addressOf("a")} may have been refused earlier`);
  });

  it("uses no word that only Holdfast's operators know, names no other partner, and has no secret", async () => {
    const scene = await blocked();
    const { partner, markdown, email } = pageOf(scene);
    for (const text of [subjectOf(partner), markdown, email, JSON.stringify(partner)]) {
      expect(internalIn(text)).toEqual([]);
      expect(text).not.toMatch(/bank|orders|hidden/);
    }
  });

  it("fits: 80 columns as Markdown, 72 as an e-mail, except where one word does not", async () => {
    const long = http(403, { server: "CloudFront", "x-amz-cf-id": "x".repeat(56) });
    const scene = await opened({ "a partner": long, "b partner": silent });
    const { markdown, email } = pageOf(scene);
    const tooLong = (text: string, columns: number) =>
      text.split("\n").filter((line) => line.length > columns && line.trim().split(" ").length > 2);
    expect(tooLong(markdown, 80)).toEqual([]);
    expect(tooLong(email, 72)).toEqual([]);
  });
});

describe("the page for a partner that refuses all addresses", () => {
  it("names them all, what each got, and that another network was accepted", async () => {
    const scene = await opened({ "a partner": silent, "b partner": silent, "scout partner": silent });
    const { partner, markdown } = pageOf(scene);
    expect(subjectOf(partner)).toBe("3 of our IP addresses are refused by partner.example");
    const refusals = markdown.match(/\| no connection: timed out \| no /g);
    expect(refusals).toHaveLength(3);
    for (const vantage of ["a", "b", "scout"]) expect(markdown).toContain(`\n- ${scene.addressOf(vantage)}\n`);
    expect(markdown).toContain("from an IP address of AWS that is not ours are accepted");
  });
});

it("partners that refuse have a page each", async () => {
  const scene = await opened({ "a partner": cloudflare, "a bank": cloudflare });
  expect(partnersIn(scene).map(({ name }) => name)).toEqual(["bank", "partner"]);
});

it.each([
  ["36h", { agoMs: 36 * 3_600_000 }],
  ["7d", { agoMs: 7 * 86_400_000 }],
  ["2026-11-27", { atMs: Date.UTC(2026, 10, 27) }],
  ["2026-11-27T08:00Z", { atMs: Date.UTC(2026, 10, 27, 8) }],
  ["2026-11-27T08:00:30", { atMs: Date.UTC(2026, 10, 27, 8, 0, 30) }],
  ["2026-13-01", undefined],
  ["0h", undefined],
  ["yesterday", undefined],
])("--since %s", (text, expected) => {
  expect(parseSince(text)).toEqual(expected);
});
