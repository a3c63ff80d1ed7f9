/** One metric: its identity is all three together. */
export interface MetricId {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** What one bucket of time holds. Values are kept for percentiles, unless a statistic set came in. */
interface Bucket {
  count: number;
  sum: number;
  minimum: number;
  maximum: number;
  values: Map<number, number> | undefined;
}

/** Start of period (ms) → value; periods without data are not in it. */
export type Series = ReadonlyMap<number, number>;

export interface Window {
  /** Start of the first period. Periods follow each other from here. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly periodMs: number;
}

export type Sample =
  | { readonly values: readonly number[]; readonly counts?: readonly number[] | undefined }
  | { readonly count: number; readonly sum: number; readonly minimum: number; readonly maximum: number };

const HOUR_MS = 3_600_000;
/** Data below a minute is kept for 3 hours, by the minute for 15 days (CloudWatch user guide, "Metrics retention"). */
const SUB_MINUTE_KEPT_MS = 3 * HOUR_MS;
const MINUTES_KEPT_MS = 15 * 24 * HOUR_MS;

interface Stored {
  readonly id: MetricId;
  stepMs: number;
  readonly buckets: Map<number, Bucket>;
}

/** CloudWatch's data: samples in buckets of a minute, or of a second for high-resolution metrics. */
export class Metrics {
  readonly #stored = new Map<string, Stored>();

  get ids(): MetricId[] {
    return [...this.#stored.values()].map(({ id }) => id);
  }

  add(id: MetricId, atMs: number, highResolution: boolean, sample: Sample): void {
    const stepMs = highResolution ? 1_000 : 60_000;
    const key = keyOf(id);
    const stored = this.#stored.get(key) ?? { id, stepMs, buckets: new Map<number, Bucket>() };
    this.#stored.set(key, stored);
    stored.stepMs = Math.min(stored.stepMs, stepMs);
    const startMs = Math.floor(atMs / stepMs) * stepMs;
    stored.buckets.set(startMs, merge(stored.buckets.get(startMs) ?? empty(), sample));
    for (const oldMs of stored.buckets.keys()) {
      if (oldMs >= atMs - MINUTES_KEPT_MS) break;
      stored.buckets.delete(oldMs);
    }
  }

  /** What came in during the last `spanMs`, or the last `ms` if that is less, comes in again `ms` later, for `VirtualClock.leap`. */
  repeat(nowMs: number, spanMs: number, ms: number): void {
    for (const { buckets, stepMs } of this.#stored.values()) {
      const firstMs = Math.ceil((nowMs - Math.min(spanMs, ms)) / stepMs) * stepMs;
      for (let startMs = Math.floor(nowMs / stepMs) * stepMs; startMs >= firstMs; startMs -= stepMs) {
        const bucket = buckets.get(startMs);
        if (bucket) buckets.set(startMs + ms, { ...bucket, values: bucket.values && new Map(bucket.values) });
      }
    }
  }

  /** `statistic` is `Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount` or a percentile (`p99.9`). */
  read(id: MetricId, statistic: string, { fromMs, toMs, periodMs }: Window, nowMs: number): Series {
    const stored = this.#stored.get(keyOf(id));
    const series = new Map<number, number>();
    if (!stored) return series;
    const oldestMs = nowMs - (periodMs < 60_000 ? SUB_MINUTE_KEPT_MS : MINUTES_KEPT_MS);
    for (let startMs = fromMs; startMs < toMs; startMs += periodMs) {
      if (startMs < oldestMs) continue;
      const value = statisticOf(collect(stored, startMs, startMs + periodMs, isPercentile(statistic)), statistic);
      if (value !== undefined) series.set(startMs, value);
    }
    return series;
  }
}

/** The control character is in no name and no value. */
function keyOf({ namespace, name, dimensions }: MetricId): string {
  let key = `${namespace}\u0000${name}`;
  for (const dimension of Object.keys(dimensions).sort()) key += `\u0000${dimension}\u0000${dimensions[dimension]}`;
  return key;
}

function empty(): Bucket {
  return {
    count: 0,
    sum: 0,
    minimum: Number.POSITIVE_INFINITY,
    maximum: Number.NEGATIVE_INFINITY,
    values: new Map(),
  };
}

function merge(bucket: Bucket, sample: Sample): Bucket {
  if ("values" in sample) {
    for (const [index, value] of sample.values.entries()) {
      const count = sample.counts?.[index] ?? 1;
      absorb(bucket, { count, sum: value * count, minimum: value, maximum: value });
      bucket.values?.set(value, (bucket.values.get(value) ?? 0) + count);
    }
  } else {
    absorb(bucket, sample);
    bucket.values = undefined;
  }
  return bucket;
}

function absorb(bucket: Bucket, more: Omit<Bucket, "values">): void {
  bucket.count += more.count;
  bucket.sum += more.sum;
  bucket.minimum = Math.min(bucket.minimum, more.minimum);
  bucket.maximum = Math.max(bucket.maximum, more.maximum);
}

function isPercentile(statistic: string): boolean {
  return statistic.startsWith("p");
}

/** @param withValues whether single values are asked for, which takes longer */
function collect({ buckets, stepMs }: Stored, fromMs: number, toMs: number, withValues: boolean): Bucket {
  const all = empty();
  if (!withValues) all.values = undefined;
  for (let ms = Math.ceil(fromMs / stepMs) * stepMs; ms < toMs; ms += stepMs) {
    const bucket = buckets.get(ms);
    if (!bucket) continue;
    absorb(all, bucket);
    if (!bucket.values) all.values = undefined;
    else if (all.values) {
      for (const [value, count] of bucket.values) all.values.set(value, (all.values.get(value) ?? 0) + count);
    }
  }
  return all;
}

function statisticOf(bucket: Bucket, statistic: string): number | undefined {
  if (bucket.count === 0) return undefined;
  switch (statistic) {
    case "SampleCount":
      return bucket.count;
    case "Sum":
      return bucket.sum;
    case "Minimum":
      return bucket.minimum;
    case "Maximum":
      return bucket.maximum;
    case "Average":
      return bucket.sum / bucket.count;
    default:
      return percentile(bucket, Number(statistic.slice(1)));
  }
}

/** Returns the smallest value with at least that share of samples at or below it. CloudWatch's own interpolation is not published. */
function percentile({ values, count }: Bucket, percent: number): number | undefined {
  if (!values) return undefined;
  let left = Math.max(1, Math.ceil((percent / 100) * count));
  for (const [value, times] of [...values].sort(([a], [b]) => a - b)) {
    left -= times;
    if (left <= 0) return value;
  }
  return undefined;
}

/** Returns whether a statistic is one that `read` knows. */
export function isStatistic(name: string): boolean {
  if (["Average", "Sum", "Minimum", "Maximum", "SampleCount"].includes(name)) return true;
  return /^p\d{1,2}(\.\d+)?$/.test(name) || name === "p100";
}
