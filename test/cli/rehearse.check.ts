/** The built command against a region whose time passes sixty times as fast. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Fixtures } from "../../cli/rehearse/fixtures.ts";
import type { Report } from "../../cli/rehearse/report.ts";
import { addEventPath } from "../../testing/twin/event-path.ts";
import { readMeasured } from "../../testing/twin/measured.ts";
import { createRegion, type Region } from "../../testing/twin/region.ts";
import { type RunningServer, startServer } from "../../testing/twin/server.ts";
import { binary, checkDocument, environmentOf, type Result } from "./scene.ts";

const speed = 60;
/** Of runs that end early, and wait for Lambda most of the time. */
const quick = 240;
let region: Region;
let server: RunningServer;
async function open(times: number): Promise<void> {
  region = createRegion({ seed: 1 });
  addEventPath(region);
  server = await startServer(region, 0, [], times);
}
afterEach(() => server.close());

/** @param onProgress called with all that was written to standard error so far */
function run(args: string, onProgress: (stderr: string, child: ChildProcess) => void = () => {}) {
  const child = spawn(process.execPath, [binary, "rehearse", ...args.split(" ").filter(Boolean)], {
    env: environmentOf(server.url),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (data) => {
    output.stdout += data;
  });
  child.stderr.on("data", (data) => {
    output.stderr += data;
    onProgress(output.stderr, child);
  });
  return new Promise<Result>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (args.includes("--json")) checkDocument("rehearse", output.stdout);
      resolve({ code, signal, ...output });
    });
  });
}

const isEmpty = ({ world }: Region) =>
  [world.vpcs, world.addresses, world.functions, world.roles, world.networkInterfaces].every(({ size }) => size === 0);

/** Sends a signal when the association begins; and takes the terminal away. */
function interrupt(signal: NodeJS.Signals, closing = false) {
  let sent = false;
  return (stderr: string, child: ChildProcess) => {
    if (sent || !stderr.includes("associating an address")) return;
    sent = true;
    child.kill(signal);
    if (!closing) return;
    child.stdout?.destroy();
    child.stderr?.destroy();
  };
}

describe("holdfast rehearse", () => {
  beforeEach(() => open(speed));

  it("runs every check, writes its report and the fixtures, and removes what it made", async () => {
    const folder = mkdtempSync(join(tmpdir(), "rehearsal-"));
    const [out, fixtures] = [join(folder, "report.json"), join(folder, "fixtures.json")];
    const { code, stdout, stderr } = await run(`--yes --nat --speed ${speed} --out ${out} --fixtures ${fixtures}`);
    const { checks, left } = JSON.parse(readFileSync(out, "utf8")) as Report;
    expect(checks.filter(({ verdict }) => verdict.outcome !== "pass")).toEqual([]);
    expect(left).toEqual([]);
    expect(code).toBe(0);
    expect(stdout).toContain("# Rehearsal of Holdfast");
    expect(stderr).toMatch(/It costs at most \$0\.18/);
    expect(isEmpty(region)).toBe(true);
    const { answers, records } = JSON.parse(readFileSync(fixtures, "utf8")) as Fixtures;
    expect(new Set(answers.map(({ call }) => call)).size).toBeGreaterThan(10);
    expect(records).toHaveLength(1);
    expect(Object.keys(readMeasured(fixtures))).toEqual(
      expect.arrayContaining(["cloudTrail", "interfaceCreation", "interfaceRemoval"]),
    );
  });

  it("does nothing when it only looks, or nobody confirms", async () => {
    const asked: string[] = [];
    region.calls.onCall(({ operation }) => asked.push(operation));
    const policy = JSON.parse((await run("--print-policy")).stdout) as { Statement: object[] };
    expect(policy.Statement.length).toBeGreaterThan(10);
    expect(await run("--dry-run")).toMatchObject({ code: 0 });
    expect(asked).toEqual([]);
    expect(await run("")).toMatchObject({ code: 2 });
    expect(await run("--yes --out /nowhere/report.md")).toMatchObject({ code: 2, stdout: "" });
    expect(await run("--yes --fixtures /nowhere/fixtures.json")).toMatchObject({ code: 2, stdout: "" });
    expect(await run("--echo nowhere")).toMatchObject({ code: 2 });
    expect(await run("--dry-run --subnet subnet-1")).toMatchObject({ code: 2, stdout: "" });
    expect(await run("--dry-run --security-group sg-1")).toMatchObject({ code: 2, stdout: "" });
    const both = await run("--dry-run --nat --subnet subnet-1 --security-group sg-1");
    expect(both.code).toBe(2);
    expect(both.stderr).toContain("--nat replaces a route");
    const existing = await run("--dry-run --subnet subnet-1 --security-group sg-1");
    expect(existing.stdout).toContain("in subnet-1, 11 checks");
    expect(existing.stdout).toContain("--print-policy --region us-east-1 --subnet subnet-1 --security-group sg-1");
    expect(asked.filter((it) => it !== "GetCallerIdentity")).toEqual([]);
  });
});

describe("holdfast rehearse that is ended", () => {
  beforeEach(() => open(quick));

  it.each<NodeJS.Signals>(["SIGINT", "SIGTERM"])("removes what it made after %s", async (signal) => {
    const { code, stdout } = await run(`--yes --json --speed ${quick}`, interrupt(signal));
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ interrupted: true, left: [] });
    expect(isEmpty(region)).toBe(true);
  });

  it("removes what it made when its terminal closes, and has written what it had found out", async () => {
    const out = join(mkdtempSync(join(tmpdir(), "rehearsal-")), "report.json");
    const { stdout } = await run(`--yes --speed ${quick} --out ${out}`, interrupt("SIGHUP", true));
    expect(stdout).toBe("");
    const { interrupted, checks } = JSON.parse(readFileSync(out, "utf8")) as Report;
    expect(interrupted).toBe(true);
    expect(checks.map(({ id }) => id)).toEqual(["account", "role", "interface"]);
    expect(isEmpty(region)).toBe(true);
  });

  it("leaves after a kill what --clean removes", async () => {
    expect(await run(`--yes --speed ${quick}`, interrupt("SIGKILL"))).toMatchObject({ signal: "SIGKILL" });
    expect(isEmpty(region)).toBe(false);
    const looked = await run(`--clean --dry-run --json --speed ${quick}`);
    expect(looked.code).toBe(1);
    expect(looked.stderr).toMatch(/if it is still running, it fails/);
    expect(JSON.parse(looked.stdout)).toMatchObject({ left: [{ what: expect.stringContaining("vpc-") }] });
    expect(isEmpty(region)).toBe(false);
    expect(await run(`--clean --yes --speed ${quick}`)).toMatchObject({ code: 0, stdout: "Everything is removed.\n" });
    expect(isEmpty(region)).toBe(true);
    const { stdout } = await run(`--clean --speed ${quick}`);
    expect(stdout).toBe("No rehearsal has left anything in this region.\n");
  });
});
