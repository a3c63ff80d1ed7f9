/** The demo as a page: a simulated region, a tour that runs by itself, and buttons that inject faults. */
import { loadAssets } from "../cli/console/assets.ts";
import { createFeed, type Part } from "../cli/console/feed.ts";
import { actions, type DemoView, type Snapshot, type Speed, speeds } from "../cli/console/model.ts";
import { type RunningConsole, startConsole } from "../cli/console/server.ts";
import type { Source } from "../cli/console/source.ts";
import { type RegionAction, reasonsAgainst, refusedIps, regionActions } from "./actions.ts";
import { createPace } from "./pace.ts";
import { type Player, startPlayer } from "./player.ts";
import type { DemoRegion, Log } from "./region.ts";
import { ending, leastBetweenReadsMs, runTour, steps } from "./tour.ts";

export interface DemoOptions {
  /** Draws all delays. */
  readonly seed: number;
  readonly port?: number | undefined;
  /** To begin with; by default the tour paces itself. */
  readonly speed?: Speed | undefined;
  /** Virtual seconds per second instead of the pace that `auto` gives: for tests. */
  readonly pace?: number | undefined;
}

/** Real time between two snapshots. */
const snapshotMs = 300;
const measuresMs = 1_000;
const viewMs = 500;

/** The region that is shown now. */
interface Running {
  readonly demo: DemoRegion;
  readonly player: Player;
  readonly startMs: number;
}

const empty: Source = {
  read: async () => ({ snapshot: { atMs: 0, shared: undefined, pools: [] }, entries: [] }),
  measures: async () => ({ fromMs: 0, toMs: 0, pools: [] }),
  availability: async () => [],
};

/**
 * Serves the demo until it is closed. The page is there at once, the region some seconds later. Its time passes while a
 * page is open.
 * @throws UsageError when the port that was asked for cannot be had
 */
export async function runDemoServer({ seed, port, speed = "auto", pace }: DemoOptions): Promise<RunningConsole> {
  let running: Running | undefined;
  let closed = false;
  let watchers = 0;
  /** When the region that is shown was last read, in its own time. */
  const readAtMs = new Map<Part, number>();
  let reading = createPace();
  let view: DemoView = {
    phase: "deploying",
    steps: steps.map(({ title }) => title),
    step: 0,
    speed,
    elapsedMs: 0,
    caption: "",
    unavailable: {},
  };

  const source: Source = {
    async read() {
      if (!running) return empty.read();
      const { demo } = running;
      readAtMs.set("pools", demo.region.clock.now());
      const { snapshot, entries } = await demo.source.read();
      show(...entries.map(({ what, why }) => `${what} ${why}`));
      return { snapshot: withActualBlocks(snapshot, demo), entries };
    },
    async measures() {
      if (!running) return empty.measures();
      readAtMs.set("measures", running.demo.region.clock.now());
      return running.demo.source.measures();
    },
    availability: () => (running?.demo.source ?? empty).availability(),
  };
  const isDue = (part: Part) => {
    const lastMs = readAtMs.get(part) ?? Number.NEGATIVE_INFINITY;
    return running !== undefined && running.demo.region.clock.now() - lastMs >= leastBetweenReadsMs;
  };
  const about = { title: "demo", demo: true };
  const feed = createFeed({ source, about, snapshotMs, measuresMs, isDue });

  const show = (...texts: readonly string[]) => {
    for (const text of texts) reading.show(text, performance.now());
  };
  const speedNow = () => {
    if (watchers === 0) return 0;
    return view.speed === "auto" ? (pace ?? reading.at(performance.now())) : view.speed;
  };

  const update = (change: Partial<DemoView>) => {
    const elapsedMs = running ? running.demo.region.clock.now() - running.startMs : 0;
    view = { ...view, elapsedMs, ...change, unavailable: unavailable(change.phase ?? view.phase) };
    if (change.caption) show(change.caption);
    feed.broadcast("demo", view);
  };

  function unavailable(phase: DemoView["phase"]): DemoView["unavailable"] {
    if (running && phase !== "deploying") return reasonsAgainst(running.demo);
    return Object.fromEntries(actions.map((action) => [action, "the region is being deployed"]));
  }

  async function open(): Promise<void> {
    running?.player.stop();
    running = undefined;
    readAtMs.clear();
    reading = createPace();
    feed.reset();
    const caption =
      "A simulated region is being deployed: network, roles, rules, queues, functions, alarms, dashboard.";
    update({ phase: "deploying", step: 0, caption });
    // The page is there at once: the modules of the region take seconds to load.
    const { openDemoRegion } = await import("./region.ts");
    const demo = await openDemoRegion(seed);
    if (closed) return;
    const { clock } = demo.region;
    const own: Running = { demo, player: startPlayer(clock, speedNow), startMs: clock.now() };
    running = own;
    update({ phase: "tour" });
    await runTour(demo, {
      log: logOf(own),
      onStep: (step) => update({ step: steps.indexOf(step), caption: step.caption }),
      pass: async (isDone, limitMs) => {
        const held = await own.player.pass(isDone, limitMs);
        // A visitor who takes control ends the tour where it is.
        return running === own && view.phase === "tour" ? held : new Promise<boolean>(() => {});
      },
    });
    update({ phase: "ended", caption: ending });
  }

  const logOf =
    ({ demo }: Running): Log =>
    (draft) => {
      show(`${draft.what} ${draft.why}`);
      feed.note({ ...draft, atMs: demo.region.clock.now(), pool: "", row: undefined });
    };

  async function runOn(own: Running, action: RegionAction): Promise<void> {
    update({ phase: "manual", caption: "You control the region now. Restart runs the tour from its beginning." });
    await regionActions[action](own.demo, logOf(own));
    update({});
  }

  function runAction(name: string): boolean {
    const chosen = speeds.find((it) => name === `speed/${it}`);
    const action = actions.find((it) => it === name);
    if (chosen !== undefined) update({ speed: chosen });
    // What a page shows may be half a second old: an action that has become impossible does nothing.
    else if (action && view.unavailable[action] === undefined) {
      if (action === "restart") void open();
      else if (running) void runOn(running, action);
    }
    return chosen !== undefined || action !== undefined;
  }

  const watch: typeof feed.watch = (send) => {
    send("demo", view);
    const stop = feed.watch(send);
    watchers++;
    return () => {
      watchers--;
      stop();
    };
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
