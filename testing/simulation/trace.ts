/** What happened in a run, as one hash: two runs of a seed must give the same. */
import { createHash } from "node:crypto";
import type { CallRecord } from "../twin/call-log.ts";
import { isRead } from "./invariant.ts";

export interface Trace {
  /** One line of the trace. */
  add(line: string): void;
  addCall(record: CallRecord): void;
  /** The latest lines, oldest first. */
  readonly recent: readonly string[];
  hash(): string;
}

/** `keep` lines are remembered, to be shown with a violation. */
export function createTrace(keep = 400): Trace {
  const digest = createHash("sha256");
  let recent: string[] = [];
  // The same hash as line by line, in fewer calls.
  let unhashed = "";
  const flush = () => {
    digest.update(unhashed);
    unhashed = "";
  };
  const add = (line: string) => {
    unhashed += `${line}\n`;
    if (unhashed.length > 65_536) flush();
    recent.push(line);
    if (recent.length > 2 * keep) recent = recent.slice(-keep);
  };
  return {
    add,
    addCall: (record) => add(lineOf(record)),
    get recent() {
      return recent.slice(-keep);
    },
    hash: () => {
      flush();
      return digest.copy().digest("hex");
    },
  };
}

function lineOf({ atMs, service, operation, principal, input, error, delivery }: CallRecord): string {
  const who = principal?.split("/").at(-1) ?? "operator";
  const ending = `${error?.code ?? "ok"}${delivery === "answered" ? "" : ` ${delivery}`}`;
  // What a read asks for follows from what was answered before.
  const asked = isRead({ operation }) ? "" : ` ${canonical(readable(input))}`;
  return `${atMs} ${who} ${service}:${operation}${asked} ${ending}`;
}

/** Bytes come as what the caller has: a buffer, or an array. */
function readable(input: Readonly<Record<string, unknown>>): object {
  const { Payload } = input;
  return Payload instanceof Uint8Array ? { ...input, Payload: Buffer.from(Payload).toString() } : input;
}

/** JSON with sorted keys: the wire and the direct clients write the same input in different orders. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, it) =>
    it && typeof it === "object" && !Array.isArray(it) && !(it instanceof Date)
      ? Object.fromEntries(Object.entries(it).sort(([a], [b]) => (a < b ? -1 : 1)))
      : it,
  );
}
