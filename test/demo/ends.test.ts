import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, it } from "vitest";

const command = (port: string) => ["--import", "tsx", "demo/main.ts", "--port", port];

it("ends with 2 and what to do where the port is taken", { timeout: 120_000 }, async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const { status, stderr } = spawnSync("node", command(String(port)), { encoding: "utf8", timeout: 60_000 });
  expect(stderr).toBe(`demo: port ${port} is taken: give another --port, or none\n`);
  expect(status).toBe(2);
  other.close();
});

it("ends on a signal that comes while the region is still being deployed", { timeout: 120_000 }, async () => {
  const demo = spawn("node", command("0"), { stdio: ["ignore", "pipe", "inherit"] });
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
