import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { binary, environmentOf, onePool, openScene, type Scene, target } from "./scene.ts";

/** What `run --json` answers; each test looks at what it is about. */
// biome-ignore lint/suspicious/noExplicitAny: the shapes are what is tested.
async function json(scene: Scene, args: string): Promise<{ readonly code: number | null; readonly answer: any }> {
  const { code, stdout, stderr } = await scene.run(`${args} --json`);
  expect(stderr).toBe("");
  return { code, answer: JSON.parse(stdout) };
}

const escapes = "\u001b";

function servingAddress({ region }: Pick<Scene, "region">) {
  const found = [...region.world.addresses.values()].find(
    ({ tags, networkInterfaceId }) => networkInterfaceId && tags["holdfast:use"]?.startsWith("serving"),
  );
  if (!found?.networkInterfaceId) throw new Error("no address serves");
  return { ...found, networkInterfaceId: found.networkInterfaceId };
}

const overrides = ({ region }: Scene) =>
  [...region.world.addresses.values()].flatMap(({ tags }) => tags["holdfast:override"] ?? []);

describe("a healthy deployment", () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene();
  });
  afterAll(() => scene.close());

  it("shows in status which address serves whom, which waits, and that no action is needed", async () => {
    const { publicIp, networkInterfaceId } = servingAddress(scene);
    const { code, answer } = await json(scene, "status");
    expect(code).toBe(0);
    const [pool] = answer.pools;
    expect(pool).toMatchObject({ name: "partners", override: "none", findings: [] });
    expect(pool.members).toEqual([{ name: "orders", versions: [{ version: "$LATEST", status: "settled" }] }]);
    expect(pool.interfaces).toMatchObject([{ networkInterfaceId, role: "serving", publicIp, members: ["orders"] }]);
    expect(pool.addresses.map(({ state }: { state: string }) => state).sort()).toEqual(["serving", "spare"]);
    expect(pool.probes).toEqual([{ vantage: "zone-1", blockedRate: 0, egress: true }]);
    const { stdout } = await scene.run("status");
    expect(stdout).toContain("No action needed.");
    expect(stdout).not.toContain(escapes);
  });

  it("begins status with its headline, which --quiet gives alone", async () => {
    const { stdout } = await scene.run("status");
    expect(stdout.split("\n")[0]).toBe("OK        partners: orders reaches its partners");
    expect(await scene.run("status --quiet")).toEqual({
      code: 0,
      signal: null,
      stdout: "OK        partners: orders reaches its partners\n",
      stderr: "",
    });
    expect((await json(scene, "status --quiet")).answer.health).toMatchObject({ headline: "OK", pools: [{ row: 14 }] });
  });

  it("is watched until Ctrl-C, which ends with the exit code of the last look", async () => {
    const args = [binary, "status", "--quiet", "--watch", "5"];
    const child = spawn(process.execPath, args, { env: environmentOf(scene.url), stdio: ["ignore", "pipe", "pipe"] });
    const [first] = await once(child.stdout, "data");
    expect(String(first)).toBe("OK        partners: orders reaches its partners\n");
    const [second] = await once(child.stdout, "data");
    expect(String(second)).toBe(String(first));
    child.kill("SIGINT");
    expect(await once(child, "exit")).toEqual([0, null]);
  });

  it("has nothing to be done", async () => {
    const { code, answer } = await json(scene, "plan");
    expect(code).toBe(0);
    expect(answer.pools[0].relocation).toEqual({ actions: [], waits: [] });
  });

  it("explains an address, an interface and a function, with what happened to each", async () => {
    const { publicIp, allocationId, networkInterfaceId } = servingAddress(scene);
    for (const subject of [publicIp, allocationId]) {
      const { code, answer } = await json(scene, `explain ${subject}`);
      expect(code).toBe(0);
      expect(answer.reason).toMatch(/^row 1: it serves eni-/);
      const who = expect.stringContaining("relocate");
      const what = `associated ${allocationId} with ${networkInterfaceId}`;
      expect(answer.history).toEqual(expect.arrayContaining([expect.objectContaining({ who, what })]));
    }
    const ofInterface = (await json(scene, `explain ${networkInterfaceId}`)).answer;
    expect(ofInterface.reason).toBe(`serving, used by orders, with ${publicIp}`);
    expect(ofInterface.history.map(({ what }: { what: string }) => what)).toEqual(
      expect.arrayContaining([`associated ${allocationId} with ${networkInterfaceId}`, "CreateNetworkInterface"]),
    );
    const ofFunction = (await json(scene, "explain orders")).answer;
    expect(ofFunction.reason).toBe(`its traffic leaves from ${publicIp}; live versions: $LATEST settled`);
    expect(ofFunction.history).toMatchObject([{ who: "operator", what: "CreateFunction" }]);
    expect(await scene.run("explain 192.0.2.1")).toMatchObject({ code: 2, stdout: "" });
  });

  it("costs what is there, and says what NAT gateways would", async () => {
    const { answer } = await json(scene, "cost");
    expect(answer.items).toMatchObject([
      { item: "2 Elastic IPs", monthUsd: 7.3 },
      { item: "2 custom metrics", monthUsd: 0.6 },
      { item: "Alarms on 7 metrics" },
      { item: "Dashboard", monthUsd: 3 },
      { item: "Lambda: requests and time" },
      { item: "SQS: polling and messages" },
      { item: "EventBridge Scheduler" },
      { item: "Logs: ingestion" },
    ]);
    expect(answer.monthUsd).toBeLessThan(13);
    expect(answer.monthUsd - answer.freeUsd).toBeCloseTo(7.3);
    const [, ...gateways] = answer.compared.map(({ monthUsd }: { monthUsd: number }) => monthUsd);
    expect(gateways).toEqual([36.5, 73, 73]);
    expect(answer.traffic).toBeUndefined();
    const { answer: busy } = await json(scene, "cost --gb 1000");
    expect(busy.compared[1].monthUsd).toBeCloseTo(36.5 + 45);
  });

  it("hands out every address, the spare included, in the form that fits", async () => {
    const own = [...scene.region.world.addresses.values()].map(({ publicIp }) => publicIp);
    const { stdout } = await scene.run("addresses --lines");
    expect(stdout.trim().split("\n").sort()).toEqual(own.sort());
    const { answer } = await json(scene, "addresses --pool partners");
    expect(answer.pools).toMatchObject([{ name: "partners", addresses: [{ role: "egress" }, { role: "egress" }] }]);
    expect((await scene.run("addresses")).stdout).toContain("one of these 2 IP addresses");
    expect((await scene.run("addresses --csv")).stdout).toMatch(/^pool,publicIp,role,allocationId\npartners,/);
  });

  it("hands out no address that it has lost, and says so beside the list", async () => {
    const { publicIp } = servingAddress(scene);
    const spare = [...scene.region.world.addresses.values()].find((it) => it.publicIp !== publicIp);
    const Resources = [spare?.allocationId];
    await scene.operator("ec2", "DeleteTags", { Resources, Tags: [{ Key: "holdfast:pool" }] });
    const { code, stdout, stderr } = await scene.run("addresses --lines");
    await scene.operator("ec2", "CreateTags", { Resources, Tags: [{ Key: "holdfast:pool", Value: "partners" }] });
    expect({ code, stdout }).toEqual({ code: 1, stdout: `${publicIp}\n` });
    expect(stderr).toContain(`address-lost [partners]`);
  });

  it("has nothing to report, and writes no page that could be sent all the same", async () => {
    expect((await json(scene, "report")).answer.partners).toEqual([]);
    for (const format of ["markdown", "email"]) {
      const { code, stdout, stderr } = await scene.run(`report --format ${format}`);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain("nothing to report");
    }
    expect((await scene.run("report --since 2999-01-01")).stderr).toContain("--since is in the future");
  });

  it("is paused only after a yes, with a dry run before, and goes on again", async () => {
    const asked = await scene.run("pause");
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain("--yes");
    const tried = await scene.run("pause --dry-run");
    expect(tried).toMatchObject({ code: 0 });
    expect(tried.stdout).toMatch(/override none → paused.*\nDry run: nothing was changed\./);
    expect(overrides(scene)).toEqual([]);

    expect((await json(scene, "pause --pool partners --yes")).answer.changed).toBe(true);
    expect(overrides(scene)).toEqual(["paused", "paused"]);
    const { code, answer } = await json(scene, "status");
    expect(code).toBe(1);
    expect(answer.pools[0].override).toBe("paused");
    expect(answer.health).toMatchObject({
      headline: "DEGRADED",
      pools: [{ todo: "npx holdfast resume --pool partners" }],
    });
    expect((await scene.run("plan")).stdout).toContain("Pool partners, if it were not paused");
    expect((await json(scene, "pause --yes")).answer).toMatchObject({ changed: false, changes: [] });

    expect((await json(scene, "resume --yes")).answer.changed).toBe(true);
    expect(overrides(scene)).toEqual([]);
    expect((await json(scene, "resume --yes")).answer.changed).toBe(false);
  });

  it("cannot be led into a fallback that was not deployed", async () => {
    const { code, stderr } = await scene.run("fallback enter --yes");
    expect(code).toBe(2);
    expect(stderr).toContain("fallback.standby");
    expect(overrides(scene)).toEqual([]);
  });

  it("is planned for when an address was taken off manually", async () => {
    const { associationId, networkInterfaceId, publicIp } = servingAddress(scene);
    await scene.operator("ec2", "DisassociateAddress", { AssociationId: associationId });
    const { code, answer } = await json(scene, "plan");
    expect(code).toBe(1);
    expect(answer.pools[0].relocation.actions).toMatchObject([{ kind: "associate", row: 2, networkInterfaceId }]);
    const { stdout } = await scene.run("plan");
    expect(stdout).toMatch(
      /row 2: associate [\d.]+ with eni-\w+ in subnet-\w+: the interface carries traffic without an address/,
    );
    expect(stdout).toContain("Nothing was changed.");
    expect(publicIp).toMatch(/^198\./);
    const seen = await json(scene, "status");
    expect(seen.code).toBe(1);
    expect(seen.answer.health.pools).toMatchObject([{ headline: "DOWN", summary: "orders cannot reach anything" }]);
  });
});

