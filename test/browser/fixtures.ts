/** Pools that the page shows without a region: as large, as small and as ill as they get. */
import { randomUUID } from "node:crypto";
import { loadAssets } from "../../cli/console/assets.ts";
import type { Send } from "../../cli/console/feed.ts";
import type {
  AddressView,
  Availability,
  Entry,
  ExitView,
  FunctionView,
  InterfaceView,
  Measures,
  PoolView,
  SeriesView,
} from "../../cli/console/model.ts";
import { type RunningConsole, startConsole } from "../../cli/console/server.ts";

const nowMs = Date.parse("2026-03-02T14:30:00Z");
const minuteMs = 60_000;

const zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"];

/** `perZone` interfaces in each of the zones, each with an address, and one spare; `refused` of the addresses by one partner. */
function poolOf(
  names: readonly string[],
  zoneCount: number,
  perZone: number,
  partners: number,
  refused: number,
): PoolView {
  const subnets = zones.slice(0, zoneCount).map((label, index) => ({
    ...{ subnetId: `subnet-0000000000000000${index}`, label },
    route: "direct" as const,
  }));
  const interfaces = subnets.flatMap(({ subnetId }, zone) =>
    Array.from({ length: perZone }, (_, index): InterfaceView => {
      const networkInterfaceId = `eni-0c8040099e4bd${zone}${index}01`;
      return { networkInterfaceId, subnetId, role: "serving", inUse: true, foreign: false };
    }),
  );
  const addresses = [...interfaces.map((it) => it.networkInterfaceId), undefined].map((on, index): AddressView => {
    const publicIp = `198.51.100.${100 + index}`;
    const state = on === undefined ? "spare" : "serving";
    return { allocationId: `eipalloc-${index}`, publicIp, role: "egress", state, blocked: index < refused, on };
  });
  const functions = names.map((name, index): FunctionView => {
    const uses = interfaces.filter((_, at) => at % perZone === index % perZone).map((it) => it.networkInterfaceId);
    return { name, status: "settled", uses, awaits: [] };
  });
  const exits = interfaces.map(({ networkInterfaceId }, index): ExitView => {
    return { networkInterfaceId, way: "direct", allocationId: `eipalloc-${index}` };
  });
  return {
    name: "payments",
    health: {
      headline: refused > 0 ? "DEGRADED" : "OK",
      line:
        refused > 0
          ? "payments: part of the calls cannot reach bank-of-the-north-settlement"
          : "payments: reaches its partners",
      details: refused > 0 ? [{ label: "why", text: "bank-of-the-north-settlement refuses 198.51.100.100" }] : [],
    },
    ...{ route: "direct", override: undefined, functions, subnets, interfaces, addresses, exits },
    ...{ hasFallback: true, natGateway: undefined },
    partners: Array.from({ length: partners }, (_, index) => ({
      name: index === 0 ? "bank-of-the-north-settlement" : `carrier-${index}`,
      host: `api.partner-${index}.example`,
      refuses: index === 0 ? addresses.slice(0, refused).map(({ publicIp }) => publicIp) : [],
    })),
  };
}

const parts = ["order", "invoice", "refund", "settlement", "dispute", "payout", "ledger", "webhook"];
const kinds = ["created-handler", "cancelled-handler", "reconciliation-nightly-batch"];

/** 24 functions whose names begin alike, and nine interfaces in three zones. */
export const many = poolOf(
  parts.flatMap((part) => kinds.map((kind) => `acme-production-payments-backend-${part}-${kind}`)),
  ...([3, 3, 3, 1] as const),
);
export const one = poolOf(["orders"], 1, 1, 1, 0);

const bars = (barMs: number, count: number, ill: number) =>
  Array.from({ length: count }, (_, index) => {
    const fromMs = nowMs - (count - index) * barMs;
    const asked = index < count / 3 ? 0 : 12;
    return { fromMs, toMs: fromMs + barMs, asked, accepted: index === ill ? 5 : asked, cutOff: 0 };
  });

const availabilityOf = ({ name: pool, partners }: PoolView): Availability => [
  {
    pool,
    partners: partners.map(({ name, refuses }) => ({
      ...{ name, hour: bars(minuteMs, 60, refuses.length > 0 ? 50 : -1) },
      day: bars(30 * minuteMs, 48, refuses.length > 0 ? 40 : -1),
    })),
  },
];

const seconds = Array.from({ length: 60 }, (_, index) => nowMs / 1000 - (60 - index) * 60);

const series = (label: string, values: (index: number) => number, more: Partial<SeriesView> = {}): SeriesView => {
  return {
    label,
    axis: "left",
    unit: "",
    states: [],
    seconds,
    values: seconds.map((_, index) => values(index)),
    ...more,
  };
};

const sinceHalfPast = (it: SeriesView): SeriesView => {
  return { ...it, seconds: it.seconds.slice(30), values: it.values.slice(30) };
};

const states: SeriesView["states"] = [
  { from: 0, label: "nothing to do", tone: "good" },
  { from: 1, label: "a ticket", tone: "warning" },
  { from: 2, label: "a page", tone: "bad" },
];

const measures: Measures = {
  fromMs: nowMs - 60 * minuteMs,
  toMs: nowMs,
  pools: [
    {
      pool: "payments",
      charts: [
        {
          ...{ title: "Needs a person", min: 0, max: 2 },
          series: [
            series("relocation", (index) => (index > 30 && index < 35 ? 2 : 0), { states }),
            series("probing", (index) => (index > 40 ? 1 : 0), { states }),
          ],
        },
        {
          ...{ title: "Answers that are blocked", min: 0, max: 1 },
          series: [sinceHalfPast(series("share of all answers", (index) => (index > 45 ? 0.25 : 0), { unit: "%" }))],
        },
      ],
      dashboard: undefined,
    },
  ],
};

/** The first value of each series alone, as it was sent before the rest. */
function beforeOf(all: Measures): Measures {
  const first = (it: SeriesView): SeriesView => ({
    ...it,
    seconds: it.seconds.slice(0, 1),
    values: it.values.slice(0, 1),
  });
  const pools = all.pools.map((pool) => {
    return { ...pool, charts: pool.charts.map((chart) => ({ ...chart, series: chart.series.map(first) })) };
  });
  return { ...all, pools };
}

const entry = (id: number, what: string): Entry => {
  return {
    id,
    atMs: nowMs,
    who: "holdfast",
    tone: "good",
    pool: "payments",
    what,
    why: "Because.",
    row: "relocation row 2",
  };
};

/** Serves a page on a pool that stands still. Each start has another `run`, as a server has. */
export async function servePool(pool: PoolView, port = 0, entries = ["An address was moved"]): Promise<RunningConsole> {
  const run = randomUUID();
  const watch = (send: Send) => {
    send("about", { title: "acme-production", demo: false, run });
    send("snapshot", { atMs: nowMs, shared: undefined, pools: [pool] });
    send("measures", beforeOf(measures));
    send("measures", measures);
    send("availability", availabilityOf(pool));
    send("failure", "");
    send(
      "entries",
      entries.map((what, id) => entry(id, what)),
    );
    return () => {};
  };
  return startConsole({ assets: await loadAssets(), watch, port });
}
