/** Reads a source while at least one page is open, and sends each watcher what is new. */
import { randomUUID } from "node:crypto";
import type { Availability, Entry, Measures, Messages, Snapshot } from "./model.ts";
import type { Source } from "./source.ts";

/** Sends one message to one watcher. */
export type Send = <Name extends keyof Messages>(name: Name, message: Messages[Name]) => void;

export interface Feed {
  /** Sends the current state, then each change; returns the function that ends it. */
  watch(send: Send): () => void;
  /** Sends to all watchers. */
  readonly broadcast: Send;
  /** Adds an entry that does not come from the source to the time line, together with a picture that shows it. */
  note(draft: Omit<Entry, "id">): void;
  /** Discards what was read: the source was replaced. */
  reset(): void;
  /** Reads the pools now; resolves when the changes have been sent to all watchers. */
  refresh(): Promise<void>;
  close(): void;
}

export type Part = "pools" | "measures";

export interface FeedOptions {
  readonly source: Source;
  readonly about: Omit<Messages["about"], "run">;
  /** Pauses between two reads of the pools, and of the metrics. */
  readonly snapshotMs: number;
  readonly measuresMs: number;
  /** Returns false when a read of the pools, or of the metrics, would show nothing new. */
  readonly isDue?: (part: Part) => boolean;
}

/** Entries that the time line keeps. */
const keptEntries = 200;

export function createFeed({ source, about, snapshotMs, measuresMs, isDue = () => true }: FeedOptions): Feed {
  const watchers = new Set<Send>();
  const timers = new Set<NodeJS.Timeout>();
  const run = randomUUID();
  let snapshot: Snapshot | undefined;
  let measures: Measures | undefined;
  let availability: Availability | undefined;
  let entries: Entry[] = [];
  let noted: Omit<Entry, "id">[] = [];
  const failures = new Map<string, string>();
  let failure = "";
  let ids = 0;
  let resets = 0;
  /** Counts when the first watcher comes and when the last one goes: each time the reads begin anew or end. */
  let looks = 0;
  let refreshing = Promise.resolve();

  const broadcast: Send = (name, message) => {
    for (const send of watchers) send(name, message);
  };

  function add(drafts: readonly Omit<Entry, "id">[]): void {
    if (drafts.length === 0) return;
    const fresh = drafts.toSorted((a, b) => a.atMs - b.atMs).map((draft) => ({ ...draft, id: ids++ }));
    entries = [...entries, ...fresh].slice(-keptEntries);
    broadcast("entries", fresh);
  }

  async function readPools(): Promise<void> {
    const drafts = noted.splice(0);
    const before = resets;
    await attempt(
      "pools",
      () => source.read(),
      (reading) => {
        snapshot = reading.snapshot;
        broadcast("snapshot", snapshot);
        drafts.push(...reading.entries);
      },
    );
    if (before === resets) add(drafts);
  }

  async function readMeasures(): Promise<void> {
    await attempt(
      "measures",
      () => source.measures(),
      (read) => {
        measures = read;
        broadcast("measures", measures);
      },
    );
    await attempt(
      "availability",
      () => source.availability(),
      (read) => {
        availability = read;
        broadcast("availability", availability);
      },
    );
  }

  /** Sends why a read failed; the next one tries again. What was read of a source that was replaced meanwhile is dropped. */
  async function attempt<Read>(what: string, read: () => Promise<Read>, use: (result: Read) => void): Promise<void> {
    const before = resets;
    try {
      const result = await read();
      if (before !== resets) return;
      failures.delete(what);
      use(result);
    } catch (error) {
      if (before !== resets) return;
      failures.set(what, error instanceof Error ? error.message : String(error));
    }
    const [reason = ""] = failures.values();
    if (reason === failure) return;
    failure = reason;
    broadcast("failure", failure);
  }

  /** One read at a time: a call during a read queues another, which sees what happened meanwhile. */
  function refresh(): Promise<void> {
    refreshing = refreshing.then(readPools);
    return refreshing;
  }

  function repeat(part: Part, work: () => Promise<void>, pauseMs: number): void {
    const own = looks;
    const turn = async () => {
      timers.delete(timer);
      if (isDue(part)) await work();
      if (own === looks) repeat(part, work, pauseMs);
    };
    const timer = setTimeout(turn, pauseMs);
    timers.add(timer);
  }

  function begin(): void {
    looks++;
    repeat("pools", refresh, snapshotMs);
    repeat("measures", readMeasures, measuresMs);
  }

  function end(): void {
    looks++;
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
  }

  return {
    watch(send) {
      send("about", { ...about, run });
      if (snapshot) send("snapshot", snapshot);
      if (measures) send("measures", measures);
      if (availability) send("availability", availability);
      send("failure", failure);
      send("entries", entries);
      watchers.add(send);
      if (watchers.size === 1) begin();
      if (!snapshot) void refresh();
      if (!measures) void readMeasures();
      return () => {
        watchers.delete(send);
        if (watchers.size === 0) end();
      };
    },
    broadcast,
    note(draft) {
      noted.push(draft);
      void refresh();
    },
    reset() {
      resets++;
      snapshot = undefined;
      measures = undefined;
      availability = undefined;
      entries = [];
      noted = [];
      failures.clear();
      failure = "";
      broadcast("reset", null);
    },
    refresh,
    close: end,
  };
}
