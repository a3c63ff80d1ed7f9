import type { ChartView, SeriesView } from "../model.ts";
import { utcMinute } from "./time.ts";
import { runsOf, stateAt } from "./values.ts";

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** States over time, a band for each series. */
export function Bands({ chart, ...span }: { chart: ChartView } & Span) {
  const states = new Map(chart.series.flatMap((it) => it.states.map((state) => [state.label, state] as const)));
  return (
    <div class="bands">
      {chart.series.map((series) => (
        <Band key={series.label} series={series} {...span} />
      ))}
      <p class="axis quiet">
        <span>{utcMinute(span.fromMs)}</span>
        <span>{utcMinute((span.fromMs + span.toMs) / 2)}</span>
        <span>{utcMinute(span.toMs)}</span>
      </p>
      <ul class="legend" aria-label="Legend">
        {[...states.values()].map(({ label, tone }) => (
          <li key={label}>
            <span class={`patch ${tone}`} aria-hidden="true" />
            {label}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** How high a band stands says the same as its colour. */
const heights = { good: 0.34, warning: 0.67, fallback: 0.67, bad: 1 } as const;

function Band({ series, fromMs, toMs }: { series: SeriesView } & Span) {
  const { label, values, states } = series;
  const last = values.at(-1);
  const now = last === undefined ? "no data" : (stateAt(states, last)?.label ?? "");
  const from = fromMs / 1000;
  const span = (toMs - fromMs) / 1000;
  return (
    <div class="band">
      <p>
        {label} <b>{now}</b>
      </p>
      <svg viewBox={`0 0 ${span} 1`} preserveAspectRatio="none" role="img" aria-label={`${label}: ${now}`}>
        {runsOf(series).map(({ fromSeconds, toSeconds, state }) => {
          const x = Math.max(0, fromSeconds - from);
          const width = Math.max(0, Math.min(span, toSeconds - from) - x);
          const height = heights[state.tone];
          return (
            <rect key={fromSeconds} class={state.tone} x={x} y={1 - height} width={width} height={height}>
              <title>{`${utcMinute(fromSeconds * 1000)} to ${utcMinute(toSeconds * 1000)}: ${state.label}`}</title>
            </rect>
          );
        })}
      </svg>
    </div>
  );
}