describe("a deployment whose address a partner blocks", () => {
  it("is shown in report, status and explain", async () => {
    let blocked = "";
    // Only another vantage that is let through can confirm it.
    const pool = { ...onePool.pools["partners"], network: { create: { zones: 2 } }, targets: [target] };
    const scene = await openScene({
      input: { pools: { partners: pool } },
      before: async ({ partners, region }) => {
        blocked = servingAddress({ region }).publicIp;
        partners.get("partner")?.rules.push({ kind: "block", ips: [blocked] });
      },
    });
    const { code, answer } = await json(scene, "report --since 1h");
    expect(code).toBe(0);
    expect(answer.partners).toMatchObject([
      { name: "partner", refused: [{ address: blocked, url: "https://api.example.com/", latest: { status: 403 } }] },
    ]);
    const { stdout } = await scene.run("report");
    expect(stdout).toMatch(new RegExp(`^# Our IP address ${blocked} is refused by api.example.com\n`));
    expect(stdout).toContain(`- ${blocked}: Cloudflare Ray ID`);
    const mail = await scene.run("report --target partner --format email");
    expect(mail.stdout).toMatch(
      new RegExp(`^Subject: Our IP address ${blocked} is refused by api.example.com\n\nHello,`),
    );
    const unknown = await scene.run("report --target bank");
    expect(unknown).toMatchObject({ code: 2, stdout: "" });
    expect(unknown.stderr).toBe("holdfast: there is no target bank\n  → give --target as one of partner\n");
    const explained = (await json(scene, `explain ${blocked}`)).answer;
    expect(explained.reason).toContain("suspect");
    expect(explained.history.map(({ what }: { what: string }) => what)).toEqual(
      expect.arrayContaining([expect.stringContaining("holdfast:verdict=blocked")]),
    );
    const states = (await json(scene, "status")).answer.pools[0].addresses;
    const suspect = states.find(({ publicIp }: { publicIp: string }) => publicIp === blocked);
    expect(suspect).toMatchObject({ state: "suspect" });
    expect(suspect, "it serves no longer").not.toHaveProperty("since");
    await scene.close();
  });
});

