/** What a deployment of an operator's file would register, without SST and without an engine. */
import { runtime } from "@pulumi/pulumi";
import { defineHoldfast, type HoldfastConfig, type HoldfastInput } from "../../src/config/holdfast.ts";
import { Holdfast, type PoolOutput } from "../../stacks/main.ts";
import { type Account, emptyAccount } from "./stand-in/account.ts";
import { type RecordedResource, startRecording } from "./stand-in/recorder.ts";

export const app = "holdfast";
/** Stand for the built functions, whose code does not matter here. */
const bundles = "testing/deployment/stand-in/bundles";

export interface Synthesized {
  readonly resources: readonly RecordedResource[];
  readonly outputs: Readonly<Record<string, PoolOutput>>;
}

/** Names that the author of an application gives. */
export interface Names {
  readonly app?: string;
  /** Of the component; `Holdfast` unless given. */
  readonly component?: string;
}

/** An operator's file as it is written, or as `defineHoldfast` has returned it. */
export type OperatorFile = HoldfastInput | HoldfastConfig;

function isRead(file: OperatorFile): file is HoldfastConfig {
  const pools = Object.values(file.pools);
  return pools.length > 0 && pools.every(({ addresses }) => addresses !== undefined && "egress" in addresses);
}

/** @throws ConfigError as a deployment would */
export async function synthesize(
  file: OperatorFile,
  stage = "test",
  account: Account = emptyAccount,
  { app: ofApp = app, component = "Holdfast" }: Names = {},
): Promise<Synthesized> {
  const config = isRead(file) ? file : defineHoldfast(file);
  const resources = await startRecording(runtime, account, ofApp, stage, false);
  const { stackTraceLimit } = Error;
  // Pulumi takes a stack trace for each output: most of the time of a deployment that makes nothing.
  Error.stackTraceLimit = 0;
  try {
    const { pools } = new Holdfast(component, { config, app: ofApp, stage, bundles });
    await runtime.disconnect();
    return { resources: inOrder(resources), outputs: pools };
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

const synthesized = new Map<string, Promise<readonly RecordedResource[]>>();

/**
 * Returns what a deployment registers, as synthesized once in this process: it takes a second.
 * @throws ConfigError as a deployment would
 */
export function synthesizeOnce(...what: Parameters<typeof synthesize>): Promise<readonly RecordedResource[]> {
  const key = JSON.stringify(what);
  const known = synthesized.get(key) ?? synthesize(...what).then(({ resources }) => resources);
  synthesized.set(key, known);
  return known;
}

/** Registrations run side by side, so that their order is a matter of time: what others depend on first, then by URN. */
function inOrder(records: readonly RecordedResource[]): RecordedResource[] {
  const waiting = new Map(
    [...records].sort((a, b) => (a.urn < b.urn ? -1 : 1)).map((record) => [record.urn, record] as const),
  );
  const ordered: RecordedResource[] = [];
  const take = (record: RecordedResource) => {
    waiting.delete(record.urn);
    for (const urn of record.options.dependsOn) {
      const before = waiting.get(urn);
      if (before) take(before);
    }
    ordered.push(record);
  };
  for (let next = waiting.values().next(); !next.done; next = waiting.values().next()) take(next.value);
  return ordered;
}
