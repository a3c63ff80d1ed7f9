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

it("lets nothing out of a subnet whose interface has no address", async () => {
  const scene = await openPath();
  expect(await invoke(scene, vpcOf(scene))).toEqual({ error: "TimeoutError", waited: 2000 });
});

it("answers nothing for an archive of anything else", async () => {
  expect(await invoke(await openPath(), {}, "other.js")).toBeNull();
});
