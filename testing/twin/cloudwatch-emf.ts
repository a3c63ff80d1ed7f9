import type { MetricId } from "./cloudwatch-metrics.ts";

/** Limits of the embedded metric format (CloudWatch user guide, "Specification: Embedded metric format"). */
const MOST_METRICS = 100;
const MOST_DIMENSIONS = 30;
const MOST_VALUES = 100;
const LONGEST_DIMENSION = 1_024;
const MOST_BYTES = 1_048_576;

export interface EmfSample {
  readonly id: MetricId;
  readonly atMs: number;
  readonly highResolution: boolean;
  readonly values: readonly number[];
}

interface Directive {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string; readonly StorageResolution?: number }[];
}

/**
 * Returns the metrics in one line of a log; none when the line is not in the embedded metric format. Whatever breaks a limit
 * is dropped silently, as CloudWatch Logs does.
 */
export function readEmf(line: string): EmfSample[] {
  const root = parse(line);
  const { Timestamp: atMs, CloudWatchMetrics: directives } = (root?.["_aws"] ?? {}) as {
    Timestamp?: unknown;
    CloudWatchMetrics?: unknown;
  };
  if (!root || typeof atMs !== "number" || !Array.isArray(directives)) return [];
  return (directives as Directive[]).flatMap((directive) => readDirective(root, directive, atMs));
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.includes('"_aws"') || Buffer.byteLength(line) > MOST_BYTES) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function readDirective(root: Record<string, unknown>, directive: Directive, atMs: number): EmfSample[] {
  const { Namespace: namespace, Dimensions = [], Metrics = [] } = directive;
  if (!namespace || Metrics.length > MOST_METRICS) return [];
  const sets = Dimensions.map((names) => readDimensions(root, names)).filter((set) => set !== undefined);
  return Metrics.flatMap(({ Name: name, StorageResolution }) => {
    const values = [root[name]].flat();
    const valid = values.length > 0 && values.length <= MOST_VALUES && values.every(Number.isFinite);
    if (!valid) return [];
    return sets.map((dimensions) => ({
      id: { namespace, name, dimensions },
      atMs,
      highResolution: StorageResolution === 1,
      values: values as number[],
    }));
  });
}

function readDimensions(root: Record<string, unknown>, names: readonly string[]): Record<string, string> | undefined {
  const entries = names.map((name) => [name, root[name]] as const);
  const valid = entries.every(
    ([, value]) => typeof value === "string" && value !== "" && value.length <= LONGEST_DIMENSION,
  );
  return valid && names.length <= MOST_DIMENSIONS ? (Object.fromEntries(entries) as Record<string, string>) : undefined;
}
