import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadAssets } from "../../../cli/console/assets.ts";
import { type RunningConsole, startConsole } from "../../../cli/console/server.ts";

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: number;
}

interface Question {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function ask({ url }: RunningConsole, { path = "/", method = "GET", headers = {} }: Question = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, url), { method, headers }, (response) => {
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes }));
    });
    sent.on("error", reject).end();
  });
}

const actions: string[] = [];
let readOnly: RunningConsole;
let demo: RunningConsole;

beforeAll(async () => {
  const assets = await loadAssets();
  const watch = () => () => {};
  readOnly = await startConsole({ assets, watch, port: 0 });
  const runAction = (name: string) => name === "block" && actions.push(name) > 0;
  demo = await startConsole({ assets, watch, runAction, port: 0 });
}, 60_000);

afterAll(() => Promise.all([readOnly.close(), demo.close()]));

describe("the console's server", () => {
  it("listens on loopback alone", () => {
    expect(readOnly.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  });

  it("transfers less than 250 KB for the whole page", async () => {
    const headers = { "accept-encoding": "gzip, br" };
    const answers = await Promise.all(
      ["/", "/console.js", "/console.css"].map((path) => ask(readOnly, { path, headers })),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(250_000);
  });

  it("lets the page load nothing from elsewhere, and no other page frame it", async () => {
    const { headers } = await ask(readOnly);
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|http/);
    expect(headers["x-content-type-options"]).toBe("nosniff");
  });

  it("has a page of its own for what looks whether it is there, which the page alone may frame", async () => {
    const { status, headers } = await ask(readOnly, { path: "/alive" });
    expect(status).toBe(200);
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'self'");
  });

  it("refuses every host but its own, as DNS rebinding would send it", async () => {
    expect((await ask(readOnly, { headers: { host: "attacker.example" } })).status).toBe(403);
    expect((await ask(readOnly, { path: "/events", headers: { host: "attacker.example:4571" } })).status).toBe(403);
    const { port } = new URL(readOnly.url);
    expect((await ask(readOnly, { headers: { host: `localhost:${port}` } })).status).toBe(200);
  });

  it.each(["POST", "PUT", "DELETE", "PATCH"])("writes nothing on a deployment: %s is refused", async (method) => {
    expect((await ask(readOnly, { method, path: "/actions/block" })).status).toBe(405);
  });

  it("runs the demo's actions for its own page alone", async () => {
    const origin = demo.url.slice(0, -1);
    const post = { method: "POST", path: "/actions/block" };
    expect((await ask(demo, post)).status).toBe(403);
    expect((await ask(demo, { ...post, headers: { origin: "https://attacker.example" } })).status).toBe(403);
    expect(actions).toEqual([]);
    expect((await ask(demo, { ...post, headers: { origin } })).status).toBe(204);
    expect(actions).toEqual(["block"]);
    expect((await ask(demo, { ...post, path: "/actions/none", headers: { origin } })).status).toBe(404);
  });

  it("names the port that is taken", async () => {
    const port = Number(new URL(demo.url).port);
    const again = startConsole({ assets: new Map(), watch: () => () => {}, port });
    await expect(again).rejects.toMatchObject({
      message: `port ${port} is taken`,
      remediation: "give another --port, or none",
    });
  });
});
