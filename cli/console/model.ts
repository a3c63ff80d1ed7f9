/** What the server sends to the page: plain data, as JSON. The page has no other source. */
import type { AddressState } from "../../src/pool/address-state.ts";
import type { Headline } from "../../src/telemetry/headline.ts";

/** How a pool is, in the words of `holdfast status`. */
export interface HealthView {
  readonly headline: Headline;
  /** Who cannot reach whom, and since when. */
  readonly line: string;
  /** Why, what Holdfast does about it and until when, what the operator can do. */
  readonly details: readonly { readonly label: string; readonly text: string }[];
}

/** Where a pool's default routes point: all to the internet gateway, all to the NAT gateway, or some to each. */
export type PoolRoute = "direct" | "mixed" | "fallback";

export interface FunctionView {
  readonly name: string;
  readonly status: "settled" | "changing" | "failed" | "idle";
  /** Interfaces that carry its traffic now, and those that will carry it when its update is done. */
  readonly uses: readonly string[];
  readonly awaits: readonly string[];
}

/** Where the subnet's default route points; `dead`: to a gateway that does not exist any more. */
export interface SubnetView {
  readonly subnetId: string;
  readonly label: string;
  readonly route: "direct" | "fallback" | "dead" | "other" | "none";
}

export interface InterfaceView {
  readonly networkInterfaceId: string;
  readonly subnetId: string;
  /** `unused`: no live version uses it any more. */
  readonly role: "serving" | "arriving" | "failed" | "published" | "unused";
  readonly inUse: boolean;
  /** It has an address that is not the pool's. */
  readonly foreign: boolean;
}

export interface AddressView {
  readonly allocationId: string;
  readonly publicIp: string;
  readonly role: "egress" | "fallback";
  /** `standby`: the fallback's address while there is no gateway. */
  readonly state: AddressState | "standby";
  readonly blocked: boolean;
  /** The interface or NAT gateway that holds it. */
  readonly on: string | undefined;
}

export interface NatGatewayView {
  readonly natGatewayId: string;
  readonly state: "pending" | "available" | "deleting" | "failed";
}

export interface PartnerView {
  readonly name: string;
  readonly host: string;
  /** Public addresses that it refuses, as far as the probes have detected. */
  readonly refuses: readonly string[];
}

/** How the traffic of one interface leaves: from which address, or not at all (`shut`). */
export interface ExitView {
  readonly networkInterfaceId: string;
  readonly way: "direct" | "fallback" | "elsewhere" | "shut";
  readonly allocationId: string | undefined;
}

export interface PoolView {
  readonly name: string;
  readonly health: HealthView;
  readonly route: PoolRoute;
  /** The operator's override, if there is one. */
  readonly override: string | undefined;
  readonly functions: readonly FunctionView[];
  readonly subnets: readonly SubnetView[];
  readonly interfaces: readonly InterfaceView[];
  readonly addresses: readonly AddressView[];
  /** Whether the pool has a fallback. */
  readonly hasFallback: boolean;
  readonly natGateway: NatGatewayView | undefined;
  readonly partners: readonly PartnerView[];
  readonly exits: readonly ExitView[];
}

/** The pools at one moment. */
export interface Snapshot {
  readonly atMs: number;
  /** What all pools share, where that is not well. */
  readonly shared: HealthView | undefined;
  readonly pools: readonly PoolView[];
}

/** A line of the time line: what happened, and why. */
export interface Entry {
  /** Grows with time; the page shows each once. */
  readonly id: number;
  readonly atMs: number;
  readonly who: "holdfast" | "lambda" | "partner" | "operator";
  readonly tone: "plain" | "good" | "warning" | "bad";
  readonly pool: string;
  readonly what: string;
  readonly why: string;
  /** The row of the decision table that it results from. */
  readonly row: string | undefined;
}

