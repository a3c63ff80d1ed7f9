import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Measures, Snapshot } from "../../cli/console/model.ts";
import { binary, environmentOf, openScene, type Scene } from "./scene.ts";

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
}

async function start(scene: Scene, environment: NodeJS.ProcessEnv = {}): Promise<Running> {
  const env = environmentOf(scene.url, environment);
  const child = spawn(process.execPath, [binary, "console", "--port", "0"], { env, stdio: ["ignore", "pipe", "pipe"] });
  const [line] = await once(child.stdout, "data");
  return { child, url: String(line).trim() };
}

/** Returns the first message of each kind that is not empty. */
async function messages(url: string, ...kinds: readonly string[]): Promise<Record<string, unknown>> {
  const given: Record<string, unknown> = {};
  const { body } = await fetch(new URL("events", url));
  let text = "";
  for await (const chunk of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    for (const [, kind = "", data = ""] of text.matchAll(/^event: (.*)\ndata: (.*)\n\n/gm)) {
      if (data !== "[]") given[kind] ??= JSON.parse(data);
    }
    if (kinds.every((kind) => kind in given)) break;
  }
  return given;
}

describe("the console of a deployment", () => {
  let scene: Scene;
  let running: Running;

  beforeAll(async () => {
    scene = await openScene();
    running = await start(scene);
  });

  afterAll(async () => {
    running.child.kill("SIGKILL");
    await scene.close();
  });

  it("serves its page on loopback, from the built files alone", async () => {
    expect(running.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(await (await fetch(running.url)).text()).toContain("console.js");
    expect((await fetch(new URL("actions/block", running.url), { method: "POST" })).status).toBe(405);
  });

  it("shows the pool, what happened to it, and the dashboard as deployed", async () => {
    const { snapshot, measures, entries } = await messages(running.url, "snapshot", "measures", "entries");
    const [pool] = (snapshot as Snapshot).pools;
    expect(pool).toMatchObject({ name: "partners", route: "direct" });
    expect(pool?.health).toEqual({ headline: "OK", line: "partners: orders reaches its partners", details: [] });
    expect(pool?.functions.map(({ name }) => name)).toEqual(["orders"]);
    expect(pool?.addresses.filter(({ state }) => state === "serving")).toHaveLength(1);
    expect(JSON.stringify(entries)).toMatch(/relocation row \d/);
    expect((measures as Measures).pools).toHaveLength(1);
  });

  it("ends with 2 and what to do where the port is taken", async () => {
    const args = [binary, "console", "--port", new URL(running.url).port];
    const child = spawn(process.execPath, args, { env: environmentOf(scene.url), stdio: ["ignore", "ignore", "pipe"] });
    let errors = "";
    child.stderr.on("data", (text) => {
      errors += text;
    });
    expect(await once(child, "close")).toEqual([2, null]);
    expect(errors).toMatch(/port \d+ is taken[\s\S]*give another --port, or none/);
  });

  it("ends with 0 on Ctrl-C", async () => {
    running.child.kill("SIGINT");
    expect(await once(running.child, "exit")).toEqual([0, null]);
  });

  it("reports missing credentials and wrong arguments", async () => {
    const noCredentials = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
    expect(await scene.run("console --port 0", noCredentials)).toMatchObject({ code: 3, stdout: "" });
    expect(await scene.run("console --port 70000")).toMatchObject({ code: 2 });
  });
});
