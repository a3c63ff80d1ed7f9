/** What two rehearsals have seen otherwise, field by field: one in an account, and the same in the twin. Pure. */
import { checks } from "../../cli/rehearse/checks.ts";
import type { Fixtures } from "../../cli/rehearse/fixtures.ts";
import { createRedactor } from "../../cli/rehearse/redact.ts";
import { type Delays, defaultDelays, type Span } from "../twin/delays.ts";

export interface Difference {
  readonly field: string;
  /** What the account had; `absent` if nothing. */
  readonly account: string;
  readonly twin: string;
}

const absent = "absent";

/** Returns every field that differs. What was not found out in the account is not compared. */
export function differencesBetween(account: Fixtures, twin: Fixtures): Difference[] {
  return [
    ...verdictDifferences(account, twin),
    ...delayDifferences(account.delays),
    ...fieldDifferences("answer", answersOf(account), answersOf(twin)),
    ...fieldDifferences("record", recordsOf(account), recordsOf(twin)),
  ];
}

/** Of what the twin does at once or always alike: in seconds, and as a share of the longer time. */
const tolerance = { seconds: 5, share: 0.25 };

/** Times that are delays of the twin's are compared as such: each draw differs. */
function hasDelays(id: string): boolean {
  return checks.some((it) => it.id === id && it.measure !== undefined);
}

function verdictDifferences(account: Fixtures, twin: Fixtures): Difference[] {
  const asked = account.checks.filter(({ verdict }) => verdict.outcome !== "skipped");
  return asked.flatMap(({ id, verdict }) => {
    const other = twin.checks.find((it) => it.id === id)?.verdict;
    if (!other) return [];
    if (verdict.outcome !== other.outcome) {
      const said = (it: typeof verdict) => `${it.outcome}: ${it.found}`;
      return [{ field: `check ${id}`, account: said(verdict), twin: said(other) }];
    }
    const seconds = hasDelays(id) ? [] : Object.entries(verdict.seconds ?? {});
    return seconds.flatMap(([what, value]) => {
      const twins = other.seconds?.[what];
      const isClose = twins !== undefined && Math.abs(value - twins) <= toleranceOf(value, twins);
      const field = `check ${id}, ${what}`;
      return isClose ? [] : [{ field, account: `${value} s`, twin: twins === undefined ? absent : `${twins} s` }];
    });
  });
}

function toleranceOf(...seconds: readonly number[]): number {
  return tolerance.seconds + tolerance.share * Math.max(...seconds);
}

/** Compares measured times with the twin's own, which it has when it runs without them. */
function delayDifferences(measured: Fixtures["delays"]): Difference[] {
  return Object.entries(measured).flatMap(([name, value]: [string, Span | number]) => {
    const own = defaultDelays[name as keyof Delays] as Span | number;
    return agrees(value, own) ? [] : [{ field: `delay ${name}`, account: textOf(value), twin: textOf(own) }];
  });
}

/** Whether a measured time may be one of the twin's; a rate is measured only if it is far from what the twin has. */
function agrees(measured: Span | number, own: Span | number): boolean {
  if (typeof measured === "number" || typeof own === "number") return false;
  const [one, other] = [usual(measured), usual(own)];
  return one.minMs <= other.maxMs && other.minMs <= one.maxMs;
}

/** Where two of three draws lie. */
function usual(span: Span): { readonly minMs: number; readonly maxMs: number } {
  if (span.kind === "uniform") return span;
  const { medianMs, sigma, maxMs } = span;
  return { minMs: medianMs * Math.exp(-sigma), maxMs: Math.min(maxMs, medianMs * Math.exp(sigma)) };
}

function textOf(value: Span | number): string {
  if (typeof value === "number") return `${value}`;
  const { minMs, maxMs } = usual(value);
  return `${seconds(minMs)} to ${seconds(maxMs)} s`;
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}

/** What was made a moment ago may not be found yet: by chance, in the twin too. */
const notYetThere = /NotFound$/;
/** Which of the trials' records came first is chance. */
const trial = /rehearsal-trial$/;

/** All values that a field had, by the field. */
type Fields = Map<string, Set<string>>;

/** Compares what was answered to the same calls. */
function fieldDifferences(
  what: string,
  account: ReadonlyMap<string, Fields>,
  twin: ReadonlyMap<string, Fields>,
): Difference[] {
  return [...account].flatMap(([name, fields]) => {
    const others: Fields = twin.get(name) ?? new Map();
    const paths = [...new Set([...fields.keys(), ...others.keys()])].sort();
    return paths.flatMap((path) => {
      const [one, other] = [fields, others].map((it) => [...(it.get(path) ?? [absent])].sort().join(", "));
      if (one === undefined || other === undefined || one === other) return [];
      return [{ field: `${what} ${name} ${path}`, account: one, twin: other }];
    });
  });
}

function answersOf({ answers }: Fixtures): Map<string, Fields> {
  const told = answers.filter(({ error = "" }) => !notYetThere.test(error));
  return collected(told.map(({ call, output, error }) => [call, error === undefined ? output : { error }]));
}

function recordsOf({ records }: Fixtures): Map<string, Fields> {
  return collected(records.map((it) => [String((it as { eventName?: unknown }).eventName), it]));
}

function collected(all: readonly (readonly [name: string, content: unknown])[]): Map<string, Fields> {
  const byName = new Map<string, Fields>();
  for (const [name, content] of all) {
    const fields: Fields = byName.get(name) ?? new Map();
    byName.set(name, fields);
    collect(content, "", fields);
  }
  return byName;
}

/** Items of a list have one path together; an empty list is as good as none. */
function collect(value: unknown, path: string, into: Fields): void {
  if (Array.isArray(value)) {
    for (const it of value) collect(it, `${path}[]`, into);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, it] of Object.entries(value)) collect(it, path === "" ? key : `${path}.${key}`, into);
  } else {
    const values = into.get(path) ?? new Set();
    into.set(path, values);
    values.add(trial.test(path) ? "<trial>" : kindOf(String(value)));
  }
}

const kinds = createRedactor((name, _count, found) => `<${name ?? found.slice(0, found.lastIndexOf("-"))}>`);

/** Returns a value with what is never the same twice replaced by its kind. */
function kindOf(value: string): string {
  return kinds(value)
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+0000)/g, "<time>")
    .replace(/\b[0-9a-f]{64}\b|^[\w+/]{43}=$/g, "<hash>")
    .replace(/\b[a-z]{2}(?:-[a-z]+)+-\d[a-z]\b/g, "<zone>")
    .replace(/\b[a-z]{3,4}\d-az\d\b/g, "<zone id>");
}
