import type { BlockScope, Result } from "../config/target-rules.ts";
import type { Rule, Seen } from "./answer.ts";

const blocked = (scope: BlockScope): Result => ({ kind: "blocked", scope });

/** The results that rows of the signature table give. */
export const ok: Result = { kind: "ok" };
export const unauthorized: Result = { kind: "unauthorized" };
export const targetDown: Result = { kind: "target-down" };
export const blockedAddress = /* @__PURE__ */ blocked("address");
export const blockedNetwork = /* @__PURE__ */ blocked("network");
export const blockedCountry = /* @__PURE__ */ blocked("country");
export const blockedClient = /* @__PURE__ */ blocked("client");
export const blockedRate = /* @__PURE__ */ blocked("rate");
export const blockedChallenge = /* @__PURE__ */ blocked("challenge");
export const blockedLegal = /* @__PURE__ */ blocked("legal");
export const blockedUnknown = /* @__PURE__ */ blocked("unknown");

export type Match = (seen: Seen) => boolean;

/** Returns a row: with one of these statuses (none given: any) and when every match holds, the result is this. */
export function row(id: string, result: Result, statuses: readonly number[], ...matches: readonly Match[]): Rule {
  const fits: Match = (seen) =>
    (statuses.length === 0 || statuses.includes(seen.status)) && matches.every((match) => match(seen));
  return { id, result, match: fits };
}

/** The header is there, and its value is like that. */
export const header =
  (name: string, pattern = /^/): Match =>
  ({ headers }) => {
    const value = headers[name];
    return value !== undefined && pattern.test(value);
  };

/** The first 4 KiB contain that. */
export const text =
  (pattern: RegExp): Match =>
  (seen) =>
    pattern.test(seen.text);

/** It is JSON, by its type or its first character. */
export const isJson: Match = (seen) => header("content-type", /\bjson\b/)(seen) || /^\s*\{/.test(seen.text);

export const isPage: Match = text(/<html|<!doctype html/i);

/** SOAP 1.1 gives every fault the status 500, the caller's too. */
export const isFault: Match = text(/<(?:[\w-]+:)?Fault[\s>]/);

export const not =
  (match: Match): Match =>
  (seen) =>
    !match(seen);

export const either =
  (...matches: readonly Match[]): Match =>
  (seen) =>
    matches.some((match) => match(seen));
