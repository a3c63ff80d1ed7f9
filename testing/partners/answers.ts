/** Answers of partners and firewalls. */
import { type PartnerAnswer, usualAnswer } from "../twin/partners.ts";

type Failure = Extract<PartnerAnswer, { kind: "failure" }>;

export const http = (status: number, body = "", headers: Record<string, string> = {}): PartnerAnswer => ({
  kind: "http",
  status,
  headers,
  body,
});
export const json = (status: number, value: unknown, headers: Record<string, string> = {}): PartnerAnswer =>
  http(status, JSON.stringify(value), { "content-type": "application/json", ...headers });
export const page = (status: number, title: string, text = title): PartnerAnswer =>
  http(status, `<html><head><title>${title}</title></head><body>${text}</body></html>`, {
    "content-type": "text/html",
  });
export const failure = (phase: Failure["phase"], code: string): PartnerAnswer => ({ kind: "failure", phase, code });

export const fine = usualAnswer;
export const unavailable = json(503, { error: "try again" }, { "retry-after": "30" });
