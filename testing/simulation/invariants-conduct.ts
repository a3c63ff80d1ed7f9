/** How Holdfast behaves: within its permissions, within bounds, and reporting each change. */
import { tagKeys } from "../../src/pool/tags.ts";
import type { CallRecord } from "../twin/call-log.ts";
import { currentInvocation, type Invocation } from "../twin/lambda-invocation.ts";
import type { SimulatedAccount } from "./account.ts";
import { type Checking, isRead, surelySeenMs, watchWrites } from "./invariant.ts";

/** Ten times the most writes that any simulated day has needed; per pool and hour. */
const mostWritesPerHour = 400;
const hourMs = 3_600_000;
/** A run ends within its invocation; it has reported its changes by then. */
const reportedWithinMs = 100_000;

export interface Conduct {
  /** A line of a log with metrics in it. */
  emitted(line: string): void;
  logged(text: string): void;
  /** Checks the changes that should have been reported by now. */
  settle(): void;
}

export function checkConduct(checking: Checking): Conduct {
  checkAllowed(checking);
  checkBounds(checking);
  return checkReported(checking);
}

/** The deployed roles are enforced: nothing that they deny may be tried, unless a manual change removed a tag that their conditions ask for. */
function checkAllowed({ account, isOurs, report }: Checking): void {
  let tagsTakenMs = Number.NEGATIVE_INFINITY;
  const keys: readonly string[] = [tagKeys.pool, tagKeys.role];
  account.region.calls.onCall((call) => {
    if (call.operation === "DeleteTags" && call.principal === undefined) {
      const { Tags = [] } = call.input as { Tags?: { Key: string }[] };
      if (Tags.some(({ Key }) => keys.includes(Key))) tagsTakenMs = call.atMs;
    }
    const denied = /^(UnauthorizedOperation|AccessDenied)/.test(call.error?.code ?? "");
    if (!denied || !isOurs(call)) return;
    // Manual changes restore tags within the hour.
    if (!isRead(call) && call.service === "ec2" && call.atMs - tagsTakenMs < hourMs + surelySeenMs) return;
    report("allowed", `${call.service}:${call.operation} ${JSON.stringify(call.input)}: ${call.error?.message}`);
  });
}

/** Bounded everything: no run and no failure makes Holdfast write without end. */
function checkBounds({ account, isOurs, report }: Checking): void {
  let count = 0;
  let hour = 0;
  account.region.calls.onCall((call) => {
    if (!isOurs(call) || isRead(call) || call.service !== "ec2") return;
    const now = Math.floor(call.atMs / hourMs);
    if (now !== hour) count = 0;
    hour = now;
    if (++count === mostWritesPerHour * account.pools.length) report("bounded", `${count} writes within an hour`);
  });
}

interface Change {
  readonly atMs: number;
  readonly operation: string;
  /** The id that an event must name. */
  readonly id: string;
  readonly invocation: Invocation | undefined;
}

interface Reported {
  readonly texts: string[];
  readonly measured: Set<string>;
}

/** The metrics of which the run that made an operation must emit one. */
const metricsOf: Readonly<Record<string, readonly string[]>> = {
  AssociateAddress: ["AddressesMoved", "Verifications"],
  UpdateFunctionConfiguration: ["FunctionsAttached"],
  ReplaceRoute: ["FallbackFlips"],
};

/** The log has every event before it is put on the bus (src/telemetry/announce.ts), and says so when the bus refuses. */
const onlyLogged = "events not published";

/** Each association, release, route and gateway is reported by an event that names it, and by a metric. */
function checkReported(checking: Checking): Conduct {
  const { account, isOurs, report } = checking;
  let changes: Change[] = [];
  const reportedBy = new Map<string, Reported>();
  const current = (): Reported => {
    const id = currentInvocation()?.awsRequestId ?? "";
    const known = reportedBy.get(id) ?? { texts: [], measured: new Set() };
    reportedBy.set(id, known);
    return known;
  };
  watchWrites(checking, ({ call, invocation, before }) => {
    if (call.operation === "PutEvents") {
      current().texts.push(...(call.input as { Entries: { Detail: string }[] }).Entries.map(({ Detail }) => Detail));
    }
    const id = changed(account, call, before);
    if (id) changes.push({ atMs: call.atMs, operation: call.operation, id, invocation });
  });
  const judge = ({ operation, id, invocation }: Change) => {
    if (invocation?.dead) return;
    const reported = reportedBy.get(invocation?.awsRequestId ?? "");
    const named =
      reported?.texts.filter((it) => [id, '"permission"', onlyLogged].some((sign) => it.includes(sign))) ?? [];
    if (named.length === 0)
      return void report("reported by an event", `${operation} of ${id} was reported by no event`);
    const metrics = metricsOf[operation];
    const failed = named.every((it) => it.includes('"permission"'));
    if (metrics && !failed && !metrics.some((it) => reported?.measured.has(it))) {
      report("reported by a metric", `${operation} of ${id} was not reported by ${metrics.join(" or ")}`);
    }
  };
  const settle = () => {
    const untilMs = account.region.clock.now() - reportedWithinMs;
    for (const change of changes) if (change.atMs < untilMs) judge(change);
    changes = changes.filter(({ atMs }) => atMs >= untilMs);
    if (changes.length === 0) reportedBy.clear();
  };
  account.region.calls.onCall((call) => {
    if (isOurs(call) && call.operation === "DescribeAddresses") settle();
  });
  return {
    emitted: (line) => {
      for (const [name, value] of Object.entries(JSON.parse(line) as Record<string, unknown>)) {
        if (typeof value === "number" && value > 0) current().measured.add(name);
      }
    },
    logged: (text) => void current().texts.push(text),
    settle,
  };
}

interface Inputs {
  readonly AllocationId?: string;
  readonly RouteTableId?: string;
  readonly NatGatewayId?: string;
  readonly FunctionName?: string;
}

/** Returns the id of what a write changed, or undefined when it changed nothing. */
function changed(
  { region, roles }: SimulatedAccount,
  { operation, input, output, principal }: CallRecord,
  before: ReadonlyMap<string, { readonly networkInterfaceId: string | undefined }>,
): string | undefined {
  const { AllocationId, RouteTableId, NatGatewayId, FunctionName } = input as Inputs;
  const moved = () =>
    [...before]
      .filter(([id, was]) => region.world.addresses.get(id)?.networkInterfaceId !== was.networkInterfaceId)
      .map(([id]) => id);
  switch (operation) {
    case "AssociateAddress":
      return moved().find((id) => id === AllocationId);
    case "DisassociateAddress":
      return moved()[0];
    case "ReplaceRoute":
      return RouteTableId;
    case "DeleteNatGateway":
      return NatGatewayId;
    case "UpdateFunctionConfiguration":
      // An update of a probe that follows its members is reported by the log alone.
      return principal === roles.get("attach") ? FunctionName : undefined;
    case "CreateNatGateway":
      return (output as { NatGateway: { NatGatewayId: string } }).NatGateway.NatGatewayId;
    default:
      return undefined;
  }
}
