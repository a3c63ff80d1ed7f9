import type { BlockScope, Result } from "./answer.ts";

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
