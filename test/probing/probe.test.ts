import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import { Worker } from "node:worker_threads";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { FailurePhase } from "../../src/config/target-rules.ts";
import type { Answer } from "../../src/probing/answer.ts";
import { probe } from "../../src/probing/probe.ts";
import { dnsResolver } from "../../src/probing/resolve.ts";
import { judge } from "../../src/probing/verdict.ts";
import { cloudflare } from "./answers/cloudflare.ts";
import { edges } from "./answers/edges.ts";
import { firewalls } from "./answers/firewalls.ts";
import { plain } from "./answers/plain.ts";
import { expiredMs } from "./servers/authority.ts";
import { play, serveHttp, serveHttps, serveTcp } from "./servers/partner.ts";
import { target, useSockets } from "./servers/sockets.ts";

const impatient = { dnsMs: 200, connectMs: 200, tlsMs: 200, firstByteMs: 200, totalMs: 2000 };

const recorded = [...cloudflare, ...edges, ...firewalls, ...plain].flatMap(({ answer, ...row }) =>
  answer.kind === "http" ? [{ answer, ...row }] : [],
);

const { authority, network, start } = useSockets();

describe("an answer", () => {
  it("carries status, headers, the start of the body, timings and the certificate's end", async () => {
    const { port } = await start(
      serveHttps(authority.valid, (request, response) => {
        response.setHeader("set-cookie", ["a=1", "b=2"]);
        response.end(`${request.method} ${request.url} ${request.headers["host"]} ${request.headers["x-key"]}`);
      }),
    );
    const url = `https://partner.test:${port}/health?deep=1`;
    const result = await probe(network, target(url, { headers: { "x-key": "k" } }));
    expect(result.answer).toMatchObject({
      kind: "http",
      status: 200,
      headers: { "set-cookie": "a=1, b=2" },
      body: `GET /health?deep=1 partner.test:${port} k`,
    });
    expect(Object.keys(result.timings).sort()).toEqual(["connectMs", "dnsMs", "firstByteMs", "tlsMs"]);
    expect(result.certificateExpiresMs).toBe(Date.UTC(2040, 0, 1));
  });

  it.each(recorded)("means over the wire what it means recorded: $name", async ({ answer, kind, scope, rule }) => {
    const { port } = await start(serveHttps(authority.valid, play(answer)));
    const result = await probe(network, target(`https://partner.test:${port}/`), 0);
    if (result.answer.kind === "refused") throw new Error(result.answer.reason);
    expect(judge(result.answer)).toMatchObject({ kind, rule, ...(scope && { scope }) });
  });

  it("comes on a connection of its own each time, which is closed afterwards", async () => {
    const { port, connections } = await start(serveHttps(authority.valid, (_, response) => response.end("ok")));
    for (let round = 0; round < 2; round++) await probe(network, target(`https://partner.test:${port}/`));
    await expect.poll(() => connections).toEqual({ made: 2, open: 0 });
  });
});

describe("a hanging or failing", () => {
  const failure = (phase: FailurePhase, code: string) => ({ kind: "failure", phase, code });

  it("name server ends the phase dns", async () => {
    const silent = createSocket("udp4");
    await new Promise<void>((resolve) => silent.bind(0, "127.0.0.1", resolve));
    const resolve = dnsResolver([`127.0.0.1:${silent.address().port}`]);
    const { answer } = await probe({ resolve }, target("https://partner.test/", { timeouts: impatient }));
    silent.close();
    expect(answer).toEqual(failure("dns", "TIMEOUT"));
  });

  it("name server that is not there is no refusing target", async () => {
    const resolve = dnsResolver(["127.0.0.1:9"]);
    const { answer } = await probe({ resolve }, target("https://partner.test/"));
    expect(answer).toEqual(failure("dns", "DNS_UNREACHABLE"));
  });

  it("connection ends the phase connect", async () => {
    const { port, stop } = await fullListener();
    const { answer, timings } = await probe(network, target(`https://partner.test:${port}/`, { timeouts: impatient }));
    await stop();
    expect(answer).toEqual(failure("connect", "TIMEOUT"));
    expect(timings).toEqual({ dnsMs: expect.any(Number) });
  });

  it("port that is closed is distinguished", async () => {
    const { port, stop } = await serveTcp(() => {});
    await stop();
    const { answer } = await probe(network, target(`https://partner.test:${port}/`));
    expect(answer).toEqual(failure("connect", "ECONNREFUSED"));
  });

  it("TLS handshake ends the phase tls", async () => {
    const { port } = await start(serveTcp(() => {}));
    const { answer } = await probe(network, target(`https://partner.test:${port}/`, { timeouts: impatient }));
    expect(answer).toEqual(failure("tls", "TIMEOUT"));
  });

  it("answer ends the phase first-byte", async () => {
    const { port } = await start(serveHttps(authority.valid, () => {}));
    const { answer } = await probe(network, target(`https://partner.test:${port}/`, { timeouts: impatient }));
    expect(answer).toEqual(failure("first-byte", "TIMEOUT"));
  });

  it("body is judged by what has come of it", async () => {
    const { port } = await start(
      serveHttps(authority.valid, (_, response) => {
        response.writeHead(403);
        response.write("half a page");
      }),
    );
    const { answer } = await probe(network, target(`https://partner.test:${port}/`));
    expect(answer).toMatchObject({ status: 403, body: "half a page" });
  });

  it("connection that is reset while waiting for the answer is distinguished", async () => {
    const { port } = await start(serveHttps(authority.valid, (request) => request.socket.destroy()));
    const { answer } = await probe(network, target(`https://partner.test:${port}/`));
    expect(answer).toEqual(failure("first-byte", "ECONNRESET"));
  });

  it("connection that is reset in the handshake is distinguished", async () => {
    const { port } = await start(serveTcp((socket) => socket.once("data", () => socket.resetAndDestroy())));
    const { answer } = await probe(network, target(`https://partner.test:${port}/`));
    expect(answer).toEqual(failure("tls", "ECONNRESET"));
  });
});

