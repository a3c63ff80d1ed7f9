/**
 * A region of the twin with Holdfast deployed in it as the stacks say, handlers, roles and alarms included: what the
 * demo, the console and the command line's tests look at.
 */

import type { Log } from "../../src/telemetry/log.ts";
import { type Measurement, type MetricName, metrics } from "../../src/telemetry/model.ts";
import { VirtualClock } from "../twin/clock.ts";
import type { Delays } from "../twin/delays.ts";
import { addEventPath, type EventPath, type EventPathOptions } from "../twin/event-path.ts";
import type { Handler } from "../twin/lambda-invocation.ts";
import { createPartner, type Partner } from "../twin/partners.ts";
import { createRegion, type Region } from "../twin/region.ts";
import type { AwsError, Call } from "../twin/service.ts";
import { type Operator, operatorOf } from "./operator.ts";
import { deployRecorded } from "./recorded-deployment.ts";
import type { Ids, RecordedResource } from "./recorded-resource.ts";
import { emptyAccount } from "./stand-in/account.ts";
import { type Names, type OperatorFile, synthesizeOnce } from "./synthesize.ts";

export interface Emitted extends Measurement {
  readonly timeMs: number;
}

/** One of Holdfast's own events, as it was put on the bus. */
export interface DomainEvent {
  readonly atMs: number;
  readonly type: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface DeployedRegion {
  readonly region: Region;
  readonly path: EventPath;
  readonly operator: Operator;
  /** By the names of the targets in the operator's file; their rules may be changed. */
  readonly partners: ReadonlyMap<string, Partner>;
  /** Ids that the deployment recorded → ids in the region. */
  readonly ids: Ids;
  /** What the deployment registered. */
  readonly records: readonly RecordedResource[];
  /** All that were put so far; grows as time passes. */
  readonly events: readonly DomainEvent[];
}

export interface DeployedRegionOptions {
  readonly seed?: number;
  readonly stage?: string;
  readonly names?: Names;
  readonly addressQuota?: number;
  /** VPCs that the account may have. Default 5. */
  readonly vpcQuota?: number;
  /** Whether invocations that overlap run in environments of their own, as Lambda's do, each with a memory of its own. Default false: all share one. */
  readonly ownEnvironments?: boolean;
  /** When the deployment begins, in milliseconds since the epoch; the first of January 2026 unless given. */
  readonly startMs?: number;
  /** Describe calls see every change at once. Default false. */
  readonly consistent?: boolean;
  /** AWS refuses calls above its rates. Default true. */
  readonly throttling?: boolean;
  /** EC2 associates addresses with interfaces that are still being made. Default true. */
  readonly associatesPending?: boolean;
  readonly log?: Log;
  readonly delays?: Partial<Delays>;
  readonly showsDuringUpdate?: EventPathOptions["showsDuringUpdate"];
  /** Which of the resources are made; all unless given. */
  readonly only?: (record: RecordedResource) => boolean;
  /** Makes a resource otherwise than the stacks say. */
  readonly change?: (record: RecordedResource) => RecordedResource;
  /** Called with what a function measured, as it writes it to its log. */
  readonly onMeasurements?: (measurements: readonly Emitted[]) => void;
  /** Stands between Lambda and the code of one of Holdfast's functions. */
  readonly around?: (functionName: string, handler: Handler) => Handler;
  /** Calls go to the region directly instead of over the wire: the same run, faster. Default false. */
  readonly direct?: boolean;
}

const silent: Log = { info: () => {}, error: () => {} };

/**
 * Deploys the operator's file into an empty account. Virtual time has passed when it is done.
 * @throws ConfigError as a deployment would
 */
export async function openDeployedRegion(
  input: OperatorFile,
  options: DeployedRegionOptions = {},
): Promise<DeployedRegion> {
  const { seed = 1, stage = "production", addressQuota = 20, startMs, consistent = false, log = silent } = options;
  const { change = (record: RecordedResource) => record } = options;
  const { delays = {}, direct = false, names = {}, throttling = true, showsDuringUpdate = "new" } = options;
  const { around = (_, handler) => handler, onMeasurements, associatesPending = true } = options;
  const { vpcQuota = emptyAccount.vpcQuota, ownEnvironments = false } = options;
  const clock = new VirtualClock(startMs);
  const region = createRegion({ seed, addressQuota, consistent, throttling, associatesPending, clock });
  const path = addEventPath(region, { delays, showsDuringUpdate });
  const targets = Object.values<{ readonly targets: readonly { readonly name: string }[] }>(input.pools).flatMap(
    (pool) => pool.targets.map(({ name }) => name),
  );
  const partners = new Map(targets.map((name) => [name, createPartner(region.clock)]));
  const partnerOf = (target: string) => {
    const partner = partners.get(target);
    if (!partner) throw new Error(`there is no target ${target}`);
    return partner;
  };
  // An ingress looks its function up before anything is made.
  const functions = Object.values(input.pools).flatMap(({ ingress }) => (ingress ? [ingress.function] : []));
  const account = { ...emptyAccount, addressQuota, vpcQuota, functions };
  const synthesized = await synthesizeOnce(input, stage, account, names);
  const records = (options.only ? synthesized.filter(options.only) : synthesized).map(change);
  const ids: Ids = new Map();
  const events = recordEvents(region);
  const wrapped: EventPath = {
    ...(onMeasurements ? observeMetrics(path, onMeasurements) : path),
    registerHandler: (name, handler) => path.registerHandler(name, around(name, handler)),
  };
  await deployRecorded(records, { region, path: wrapped, ids, partnerOf, log, direct, ownEnvironments });
  return { region, path, operator: operatorOf(region), partners, ids, records, events };
}

function observeMetrics(path: EventPath, onMeasurements: (measurements: readonly Emitted[]) => void): EventPath {
  return {
    ...path,
    emf(line) {
      onMeasurements(measurementsIn(line));
      path.emf(line);
    },
  };
}

/** Returns what a line says that metrics are read from, whether CloudWatch makes metrics of it or not. */
function measurementsIn(line: string): Emitted[] {
  const { _aws: about, ...fields } = JSON.parse(line) as Record<string, unknown> & { _aws?: { Timestamp: number } };
  const timeMs = about?.Timestamp;
  if (timeMs === undefined) return [];
  return Object.entries(fields).flatMap(([field, values]): Emitted[] => {
    if (!(field in metrics)) return [];
    const name = field as MetricName;
    return [values].flat().map((value) => ({ name, unit: metrics[name].unit, value: Number(value), timeMs }));
  });
}

interface PutEvents {
  readonly Entries: readonly { readonly DetailType: string; readonly Detail: string }[];
}

function recordEvents({ calls }: Region): readonly DomainEvent[] {
  const events: DomainEvent[] = [];
  calls.onCall(({ service, operation, input, atMs, error }) => {
    if (service !== "events" || operation !== "PutEvents" || error) return;
    for (const { DetailType, Detail } of (input as unknown as PutEvents).Entries) {
      events.push({ atMs, type: DetailType, detail: JSON.parse(Detail) });
    }
  });
  return events;
}

/** Refuses more calls than the roles do. Returns the function that ends it. */
export function refuseCalls(region: Region, refuse: (call: Call) => AwsError | undefined): () => void {
  const { authorize } = region;
  region.authorize = (call) => refuse(call) ?? authorize?.(call);
  return () => {
    region.authorize = authorize;
  };
}
