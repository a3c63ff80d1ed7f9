import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";

it("ends on a signal that comes while the region is still being deployed", { timeout: 120_000 }, async () => {
  const demo = spawn("node", ["--import", "tsx", "demo/main.ts", "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(demo, "exit");
  try {
    const [address] = await once(demo.stdout, "data");
    demo.kill("SIGTERM");
    expect(String(address)).toContain("http://127.0.0.1:");
    expect(await ended).toEqual([0, null]);
  } finally {
    demo.kill("SIGKILL");
  }
});
