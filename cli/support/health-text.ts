/** A pool's health in words: one line, and what there is to say besides. Pure. */
import type { Headline } from "../../src/telemetry/headline.ts";
import type { Health } from "./health.ts";
import { away, moment, type Style, type Tone, wrap } from "./style.ts";

export interface HealthText {
  readonly headline: Headline;
  /** Such as `payments: orders cannot reach bank, since 14:02Z (12 min ago)`. */
  readonly line: string;
  readonly details: readonly { readonly label: string; readonly text: string }[];
}

/** @param timeZone of the reader; by default this machine's */
export function healthText(health: Health, nowMs: number, timeZone?: string): HealthText {
  const { pool, headline, summary, why, since, doing, todo } = health;
  const begun = since
    ? `, since ${shortTime(since.atMs, nowMs)}${since.atLatest ? " or before" : ""} (${away(since.atMs, nowMs)})`
    : "";
  const detail = (label: string, text: string | undefined) => (text === undefined ? [] : [{ label, text }]);
  const until = doing?.untilMs === undefined ? "" : `, until ${moment(doing.untilMs, nowMs, timeZone)}`;
  const does = doing && `${doing.text}${until}`;
  return {
    headline,
    line: `${pool ?? "all pools"}: ${summary}${begun}`,
    details:
      headline === "OK"
        ? detail("Holdfast", does)
        : [
            ...detail("since", since && `${moment(since.atMs, nowMs, timeZone)}${since.atLatest ? ", or before" : ""}`),
            ...detail("why", why),
            ...detail("Holdfast", does ?? "has nothing to do about it"),
            ...detail("you", todo),
          ],
  };
}

const dayMs = 86_400_000;

/** Returns `14:02Z`, with the date where that was more than a day ago. */
function shortTime(atMs: number, nowMs: number): string {
  const iso = new Date(atMs).toISOString();
  return nowMs - atMs < dayMs ? `${iso.slice(11, 16)}Z` : `${iso.slice(0, 16).replace("T", " ")}Z`;
}

const tones: Readonly<Record<Headline, Tone>> = { DOWN: "red", UNKNOWN: "yellow", DEGRADED: "yellow", OK: "green" };
const headlineWidth = 10;
const labelWidth = 10;
const mostColumns = 80;

/** Returns the line, and its details unless `quiet`, in lines of at most 80 columns whatever they are written to. */
export function renderHealth(style: Style, { headline, line, details }: HealthText, quiet = false): string {
  const columns = Math.min(process.stdout.columns ?? mostColumns, mostColumns);
  const fold = (text: string, indent: number) => wrap(text, " ".repeat(indent), columns);
  const head = `${style(tones[headline], headline)}${" ".repeat(headlineWidth - headline.length)}`;
  const indent = headlineWidth + labelWidth;
  return [
    `${head}${fold(line, headlineWidth)}`,
    ...(quiet ? [] : details).map(({ label, text }) => {
      return `${" ".repeat(headlineWidth)}${style("dim", label.padEnd(labelWidth))}${fold(text, indent)}`;
    }),
  ].join("\n");
}