describe("a certificate", () => {
  it.each([
    ["expired", "CERT_HAS_EXPIRED"],
    ["foreign", "ERR_TLS_CERT_ALTNAME_INVALID"],
  ] as const)("that is %s ends the exchange before anything is sent", async (kind, code) => {
    let requests = 0;
    const { port } = await start(serveHttps(authority[kind], () => requests++));
    const result = await probe(network, target(`https://partner.test:${port}/`));
    expect(result.answer).toEqual({ kind: "failure", phase: "tls", code });
    expect(requests).toBe(0);
    if (kind === "expired") expect(result.certificateExpiresMs).toBe(expiredMs);
  });

  it("of an unknown authority is not trusted", async () => {
    const { port } = await start(serveHttps(authority.valid, (_, response) => response.end()));
    const { answer } = await probe({ resolve: network.resolve }, target(`https://partner.test:${port}/`));
    expect(answer).toMatchObject({ phase: "tls", code: expect.stringMatching(/UNABLE_TO|SELF_SIGNED/) });
  });
});

describe("a body", () => {
  it.each(["huge", "endless"])("that is %s is read to its first 4 KiB only", async (kind) => {
    let sent = 0;
    const { port, connections } = await start(
      serveHttps(authority.valid, (_, response) => {
        if (kind === "huge") {
          response.end("x".repeat(20_000_000));
          return;
        }
        const pour = () => {
          if (response.destroyed) return;
          sent += 1024;
          response.write("x".repeat(1024), () => setImmediate(pour));
        };
        pour();
      }),
    );
    const { answer } = await probe(network, target(`https://partner.test:${port}/`));
    expect(answer).toMatchObject({ status: 200, body: "x".repeat(4096) });
    await expect.poll(() => connections.open).toBe(0);
    expect(sent).toBeLessThan(20_000_000);
  });
});

describe("a body that is compressed although the probe asked for none", () => {
  const refusal = `{"error_code":1006,"cloudflare_error":true,"detail":"${"x".repeat(3000)}"}`;
  const serve = (encoding: string, body: Buffer) =>
    start(
      serveHttps(authority.valid, (_, response) => {
        response.writeHead(403, { "content-type": "application/problem+json", "content-encoding": encoding });
        response.end(body);
      }),
    );

  it.each([
    ["gzip", gzipSync(refusal)],
    ["x-gzip", gzipSync(refusal)],
    ["deflate", deflateSync(refusal)],
    ["br", brotliCompressSync(refusal)],
    ["GZIP", gzipSync(refusal)],
    ["identity", Buffer.from(refusal)],
  ])("%s: is read all the same", async (encoding, body) => {
    const { port } = await serve(encoding, body);
    const { answer } = await probe(network, target(`https://partner.test:${port}/`));
    expect(answer).toMatchObject({ status: 403, body: refusal });
    expect(judge(answer as Answer)).toMatchObject({ kind: "blocked", scope: "address", rule: "cloudflare-1006" });
  });

  it.each([
    ["gzip", Buffer.from("no gzip at all")],
    ["zstd", Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3])],
  ])("%s that cannot be read is a refusal without a reason", async (encoding, body) => {
    const { port } = await serve(encoding, body);
    const { answer } = await probe(network, target(`https://partner.test:${port}/`));
    expect(judge(answer as Answer)).toMatchObject({ kind: "blocked", scope: "unknown", rule: "refusal-without-text" });
  });

  it("is no way to fill the probe's memory", async () => {
    const { port } = await serve("gzip", gzipSync(Buffer.alloc(50_000_000, "x")));
    const { answer } = await probe(network, target(`https://partner.test:${port}/`));
    expect((answer as { body: string }).body.length).toBeLessThanOrEqual(4096);
  });
});

