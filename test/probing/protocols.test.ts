/** Partners that speak HTTP/2 alone, and gRPC: real sockets, and a gRPC server that nobody here wrote. */
import type { Socket } from "node:net";
import { type handleUnaryCall, Server, ServerCredentials, status } from "@grpc/grpc-js";
import { describe, expect, it } from "vitest";
import type { Answer } from "../../src/probing/answer.ts";
import { probe } from "../../src/probing/probe.ts";
import type { TargetRequest } from "../../src/probing/target.ts";
import { judge } from "../../src/probing/verdict.ts";
import { type Running, serveHttp2, serveTcp, serveTls } from "./servers/partner.ts";
import { target, timeouts, useSockets } from "./servers/sockets.ts";

const { authority, network, start, stopAfter } = useSockets();

describe("a partner that speaks HTTP/2 alone", () => {
  it("is asked in HTTP/2, though the target does not say so", async () => {
    const { port, connections } = await start(
      serveHttp2(authority.valid, (stream, headers) => {
        stream.respond({ ":status": 200, "content-type": "text/plain", "set-cookie": ["a=1", "b=2"] });
        stream.end(`${headers[":method"]} ${headers[":path"]} ${headers[":authority"]} ${headers["x-key"]}`);
      }),
    );
    const own = { headers: { "x-key": "k", connection: "close" } };
    const result = await probe(network, target(`https://partner.test:${port}/health?deep=1`, own));
    expect(result.answer).toMatchObject({
      kind: "http",
      status: 200,
      headers: { "content-type": "text/plain", "set-cookie": "a=1, b=2" },
      body: `GET /health?deep=1 partner.test:${port} k`,
    });
    expect(Object.keys(result.timings).sort()).toEqual(["connectMs", "dnsMs", "firstByteMs", "tlsMs"]);
    expect(result.certificateExpiresMs).toBe(Date.UTC(2040, 0, 1));
    await expect.poll(() => connections).toEqual({ made: 2, open: 0 });
  });

  it("takes one connection when the target says so", async () => {
    const { port, connections } = await start(
      serveHttp2(authority.valid, (stream) => {
        stream.respond({ ":status": 403 });
        stream.end("<center>nginx</center>");
      }),
    );
    const { answer } = await probe(network, target(`https://partner.test:${port}/`, { protocol: "http/2" }));
    expect(answer).toMatchObject({ status: 403, body: "<center>nginx</center>" });
    await expect.poll(() => connections).toEqual({ made: 1, open: 0 });
  });

  it("is asked without TLS where the target allows it", async () => {
    const { port } = await start(
      serveHttp2(undefined, (stream) => stream.respond({ ":status": 204 }, { endStream: true })),
    );
    const options = { protocol: "http/2", allowHttp: true } as const;
    const { answer } = await probe(network, target(`http://partner.test:${port}/`, options));
    expect(answer).toMatchObject({ kind: "http", status: 204, body: "" });
  });

  it("is read to the first 4 KiB of an endless body", async () => {
    const { port, connections } = await start(
      serveHttp2(authority.valid, (stream) => {
        stream.respond({ ":status": 200 });
        const pour = () => stream.destroyed || stream.write("x".repeat(1024), () => setImmediate(pour));
        pour();
      }),
    );
    const { answer } = await probe(network, target(`https://partner.test:${port}/`, { protocol: "http/2" }));
    expect(answer).toMatchObject({ status: 200, body: "x".repeat(4096) });
    await expect.poll(() => connections.open).toBe(0);
  });

  it("and sends large headers has them read", async () => {
    const { port } = await start(
      serveHttp2(authority.valid, (stream) => {
        const many = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`x-policy-${n}`, "p".repeat(100)]));
        stream.respond({ ":status": 403, ...many, "x-last": "here" });
        stream.end("no");
      }),
    );
    const { answer } = await probe(network, target(`https://partner.test:${port}/`, { protocol: "http/2" }));
    expect(answer).toMatchObject({ status: 403, headers: { "x-last": "here", "x-policy-299": "p".repeat(100) } });
  });

  it("and ends the session without an answer is silent", async () => {
    const { port } = await start(serveHttp2(authority.valid, (stream) => stream.session?.destroy()));
    const { answer } = await probe(network, target(`https://partner.test:${port}/`, { protocol: "http/2" }));
    expect(answer).toEqual({ kind: "failure", phase: "first-byte", code: "ECONNRESET" });
  });

  it("and closes the connection without an answer is silent", async () => {
    const server: Running = await start(serveHttp2(authority.valid, () => void server.stop()));
    const { answer } = await probe(network, target(`https://partner.test:${server.port}/`, { protocol: "http/2" }));
    expect(answer).toEqual({ kind: "failure", phase: "first-byte", code: "ECONNRESET" });
  });

  it("and never answers ends the phase first-byte", async () => {
    const { port } = await start(serveHttp2(authority.valid, () => {}));
    const impatient = { ...timeouts, firstByteMs: 200 };
    const options = { protocol: "http/2", timeouts: impatient } as const;
    const { answer } = await probe(network, target(`https://partner.test:${port}/`, options));
    expect(answer).toEqual({ kind: "failure", phase: "first-byte", code: "TIMEOUT" });
  });
});

