/**
 * What AWS refuses of fallback's writes, and when each is tried again. Pure.
 *
 *  what                     first pause   longest   reported
 *  creating a NAT gateway   1 min         15 min    at once, whether the call is refused or the gateway fails
 *  deleting one             1 min         15 min    from the third refusal on
 *  replacing a route        1 s           15 min    from the third on; EC2 may not know a new gateway everywhere yet
 *  replacing a dead route   1 s           1 min     the same
 *  a note of a route        1 s           15 min    the same
 *  a note of a refusal      1 min         15 min    at once
 *
 * The pause doubles with each refusal, also when its reason changes. What is reported is noted on route tables' tags, so
 * that a function that starts anew neither tries nor reports it again at once. The pauses are assumed; AWS names none.
 */
import type { Outcome, Timed } from "../actuator/outcome.ts";
import type { Action, Finding, Wait } from "./actions.ts";
import type { NatGateway, Refusal, RouteTable } from "./model.ts";

const secondMs = 1000;
const minuteMs = 60_000;
const longestMs = 15 * minuteMs;
/** A refusal that nobody has met again for this long is forgotten. */
const keptMs = 24 * 60 * minuteMs;
const firstMs: Readonly<Record<Refusal["operation"], number>> = {
  create: minuteMs,
  fail: minuteMs,
  delete: minuteMs,
  route: secondMs,
  note: secondMs,
  remember: minuteMs,
};
const reportedFrom: Readonly<Record<Refusal["operation"], number>> = {
  create: 1,
  fail: 1,
  delete: 3,
  route: 3,
  note: 3,
  remember: 1,
};
/** A tag's value holds 256 characters (EC2 user guide, "Tag restrictions"). */
const tagLength = 256;

export const permissions: Readonly<Record<Exclude<Refusal["operation"], "fail">, string>> = {
  create: "ec2:CreateNatGateway",
  delete: "ec2:DeleteNatGateway",
  route: "ec2:ReplaceRoute",
  note: "ec2:CreateTags",
  remember: "ec2:CreateTags",
};

type Asked = Pick<Refusal, "operation" | "subject">;

function askedBy(action: Action): Asked {
  switch (action.kind) {
    case "create":
      return { operation: "create", subject: undefined };
    case "delete":
      return { operation: "delete", subject: action.natGatewayId };
    case "route":
      return { operation: "route", subject: action.routeTableId };
    case "note":
    case "remember":
      return { operation: action.kind, subject: action.routeTableId };
  }
}

/** Whether both ask for the same: a gateway that fails is as good as one that cannot be asked for. */
function isSame(a: Asked, b: Asked): boolean {
  const kindOf = ({ operation }: Asked) => (operation === "fail" ? "create" : operation);
  return kindOf(a) === kindOf(b) && a.subject === b.subject;
}

/** Returns what AWS refused when the same was last asked of it. */
export function refusalOf(refusals: readonly Refusal[], action: Action): Refusal | undefined {
  return refusals.find((it) => isSame(it, askedBy(action)));
}

export function isReported({ operation, count }: Refusal): boolean {
  return count >= reportedFrom[operation];
}

/** Returns the pause after so many refusals in a row. */
export function pauseMs(operation: Refusal["operation"], count: number): number {
  return Math.min(longestMs, firstMs[operation] * 2 ** (count - 1));
}

function untilMs(action: Action, { operation, count, lastMs }: Refusal): number {
  const isDead = action.kind === "route" && action.row === 14;
  return lastMs + Math.min(isDead ? minuteMs : longestMs, pauseMs(operation, count));
}

function findingOf({ operation, subject: on, code, sinceMs }: Refusal): Finding {
  if (operation === "fail") return { kind: "gateway-failed", code, sinceMs };
  return { kind: "refused", permission: permissions[operation], ...(on && { on }), code, sinceMs };
}

/** Returns why no gateway came of the last attempt; as long as none is available, the next one may end like it. */
export function creationRefused(refusals: readonly Refusal[]): Finding[] {
  return refusals.filter(({ operation }) => operation === "create" || operation === "fail").map(findingOf);
}

interface Tried {
  readonly actions: readonly Action[];
  readonly findings: readonly Finding[];
  readonly waits: readonly Wait[];
}

/** Returns which of the actions are due, with what AWS has refused of them so far. */
export function dueOf(actions: readonly Action[], refusals: readonly Refusal[], nowMs: number): Tried {
  const asked = actions.map((action) => ({ action, refusal: refusalOf(refusals, action) }));
  const paused = asked.flatMap(({ action, refusal }) =>
    refusal ? [{ action, untilMs: untilMs(action, refusal) }] : [],
  );
  const resting = paused.filter((it) => nowMs < it.untilMs);
  return {
    actions: actions.filter((action) => !resting.some((it) => it.action === action)),
    findings: asked.flatMap(({ refusal }) => (refusal && isReported(refusal) ? [findingOf(refusal)] : [])),
    waits: resting.map((it) => ({ kind: "backoff", untilMs: it.untilMs })),
  };
}

/** Returns the refusals with one more. To the second, as tags keep them. */
function withRefusal(refusals: readonly Refusal[], asked: Asked, code: string, atMs: number): Refusal[] {
  const before = refusals.find((it) => isSame(it, asked));
  const lastMs = wholeSeconds(atMs);
  const sinceMs = before?.code === code && before.operation === asked.operation ? before.sinceMs : lastMs;
  const refusal = { ...asked, code, count: (before?.count ?? 0) + 1, sinceMs, lastMs };
  return [...refusals.filter((it) => it !== before), refusal];
}

