import { expect, it } from "vitest";
import { zipOf } from "../../cli/rehearse/zip.ts";
import { createFunction, openPath, type PathScene, vpcOf } from "./path-scene.ts";

const code = `exports.handler = async (event) => {
  const startMs = Date.now();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  try {
    const answer = await fetch("https://echo.example", { signal: AbortSignal.timeout(2000) });
    return { event, slept: Date.now() - startMs, address: (await answer.text()).trim() };
  } catch (error) {
    return { error: error.name, waited: Date.now() - startMs - 1500 };
  }
};`;

async function invoke(scene: PathScene, more: object, name = "index.js"): Promise<unknown> {
  const Code = { ZipFile: zipOf(name, code) };
  await createFunction(scene, "f", { ...more, Code });
  const input = { FunctionName: "f", Payload: Buffer.from('{"a":1}') };
  const { Payload } = (await scene.run(scene.call("lambda", "Invoke", input))) as { Payload: Uint8Array };
  return JSON.parse(Buffer.from(Payload).toString());
}

it("runs the code that came with a function, by the virtual clock, on an internet that says who asks", async () => {
  const answer = await invoke(await openPath(), {});
  expect(answer).toEqual({ event: { a: 1 }, slept: 1500, address: "198.51.100.200" });
});

it("starts another process after an exit, in the same sandbox or in another with another address", async () => {
  const source = `const fs = require("node:fs");
const startedMs = Date.now();
exports.handler = async ({ exit }) => {
  if (exit) process.exit(1);
  let found = "none";
  try { found = fs.readFileSync("/tmp/x", "utf8"); } catch {}
  fs.writeFileSync("/tmp/x", "1");
  return { startedMs, found, address: (await (await fetch("https://echo.example")).text()).trim() };
};`;
  const seen = async (sandboxAfterExitRate: number) => {
    const scene = await openPath({ delays: { sandboxAfterExitRate } });
    await createFunction(scene, "f", { Code: { ZipFile: zipOf("index.js", source) } });
    const ask = async (exit: boolean) => {
      const input = { FunctionName: "f", Payload: Buffer.from(JSON.stringify({ exit })) };
      const { Payload } = (await scene.run(scene.call("lambda", "Invoke", input))) as { Payload: Uint8Array };
      return JSON.parse(Buffer.from(Payload).toString()) as Record<string, unknown>;
    };
    const first = await ask(false);
    expect(await ask(false)).toEqual({ ...first, found: "1" });
    expect(await ask(true)).toMatchObject({ errorType: "Runtime.ExitError" });
    const next = await ask(false);
    expect(next["startedMs"]).not.toBe(first["startedMs"]);
    return { found: next["found"], sameAddress: next["address"] === first["address"] };
  };
  expect(await seen(0)).toEqual({ found: "1", sameAddress: true });
  expect(await seen(1)).toEqual({ found: "none", sameAddress: false });
});

it("lets nothing out of a subnet whose interface has no address", async () => {
  const scene = await openPath();
  expect(await invoke(scene, vpcOf(scene))).toEqual({ error: "TimeoutError", waited: 2000 });
});

it("answers nothing for an archive of anything else", async () => {
  expect(await invoke(await openPath(), {}, "other.js")).toBeNull();
});
