/** The canary and its probes over real sockets: only AWS is simulated, and the quarter of a minute between two rounds. */
import { setTimeout as sleep } from "node:timers/promises";
import { EC2Client } from "@aws-sdk/client-ec2";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SSMClient } from "@aws-sdk/client-ssm";
import { describe, expect, it } from "vitest";
import { createCanaryHandler } from "../../src/probing/canary-handler.ts";
import type { Network } from "../../src/probing/connection.ts";
import { createProbeHandler } from "../../src/probing/probe-handler.ts";
import { runRound } from "../../src/probing/round.ts";
import type { DomainEvent } from "../../src/telemetry/model.ts";
import { startServer } from "../../testing/twin/server.ts";
import { openCanary, target } from "./canary-scene.ts";
import { networkOf, play, refuseFrom, serveHttp, serveHttps } from "./servers/partner.ts";
import { useSockets } from "./servers/sockets.ts";

/** Where each vantage leaves from; a partner sees these, the echo the addresses that stand for them. */
const sources = { a: "127.0.0.2", b: "127.0.0.3", scout: "127.0.0.4", shared: "127.0.0.9" } as const;
const sharedIp = "8.8.4.4";
const page = play({ kind: "http", status: 403, headers: { server: "nginx" }, body: "<center>nginx</center>" });
const betweenRoundsMs = 15_000;
const withoutEgress: Network = {
  resolve: () => Promise.reject(Object.assign(new Error("no answer"), { code: "ETIMEOUT" })),
};

const { authority, start, stopAfter } = useSockets();

/** As many rounds as it takes to mark an address, of the canary against a partner that refuses these sources; `shared` may ask it as well. */
async function minute(refusedSources: readonly string[], networks: Partial<Record<string, Network>> = {}) {
  const partner = await start(serveHttps(authority.valid, refuseFrom(new Set(refusedSources), page)));
  const seenAs = new Map<string, string>([[sources.shared, sharedIp]]);
  const echo = await start(
    serveHttp((request, response) =>
      response.end(seenAs.get(request.socket.remoteAddress?.replace("::ffff:", "") ?? "")),
    ),
  );
  const url = `https://partner.test:${partner.port}/`;
  const scene = await openCanary(
    {
      targets: [target("partner", { url, allowPrivate: true, sharedPool: true })],
    },
    `http://echo.test:${echo.port}/`,
  );
  for (const [vantage, probe] of scene.probes) {
    const source = sources[vantage as keyof typeof sources];
    seenAs.set(source, scene.addressOf(vantage));
    const network = networks[vantage] ?? networkOf(authority, source);
    probe.answer = createProbeHandler({ network, now: Date.now, writeMetrics: () => () => {} });
  }
  const aws = await startServer(scene.region);
  stopAfter({ stop: () => aws.close() });
  const clients = {
    region: "us-east-1",
    endpoint: aws.url,
    credentials: { accessKeyId: "OPERATOR", secretAccessKey: "twin" },
  };
  let skippedMs = 0;
  const now = () => Date.now() + skippedMs;
  const clock = { now, sleep: (ms: number) => sleep(ms, undefined, { ref: false }) };
  const reported: DomainEvent[] = [];
  const logged: string[] = [];
  const log = (message: string, detail: object) => logged.push(JSON.stringify({ message, ...detail }));
  return {
    scene,
    reported,
    logged,
    run: async () => {
      const handler = createCanaryHandler({
        settings: scene.settings,
        clock,
        log: { info: log, error: log },
        ec2: new EC2Client(clients),
        lambda: new LambdaClient(clients),
        ssm: new SSMClient(clients),
        secretsManager: new SecretsManagerClient(clients),
        writerAt: scene.writerAt,
        askHere: (request) => runRound(networkOf(authority, sources.shared), request),
        publish: async (events) => {
          reported.push(...events);
        },
      });
      for (let round = 0; round < 8; round++) {
        await handler();
        skippedMs += betweenRoundsMs;
      }
      return scene.published.at(-1)?.values;
    },
  };
}

const blockedIps = (reported: readonly DomainEvent[]) =>
  reported
    .filter(({ type }) => type === "AddressBlocked" || type === "SpareRefused")
    .map(({ detail }) => detail["publicIp"]);

describe("over real sockets", () => {
  it.each(["a", "b"] as const)(
    "metrics, tag, event and evidence name exactly the address that is refused: %s",
    async (blocked) => {
      const { scene, reported, logged, run } = await minute([sources[blocked]]);
      const other = blocked === "a" ? "b" : "a";
      expect(await run()).toMatchObject({
        [`BlockedRate vantage=${blocked}`]: [1],
        [`BlockedRate vantage=${other}`]: [0],
        BlockedRate: [0.5],
        ProbesFailed: [0],
        TargetsDown: [0],
        TargetsRefused: [0],
      });
      expect(reported.map(({ type }) => type)).toEqual(["AddressBlocked"]);
      expect(blockedIps(reported)).toEqual([scene.addressOf(blocked)]);
      expect(scene.verdictOf(blocked)).toBe("blocked");
      expect(scene.verdictOf(other)).toBeUndefined();
      const records = logged.filter((line) => line.includes("address block confirmed"));
      const addresses = records.map((line) => JSON.parse(line).evidence.address);
      expect(new Set(addresses)).toEqual(new Set([scene.addressOf(blocked)]));
    },
  );

  it("the shared pool is asked from here, and its acceptance shows that the whole pool is meant: no address is marked", async () => {
    const { scene, reported, run } = await minute([sources.a, sources.b, sources.scout]);
    expect(await run()).toMatchObject({ BlockedRate: [1], TargetsRefusingPool: [1], AddressesBlocked: [0] });
    const publicIps = ["a", "b", "scout"].map(scene.addressOf);
    const detail = { target: "partner", because: "shared-accepted", publicIps };
    expect(reported).toEqual([
      expect.objectContaining({ type: "PoolRefused", detail: expect.objectContaining(detail) }),
    ]);
  });

  it("the shared pool's refusal is no block of ours", async () => {
    const { reported, run } = await minute([sources.shared]);
    expect(await run()).toMatchObject({ BlockedRate: [0] });
    expect(reported).toEqual([]);
  });

  it("a partner that refuses everybody blocks no address", async () => {
    const { reported, run } = await minute(Object.values(sources));
    expect(await run()).toMatchObject({ BlockedRate: [0], TargetsDown: [0] });
    expect(reported).toEqual([]);
  });

  it("a vantage without egress and a dead probe are reported as such", async () => {
    const { scene, reported, run } = await minute([], { a: withoutEgress });
    const dead = scene.probes.get("b");
    if (!dead) throw new Error("no probe");
    dead.answer = () => Promise.reject(new Error("exit status 1"));
    expect(await run()).toMatchObject({ ProbesFailed: [1] });
    expect(reported.map(({ type, detail }) => [type, detail["vantage"]])).toEqual([
      ["ProbeFailed", "b"],
      ["EgressLost", "a"],
    ]);
  });
});