/** What a value means from `from` on. */
export interface StateView {
  readonly from: number;
  readonly label: string;
  readonly tone: "good" | "warning" | "bad" | "fallback";
}

/** One line of a chart: times in seconds since the epoch, as charts want them. */
export interface SeriesView {
  readonly label: string;
  /** Of counts empty. Of `%` the values are shares of 1. */
  readonly unit: "" | "%" | "ms" | "s" | "h" | "USD" | "days";
  /** From the lowest on, where values name states; else empty. */
  readonly states: readonly StateView[];
  readonly axis: "left" | "right";
  readonly seconds: readonly number[];
  readonly values: readonly number[];
}

export interface ChartView {
  readonly title: string;
  readonly series: readonly SeriesView[];
  /** Bounds of the left axis, where the dashboard sets them. */
  readonly min: number | undefined;
  readonly max: number | undefined;
}

interface Placed {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface AlarmView {
  readonly name: string;
  readonly state: "OK" | "ALARM" | "INSUFFICIENT_DATA";
  /** What has happened and what to do first. */
  readonly description: string;
}

/** A widget of the CloudWatch dashboard; of `log` widgets and unknown ones the page shows the title alone. */
export type WidgetView = Placed &
  (
    | { readonly kind: "text"; readonly markdown: string }
    | { readonly kind: "alarms"; readonly title: string; readonly alarms: readonly AlarmView[] }
    | { readonly kind: "chart"; readonly chart: ChartView }
    | { readonly kind: "other"; readonly title: string; readonly note: string }
  );

export interface PoolMeasures {
  readonly pool: string;
  readonly charts: readonly ChartView[];
  readonly dashboard: { readonly name: string; readonly widgets: readonly WidgetView[] } | undefined;
}

export interface Measures {
  readonly fromMs: number;
  readonly toMs: number;
  readonly pools: readonly PoolMeasures[];
}

/** A stretch of time: how many probes asked a partner, how many it let in, and how many had no egress. */
export interface BarView {
  readonly fromMs: number;
  readonly toMs: number;
  readonly asked: number;
  readonly accepted: number;
  readonly cutOff: number;
}

export interface PartnerAvailability {
  readonly name: string;
  /** The last hour by the minute, and the last day by the half hour. */
  readonly hour: readonly BarView[];
  readonly day: readonly BarView[];
}

export type Availability = readonly { readonly pool: string; readonly partners: readonly PartnerAvailability[] }[];

/** What a visitor can do to the simulated region. */
export const actions = ["subnets", "lose-event", "kill-run", "block", "block-all", "unblock", "restart"] as const;
export type Action = (typeof actions)[number];
/** Virtual seconds per second. `auto`: slow while there is something new to see, and fast while all wait; 0: paused. */
export const speeds = ["auto", 0, 1, 10, 60] as const;
export type Speed = (typeof speeds)[number];

/** Where the tour of the demo is. `manual`: the visitor controls the region. */
export interface DemoView {
  readonly phase: "deploying" | "tour" | "manual" | "ended";
  /** Titles of the tour's steps. */
  readonly steps: readonly string[];
  /** Index of the current step. */
  readonly step: number;
  readonly caption: string;
  readonly speed: Speed;
  readonly elapsedMs: number;
  /** Actions that can do nothing now, and why. */
  readonly unavailable: Readonly<Partial<Record<Action, string>>>;
}

/** Messages of the stream of server-sent events, by the event's name. */
export interface Messages {
  /** `run` differs after each start of the server. */
  readonly about: { readonly title: string; readonly demo: boolean; readonly run: string };
  readonly snapshot: Snapshot;
  readonly entries: readonly Entry[];
  readonly measures: Measures;
  readonly availability: Availability;
  readonly demo: DemoView;
  /** Why the last read failed: the call and AWS's reason; empty after a read that succeeded. */
  readonly failure: string;
  /** The region was replaced: the page discards what it shows of the old one. */
  readonly reset: null;
}
