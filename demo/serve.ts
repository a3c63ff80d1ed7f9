/** The demo as a page: a simulated region, a tour that runs by itself, and buttons that inject faults. */
import { loadAssets } from "../cli/console/assets.ts";
import { createFeed } from "../cli/console/feed.ts";
import { type DemoView, type Snapshot, type Speed, speeds } from "../cli/console/model.ts";
import { type RunningConsole, startConsole } from "../cli/console/server.ts";
import type { Source } from "../cli/console/source.ts";
import { type RegionAction, refusedIps, regionActions } from "./actions.ts";
import { type Player, startPlayer } from "./player.ts";
import type { DemoRegion, Log } from "./region.ts";
import { ending, leastBetweenReadsMs, runTour, steps } from "./tour.ts";

export interface DemoOptions {
  /** Draws all delays. */
  readonly seed: number;
  readonly port?: number | undefined;
  /** Virtual seconds per second to begin with. At 20, the whole tour takes about two minutes. */
  readonly speed?: Speed | undefined;
}

/** Real time between two snapshots. */
const snapshotMs = 300;
const measuresMs = 2_000;
const viewMs = 500;

/** The region that is shown now. */
interface Running {
  readonly demo: DemoRegion;
  readonly player: Player;
  readonly startMs: number;
}

const empty: Source = {
  snapshot: async () => ({ atMs: 0, shared: undefined, pools: [] }),
  newEntries: async () => [],
  measures: async () => ({ fromMs: 0, toMs: 0, pools: [] }),
};

/**
 * Serves the demo until it is closed. The page is there at once, the region some seconds later.
 * @throws UsageError when the port that was asked for is taken
 */
export async function runDemoServer({ seed, port, speed = 20 }: DemoOptions): Promise<RunningConsole> {
  let running: Running | undefined;
  let closed = false;
  let snapshotAtMs = 0;
  let view: DemoView = {
    phase: "deploying",
    steps: steps.map(({ title }) => title),
    step: 0,
    speed,
    elapsedMs: 0,
    caption: "A simulated region is being deployed: network, roles, rules, queues, functions, alarms, dashboard.",
  };

  const source: Source = {
    async snapshot() {
      if (!running) return empty.snapshot();
      snapshotAtMs = running.demo.region.clock.now();
      return withActualBlocks(await running.demo.source.snapshot(), running.demo);
    },
    newEntries: () => (running?.demo.source ?? empty).newEntries(),
    measures: () => (running?.demo.source ?? empty).measures(),
  };
  const isDue = () => running !== undefined && running.demo.region.clock.now() - snapshotAtMs >= leastBetweenReadsMs;
  const about = { title: "demo", demo: true };
  const feed = createFeed({ source, about, snapshotMs, measuresMs, isDue });

  const update = (change: Partial<DemoView>) => {
    const elapsedMs = running ? running.demo.region.clock.now() - running.startMs : 0;
    view = { ...view, elapsedMs, ...change };
    feed.broadcast("demo", view);
  };

  async function open(): Promise<void> {
    running?.player.stop();
    running = undefined;
    feed.reset();
    update({ phase: "deploying", step: 0 });
    // The page is there at once: the modules of the region take seconds to load.
    const { openDemoRegion } = await import("./region.ts");
    const demo = await openDemoRegion(seed);
    if (closed) return;
    const { clock } = demo.region;
    const player = startPlayer(clock, view.speed);
    const own: Running = { demo, player, startMs: clock.now() };
    running = own;
    update({ phase: "tour" });
    const isOwn = () => running === own && view.phase === "tour";
    await runTour(demo, {
      log: logOf(own),
      onStep: (step) => update({ step: steps.indexOf(step), caption: step.caption }),
      pass: async (isDone, limitMs) => {
        const held = await player.pass(isDone, limitMs);
        // A visitor who takes control ends the tour where it is.
        return isOwn() ? held : new Promise<boolean>(() => {});
      },
    });
    update({ phase: "ended", caption: ending });
  }

  const logOf =
    ({ demo }: Running): Log =>
    (draft) =>
      feed.note({ ...draft, atMs: demo.region.clock.now(), pool: "", row: undefined });

  async function runOn(own: Running, action: RegionAction): Promise<void> {
    update({ phase: "manual", caption: "You control the region now. Restart runs the tour from its beginning." });
    await regionActions[action](own.demo, logOf(own));
    await feed.refresh();
  }

  function runAction(name: string): boolean {
    const speed = speeds.find((it) => name === `speed/${it}`);
    if (speed !== undefined) {
      if (running) running.player.speed = speed;
      update({ speed });
      return true;
    }
    if (name === "restart") {
      if (view.phase !== "deploying") void open();
      return true;
    }
    if (!(name in regionActions)) return false;
    if (running) void runOn(running, name as RegionAction);
    return true;
  }

  const watch: typeof feed.watch = (send) => {
    send("demo", view);
    return feed.watch(send);
  };
  const server = await startConsole({ assets: await loadAssets(), watch, runAction, port });
  const ticker = setInterval(() => update({}), viewMs);
  setImmediate(open);
  return {
    url: server.url,
    async close() {
      closed = true;
      clearInterval(ticker);
      running?.player.stop();
      feed.close();
      await server.close();
    },
  };
}

/** Adds which partner refuses which address: the simulated region knows it before a probe has detected it. */
function withActualBlocks(snapshot: Snapshot, demo: DemoRegion): Snapshot {
  const refused = refusedIps(demo);
  const pools = snapshot.pools.map((pool) => ({
    ...pool,
    partners: pool.partners.map((partner) => ({ ...partner, refuses: refused.get(partner.name) ?? [] })),
  }));
  return { ...snapshot, pools };
}
