/** How Holdfast behaves: within its permissions, within bounds, and never without telling. */
import type { SQSBatchResponse } from "aws-lambda";
import { tagKeys } from "../../src/pool/tags.ts";
import type { CallRecord } from "../twin/call-log.ts";
import { currentInvocation, type Invocation } from "../twin/lambda-invocation.ts";
import type { Stage } from "./account.ts";
import { type Checking, isRead, surelySeenMs, watchWrites } from "./invariant.ts";

/** Writes that a pool's day of the worst weather has needed at most, tenfold; per pool and hour. */
const mostWritesPerHour = 400;
const hourMs = 3_600_000;
/** A run ends within its invocation; whatever it did is told by then. */
const toldWithinMs = 100_000;

export interface Conduct {
  /** A line of a log with metrics in it. */
  emitted(line: string): void;
  logged(text: string): void;
  /** The answer of a function that reads a queue. */
  answered(answer: SQSBatchResponse): void;
  /** Ids of the messages of which the log says why nobody can understand them. */
  readonly notUnderstood: ReadonlySet<string>;
  /** Judges what should have been told by now. */
  settle(): void;
}

export function checkConduct(checking: Checking): Conduct {
  checkAllowed(checking);
  checkBounds(checking);
  return checkTold(checking);
}

/** The deployed roles are enforced: nothing that they deny may be tried, unless a hand took away a tag that they ask for. */
function checkAllowed({ stage, isOurs, report }: Checking): void {
  let tagsTakenMs = Number.NEGATIVE_INFINITY;
  const keys: readonly string[] = [tagKeys.pool, tagKeys.role];
  stage.region.calls.onCall((call) => {
    if (call.operation === "DeleteTags" && call.principal === undefined) {
      const { Tags = [] } = call.input as { Tags?: { Key: string }[] };
      if (Tags.some(({ Key }) => keys.includes(Key))) tagsTakenMs = call.atMs;
    }
    const denied = /^(UnauthorizedOperation|AccessDenied)/.test(call.error?.code ?? "");
    if (!denied || !isOurs(call)) return;
    // Hands give tags back within the hour.
    if (!isRead(call) && call.service === "ec2" && call.atMs - tagsTakenMs < hourMs + surelySeenMs) return;
    report("allowed", `${call.service}:${call.operation} ${JSON.stringify(call.input)}: ${call.error?.message}`);
  });
}

/** Bounded everything: no run and no failure makes us write without end. */
function checkBounds({ stage, isOurs, report }: Checking): void {
  let count = 0;
  let hour = 0;
  stage.region.calls.onCall((call) => {
    if (!isOurs(call) || isRead(call) || call.service !== "ec2") return;
    const now = Math.floor(call.atMs / hourMs);
    if (now !== hour) count = 0;
    hour = now;
    if (++count === mostWritesPerHour * stage.pools.length) report("bounded", `${count} writes within an hour`);
  });
}

interface Doing {
  readonly atMs: number;
  readonly operation: string;
  /** What must be named. */
  readonly id: string;
  readonly invocation: Invocation | undefined;
}

interface Telling {
  readonly texts: string[];
  readonly measured: Set<string>;
}

/** The metrics of which one must tell of an operation, in the run that did it. */
const metricsOf: Readonly<Record<string, readonly string[]>> = {
  AssociateAddress: ["AddressesMoved", "Verifications"],
  UpdateFunctionConfiguration: ["FunctionsAttached"],
  ReplaceRoute: ["FallbackFlips"],
};

/** The log has every event before it is put on the bus (src/telemetry/announce.ts), and says so when the bus refuses. */
const onlyLogged = "events not published";

/** Each association, release, route and gateway is told by an event that names it, and by a metric. */
function checkTold(checking: Checking): Conduct {
  const { stage, isOurs, report } = checking;
  let doings: Doing[] = [];
  const notUnderstood = new Set<string>();
  const tellings = new Map<string, Telling>();
  const current = (): Telling => {
    const id = currentInvocation()?.awsRequestId ?? "";
    const known = tellings.get(id) ?? { texts: [], measured: new Set() };
    tellings.set(id, known);
    return known;
  };
  watchWrites(checking, ({ call, invocation, before }) => {
    if (call.operation === "PutEvents") {
      current().texts.push(...(call.input as { Entries: { Detail: string }[] }).Entries.map(({ Detail }) => Detail));
    }
    const id = changed(stage, call, before);
    if (id) doings.push({ atMs: call.atMs, operation: call.operation, id, invocation });
  });
  const judge = ({ operation, id, invocation }: Doing) => {
    if (invocation?.dead) return;
    const told = tellings.get(invocation?.awsRequestId ?? "");
    const named = told?.texts.filter((it) => [id, '"permission"', onlyLogged].some((sign) => it.includes(sign))) ?? [];
    if (named.length === 0) return void report("told by an event", `${operation} of ${id} was told by no event`);
    const metrics = metricsOf[operation];
    const failed = named.every((it) => it.includes('"permission"'));
    if (metrics && !failed && !metrics.some((it) => told?.measured.has(it))) {
      report("told by a metric", `${operation} of ${id} was not told by ${metrics.join(" or ")}`);
    }
  };
  const settle = () => {
    const untilMs = stage.region.clock.now() - toldWithinMs;
    for (const doing of doings) if (doing.atMs < untilMs) judge(doing);
    doings = doings.filter(({ atMs }) => atMs >= untilMs);
    if (doings.length === 0) tellings.clear();
  };
  stage.region.calls.onCall((call) => {
    if (isOurs(call) && call.operation === "DescribeAddresses") settle();
  });
  return {
    emitted: (line) => {
      for (const [name, value] of Object.entries(JSON.parse(line) as Record<string, unknown>)) {
        if (typeof value === "number" && value > 0) current().measured.add(name);
      }
    },
    logged(text) {
      current().texts.push(text);
      const [, messageId] = /^message not understood .*"messageId":"([^"]+)"/.exec(text) ?? [];
      if (messageId !== undefined) notUnderstood.add(messageId);
    },
    notUnderstood,
    answered: ({ batchItemFailures }) => {
      const excused = stage.draw.paces.poison > 0;
      if (batchItemFailures.length > 0 && !excused) report("no bug", "the handler gave messages back");
    },
    settle,
  };
}

interface Inputs {
  readonly AllocationId?: string;
  readonly RouteTableId?: string;
  readonly NatGatewayId?: string;
  readonly FunctionName?: string;
}

/** What a write has changed, by its id; undefined when it changed nothing. */
function changed(
  { region, roles }: Stage,
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
      // A probe that follows its members is told by the log alone.
      return principal === roles.get("attach") ? FunctionName : undefined;
    case "CreateNatGateway":
      return (output as { NatGateway: { NatGatewayId: string } }).NatGateway.NatGatewayId;
    default:
      return undefined;
  }
}
