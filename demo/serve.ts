/** The demo as a page: a simulated region, a story that plays by itself, and buttons with which to break it. */
import { loadAssets } from "../cli/console/assets.ts";
import { createFeed } from "../cli/console/feed.ts";
import { type DemoView, type Snapshot, type Speed, speeds } from "../cli/console/model.ts";
import { type RunningConsole, startConsole } from "../cli/console/server.ts";
import type { Source } from "../cli/console/source.ts";
import { performers, type RegionAct, refusedIps } from "./actions.ts";
import { type Player, startPlayer } from "./player.ts";
import type { Stage, Tell } from "./region.ts";
import { chapters, ending, playTale } from "./tour.ts";

export interface DemoOptions {
  /** Draws all delays. */
  readonly seed: number;
  readonly port?: number | undefined;
  /** Virtual seconds per second to begin with. At 20, the whole story takes about two minutes. */
  readonly speed?: Speed | undefined;
}

/** Real time between two looks, and the least virtual time: the region's calls are throttled as AWS's are. */
const snapshotMs = 300;
const measuresMs = 2_000;
const leastVirtualMs = 2_000;
const viewMs = 500;

interface Show {
  readonly stage: Stage;
  readonly player: Player;
  readonly startMs: number;
}

const empty: Source = {
  snapshot: async () => ({ atMs: 0, pools: [] }),
  news: async () => [],
  measures: async () => ({ fromMs: 0, toMs: 0, pools: [] }),
};

/**
 * Serves the demo until it is closed. The page is there at once, the region some seconds later.
 * @throws UsageError when the port that was asked for is taken
 */
export async function runDemoServer({ seed, port, speed = 20 }: DemoOptions): Promise<RunningConsole> {
  let show: Show | undefined;
  let lookedMs = 0;
  let view: DemoView = {
    ...{ phase: "deploying", chapters, chapter: 0, speed, elapsedMs: 0 },
    caption: "A simulated region is being deployed: network, roles, rules, queues, functions, alarms, dashboard.",
  };

  const source: Source = {
    async snapshot() {
      if (!show) return empty.snapshot();
      lookedMs = show.stage.region.clock.now();
      return withTruth(await show.stage.source.snapshot(), show.stage);
    },
    news: () => (show?.stage.source ?? empty).news(),
    measures: () => (show?.stage.source ?? empty).measures(),
  };
  const isDue = () => show !== undefined && show.stage.region.clock.now() - lookedMs >= leastVirtualMs;
  const about = { title: "demo", demo: true };
  const feed = createFeed({ source, about, snapshotMs, measuresMs, isDue });

  const update = (change: Partial<DemoView>) => {
    const elapsedMs = show ? show.stage.region.clock.now() - show.startMs : 0;
    view = { ...view, elapsedMs, ...change };
    feed.broadcast("demo", view);
  };

  async function open(): Promise<void> {
    show?.player.stop();
    show = undefined;
    feed.reset();
    update({ phase: "deploying", chapter: 0 });
    // The page is there at once: what the region needs takes seconds to load.
    const { openStage } = await import("./region.ts");
    const stage = await openStage(seed);
    const { clock } = stage.region;
    const player = startPlayer(clock, view.speed);
    const own: Show = { stage, player, startMs: clock.now() };
    show = own;
    update({ phase: "story" });
    const isOwn = () => show === own && view.phase === "story";
    await playTale(stage, {
      tell: tellOf(own),
      show: ({ chapter, caption }) => update({ chapter: chapters.indexOf(chapter), caption }),
      pass: async (isDone, limitMs) => {
        const held = await player.pass(isDone, limitMs);
        // A visitor who has taken over ends the story where it is.
        return isOwn() ? held : new Promise<boolean>(() => {});
      },
    });
    update({ phase: "over", caption: ending });
  }

  const tellOf =
    ({ stage }: Show): Tell =>
    (draft) =>
      feed.note({ ...draft, atMs: stage.region.clock.now(), pool: "", row: undefined });

  async function perform(act: RegionAct, own: Show): Promise<void> {
    update({ phase: "yours", caption: "The region is yours. Restart plays the story from its beginning." });
    await performers[act](own.stage, tellOf(own));
    await feed.look();
  }

  function act(name: string): boolean {
    const speed = speeds.find((it) => name === `speed/${it}`);
    if (speed !== undefined) {
      if (show) show.player.speed = speed;
      update({ speed });
      return true;
    }
    if (name === "restart") {
      if (view.phase !== "deploying") void open();
      return true;
    }
    if (!(name in performers)) return false;
    if (show) void perform(name as RegionAct, show);
    return true;
  }

  const watch: typeof feed.watch = (send) => {
    send("demo", view);
    return feed.watch(send);
  };
  const server = await startConsole({ assets: await loadAssets(), watch, act, port });
  const ticker = setInterval(() => update({}), viewMs);
  setImmediate(open);
  return {
    url: server.url,
    async close() {
      clearInterval(ticker);
      show?.player.stop();
      feed.close();
      await server.close();
    },
  };
}

/** The region knows which partner refuses which address before anybody has found it out. */
function withTruth(snapshot: Snapshot, stage: Stage): Snapshot {
  const refused = refusedIps(stage);
  const pools = snapshot.pools.map((pool) => ({
    ...pool,
    partners: pool.partners.map((partner) => ({ ...partner, refuses: refused.get(partner.name) ?? [] })),
  }));
  return { ...snapshot, pools };
}