describe("the arguments", () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene();
  });
  afterAll(() => scene.close());

  const wrong = [
    "",
    "frobnicate",
    "status --frob",
    "status surplus",
    "status --watch 1",
    "status --watch --json",
    "cost --gb much",
    "report --since yesterday",
    "report --format html",
    "report --format email --json",
    "fallback",
    "explain",
    "help frobnicate",
    "--stage production rehearse",
  ];
  it.each(wrong)('"%s" ends with 2 and a word of help', async (args) => {
    const { code, stdout, stderr } = await scene.run(args);
    expect(code).toBe(2);
    if (args.includes("--json")) {
      expect({ stderr, answer: JSON.parse(stdout) }).toMatchObject({
        stderr: "",
        answer: { schemaVersion: 1, error: { exitCode: 2, remediation: expect.stringContaining("--help") } },
      });
      return;
    }
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^holdfast: .*\n {2}→ holdfast.* --help|^Usage/);
  });

  it("may have the account's options before the command; one behind it wins", async () => {
    const before = await scene.run("--json --region nowhere --stage production status --region us-east-1");
    expect(JSON.parse(before.stdout)).toMatchObject({ region: "us-east-1", pools: [{ name: "partners" }] });
    const nested = await scene.run("--stage elsewhere fallback enter --dry-run");
    expect(nested.stderr).toBe(
      "holdfast: there is no stage elsewhere in us-east-1\n  → give --stage as one of holdfast-production\n",
    );
    expect(await scene.run("--json status --watch")).toMatchObject({ code: 2, stderr: "" });
  });

  it("name no profile that does not exist", async () => {
    const folder = await mkdtemp(join(tmpdir(), "holdfast-aws-"));
    const file = join(folder, "config");
    await writeFile(
      file,
      "[default]\nregion = us-east-1\n[profile ops]\nregion = us-east-1\n[sso-session sso]\nsso_region = us-east-1\n",
    );
    const environment = { AWS_CONFIG_FILE: file, AWS_SHARED_CREDENTIALS_FILE: join(folder, "credentials") };
    const says = "holdfast: there is no AWS profile opps\n  → give --profile as one of default, ops\n";
    for (const args of ["status --profile opps", "--profile opps rehearse --dry-run"]) {
      expect(await scene.run(args, environment)).toMatchObject({ code: 2, stdout: "", stderr: says });
    }
    const named = { ...environment, AWS_PROFILE: "opps", AWS_ACCESS_KEY_ID: undefined };
    expect((await scene.run("status", named)).stderr).toBe(says.replace("--profile", "AWS_PROFILE"));
  });

  it.each(["-h", "help", "--help"])("%s lists the commands", async (args) => {
    const { code, stdout, stderr } = await scene.run(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/Usage: holdfast/);
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("help of a command is what its --help prints", async () => {
    for (const command of ["status", "fallback enter"]) {
      expect(await scene.run(`help ${command}`)).toEqual(await scene.run(`${command} -h`));
    }
    expect((await scene.run("-V")).stdout).toBe((await scene.run("--version")).stdout);
  });

  it("are completed by bash, which asks the built program", () => {
    const script = `
      holdfast() { "$NODE" "$BINARY" "$@"; }
      eval "$(holdfast completion bash)"
      complete -p holdfast
      COMP_WORDS=(holdfast fallback ""); COMP_CWORD=2; _holdfast; echo "\${COMPREPLY[@]}"`;
    const env = { PATH: process.env["PATH"], NODE: process.execPath, BINARY: binary };
    const said = execFileSync("bash", ["-c", script], { encoding: "utf8", env });
    expect(said).toBe("complete -o default -F _holdfast holdfast\nenter leave auto\n");
  });

  const commands =
    "status plan doctor explain cost addresses report runbook init validate completion pause resume fallback simulate demo console".split(
      " ",
    );
  for (const command of [...commands, "fallback enter", "fallback leave", "fallback auto"]) {
    it(`${command} --help has an example, without a call`, async () => {
      const before = scene.region.calls.counts.get("tagging:GetResources") ?? 0;
      const { code, stdout } = await scene.run(`${command} --help`);
      expect(code).toBe(0);
      expect(stdout).toMatch(/Usage: holdfast/);
      expect(stdout).toMatch(/Examples?:\n {2}\$ .*holdfast /);
      expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
      expect(scene.region.calls.counts.get("tagging:GetResources") ?? 0).toBe(before);
    });
  }
});