describe("a redirect", () => {
  it("is followed, without the configured headers once it leaves the origin", async () => {
    const seen: Record<string, unknown>[] = [];
    const other = await start(
      serveHttps(authority.valid, (request, response) => {
        seen.push({ host: request.headers["host"], key: request.headers["x-key"] });
        response.end("there");
      }),
    );
    const { port } = await start(
      serveHttps(authority.valid, (request, response) => {
        seen.push({ path: request.url, key: request.headers["x-key"] });
        const location = request.url === "/" ? "/next" : `https://other.test:${other.port}/`;
        response.writeHead(302, { location }).end();
      }),
    );
    const options = { headers: { "x-key": "secret" } };
    const { answer, ...rest } = await probe(network, target(`https://partner.test:${port}/`, options));
    expect(answer).toMatchObject({ status: 200, body: "there" });
    // The target's own address, and the host that answered in its place.
    expect(rest).toMatchObject({ partnerIp: "127.0.0.1", host: `other.test:${other.port}` });
    expect(seen).toEqual([
      { path: "/", key: "secret" },
      { path: "/next", key: "secret" },
      { host: `other.test:${other.port}`, key: undefined },
    ]);
  });

  it("is the answer itself when none may be followed", async () => {
    const { port } = await start(
      serveHttps(authority.valid, (_, response) => response.writeHead(302, { location: "/login" }).end()),
    );
    const { answer } = await probe(network, target(`https://partner.test:${port}/`), 0);
    expect(answer).toMatchObject({ kind: "http", status: 302 });
  });

  it("in a loop ends after the limit", async () => {
    const { port, connections } = await start(
      serveHttps(authority.valid, (_, response) => response.writeHead(307, { location: "/" }).end()),
    );
    const { answer } = await probe(network, target(`https://partner.test:${port}/`));
    expect(answer).toEqual({ kind: "failure", phase: "first-byte", code: "TOO_MANY_REDIRECTS" });
    expect(connections.made).toBe(4);
  });

  it.each([
    ["plain http", (port: number) => `http://partner.test:${port}/`],
    ["another scheme", () => "file:///etc/passwd"],
  ])("to %s is not followed", async (_, locate) => {
    const plain = await start(serveHttp((_request, response) => response.end()));
    const { port } = await start(
      serveHttps(authority.valid, (_request, response) =>
        response.writeHead(302, { location: locate(plain.port) }).end(),
      ),
    );
    const { answer } = await probe(network, target(`https://partner.test:${port}/`));
    expect(answer).toEqual({ kind: "failure", phase: "first-byte", code: "REDIRECT_REFUSED" });
    expect(plain.connections.made).toBe(0);
  });
});

describe("a target that must not be asked", () => {
  it.each([
    ["an invalid URL", "https://", /not valid/],
    ["another scheme", "ftp://partner.test/", /only https: and http:/],
    ["plain http without consent", "http://partner.test/", /allowHttp/],
    ["a metadata address", "https://169.254.169.254/latest/meta-data/", /not a public address/],
    ["a loopback address in another notation", "https://0x7f.1/", /not a public address/],
    ["an IPv4 address in IPv6 notation", "https://[::ffff:10.0.0.1]/", /not a public address/],
    ["a name that resolves to a private address", "https://partner.test/", /resolves to 127\.0\.0\.1/],
  ])("is refused: %s", async (_, url, reason) => {
    const { answer } = await probe(network, target(url, { allowPrivate: false }));
    expect(answer).toEqual({ kind: "refused", reason: expect.stringMatching(reason) });
  });

  it("is refused when one of its addresses is private", async () => {
    const resolve = async () => ["8.8.8.8", "10.0.0.1"];
    const { answer } = await probe({ resolve }, target("https://partner.test/", { allowPrivate: false }));
    expect(answer).toEqual({ kind: "refused", reason: expect.stringContaining("10.0.0.1") });
  });
});

/** A listener in a thread that has stopped: the kernel takes two connections for it and drops what comes after. */
async function fullListener() {
  const source = `
    const { createServer } = require("node:net");
    const { parentPort, workerData } = require("node:worker_threads");
    const server = createServer();
    server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
      parentPort.postMessage(server.address().port);
      Atomics.wait(new Int32Array(workerData), 0, 0);
    });`;
  const worker = new Worker(source, { eval: true, workerData: new SharedArrayBuffer(4) });
  const [port] = (await once(worker, "message")) as [number];
  const waiting = [connect(port, "127.0.0.1"), connect(port, "127.0.0.1")];
  await Promise.all(waiting.map((socket) => once(socket, "connect")));
  const stop = async () => {
    for (const socket of waiting) socket.destroy();
    await worker.terminate();
  };
  return { port, stop };
}
