/** `holdfast doctor`: what is wrong with the deployment, each finding with its remedy; the worst decides the exit code. */

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
import { observe } from "./doctor/observe.ts";
import { type Attention, bySeverity, renderAttention } from "./support/attention.ts";
import { type ExitCode, exitCodes } from "./support/exit-codes.ts";
import type { Answer, Session } from "./support/session.ts";

export async function doctor(session: Session): Promise<Answer> {
  const facts = await observe(session);
  session.progress.end();
  const findings = diagnose(facts);
  const { stage, region } = facts.deployment;
  const { style } = session;
  const count = (severity: Attention["severity"]) => findings.filter((it) => it.severity === severity).length;
  const pools = facts.pools.map(({ pool }) => pool.name);
  const sum = `${count("error")} errors, ${count("warning")} warnings, ${count("note")} notes`;
  return {
    exitCode: exitCodeOf(findings),
    json: { stage, region, pools, findings },
    text: [
      `${style("bold", stage)} in ${region}: pools ${pools.join(", ") || "unknown"}`,
      ...(findings.length > 0
        ? ["", renderAttention(style, findings), "", sum]
        : [style("green", "Nothing is wrong.")]),
    ].join("\n"),
  };
}

/** Every check on the same facts; the worst first. Pure. */
export function diagnose(facts: Facts): Attention[] {
  const found = [
    ...checkTrails(facts),
    ...checkFunctions(facts),
    ...checkActuators(facts),
    ...checkSchedules(facts),
    ...checkDeadLetters(facts),
    ...checkAlarms(facts),
    ...facts.pools.flatMap((pool) => [...checkNetwork(pool), ...checkPool(facts, pool)]),
    ...facts.unreadable.map(({ action, reason }): Attention => {
      const remedy = `allow ${action}; docs/cli.md holds the policy that doctor needs`;
      return {
        id: "unreadable",
        severity: "warning",
        pool: undefined,
        text: `${action} is denied or fails: ${reason}`,
        remedy,
      };
    }),
  ];
  return bySeverity(found);
}

function exitCodeOf(findings: readonly Attention[]): ExitCode {
  if (findings.some(({ severity }) => severity === "error")) return exitCodes.broken;
  return findings.some(({ severity }) => severity === "warning") ? exitCodes.attention : exitCodes.fine;
}
