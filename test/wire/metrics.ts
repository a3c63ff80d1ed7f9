import type { Invocation } from "./built-function.ts";

interface Metric {
  readonly value: unknown;
  readonly unit: string | undefined;
}

interface Emf {
  readonly CloudWatchMetrics: readonly { Metrics: readonly { Name: string; Unit: string }[] }[];
}

/** The metrics of an invocation by name, read from its EMF lines. */
export function metricsOf({ lines }: Invocation): Record<string, Metric> {
  const metrics = lines
    .filter((line) => line["_aws"])
    .flatMap((line) =>
      (line["_aws"] as Emf).CloudWatchMetrics.flatMap((directive) =>
        directive.Metrics.map(({ Name, Unit }) => [Name, { value: line[Name], unit: Unit }] as const),
      ),
    );
  return Object.fromEntries(metrics);
}
