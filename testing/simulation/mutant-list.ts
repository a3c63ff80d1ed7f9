/** Mutants: each makes Holdfast wrong in a way that a test or an invariant must notice. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** Text that occurs once in the file. */
  readonly find: string;
  readonly replace: string;
}

const apply = "src/relocation/apply.ts";
const plan = "src/relocation/plan.ts";
const slots = "src/relocation/slots.ts";
const observe = "src/relocation/observe-network.ts";
const members = "src/relocation/observe-members.ts";
const proof = "src/relocation/observe-proof.ts";
const refusals = "src/relocation/refusals.ts";
const attaching = "src/attach/plan.ts";
const confirm = "src/probing/confirm.ts";

export const mutants: readonly Mutant[] = [
  { name: "skip every precondition", file: apply, find: "if (reason) return", replace: "if (reason === '') return" },
  {
    name: "force reassociation",
    file: apply,
    find: "action.networkInterfaceId, fromOf(action) !== undefined",
    replace: "action.networkInterfaceId, true",
  },
  {
    name: "trust the address's description alone",
    file: apply,
    find: "if (shown === undefined || shown === expected)",
    replace: "if (shown !== '' || shown === expected)",
  },
  {
    name: "ignore other occupants",
    file: apply,
    find: 'found.join() === (expected ?? "")',
    replace: "found.length >= 0",
  },
  {
    name: "write no use tag",
    file: apply,
    find: 'return call("ec2:CreateTags"',
    replace: 'if (nowMs >= 0) return Promise.resolve();\n  return call("ec2:CreateTags"',
  },
  {
    name: "release instead of disassociate",
    file: apply,
    find: "new DisassociateAddressCommand({ AssociationId })",
    replace: "new DisassociateAddressCommand({ AssociationId: AssociationId + 'x' })",
  },
  { name: "drop the drain", file: plan, find: "nowMs < untilMs ||", replace: "nowMs < 0 ||" },
  {
    name: "never drain",
    file: plan,
    find: "drains: drains.filter(isProvenFor),",
    replace: "drains: [],",
  },
  {
    name: "ignore updates in progress",
    file: plan,
    find: "isUncertain(it) || isUpdating(it, nowMs)",
    replace: "isUncertain(it)",
  },
  {
    name: "ignore failed updates",
    file: plan,
    find: "isUncertain(it) || isUpdating(it, nowMs)",
    replace: "isUpdating(it, nowMs)",
  },
  {
    name: "never move",
    file: plan,
    find: "assignInTurn(inNeed, supplies, refusals, nowMs)",
    replace: "assignInTurn([], supplies, refusals, nowMs)",
  },
  {
    name: "never use spares",
    file: plan,
    find: 'stateOf(it) === "spare"',
    replace: 'stateOf(it) === "on NAT"',
  },
  {
    name: "use blocked spares",
    file: plan,
    find: 'stateOf(it) === "spare"',
    replace: '["spare", "suspect"].includes(stateOf(it))',
  },
  {
    name: "never make before break",
    file: plan,
    find: 'assign(needing(slots, "arriving"), serving.left, refusals)',
    replace: 'assign(needing(slots, "arriving"), [], refusals)',
  },
  {
    name: "take without asking the members",
    file: plan,
    find: "const mayTake = isProven && !isHeld;",
    replace: "const mayTake = !isHeld;",
  },
  {
    name: "take from published versions without need",
    file: plan,
    find: "const leaving = inOrder(slots, isLeaving);",
    replace: "const leaving = [...inOrder(slots, isLeaving), ...inOrder(slots, isPublished)];",
  },
  {
    name: "wait for ever for an update",
    file: "src/relocation/updates.ts",
    find: "nowMs - modifiedMs > updateBoundMs",
    replace: "nowMs < 0",
  },
  {
    name: "try the same refused address again",
    file: plan,
    find: "const active = activeRefusals(observed.refusals, nowMs);",
    replace: "const active = activeRefusals([], nowMs);",
  },
  {
    name: "let a failed code update stop healing",
    file: "src/relocation/observe-members.ts",
    find: 'it.LastUpdateStatus === "Failed" && ofNetwork',
    replace: 'it.LastUpdateStatus === "Failed"',
  },
  {
    name: "ask no published version",
    file: proof,
    find: 'if (version === "$LATEST" || live.has(version)) continue;',
    replace: "if (version) continue;",
  },
  {
    name: "ask no member that the index left out",
    file: proof,
    find: "const members = [...observed.members, ...found.members];",
    replace: "const members = [...observed.members, ...found.members.slice(99)];",
  },
  {
    name: "drain without asking the members",
    file: plan,
    find: "isDetached(slot) || isProven;",
    replace: "isDetached(slot) || !isProven || isProven;",
  },
  {
    name: "drain while an update hangs",
    file: plan,
    find: "const mayDrain = !versions.some((it) => isOverdue(it, nowMs) && !it.servesNothing);",
    replace: "const mayDrain = versions.length >= 0;",
  },
  {
    name: "take from published versions first",
    file: plan,
    find: "leaving: [detached, ...(mayTake ? [inUse, fromUncalled] : [])]",
    replace: "leaving: [detached, ...(mayTake ? [fromPublished, inUse, fromUncalled] : [])]",
  },
  {
    name: "cut off published versions for a refusal that passes",
    file: "src/relocation/supply.ts",
    find: "unserved().filter((slot) => !isAwaiting(slot))",
    replace: "unserved()",
  },
  {
    name: "try on the scout what AWS refuses",
    file: "src/relocation/scout.ts",
    find: "recentRefusals(observed.refusals, nowMs)",
    replace: "recentRefusals([], nowMs)",
  },
  {
    name: "wait for a version that serves nothing",
    file: "src/relocation/updates.ts",
    find: 'return version.status === "changing" && !version.servesNothing &&',
    replace: 'return version.status === "changing" &&',
  },
  {
    name: "blame the address for a refused interface",
    file: refusals,
    find: 'OperationNotPermitted: "interface"',
    replace: 'OperationNotPermitted: "address"',
  },
  {
    name: "blame the interface for a locked address",
    file: refusals,
    find: '"InvalidAddress.Locked": "address"',
    replace: '"InvalidAddress.Locked": "interface"',
  },
  {
    name: "let a refusal of the moment rest for long",
    file: refusals,
    find: "firstMs * 2 ** (count - 1)",
    replace: "longestMs * 2 ** (count - 1)",
  },
  {
    name: "end the run at a refusal",
    file: apply,
    find: '(isRefusal(action, error) ? "reported" : meaningOf(error))',
    replace: "meaningOf(error)",
  },
  {
    name: "take failed connections for a bug",
    file: "src/aws/errors.ts",
    find: "if (problem || isTransientError(error) || isServerError(error))",
    replace: "if (isServerError(error))",
  },
  {
    name: "end the run at the first failure that may pass",
    file: "src/actuator/run.ts",
    find: "clock.now() + pauseMs >= deadlineMs",
    replace: "clock.now() + pauseMs >= 0",
  },
  {
    name: "report no member outside a VPC",
    file: "src/relocation/findings.ts",
    find: "if (versions.length === 0 || guarded",
    replace: "if (versions.length >= 0 || guarded",
  },
  {
    name: "take a function that was not restored for idle",
    file: members,
    find: 'it.State === "Inactive" && !isIdle ?',
    replace: 'it.State === "Inactive" && !isIdle && isIdle ?',
  },
  {
    name: "believe the index of tags",
    file: "src/relocation/observe-members.ts",
    find: "new Set(before));",
    replace: "new Set());",
  },
  {
    name: "treat not-in-use as serving",
    file: slots,
    find: "it.networkInterface.inUse && !it.address",
    replace: "!it.address",
  },
  {
    name: "serving counts as leaving",
    file: slots,
    find: '(slot.role === "unused" ||',
    replace: '(slot.role === "serving" ||',
  },
  {
    name: "any subnet's interfaces",
    file: slots,
    find: 'roles.get(attachment.key) ?? "unused"',
    replace: 'roles.get(attachment.key) ?? "serving"',
  },
  {
    name: "miss pending interfaces' ends",
    file: observe,
    find: '"in-use", "associated", "attaching"',
    replace: '"pending"',
  },
  { name: "forget the role tag", file: observe, find: '=== "egress"', replace: '!== ""' },
  {
    name: "look at $LATEST only",
    file: members,
    find: "[latest.version, ...published]",
    replace: "[latest.version, ...published.slice(99)]",
  },
  {
    name: "forget weighted versions",
    file: members,
    find: '[alias.FunctionVersion ?? "$LATEST", ...weighted]',
    replace: '[alias.FunctionVersion ?? "$LATEST", ...weighted.slice(9)]',
  },
  {
    name: "forget provisioned versions",
    file: members,
    find: "if (/^\\d+$/.test(qualifier))",
    replace: "if (/^x$/.test(qualifier))",
  },
  {
    name: "take InProgress for settled",
    file: members,
    find: 'it.LastUpdateStatus === "InProgress"',
    replace: "it.LastUpdateStatus === undefined",
  },
  {
    name: "quiet memory is never invalidated",
    file: "src/relocation/memory.ts",
    find: "=== fingerprint(network)",
    replace: "!== (network as unknown)",
  },
  {
    name: "report no moves",
    file: "src/relocation/report.ts",
    find: "...heals.map((outcome) => relocated",
    replace: "...heals.slice(99).map((outcome) => relocated",
  },
  {
    name: "claim a shorter gap than the true one",
    file: "src/relocation/egress-gap.ts",
    find: "endMs - Math.max(...begins)",
    replace: "(endMs - Math.max(...begins)) / 100",
  },
  {
    name: "count no moves",
    file: "src/relocation/report.ts",
    find: '"AddressesMoved", heals.length',
    replace: '"AddressesMoved", 0',
  },
  {
    name: "forget the verify",
    file: "src/relocation/verify.ts",
    find: "unverified: pending,",
    replace: "unverified: [],",
  },
  {
    name: "call foreign addresses none",
    file: slots,
    find: "&& !isOwn(shown)",
    replace: "&& shown === ''",
  },
  {
    name: "any security groups will do",
    file: "src/relocation/model.ts",
    find: '[...securityGroupIds].sort().join(",")',
    replace: '""',
  },
  {
    name: "ignore the override",
    file: "src/fallback/demand.ts",
    find: 'return { kind: "nothing" };',
    replace: "break;",
  },
  {
    name: "fall back while the alarm is quiet",
    file: "src/fallback/demand.ts",
    find: 'if (alarm.state === "quiet") return',
    replace: 'if (alarm.state === "raised") return',
  },
  {
    name: "never wait for the swap",
    file: "src/fallback/demand.ts",
    find: "raisedMs : raisedMs + swapMs",
    replace: "raisedMs : raisedMs - swapMs",
  },
  {
    name: "delete a gateway before its routes are gone",
    file: "src/fallback/gateways.ts",
    find: "if (routed) return [];",
    replace: 'if (routed && state === "pending") return [];',
  },
  {
    name: "delete without asking again who uses it",
    file: "src/fallback/apply.ts",
    find: "hasRouteTo(action.natGatewayId) ?",
    replace: 'hasRouteTo("nat-none" as typeof action.natGatewayId) ?',
  },
  {
    name: "retry without a pause",
    file: "src/fallback/refusals.ts",
    find: "nowMs < it.untilMs",
    replace: "nowMs < it.untilMs - 1e9",
  },
  {
    name: "lead routes to a gateway that is not ready",
    file: "src/fallback/plan.ts",
    find: 'gateway?.state === "available" ? gateway',
    replace: 'gateway?.state !== "failed" ? gateway',
  },
  {
    name: "replace a route without looking at the gateway again",
    file: "src/fallback/apply.ts",
    find: 'return state === "available" ? undefined',
    replace: 'return state !== "gone" ? undefined',
  },
  {
    name: "ignore the hold",
    file: "src/fallback/returns.ts",
    find: "if (nowMs < untilMs) return { wait",
    replace: "if (nowMs < 0) return { wait",
  },
  {
    name: "return without clean rounds",
    file: "src/fallback/returns.ts",
    find: "clean >= policy.cleanRounds",
    replace: "clean >= 0",
  },
  {
    name: "flip as often as you like",
    file: "src/fallback/returns.ts",
    find: "> policy.flipsPerDay",
    replace: "> policy.flipsPerDay + 999",
  },
  {
    name: "forget fallback's verify",
    file: "src/fallback/reconcile.ts",
    find: "found.filter((it) => it !== undefined)",
    replace: "found.filter(() => false)",
  },
  {
    name: "report no route",
    file: "src/fallback/report.ts",
    find: 'return at("RouteReplaced"',
    replace: 'return at("RouteReplaced", {}).slice(1) ?? at("RouteReplaced"',
  },
  {
    name: "treat any 403 as a block",
    file: "src/probing/rules-http.ts",
    find: 'row("json-403", unauthorized',
    replace: 'row("json-403", blockedAddress',
  },
  {
    name: "believe a block without a witness",
    file: "src/probing/confirm.ts",
    find: "comparable.length + usual.length > 0",
    replace: "comparable.length + usual.length >= 0",
  },
  {
    name: "blame the address for its country",
    file: "src/probing/confirm.ts",
    find: '|| verdict.scope === "unknown";',
    replace: '|| verdict.scope === "unknown" || verdict.scope === "country";',
  },
  {
    name: "one refused round is enough",
    file: "src/probing/suspicion.ts",
    find: ">= suspicion.threshold",
    replace: "> 0",
  },
  {
    name: "count the shared pool's refusals",
    file: "src/probing/confirm.ts",
    find: 'vantage.kind === "shared") return unchanged',
    replace: 'vantage.kind === "scout") return unchanged',
  },
  {
    name: "attach what is in a network already",
    file: attaching,
    find: 'it.network === "none" && hasRefusals(it)',
    replace: "hasRefusals(it)",
  },
  {
    name: "attach while the pool is paused",
    file: attaching,
    find: 'if (override.kind === "paused")',
    replace: 'if (String(override.kind) === "never")',
  },
  {
    name: "attach after one burst",
    file: "src/attach/refusals.ts",
    find: "highPeriods: 3",
    replace: "highPeriods: 1",
  },
  {
    name: "count what was measured before the owner detached",
    file: "src/attach/refusals.ts",
    find: "startMs >= sinceMs &&",
    replace: "startMs >= 0 &&",
  },
  {
    name: "forget an update whose answer got lost",
    file: "src/attach/reconcile.ts",
    find: "doubtful.set(action.functionName, action);",
    replace: "continue;",
  },
  {
    name: "tear down while members are there",
    file: "src/teardown/plan.ts",
    find: "if (functionNames.length > 0)",
    replace: "if (functionNames.length > 99)",
  },
  {
    name: "trust that no run is under way",
    file: "src/teardown/plan.ts",
    find: "return nowMs < untilMs ?",
    replace: "return nowMs < 0 ?",
  },
  {
    name: "delete a gateway that others leave by",
    file: "src/teardown/plan.ts",
    find: "observed.foreignRoutes.filter(",
    replace: "observed.foreignRoutes.slice(99).filter(",
  },
  {
    name: "look for members once",
    file: "src/teardown/reconcile.ts",
    find: "if (looksForMembers) return",
    replace: "if (did) return",
  },
  {
    name: "see no difference",
    file: confirm,
    find: "confirmed: true };",
    replace: "confirmed: false };",
  },
  {
    name: "take load for a block",
    file: confirm,
    find: "if (rank === ranks.strain) return",
    replace: "if (rank === undefined) return",
  },
  {
    name: "compare endpoints of the partner that differ",
    file: confirm,
    find: "better.filter((other) => isSameEndpoint(it, other))",
    replace: "better.filter((other) => isSameEndpoint(it, other) || other)",
  },
  {
    name: "blame after one round",
    file: "src/probing/suspicion.ts",
    find: "threshold: 16,",
    replace: "threshold: 2,",
  },
  {
    name: "ask for fallback because of any refusal",
    file: "src/probing/canary.ts",
    find: "(isRefused(it) && isBlocked(it))",
    replace: "isRefused(it)",
  },
];

/**
 * Returns the file's text with the mutant in it.
 *
 * @throws Error when it cannot be planted: the table's row would be about unchanged or broken code
 */
export function plant({ name, file, find, replace }: Mutant, text: string): string {
  const [before, after, ...more] = text.split(find);
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`${name}: ${file} does not have this once: ${find}`);
  return before + replace + after;
}
