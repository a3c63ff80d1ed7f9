/** Ways to a partner that go wrong in part: several addresses, lost queries, large headers, and client certificates. */
import { createSocket } from "node:dgram";
import type { TLSSocket } from "node:tls";
import { describe, expect, it } from "vitest";
import type { Network } from "../../src/probing/connection.ts";
import { probe } from "../../src/probing/probe.ts";
import { rankOf, ranks } from "../../src/probing/rank.ts";
import { dnsResolver } from "../../src/probing/resolve.ts";
import { judge } from "../../src/probing/verdict.ts";
import { serveHttp, serveHttp2, serveHttps } from "./servers/partner.ts";
import { target, useSockets } from "./servers/sockets.ts";

const { authority, network, start, stopAfter } = useSockets();

describe("a partner with several addresses", () => {
  /** Nothing listens at 127.0.0.77 to .79. */
  const resolving = (...addresses: string[]): Network => ({ ...network, resolve: async () => addresses });
  const serveAt = (host: string) => start(serveHttps(authority.valid, (_, response) => response.end("ok"), {}, host));

  it("is asked at the next when nothing takes a connection at the first, and the answer says where", async () => {
    const { port } = await serveAt("127.0.0.5");
    const at = resolving("127.0.0.77", "127.0.0.5", "127.0.0.78");
    const result = await probe(at, target(`https://partner.test:${port}/`));
    expect(result).toMatchObject({ answer: { kind: "http", status: 200 }, partnerIp: "127.0.0.5" });
  });

  it("has the failure of the first, when none takes a connection", async () => {
    const { port, stop } = await serveAt("127.0.0.5");
    await stop();
    const result = await probe(resolving("127.0.0.77", "127.0.0.78"), target(`https://partner.test:${port}/`));
    expect(result).toMatchObject({ answer: { phase: "connect", code: "ECONNREFUSED" }, partnerIp: "127.0.0.77" });
  });

  it("is asked at three of them at most", async () => {
    const { port, connections } = await serveAt("127.0.0.5");
    const at = resolving("127.0.0.77", "127.0.0.78", "127.0.0.79", "127.0.0.5");
    const { answer } = await probe(at, target(`https://partner.test:${port}/`));
    expect(answer).toMatchObject({ phase: "connect", code: "ECONNREFUSED" });
    expect(connections.made).toBe(0);
  });

  it("is not asked anywhere when one of them is private", async () => {
    const { port, connections } = await serveAt("127.0.0.5");
    const at = resolving("8.8.8.8", "127.0.0.5");
    const { answer } = await probe(at, target(`https://partner.test:${port}/`, { allowPrivate: false }));
    expect(answer).toMatchObject({ kind: "refused" });
    expect(connections.made).toBe(0);
  });
});

describe("a name server", () => {
  it("that loses the first query is asked again", async () => {
    const server = createSocket("udp4");
    let queries = 0;
    server.on("message", (query, { port }) => {
      queries++;
      if (queries > 1) server.send(answerTo(query, [127, 0, 0, 1]), port, "127.0.0.1");
    });
    await new Promise<void>((resolve) => server.bind(0, "127.0.0.1", resolve));
    stopAfter({ stop: async () => void server.close() });
    const { port } = await start(serveHttp((_, response) => response.end("ok")));
    const resolve = dnsResolver([`127.0.0.1:${server.address().port}`]);
    const { answer } = await probe({ resolve }, target(`http://partner.test:${port}/`, { allowHttp: true }));
    expect(answer).toMatchObject({ kind: "http", status: 200 });
    expect(queries).toBe(2);
  });
});

/** The query as an answer with one A record (RFC 1035, 4.1). */
function answerTo(query: Buffer, address: readonly number[]): Buffer {
  const header = Buffer.from(query.subarray(0, 12));
  header.writeUInt16BE(0x8180, 2);
  header.writeUInt16BE(1, 6);
  header.writeUInt32BE(0, 8);
  const question = query.subarray(12, query.indexOf(0, 12) + 5);
  const record = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address];
  return Buffer.concat([header, question, Buffer.from(record)]);
}

describe("large headers", () => {
  it.each([
    ["many", Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`x-policy-${n}`, "p".repeat(200)]))],
    ["one", { "content-security-policy": "p".repeat(60_000) }],
  ])("%s: are read, each to its first 4 KiB", async (_, headers) => {
    const { port } = await start(
      serveHttps(authority.valid, (_request, response) => {
        response.writeHead(403, { ...headers, "x-last": "here" }).end("blocked");
      }),
    );
    const { answer } = await probe(network, target(`https://partner.test:${port}/`));
    expect(answer).toMatchObject({ status: 403, headers: { "x-last": "here" }, body: "blocked" });
    const values = Object.values((answer as { headers: Record<string, string> }).headers);
    expect(Math.max(...values.map(({ length }) => length))).toBeLessThanOrEqual(4096);
  });

  it("without an end are given up", async () => {
    const { port } = await start(
      serveHttps(authority.valid, (request) => {
        request.socket.write(`HTTP/1.1 200 OK\r\n${`x: ${"p".repeat(1000)}\r\n`.repeat(200)}`);
      }),
    );
    const { answer } = await probe(network, target(`https://partner.test:${port}/`));
    expect(answer).toEqual({ kind: "failure", phase: "first-byte", code: "HPE_HEADER_OVERFLOW" });
  });
});

