import { LambdaClient } from "@aws-sdk/client-lambda";
import { beforeEach, expect, it } from "vitest";
import type { FunctionChange } from "../../src/relocation/changes.ts";
import { FunctionTags } from "../../src/relocation/observe-tags.ts";
import { operatorOf } from "../../testing/deployment/operator.ts";
import { clientConfig } from "../../testing/twin/endpoint.ts";
import { addEventPath } from "../../testing/twin/event-path.ts";
import { createRegion, type Region } from "../../testing/twin/region.ts";
import { AwsError } from "../../testing/twin/service.ts";

const queueArn = "arn:aws:sqs:us-east-1:123456789012:relocation.fifo";
const minuteMs = 60_000;
const byTag = { members: { names: ["orders"], arns: [], tags: { egress: "fixed" } } };
const byName = { members: { names: ["orders"], arns: [], tags: {} } };

let region: Region;
let asked: string[];
beforeEach(async () => {
  region = createRegion({ seed: 1, consistent: true });
  addEventPath(region, {});
  asked = [];
  const input = { FunctionName: "labels", Role: "arn:aws:iam::123456789012:role/member", Runtime: "nodejs24.x" };
  const code = { Handler: "index.handler", Code: { ZipFile: new Uint8Array() }, Tags: { egress: "fixed" } };
  await operatorOf(region)("lambda", "CreateFunction", { ...input, ...code });
  region.calls.onCall(({ operation }) => asked.push(operation));
});

/** Returns what completes changes. Time passes meanwhile. */
function open(pools: ConstructorParameters<typeof FunctionTags>[2] = [byTag]) {
  const functionTags = new FunctionTags(new LambdaClient(clientConfig(region)), region.clock, pools);
  return (it: FunctionChange) => region.clock.run(functionTags.complete(it, queueArn), minuteMs);
}
const change = (more: Partial<FunctionChange> = {}): FunctionChange => ({
  kind: "function",
  timeMs: 0,
  functionName: "labels",
  ...more,
});
const tagged = (tags: object) => expect.objectContaining({ tags: { kind: "all", tags } });

it("asks a function once, however often it changes, and again after ten minutes", async () => {
  const complete = open();
  for (const _ of [1, 2, 3]) expect(await complete(change())).toEqual(tagged({ egress: "fixed" }));
  expect(asked).toEqual(["ListTags"]);
  await region.clock.advance(10 * minuteMs);
  await complete(change());
  expect(asked).toEqual(["ListTags", "ListTags"]);
});

it("asks nothing where names decide, and nothing of a function whose creation said its tags", async () => {
  await open([byName])(change());
  await open()(change({ functionName: "orders" }));
  const complete = open();
  await complete(change({ tags: { kind: "all", tags: { team: "b" } } }));
  expect(await complete(change())).toEqual(tagged({ team: "b" }));
  expect(asked).toEqual([]);
});

it("knows what was tagged and untagged since", async () => {
  const complete = open();
  const set = { kind: "set", tags: { team: "b" } } as const;
  expect(await complete(change({ tags: set }))).toEqual(tagged({ egress: "fixed", team: "b" }));
  const removed = { kind: "removed", keys: ["egress"] } as const;
  expect(await complete(change({ tags: removed }))).toEqual(tagged({ team: "b" }));
  expect(asked).toEqual(["ListTags"]);
});

it("takes no answer for no tags: the change stays as it is, and the next one asks again", async () => {
  const complete = open();
  region.authorize = ({ operation }) =>
    operation === "ListTags" ? new AwsError("TooManyRequestsException", "Rate exceeded", 429) : undefined;
  const set = change({ tags: { kind: "set", tags: { egress: "fixed" } } });
  expect(await complete(set)).toBe(set);
  region.authorize = undefined;
  expect(await complete(change())).toEqual(tagged({ egress: "fixed" }));
});

it("asks again where an older event comes after a newer one", async () => {
  const complete = open();
  expect(await complete(change({ timeMs: 2000, tags: { kind: "set", tags: { team: "b" } } }))).toEqual(
    tagged({ egress: "fixed", team: "b" }),
  );
  expect(await complete(change({ timeMs: 1000, tags: { kind: "all", tags: {} } }))).toEqual(
    tagged({ egress: "fixed" }),
  );
});

it("takes a function that is gone for one without tags", async () => {
  expect(await open()(change({ functionName: "gone" }))).toEqual(tagged({}));
});