describe("a partner that ends each connection", () => {
  it("without an answer is silent, and not asked in HTTP/2", async () => {
    // No ALPN at all, as of many a partner and firewall in front of it.
    const { port } = await start(serveTls(authority.valid, (socket) => socket.once("data", () => socket.destroy())));
    const { answer } = await probe(network, target(`https://partner.test:${port}/`));
    expect(answer).toEqual({ kind: "failure", phase: "first-byte", code: "ECONNRESET" });
  });

  it("after a request in HTTP/2 is silent", async () => {
    for (const end of ["destroy", "resetAndDestroy"] as const) {
      const meet = (socket: Socket) => socket.once("data", () => socket[end]());
      const { port } = await start(serveTcp(meet));
      const options = { protocol: "http/2", allowHttp: true } as const;
      const { answer } = await probe(network, target(`http://partner.test:${port}/`, options));
      expect(answer).toEqual({ kind: "failure", phase: "first-byte", code: "ECONNRESET" });
    }
  });

  it("in the handshake is silent, whatever the protocol", async () => {
    const { port } = await start(serveTcp((socket) => socket.once("data", () => socket.resetAndDestroy())));
    for (const protocol of ["http/1.1", "http/2", "grpc"] as const) {
      const { answer } = await probe(network, target(`https://partner.test:${port}/`, { protocol }));
      expect(answer).toEqual({ kind: "failure", phase: "tls", code: "ECONNRESET" });
    }
  });
});

const bytes = (it: Buffer) => it;

/** A gRPC server with one method. */
async function serveGrpc(path: string, handle: handleUnaryCall<Buffer, Buffer>): Promise<number> {
  const server = new Server();
  server.register(path, handle, bytes, bytes, "unary");
  const { key, cert } = authority.valid;
  const keys = [{ private_key: Buffer.from(key), cert_chain: Buffer.from(cert) }];
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createSsl(null, keys), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  stopAfter({ stop: async () => server.forceShutdown() });
  return port;
}

const call = async (port: number, path = "/", rest: Partial<TargetRequest> = {}) => {
  const { answer } = await probe(network, target(`https://partner.test:${port}${path}`, { protocol: "grpc", ...rest }));
  if (answer.kind === "refused") throw new Error(answer.reason);
  return { answer, verdict: judge(answer) };
};

describe("a partner that speaks gRPC", () => {
  it.each([
    [1, 200, "SERVING", "ok"],
    [2, 503, "NOT_SERVING", "target-down"],
    [0, 503, "UNKNOWN", "target-down"],
  ])("is asked for its health: serving status %s", async (value, http, text, kind) => {
    const message = value === 0 ? Buffer.alloc(0) : Buffer.from([0x08, value]);
    const seen: unknown[] = [];
    const port = await serveGrpc("/grpc.health.v1.Health/Check", ({ metadata, request }, done) => {
      seen.push([metadata.get("x-key"), request.length]);
      done(null, message);
    });
    const { answer, verdict } = await call(port, "/", { headers: { "x-key": "k" } });
    expect(seen).toEqual([[["k"], 0]]);
    expect(answer).toMatchObject({ status: http, headers: { "grpc-status": "0" }, body: text });
    expect(verdict).toMatchObject({ kind });
  });

  it.each([
    ["UNAUTHENTICATED", 401, "unauthorized", "http-401"],
    ["PERMISSION_DENIED", 403, "unauthorized", "grpc-permission-denied"],
    ["NOT_FOUND", 404, "ok", "answered"],
    ["RESOURCE_EXHAUSTED", 429, "blocked", "http-429"],
    ["UNAVAILABLE", 503, "target-down", "http-5xx"],
    ["INTERNAL", 500, "target-down", "http-5xx"],
  ] as const)("has its status read from the trailers: %s", async (name, http, kind, rule) => {
    const port = await serveGrpc("/bank.v1.Payments/List", (_, done) =>
      done({ code: status[name], details: `it is ${name}: 10 %` }),
    );
    const { answer, verdict } = await call(port, "/bank.v1.Payments/List");
    expect(answer).toMatchObject({ status: http, body: `it is ${name}: 10 %` });
    expect(verdict).toMatchObject({ kind, rule });
  });

  it("lets in who asks for a method that it does not have", async () => {
    const port = await serveGrpc("/bank.v1.Payments/List", () => {});
    expect(await call(port)).toMatchObject({ answer: { status: 501 }, verdict: { kind: "ok", rule: "http-501" } });
  });

  it("and says that the address is not on its list blocks it", async () => {
    const port = await serveGrpc("/grpc.health.v1.Health/Check", (_, done) =>
      done({ code: status.PERMISSION_DENIED, details: "IP address is not allowed" }),
    );
    expect((await call(port)).verdict).toMatchObject({ kind: "blocked", scope: "address" });
  });

  it("and whose proxy refuses by its own rules blocks without a reason", async () => {
    const port = await serveGrpc("/grpc.health.v1.Health/Check", (_, done) =>
      done({ code: status.PERMISSION_DENIED, details: "RBAC: access denied" }),
    );
    expect((await call(port)).verdict).toMatchObject({ kind: "blocked", scope: "unknown" });
  });

  it("and is behind a firewall has the firewall's page read as any other", async () => {
    const { port } = await start(
      serveHttp2(authority.valid, (stream) => {
        stream.respond({ ":status": 403, "content-type": "text/html", server: "nginx" });
        stream.end("<center>nginx</center>");
      }),
    );
    const { answer } = await call(port);
    expect(answer).toMatchObject({ status: 403, body: "<center>nginx</center>" } satisfies Partial<Answer>);
    expect(judge(answer)).toMatchObject({ kind: "blocked" });
  });

  it("and breaks off before its trailers has not answered well", async () => {
    const { port } = await start(
      serveHttp2(authority.valid, (stream) => {
        stream.respond({ ":status": 200, "content-type": "application/grpc" });
        stream.end(Buffer.from([0, 0, 0, 0, 0]));
      }),
    );
    expect((await call(port)).verdict).toMatchObject({ kind: "target-down" });
  });
});