describe("a partner that wants a client certificate", () => {
  const wanting = { requestCert: true, rejectUnauthorized: true };
  const serve = () =>
    start(
      serveHttps(
        authority.valid,
        (request, response) => {
          const { subject } = (request.socket as TLSSocket).getPeerCertificate();
          response.end(`${request.headers["x-key"]} ${subject?.CN}`);
        },
        { ...wanting, ca: authority.ca },
      ),
    );
  const ours = () => ({ certificate: authority.valid.cert, privateKey: authority.valid.key });

  it.each(["http/1.1", "http/2"] as const)("gets it: %s", async (protocol) => {
    const { port } = await (protocol === "http/1.1" ? serve() : start(serveHttp2Wanting()));
    const options = { protocol, clientCertificate: ours(), headers: { "x-key": "k" } };
    const { answer } = await probe(network, target(`https://partner.test:${port}/`, options));
    expect(answer).toMatchObject({ kind: "http", status: 200, body: "k partner" });
  });

  it("is trusted by the authority that comes with it, and by no other", async () => {
    const { port } = await serve();
    const { ca: _, ...untrusting } = network;
    const url = `https://partner.test:${port}/`;
    const withAuthority = { ...ours(), certificateAuthority: authority.ca };
    const trusted = await probe(untrusting, target(url, { clientCertificate: withAuthority }));
    expect(trusted.answer).toMatchObject({ status: 200 });
    const untrusted = await probe(untrusting, target(url, { clientCertificate: ours() }));
    expect(untrusted.answer).toMatchObject({ kind: "failure", phase: "tls" });
  });

  it.each(["http/1.1", "http/2"] as const)("refuses who has none, by an alert: %s", async (protocol) => {
    const { port } = await (protocol === "http/1.1" ? serve() : start(serveHttp2Wanting()));
    const { answer } = await probe(network, target(`https://partner.test:${port}/`, { protocol }));
    expect(answer).toMatchObject({ kind: "failure", code: expect.stringMatching(/ALERT|ECONNRESET/) });
  });

  it("is not asked with a certificate that is not the key's", async () => {
    const { port } = await serve();
    const clientCertificate = { certificate: authority.foreign.cert, privateKey: authority.valid.key };
    const { answer } = await probe(network, target(`https://partner.test:${port}/`, { clientCertificate }));
    expect(answer).toEqual({ kind: "refused", reason: expect.stringContaining("client certificate") });
    expect(JSON.stringify(answer)).not.toContain("PRIVATE KEY");
  });

  it("keeps it to itself: where it redirects to, nobody is shown it", async () => {
    const shown: unknown[] = [];
    const asking = { requestCert: true, rejectUnauthorized: false, ca: authority.ca };
    const other = await start(
      serveHttps(
        authority.valid,
        (request, response) => {
          shown.push((request.socket as TLSSocket).getPeerCertificate().subject);
          response.end();
        },
        asking,
      ),
    );
    const { port } = await start(
      serveHttps(
        authority.valid,
        (_, response) => response.writeHead(302, { location: `https://other.test:${other.port}/` }).end(),
        { ...wanting, ca: authority.ca },
      ),
    );
    const { answer } = await probe(network, target(`https://partner.test:${port}/`, { clientCertificate: ours() }));
    expect(answer).toMatchObject({ kind: "http", status: 200 });
    expect(shown).toEqual([undefined]);
  });

  const serveHttp2Wanting = () =>
    serveHttp2(
      authority.valid,
      (stream, headers) => {
        const socket = stream.session?.socket as TLSSocket | undefined;
        stream.respond({ ":status": 200 });
        stream.end(`${headers["x-key"]} ${socket?.getPeerCertificate().subject.CN}`);
      },
      { ...wanting, ca: authority.ca },
    );
});

describe("a partner with which no protocol is shared", () => {
  it("is badly configured, not silent: another address would change nothing", async () => {
    const { port } = await start(
      serveHttps(authority.valid, (_, response) => response.end(), { ALPNProtocols: ["http/1.1"] }),
    );
    const { answer } = await probe(network, target(`https://partner.test:${port}/`, { protocol: "http/2" }));
    if (answer.kind !== "failure") throw new Error(`${answer.kind}`);
    expect(answer).toMatchObject({ phase: "tls", code: expect.stringContaining("NO_APPLICATION_PROTOCOL") });
    expect(rankOf(judge(answer), answer)).toBe(ranks.strain);
  });
});