function wholeSeconds(ms: number): number {
  return Math.floor(ms / secondMs) * secondMs;
}

/**
 * Returns the refusals after the outcomes: what was refused is counted, what was done is forgotten. The creation of a
 * gateway is done only when the gateway is there: see `refusalsNow`.
 */
export function refusalsAfter(
  before: readonly Refusal[],
  outcomes: readonly Timed<Outcome<Action>>[],
): readonly Refusal[] {
  return outcomes.reduce<readonly Refusal[]>((refusals, outcome) => {
    const asked = askedBy(outcome.action);
    if (outcome.result === "reported") return withRefusal(refusals, asked, outcome.error.code, outcome.atMs);
    if (outcome.result !== "done" || asked.operation === "create") return refusals;
    return refusals.filter((it) => !isSame(it, asked));
  }, before);
}

/** Returns what counts of the noted refusals, with the gateways that have failed since, and without what works by now. */
export function refusalsNow(
  noted: readonly Refusal[],
  natGateways: readonly NatGateway[],
  nowMs: number,
): readonly Refusal[] {
  const asked = { operation: "fail", subject: undefined } as const;
  const came = natGateways.filter(({ state, failure }) => !failure && state !== "pending" && state !== "failed");
  const cameMs = Math.max(0, ...came.map(({ createdMs }) => createdMs));
  const recent = latestOf(noted).filter(
    (it) => it.lastMs > nowMs - keptMs && !(isSame(it, asked) && it.lastMs < cameMs),
  );
  const failed = natGateways
    .filter(({ failure, createdMs }) => failure && createdMs > cameMs)
    .sort((a, b) => a.createdMs - b.createdMs);
  return failed.reduce<readonly Refusal[]>((refusals, { failure, createdMs }) => {
    const isCounted = refusals.some((it) => isSame(it, asked) && wholeSeconds(createdMs) <= it.lastMs);
    return isCounted || !failure ? refusals : withRefusal(refusals, asked, failure.code, createdMs);
  }, recent);
}

/** Returns the latest of what was noted twice, on a table that fallback may no longer change and on another. */
function latestOf(refusals: readonly Refusal[]): readonly Refusal[] {
  return refusals.filter(
    (it, index) => !refusals.some((other, at) => isSame(it, other) && (other.lastMs - it.lastMs || index - at) > 0),
  );
}

/** Whether a tag says it: what is reported, and is not itself the refusal of a note. */
function isNoteworthy(refusal: Refusal): boolean {
  return isReported(refusal) && refusal.operation !== "note" && refusal.operation !== "remember";
}

const entry = /^(create|fail|delete|route)(?:\/([a-z0-9-]+))?:([\w.]+):(\d+)@(\S+)@(\S+)$/;

/** Reads a tag; what is not of its form, such as a hand-made edit, counts as absent. */
export function parseRefusals(text: string | undefined): Refusal[] {
  return (text ?? "").split(" ").flatMap((part): Refusal[] => {
    const [, operation, subject, code = "", count, since = "", last = ""] = entry.exec(part) ?? [];
    const [sinceMs, lastMs] = [Date.parse(since), Date.parse(last)];
    if (operation === undefined || Number.isNaN(sinceMs) || Number.isNaN(lastMs)) return [];
    return [{ operation: operation as Refusal["operation"], subject, code, count: Number(count), sinceMs, lastMs }];
  });
}

/** Whether a table's tag says what the finding does: then it was reported when it was noted. */
export function isNoted(finding: Finding, tables: readonly RouteTable[]): boolean {
  const text = JSON.stringify(finding);
  return tables.some(({ noted }) => parseRefusals(noted).some((it) => JSON.stringify(findingOf(it)) === text));
}

/** Whether the tables' tags say all of the refusals as they are: a tag has no room for many. */
export function areNoted(refusals: readonly Refusal[], tables: readonly RouteTable[]): boolean {
  const noted = new Set(tables.flatMap((it) => it.noted.split(" ")));
  return refusals.every((it) => noted.has(formatRefusal(it)));
}

/** Returns a refusal as a tag has it. */
export function formatRefusal({ operation, subject, code, count, sinceMs, lastMs }: Refusal): string {
  const iso = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;
  return `${operation}${subject ? `/${subject}` : ""}:${code}:${count}@${iso(sinceMs)}@${iso(lastMs)}`;
}

/**
 * Row 19: what is reported is noted on the table that it is about, else on the first; what would be too long for a tag is
 * left out. What cannot be noted itself is for the function's memory.
 */
export function remembered(tables: readonly RouteTable[], refusals: readonly Refusal[]): Action[] {
  const homeOf = ({ subject }: Refusal) =>
    (tables.find(({ routeTableId }) => routeTableId === subject) ?? tables[0])?.routeTableId;
  return tables.flatMap(({ routeTableId, noted }): Action[] => {
    const text = refusals
      .filter((it) => isNoteworthy(it) && homeOf(it) === routeTableId)
      .map(formatRefusal)
      .sort()
      .reduce((all, one) => (all.length + one.length < tagLength ? `${all} ${one}`.trim() : all), "");
    return text === noted ? [] : [{ kind: "remember", row: 19, routeTableId, text }];
  });
}
