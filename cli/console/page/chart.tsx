import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { ChartView } from "../model.ts";

interface Props {
  readonly chart: ChartView;
  readonly fromMs: number;
  readonly toMs: number;
  readonly height: number;
}

/** A chart of uPlot's; a screen reader cannot read a canvas, so its label has the latest values. */
export function Chart({ chart, fromMs, toMs, height }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>();
  const shape = JSON.stringify([chart.series.map(({ label, axis }) => [label, axis]), chart.min, chart.max, height]);
  useEffect(() => {
    const element = holder.current;
    if (!element) return undefined;
    const make = () => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsOf(chart, element, height), dataOf(chart), element);
    };
    make();
    const observer = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", make);
    return () => {
      observer.disconnect();
      dark.removeEventListener("change", make);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [shape]);
  useEffect(() => {
    plot.current?.setData(dataOf(chart), false);
    plot.current?.setScale("x", { min: fromMs / 1000, max: toMs / 1000 });
  }, [chart, fromMs, toMs]);
  return (
    <div class="chart">
      <div ref={holder} role="img" aria-label={labelOf(chart)} />
      <Legend chart={chart} />
    </div>
  );
}

function Legend({ chart }: { chart: ChartView }) {
  return (
    <ul class="legend">
      {chart.series.map(({ label, values }, index) => (
        <li key={label}>
          <span class={`swatch line-${index % dashes.length}`} aria-hidden="true" />
          {label} <b>{shown(values.at(-1))}</b>
        </li>
      ))}
    </ul>
  );
}

const shown = (value: number | undefined) => (value === undefined ? "–" : String(Math.round(value * 100) / 100));

const labelOf = ({ title, series }: ChartView) =>
  `${title}: ${series.map(({ label, values }) => `${label} ${values.length > 0 ? `is ${shown(values.at(-1))}` : "has no data"}`).join(", ")}`;

/** Lines of one chart differ by colour and by dashes. */
const dashes: readonly number[][] = [[], [6, 3], [2, 2], [8, 3, 2, 3]];

/** One column of times for all lines, as uPlot wants it. */
function dataOf({ series }: ChartView): uPlot.AlignedData {
  const times = [...new Set(series.flatMap(({ seconds }) => seconds))].sort((a, b) => a - b);
  const columns = series.map(({ seconds, values }) => {
    const byTime = new Map(seconds.map((at, index) => [at, values[index] ?? null]));
    return times.map((at) => byTime.get(at) ?? null);
  });
  return [times, ...columns];
}

function optionsOf(chart: ChartView, element: HTMLElement, height: number): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis = { stroke: colour("--muted"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
  const font = "11px system-ui, sans-serif";
  const range: uPlot.Range.Function = (_, low, high) => [
    chart.min ?? Math.min(0, low),
    chart.max ?? Math.max(1, high * 1.1),
  ];
  const hasRight = chart.series.some((it) => it.axis === "right");
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, hasRight ? 0 : 8, 0, 0],
    scales: {
      x: { time: true, auto: false },
      left: { range },
      right: { range: (_, __, high) => [0, Math.max(1, (high ?? 0) * 1.1)] },
    },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    axes: [
      { ...axis, font, space: 70, size: 26, values: "{HH}:{mm}" },
      { ...axis, font, scale: "left", size: 36, space: 34 },
      ...(hasRight
        ? [{ ...axis, font, scale: "right", side: 1, size: 36, space: 34, grid: { show: false } } satisfies uPlot.Axis]
        : []),
    ],
    series: [
      {},
      ...chart.series.map(({ label, axis: side }, index) => ({
        label,
        scale: side,
        stroke: colour(`--series-${index % dashes.length}`),
        width: 1.75,
        dash: dashes[index % dashes.length] ?? [],
        spanGaps: true,
        points: { show: true, size: 3 },
        paths: uPlot.paths.stepped?.({ align: 1 }) ?? null,
      })),
    ] as uPlot.Series[],
  };
}
