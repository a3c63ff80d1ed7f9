/** Reads a source as long as somebody watches, and hands each watcher what is new. */
import type { Entry, Measures, Messages, Snapshot } from "./model.ts";
import type { Source } from "./source.ts";

/** Sends one message to one watcher. */
export type Send = <Name extends keyof Messages>(name: Name, message: Messages[Name]) => void;

export interface Feed {
  /** Sends all that is known now, then what changes; answers the function that ends it. */
  watch(send: Send): () => void;
  /** Sends to everybody. */
  readonly broadcast: Send;
  /** Adds to the time line what did not come from the source. */
  note(draft: Omit<Entry, "id">): void;
  /** Forgets what was read: the source is another one now. */
  reset(): void;
  /** Looks at once, and answers when all have been told. */
  look(): Promise<void>;
  close(): void;
}

export interface FeedOptions {
  readonly source: Source;
  readonly about: Messages["about"];
  /** Pauses between two looks at the pools, and at the metrics. */
  readonly snapshotMs: number;
  readonly measuresMs: number;
  /** False: there is nothing new to see, so nothing is asked. */
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
  let trouble = "";
  let ids = 0;
  let looking = Promise.resolve();

  const broadcast: Send = (name, message) => {
    for (const send of watchers) send(name, message);
  };

  function add(drafts: readonly Omit<Entry, "id">[]): void {
    if (drafts.length === 0) return;
    const fresh = drafts.map((draft) => ({ ...draft, id: ids++ }));
    entries = [...entries, ...fresh].slice(-keptEntries);
    broadcast("entries", fresh);
  }

  async function lookNow(): Promise<void> {
    await attempt(async () => {
      snapshot = await source.snapshot();
      broadcast("snapshot", snapshot);
      add(await source.news());
    });
  }

  async function measureNow(): Promise<void> {
    await attempt(async () => {
      measures = await source.measures();
      broadcast("measures", measures);
    });
  }

  /** What AWS refuses is told, and tried again. */
  async function attempt(read: () => Promise<void>): Promise<void> {
    let said = "";
    try {
      await read();
    } catch (error) {
      said = error instanceof Error ? error.message : String(error);
    }
    if (said === trouble) return;
    trouble = said;
    broadcast("trouble", trouble);
  }

  /** One look at a time: whoever asks while one runs gets another, which sees what has happened meanwhile. */
  function look(): Promise<void> {
    looking = looking.then(lookNow);
    return looking;
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
  repeat(look, snapshotMs);
  repeat(measureNow, measuresMs);
  return {
    watch(send) {
      send("about", about);
      if (snapshot) send("snapshot", snapshot);
      if (measures) send("measures", measures);
      if (trouble) send("trouble", trouble);
      send("entries", entries);
      watchers.add(send);
      if (!snapshot) void look();
      if (!measures) void measureNow();
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
    look,
    close() {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
