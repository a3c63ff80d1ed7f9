import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import type { ChartView, SeriesView } from "../model.ts";
import { utcMinute } from "./time.ts";
import { rangeOf, shown } from "./values.ts";

interface Props {
  readonly chart: ChartView;
  readonly fromMs: number;
  readonly toMs: number;
  readonly height: number;
}

/** A chart of uPlot's; a screen reader cannot read a canvas, so its label has the latest values. */
export function Lines({ chart, fromMs, toMs, height }: Props) {
  const [over, setOver] = useState<number>();
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>();
  // What is drawn anew, for another width or scheme, is what was sent last.
  const latest = useRef({ chart, min: 0, max: 0 });
  latest.current = { chart, min: fromMs / 1000, max: toMs / 1000 };
  const shape = JSON.stringify([
    chart.series.map(({ label, axis, unit }) => [label, axis, unit]),
    chart.min,
    chart.max,
    height,
  ]);
  useEffect(() => {
    const element = holder.current;
    if (!element) return undefined;
    const make = () => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsOf(chart, element, height, setOver), dataOf(latest.current.chart), element);
      plot.current.setScale("x", latest.current);
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
    plot.current?.setScale("x", latest.current);
  }, [chart, fromMs, toMs]);
  return (
    <div class="chart">
      <div ref={holder} role="img" aria-label={labelOf(chart)} />
      <Legend chart={chart} over={over} />
    </div>
  );
}

/** The values under the pointer or, without one, the latest, each with the range that it has been in. */
function Legend({ chart, over }: { chart: ChartView; over: number | undefined }) {
  const [times, ...columns] = dataOf(chart);
  const at = over === undefined ? undefined : times[over];
  return (
    <ul class="legend">
      {chart.series.map((series, index) => {
        const { label, values, unit } = series;
        const value = over === undefined ? values.at(-1) : columns[index]?.[over];
        const range = rangeOf(series);
        return (
          <li key={label}>
            <span class={`swatch line-${index % dashes.length}`} aria-hidden="true" />
            {label} <b>{shown(value, unit)}</b>
            {range !== "" && ` (${range})`}
          </li>
        );
      })}
      <li>{at === undefined ? "latest (range), UTC" : `at ${utcMinute(at * 1000)}`}</li>
    </ul>
  );
}

const labelOf = ({ title, series }: ChartView) =>
  `${title}: ${series.map(({ label, values, unit }) => `${label} ${values.length > 0 ? `is ${shown(values.at(-1), unit)}` : "has no data"}`).join(", ")}`;

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

function optionsOf(
  chart: ChartView,
  element: HTMLElement,
  height: number,
  onOver: (index: number | undefined) => void,
): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis = { stroke: colour("--muted"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
  const font = "11px system-ui, sans-serif";
  const range: uPlot.Range.Function = (_, low, high) => [
    chart.min ?? Math.min(0, low),
    chart.max ?? Math.max(1, high * 1.1),
  ];
  const ticksOf = (side: SeriesView["axis"]) => (_: uPlot, values: number[]) => {
    const unit = chart.series.find(({ axis }) => axis === side)?.unit ?? "";
    return values.map((value) => shown(value, unit));
  };
  const hasRight = chart.series.some((it) => it.axis === "right");
  return {
    width: element.clientWidth,
    height,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    hooks: { setCursor: [({ cursor }) => onOver(cursor.idx ?? undefined)] },
    padding: [8, hasRight ? 0 : 18, 0, 0],
    scales: {
      x: { time: true, auto: false },
      left: { range },
      right: { range: (_, __, high) => [0, Math.max(1, (high ?? 0) * 1.1)] },
    },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    axes: [
      { ...axis, font, space: 70, size: 26, values: "{HH}:{mm}" },
      { ...axis, font, scale: "left", size: 48, space: 34, values: ticksOf("left") },
      ...(hasRight
        ? [
            {
              ...{ ...axis, font, scale: "right", side: 1, size: 48, space: 34, grid: { show: false } },
              values: ticksOf("right"),
            } satisfies uPlot.Axis,
          ]
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
