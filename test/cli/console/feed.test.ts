import { expect, it } from "vitest";
import { createFeed, type Send } from "../../../cli/console/feed.ts";
import type { Entry, PoolView, Snapshot } from "../../../cli/console/model.ts";
import type { Source } from "../../../cli/console/source.ts";

const snapshotAt = (atMs: number): Snapshot => ({ atMs, shared: undefined, pools: [] as PoolView[] });
const draft = { atMs: 1, who: "partner", tone: "bad", pool: "", why: "", row: undefined } as const;

/** A feed that reads only when it is asked to, and what its one watcher has got, as `name` or `name: text`. */
function watched(source: Partial<Source>) {
  const got: string[] = [];
  const none: Source = {
    read: async () => ({ snapshot: snapshotAt(1), entries: [] }),
    measures: async () => ({ fromMs: 0, toMs: 0, pools: [] }),
    availability: async () => [],
  };
  const about = { title: "test", demo: false };
  const feed = createFeed({ source: { ...none, ...source }, about, snapshotMs: 60_000, measuresMs: 60_000 });
  const send: Send = (name, message) => {
    if (name === "failure") got.push(`failure: ${message}`);
    else if (name === "entries") got.push(`entries: ${(message as readonly Entry[]).map(({ what }) => what).join()}`);
    else got.push(name);
  };
  feed.watch(send);
  return { feed, got };
}

it("sends what was noted after a picture that shows it", async () => {
  const { feed, got } = watched({});
  await feed.refresh();
  got.length = 0;
  feed.note({ ...draft, what: "blocked" });
  await feed.refresh();
  expect(got).toEqual(["snapshot", "entries: blocked", "snapshot"]);
  feed.close();
});

it("drops what it was reading of a source that is replaced meanwhile", async () => {
  let answer = (_: Awaited<ReturnType<Source["read"]>>) => {};
  const { feed, got } = watched({ read: () => new Promise((resolve) => (answer = resolve)) });
  await new Promise(setImmediate);
  feed.reset();
  got.length = 0;
  answer({ snapshot: snapshotAt(1), entries: [{ ...draft, what: "of the old one" }] });
  await new Promise(setImmediate);
  expect(got.filter((it) => it === "snapshot" || it.startsWith("entries"))).toEqual([]);
  feed.close();
});

it("says why a read fails as long as it fails, whatever else can be read", async () => {
  const { feed, got } = watched({ measures: () => Promise.reject(new Error("cloudwatch:GetMetricData: denied")) });
  await feed.refresh();
  await feed.refresh();
  expect(got.filter((it) => it.startsWith("failure"))).toEqual([
    "failure: ",
    "failure: cloudwatch:GetMetricData: denied",
  ]);
  feed.close();
});
