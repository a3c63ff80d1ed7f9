import type { ChartView } from "../model.ts";
import { Bands } from "./bands.tsx";
import { Lines } from "./lines.tsx";

export interface ChartProps {
  readonly chart: ChartView;
  readonly fromMs: number;
  readonly toMs: number;
  readonly height: number;
}

/** States are drawn as bands, and measured values as lines; an empty grid would say less than a sentence. */
export function Chart({ chart, fromMs, toMs, height }: ChartProps) {
  if (chart.series.every(({ values }) => values.length === 0)) return <p class="quiet">No data in this hour.</p>;
  const areStates = chart.series.every(({ states }) => states.length > 0);
  return areStates ? (
    <Bands chart={chart} fromMs={fromMs} toMs={toMs} />
  ) : (
    <Lines chart={chart} fromMs={fromMs} toMs={toMs} height={height} />
  );
}
