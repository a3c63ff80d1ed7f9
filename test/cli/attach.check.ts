/** A pool with a guarded function that may be attached: what the doctor and the plan say of it. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { metricsLine } from "../../src/guard/report.ts";
import { onePool, openScene, type Scene, target } from "./scene.ts";

const guardedName = "label-printer";
const minuteMs = 60_000;
const sweep = { Name: "every-minute-sweep", GroupName: "holdfast-production-attach" };

let scene: Scene;
beforeAll(async () => {
  const guarded = { functions: [guardedName], policy: "attach" as const };
  const pool = { ...onePool.pools["partners"], network: { create: {} }, targets: [target], guarded };
  scene = await openScene({
    input: { pools: { partners: pool } },
    before: async ({ operator }) => {
      await operator("lambda", "CreateFunction", {
        FunctionName: guardedName,
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        Code: { ZipFile: new Uint8Array() },
        Role: "arn:aws:iam::123456789012:role/member",
      });
    },
  });
});
afterAll(() => scene.close());

const ids = async () => {
  const { stdout, stderr } = await scene.run("doctor --json");
  expect(stderr).toBe("");
  return (JSON.parse(stdout) as { findings: { id: string }[] }).findings.map(({ id }) => id);
};

it("is well while nobody had to be attached; misses the sweep and the queue's reader", async () => {
  const { operator } = scene;
  expect(await ids()).toEqual([]);

  const schedule = await operator<object>("scheduler", "GetSchedule", sweep);
  await operator("scheduler", "DeleteSchedule", sweep);
  expect(await ids()).toEqual(["sweep-missing"]);
  await operator("scheduler", "CreateSchedule", schedule);

  const FunctionName = "holdfast-production-attach";
  const { EventSourceMappings } = await operator<{ EventSourceMappings: { UUID: string; EventSourceArn: string }[] }>(
    "lambda",
    "ListEventSourceMappings",
    { FunctionName },
  );
  const [mapping] = EventSourceMappings;
  await operator("lambda", "DeleteEventSourceMapping", { UUID: mapping?.UUID });
  expect(await ids()).toEqual(["mapping-missing"]);
  await operator("lambda", "CreateEventSourceMapping", {
    FunctionName,
    EventSourceArn: mapping?.EventSourceArn,
    BatchSize: 10,
  });
  expect(await ids()).toEqual([]);
});

it("plans to attach a function whose environments are refused, which the pool's pause holds up", async () => {
  const { operator, region, path } = scene;
  // It is planned here, and done by nobody meanwhile.
  await operator("scheduler", "DeleteSchedule", sweep);
  const Resources = [...region.world.addresses.keys()];
  await operator("ec2", "CreateTags", { Resources, Tags: [{ Key: "holdfast:override", Value: "paused" }] });
  Object.assign(region.world.functions.get(guardedName)?.versions.get("$LATEST") ?? {}, { lastModifiedMs: 0 });
  for (const ago of [1, 6, 11].flatMap((minutes) => Array.from({ length: 6 }, () => minutes * minuteMs))) {
    const verdict = { kind: "blocked", scope: "address", rule: "cloudflare-1006", ids: {} } as const;
    const found = { verdict, curable: true, decision: "exit", address: "203.0.113.10", exits: 0 } as const;
    const about = { nowMs: Date.now() - ago, url: target.url, functionName: guardedName };
    path.emf(metricsLine({ ...about, ...found, addressChanged: undefined }));
  }
  // CloudWatch shows it a little later.
  await scene.advance(2 * minuteMs);
  const planOf = async () => {
    const { stdout } = await scene.run("plan --json");
    // biome-ignore lint/suspicious/noExplicitAny: the shape is what is tested.
    return (JSON.parse(stdout) as { pools: any[] }).pools[0];
  };
  const attach = { actions: [{ kind: "attach", row: 3, functionName: guardedName }] };
  expect(await planOf()).toMatchObject({
    attach: { actions: [] },
    findings: [{ id: "override" }],
    ifResumed: { attach },
  });
  await operator("ec2", "DeleteTags", { Resources, Tags: [{ Key: "holdfast:override" }] });
  expect(await planOf()).toMatchObject({ attach });
  const { stdout, stderr } = await scene.run("plan");
  expect(stdout, stderr).toMatch(/row 3: attach label-printer to the pool's network: \d+ of \d+ tests were refused/);
}, 60_000);
