import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { Partner } from "./partner.ts";

/** The guard in Google's own framework, which serves several calls at once: a real server, asked over HTTP. */
describe("a function under Google's functions framework", { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "guard-framework-"));
  const statePath = join(folder, "state.json");
  const release = join(folder, "release");
  let partner: Partner;
  let server: ChildProcess;
  let output: string;

  beforeAll(async () => {
    const entryPoints = [resolve("src/guard/guard.ts")];
    await build({ entryPoints, outfile: join(folder, "guard.cjs"), bundle: true, format: "cjs", platform: "node" });
    const program = `
      // Where exits cannot be counted, some instances draw to stay: not these.
      Math.random = () => 0.9;
      const { withEgressGuard } = require("./guard.cjs");
      const http = (request, response) => {
        if (request.path !== "/slow") return response.send("answered");
        console.log("slow call begun");
        const timer = setInterval(() => {
          if (!require("node:fs").existsSync(process.env.RELEASE)) return;
          clearInterval(timer);
          response.send("answered late");
        }, 20);
      };
      exports.guarded = withEgressGuard(http, JSON.parse(process.env.GUARD));
    `;
    writeFileSync(join(folder, "index.js"), program);
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeEach(async () => {
    partner = await Partner.start();
  });
  afterEach(async () => {
    server.kill("SIGKILL");
    await partner.stop();
  });

  /** Returns the address of the function, once it is served. */
  async function serve(options: Record<string, unknown>): Promise<string> {
    const framework = createRequire(import.meta.url).resolve("@google-cloud/functions-framework");
    const main = join(dirname(framework), "main.js");
    const port = 20_000 + Math.floor(Math.random() * 20_000);
    const guard = { url: partner.url, statePath, timeoutMs: 3000, confirmAfterMs: 1, jitterMs: 0, spacingMs: 0 };
    const env = {
      ...process.env,
      K_SERVICE: "orders",
      RELEASE: release,
      GUARD: JSON.stringify({ ...guard, ...options }),
    };
    const args = [main, "--target=guarded", `--source=${folder}`, `--port=${port}`];
    server = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    output = "";
    for (const stream of [server.stdout, server.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        output += chunk;
      });
    }
    await vi.waitFor(() => expect(output).toContain("URL: http"), 30_000);
    return `http://127.0.0.1:${port}`;
  }

  const ask = async (url: string) => {
    const response = await fetch(url);
    return [response.status, await response.text()];
  };

  it("is called when the partner accepts the instance", async () => {
    expect(await ask(await serve({}))).toEqual([200, "answered"]);
  });

  it("ends the instance when the partner blocks it, and leaves no file that another instance would not see", async () => {
    partner.play = "block";
    const url = await serve({});
    const exited = once(server, "exit");
    expect(await ask(url)).toEqual([500, "Process exited with code 1"]);
    expect(await exited).toEqual([1, null]);
    expect(existsSync(statePath)).toBe(false);
  });

  it("answers with an error when no exit is left and calls are to fail", async () => {
    partner.play = "block";
    const [status, text] = await ask(await serve({ maxExits: 0, onExhausted: "throw" }));
    expect(status).toBe(500);
    // What the server writes may come after its answer.
    await vi.waitFor(() => expect(`${text} ${output}`).toContain("refuses this environment's address"), 20_000);
  });

  it("ends the instance only after the calls in flight have been answered", async () => {
    partner.play = "block";
    const lastExit = (lastExitMs: number) => writeFileSync(statePath, JSON.stringify({ exits: 1, lastExitMs }));
    lastExit(Date.now() + 3_600_000);
    const url = await serve({ tmpSurvives: true, maxExits: 2, spacingMs: 1, timeoutMs: 30_000 });
    const slow = ask(`${url}/slow`);
    await vi.waitFor(() => expect(output).toContain("slow call begun"), 20_000);
    expect(output).toContain('"decision":"too-soon"');
    const exited = once(server, "exit");
    lastExit(0);
    const next = ask(url);
    await vi.waitFor(() => expect(partner.tests).toBe(4), 20_000);
    writeFileSync(release, "");
    expect(await slow).toEqual([200, "answered late"]);
    expect(await next).toEqual([500, "Process exited with code 1"]);
    expect(await exited).toEqual([1, null]);
  });
});
