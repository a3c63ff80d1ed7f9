/** Colour, tables and times, for terminals. */
import { styleText } from "node:util";
import Table from "cli-table3";
import { Help } from "commander";

export type Tone = "bold" | "dim" | "red" | "yellow" | "green" | "cyan";
export type Style = (tone: Tone, text: string) => string;

export const plain: Style = (_tone, text) => text;

/** Colour on a terminal, unless NO_COLOR (no-color.org) or a dumb terminal says otherwise. */
export function styleFor(stream: { isTTY?: boolean }, environment: NodeJS.ProcessEnv): Style {
  const coloured = stream.isTTY === true && !environment["NO_COLOR"] && environment["TERM"] !== "dumb";
  return coloured ? (tone, text) => styleText(tone, text, { validateStream: false }) : plain;
}

const bare = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/** Rows under a head, without lines, indented by two. Columns whose head begins with `>` are numbers. */
export function table(style: Style, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const made = new Table({
    head: head.map((title) => style("dim", title.replace(/^>/, ""))),
    colAligns: head.map((title) => (title.startsWith(">") ? "right" : "left")),
    chars: bare,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  made.push(...rows.map((row) => [...row]));
  return made
    .toString()
    .split("\n")
    .map((line) => `  ${line}`.trimEnd())
    .join("\n");
}

/** The empty word of a table's cell. */
export const none = "–";

/** A time as people of any zone read it, to the second. */
export function time(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace("T", " ")}Z`;
}

/** Returns a time in UTC, with the reader's own beside it where that is another, and how far away it is. */
export function moment(atMs: number, nowMs: number, timeZone?: string): string {
  const parts = { hour: "2-digit", minute: "2-digit", timeZoneName: "short" } as const;
  const local = new Intl.DateTimeFormat("en-GB", { ...parts, ...(timeZone !== undefined && { timeZone }) });
  const isUtc = ["UTC", "Etc/UTC", "GMT"].includes(local.resolvedOptions().timeZone);
  return `${time(atMs)} (${isUtc ? "" : `${local.format(atMs)}, `}${away(atMs, nowMs)})`;
}

/** Returns how far away a time is: `4 min ago`, `in 3 h`. */
export function away(atMs: number, nowMs: number): string {
  return atMs > nowMs ? `in ${duration(atMs - nowMs)}` : `${duration(nowMs - atMs)} ago`;
}

/** How long, in the largest unit that says it: `45 s`, `12 min`, `3 h`, `5 d`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}

const leastColumns = 40;

/**
 * Returns the text in lines that fit, all but the first with the indent.
 *
 * @param columns undefined: what is no terminal gets each text as one line, for `grep`
 */
export function wrap(text: string, indent: string, columns: number | undefined = process.stdout.columns): string {
  if (columns === undefined) return text;
  const width = Math.max(leastColumns, columns - indent.length);
  return new Help().boxWrap(text, width).split("\n").join(`\n${indent}`);
}
