/** Answers of partners and firewalls, for the bench. */
import type { FailurePhase } from "../../../src/config/target-rules.ts";
import type { Answer } from "../../../src/probing/answer.ts";

export const http = (status: number, body = "", headers: Record<string, string> = {}): Answer => ({
  kind: "http",
  status,
  headers,
  body,
});
export const json = (status: number, value: unknown, headers: Record<string, string> = {}): Answer =>
  http(status, JSON.stringify(value), { "content-type": "application/json", ...headers });
export const page = (status: number, title: string, text = title): Answer =>
  http(status, `<html><head><title>${title}</title></head><body>${text}</body></html>`, {
    "content-type": "text/html",
  });
export const failure = (phase: FailurePhase, code: string): Answer => ({ kind: "failure", phase, code });

export const fine = json(200, { status: "UP", version: "1.2" });
export const unavailable = json(503, { error: "try again" }, { "retry-after": "30" });
