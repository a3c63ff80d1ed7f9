/** A function outside every VPC that wears the guard, in the twin. */
import { decide, isCurable } from "../../src/guard/decide.ts";
import { metricsLine } from "../../src/guard/report.ts";
import { judge } from "../../src/probing/verdict.ts";
import type { EventPath } from "../twin/event-path.ts";
import { askFrom, type Partner } from "../twin/partners.ts";
import type { Region } from "../twin/region.ts";

/** What the guard takes by itself (docs/guard.md). */
const budget = { exitOn: ["address", "unknown", "challenge"], maxExits: 3, spacingMs: 5000 } as const;

/**
 * Gives the function code under guard: each invocation is the first of a new environment, which tests the partner from
 * the address that it happens to have, and reports as the guard does. Restarts are left out.
 */
export function wearGuard(
  region: Region,
  path: Pick<EventPath, "registerHandler" | "emf">,
  functionName: string,
  partner: Partner,
): void {
  let turn = 0;
  path.registerHandler(functionName, async () => {
    const { answer, sourceIp: address } = await askFrom(region, { functionName, turn: turn++ }, partner);
    const nowMs = region.clock.now();
    const verdict = judge(answer, {});
    const decision = decide(verdict, { exits: 0, lastExitMs: 0, address }, budget, nowMs);
    const found = { verdict, curable: isCurable(verdict, budget), decision, address, exits: 0 };
    const about = { nowMs, url: "https://partner.example/", functionName };
    path.emf(metricsLine({ ...about, ...found, addressChanged: undefined }));
  });
}
