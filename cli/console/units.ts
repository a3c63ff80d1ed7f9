/** What the values of Holdfast's metrics mean, for the page's charts. Pure. */
import type { Series } from "../../src/telemetry/series.ts";
import type { SeriesView, StateView } from "./model.ts";

const attention: readonly StateView[] = [
  { from: 0, label: "nothing to do", tone: "good" },
  { from: 1, label: "a ticket", tone: "warning" },
  { from: 2, label: "a page", tone: "bad" },
];

/** Metrics whose values name states. */
const states: Readonly<Record<string, readonly StateView[]>> = {
  RelocationAttention: attention,
  ProbingAttention: attention,
  FallbackAttention: attention,
  AttachAttention: attention,
  Egress: [
    { from: 0, label: "no egress", tone: "bad" },
    { from: 1, label: "egress", tone: "good" },
  ],
  FallbackActive: [
    { from: 0, label: "direct", tone: "good" },
    { from: 1, label: "in fallback", tone: "fallback" },
  ],
  OverrideActive: [
    { from: 0, label: "none", tone: "good" },
    { from: 1, label: "override", tone: "warning" },
  ],
};

/** Units of the others; what has none here is a count. */
const units: Readonly<Record<string, SeriesView["unit"]>> = {
  BlockedRate: "%",
  GuardCurable: "%",
  TimeToHealSeconds: "s",
  EgressGapSeconds: "s",
  FallbackHours: "h",
  FallbackCostUsd: "USD",
  CertificateDaysLeft: "days",
  // AWS's own (Lambda developer guide, "Types of metrics"; SQS developer guide, "Available CloudWatch metrics").
  Duration: "ms",
  ApproximateAgeOfOldestMessage: "s",
};

/** Returns what a series' values mean. How many values there were is a count, whatever they mean. */
export function meaningOf({ metric, statistic }: Series): Pick<SeriesView, "unit" | "states"> {
  if (statistic === "SampleCount") return { unit: "", states: [] };
  return { unit: units[metric] ?? "", states: statistic === "Sum" ? [] : (states[metric] ?? []) };
}
