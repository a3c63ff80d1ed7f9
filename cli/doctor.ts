/** `holdfast doctor`: reports what is wrong with the deployment, each finding with its remediation; the worst decides the exit code. */

import { counted } from "../src/telemetry/counted.ts";
import { checkPoolFunctions } from "./doctor/check-functions.ts";
import { checkNetwork } from "./doctor/check-network.ts";
import { checkPool } from "./doctor/check-pool.ts";
import {
  checkActuators,
  checkAlarms,
  checkDeadLetters,
  checkFunctions,
  checkSchedules,
  checkTrails,
} from "./doctor/check-wiring.ts";
import type { Facts } from "./doctor/facts.ts";
import { found } from "./doctor/finding-table.ts";
import { observe } from "./doctor/observe.ts";
import { describeLast, findLast } from "./rehearse/last.ts";
import { type Attention, bySeverity, renderAttention } from "./support/attention.ts";
import { type ExitCode, exitCodes } from "./support/exit-codes.ts";
import type { Json } from "./support/schemas.ts";
import type { Answer, Session } from "./support/session.ts";

export interface DoctorOptions {
  /** A file that a rehearsal wrote. */
  readonly rehearsal?: string;
}

export async function doctor(session: Session, options: DoctorOptions): Promise<Answer> {
  const last = findLast(options.rehearsal);
  const facts = await observe(session);
  session.progress.end();
  const findings = diagnose(facts);
  const { stage, region } = facts.deployment;
  const { style } = session;
  const count = (severity: Attention["severity"]) => findings.filter((it) => it.severity === severity).length;
  const pools = facts.pools.map(({ pool }) => pool.name);
  const counts = (["error", "warning", "note"] as const).map((it) => counted(count(it), it));
  const rehearsed = describeLast(style, last, region, session.clock.now());
  const sum = `${counts.join(", ")}. docs/runbook.md explains each.`;
  return {
    exitCode: exitCodeOf(findings),
    json: { pools: pools.map((name) => ({ name })), findings, ...rehearsed.json } satisfies Json<"doctor">,
    text: [
      `${style("bold", stage)} in ${region}: pools ${pools.join(", ") || "unknown"}`,
      ...(findings.length > 0
        ? ["", renderAttention(style, findings), "", sum]
        : [style("green", "No problem found.")]),
      "",
      rehearsed.text,
    ].join("\n"),
  };
}

/** Runs every check on the same facts; returns what they find, the worst first. Pure. */
export function diagnose(facts: Facts): Attention[] {
  const all = [
    ...checkTrails(facts),
    ...checkFunctions(facts),
    ...checkActuators(facts),
    ...checkSchedules(facts),
    ...checkDeadLetters(facts),
    ...checkAlarms(facts),
    ...facts.pools.flatMap((pool) => [
      ...checkNetwork(pool),
      ...checkPool(facts, pool),
      ...checkPoolFunctions(facts, pool),
    ]),
    ...facts.unreadable.map((it) => found("unreadable", it)),
  ];
  return bySeverity(all);
}

function exitCodeOf(findings: readonly Attention[]): ExitCode {
  if (findings.some(({ severity }) => severity === "error")) return exitCodes.broken;
  return findings.some(({ severity }) => severity === "warning") ? exitCodes.attention : exitCodes.fine;
}
