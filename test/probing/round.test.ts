import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { confirm, type Reading } from "../../src/probing/confirm.ts";
import type { Network } from "../../src/probing/connection.ts";
import { createProbeHandler } from "../../src/probing/probe-handler.ts";
import { runRound } from "../../src/probing/round.ts";
import type { RoundRequest } from "../../src/probing/target.ts";
import { judge } from "../../src/probing/verdict.ts";
import type { Measurement } from "../../src/telemetry/model.ts";
import { cloudflare } from "./answers/cloudflare.ts";
import { type Authority, createAuthority } from "./servers/authority.ts";
import { echo, networkOf, play, type Running, refuseFrom, serveHttp, serveHttps, serveTcp } from "./servers/partner.ts";

const timeouts = { dnsMs: 300, connectMs: 300, tlsMs: 300, firstByteMs: 300, totalMs: 2000 };
const page = play({ kind: "http", status: 403, headers: { server: "nginx" }, body: "<center>nginx</center>" });

let authority: Authority;
let echoServer: Running;
const running: Running[] = [];

beforeAll(async () => {
  authority = createAuthority();
  echoServer = await serveHttp(echo);
});
afterAll(() => echoServer.stop());
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

async function start(server: Promise<Running>): Promise<Running> {
  running.push(await server);
  return server;
}

function round(vantage: string, ports: Record<string, number>): RoundRequest {
  const echoUrl = `http://127.0.0.1:${echoServer.port}/`;
  const rest = { method: "GET", protocol: "http/1.1", allowHttp: false, allowPrivate: true, timeouts } as const;
  const targets = Object.entries(ports).map(([name, port]) => ({
    name,
    url: `https://partner.test:${port}/`,
    headers: { authorization: "Bearer s3cret" },
    ...rest,
  }));
  return { pool: "orders", vantage, echoUrl, idle: false, turn: 0, targets };
}

describe("a round", () => {
  it("goes on past targets that hang, refuse or must not be asked", async () => {
    const good = await start(serveHttps(authority.valid, refuseFrom(new Set(), page)));
    const hanging = await start(serveTcp(() => {}));
    const request = round("a", { good: good.port, hanging: hanging.port });
    const [first] = request.targets;
    if (!first) throw new Error("no target");
    const forbidden = { ...first, name: "forbidden", url: "https://10.0.0.1/", allowPrivate: false };
    const { answers, publicIp } = await runRound(networkOf(authority), {
      ...request,
      targets: [...request.targets, forbidden],
    });
    expect(publicIp).toBe("127.0.0.1");
    expect(answers.map(({ target, answer }) => [target, answer.kind])).toEqual([
      ["good", "http"],
      ["hanging", "failure"],
      ["forbidden", "refused"],
    ]);
  });

  it("asks of several addresses of a target the one whose turn it is, in whatever order DNS gives them", async () => {
    const asked = async (turn: number, addresses: readonly string[]) => {
      const network: Network = { resolve: async () => addresses };
      const { answers } = await runRound(network, { ...round("a", { partner: 1 }), turn });
      return answers[0]?.partnerIp;
    };
    const [low, high] = ["127.0.0.21", "127.0.0.22"] as const;
    expect(await Promise.all([asked(6, [low, high]), asked(6, [high, low])])).toEqual([low, low]);
    expect(await asked(7, [low, high])).toBe(high);
  });

  it("from three source addresses names exactly the one that the partner blocks", async () => {
    const blockedRow = cloudflare.find(({ rule }) => rule === "cloudflare-1006");
    if (blockedRow?.answer.kind !== "http") throw new Error("no recorded answer");
    const server = await start(
      serveHttps(authority.valid, refuseFrom(new Set(["127.0.0.3"]), play(blockedRow.answer))),
    );
    const readings: Reading[] = [];
    for (const source of ["127.0.0.2", "127.0.0.3", "127.0.0.4"]) {
      const answer = await runRound(networkOf(authority, source), round(source, { partner: server.port }));
      const vantage = { id: source, kind: "serving", address: answer.publicIp } as const;
      for (const { target, answer: it } of answer.answers) {
        if (it.kind !== "refused") readings.push({ vantage, target, verdict: judge(it) });
      }
    }
    const confirmed = confirm(readings).filter((it) => it.confirmed);
    expect(confirmed.map(({ vantage, verdict }) => [vantage.address, verdict])).toEqual([
      ["127.0.0.3", expect.objectContaining({ kind: "blocked", scope: "address", rule: "cloudflare-1006" })],
    ]);
  });
});

describe("a probe", () => {
  const written: unknown[][] = [];
  const handlerOf = (network: Network) =>
    createProbeHandler({
      network,
      now: () => 1_000,
      writeMetrics: (...line) => written.push(line),
    });
  const egress = (): Measurement[] => (written.at(-1)?.[2] ?? []) as Measurement[];

  it("answers its caller and writes one line without headers or bodies", async () => {
    const { port } = await start(serveHttps(authority.valid, page));
    const answer = await handlerOf(networkOf(authority))(round("a", { partner: port }));
    expect(answer).toMatchObject({ vantage: "a", publicIp: "127.0.0.1", answers: [{ target: "partner" }] });
    expect(written.at(-1)).toEqual([
      { pool: "orders", vantage: "a" },
      1_000,
      [{ name: "Egress", unit: "Count", value: 1 }],
      { publicIp: "127.0.0.1", targets: [expect.objectContaining({ target: "partner", status: 403 })] },
    ]);
    expect(JSON.stringify(written)).not.toMatch(/s3cret|nginx/);
  });

  it("without a way out says so, and does not take a target's refusal for it", async () => {
    const request = { ...round("a", { partner: 9 }), echoUrl: "http://127.0.0.1:9/" };
    await handlerOf(networkOf(authority))(request);
    expect(egress()).toEqual([{ name: "Egress", unit: "Count", value: 0 }]);
    const { port } = await start(serveHttps(authority.valid, page));
    await handlerOf(networkOf(authority))({ ...round("a", { partner: port }), echoUrl: "http://127.0.0.1:9/" });
    expect(egress()).toEqual([{ name: "Egress", unit: "Count", value: 1 }]);
  });

  it("where nobody sends from writes nothing, and answers all the same", async () => {
    const lines = written.length;
    const { port } = await start(serveHttps(authority.valid, page));
    const answer = await handlerOf(networkOf(authority))({ ...round("a", { partner: port }), idle: true });
    expect(answer).toMatchObject({ publicIp: "127.0.0.1", answers: [{ target: "partner" }] });
    expect(written).toHaveLength(lines);
  });

  it("refuses an event that is no round without repeating what is in it", async () => {
    const event = { ...round("a", { partner: 1 }), targets: "s3cret" };
    await expect(handlerOf(networkOf(authority))(event)).rejects.toThrow(/^not a round for a probe: targets/);
    await expect(handlerOf(networkOf(authority))(event)).rejects.not.toThrow(/s3cret/);
    await expect(handlerOf(networkOf(authority))({})).rejects.toThrow(/pool.*targets/);
  });
});
