/** Reads a source while at least one page is open, and sends each watcher what is new. */
import type { Entry, Measures, Messages, Snapshot } from "./model.ts";
import type { Source } from "./source.ts";

/** Sends one message to one watcher. */
export type Send = <Name extends keyof Messages>(name: Name, message: Messages[Name]) => void;

export interface Feed {
  /** Sends the current state, then each change; returns the function that ends it. */
  watch(send: Send): () => void;
  /** Sends to all watchers. */
  readonly broadcast: Send;
  /** Adds an entry that does not come from the source to the time line. */
  note(draft: Omit<Entry, "id">): void;
  /** Discards what was read: the source was replaced. */
  reset(): void;
  /** Reads the pools now; resolves when the changes have been sent to all watchers. */
  refresh(): Promise<void>;
  close(): void;
}

export interface FeedOptions {
  readonly source: Source;
  readonly about: Messages["about"];
  /** Pauses between two reads of the pools, and of the metrics. */
  readonly snapshotMs: number;
  readonly measuresMs: number;
  /** Returns false when a read would show nothing new. */
  readonly isDue?: () => boolean;
}

/** Entries that the time line keeps. */
const keptEntries = 200;

export function createFeed({ source, about, snapshotMs, measuresMs, isDue = () => true }: FeedOptions): Feed {
  const watchers = new Set<Send>();
  const timers = new Set<NodeJS.Timeout>();
  let snapshot: Snapshot | undefined;
  let measures: Measures | undefined;
  let entries: Entry[] = [];
  let failure = "";
  let ids = 0;
  let refreshing = Promise.resolve();

  const broadcast: Send = (name, message) => {
    for (const send of watchers) send(name, message);
  };

  function add(drafts: readonly Omit<Entry, "id">[]): void {
    if (drafts.length === 0) return;
    const fresh = drafts.map((draft) => ({ ...draft, id: ids++ }));
    entries = [...entries, ...fresh].slice(-keptEntries);
    broadcast("entries", fresh);
  }

  async function readPools(): Promise<void> {
    await attempt(async () => {
      snapshot = await source.snapshot();
      broadcast("snapshot", snapshot);
      add(await source.newEntries());
    });
  }

  async function readMeasures(): Promise<void> {
    await attempt(async () => {
      measures = await source.measures();
      broadcast("measures", measures);
    });
  }

  /** Sends why a read failed; the next one tries again. */
  async function attempt(read: () => Promise<void>): Promise<void> {
    let reason = "";
    try {
      await read();
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    if (reason === failure) return;
    failure = reason;
    broadcast("error", failure);
  }

  /** One read at a time: a call during a read queues another, which sees what happened meanwhile. */
  function refresh(): Promise<void> {
    refreshing = refreshing.then(readPools);
    return refreshing;
  }

  function repeat(work: () => Promise<void>, pauseMs: number): void {
    const turn = async () => {
      timers.delete(timer);
      if (watchers.size > 0 && isDue()) await work();
      if (!closed) repeat(work, pauseMs);
    };
    const timer = setTimeout(turn, pauseMs);
    timers.add(timer);
  }

  let closed = false;
  repeat(refresh, snapshotMs);
  repeat(readMeasures, measuresMs);
  return {
    watch(send) {
      send("about", about);
      if (snapshot) send("snapshot", snapshot);
      if (measures) send("measures", measures);
      if (failure) send("error", failure);
      send("entries", entries);
      watchers.add(send);
      if (!snapshot) void refresh();
      if (!measures) void readMeasures();
      return () => watchers.delete(send);
    },
    broadcast,
    note: (draft) => add([draft]),
    reset() {
      snapshot = undefined;
      measures = undefined;
      entries = [];
      broadcast("reset", null);
    },
    refresh,
    close() {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
