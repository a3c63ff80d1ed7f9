import { useState } from "preact/hooks";
import type { AlarmView, Measures, PoolMeasures, WidgetView } from "../model.ts";
import { Chart } from "./chart.tsx";
import { Markdown } from "./markdown.tsx";
import { commonPrefix } from "./names.ts";

type DashboardView = NonNullable<PoolMeasures["dashboard"]>;

/** The CloudWatch dashboard as it is deployed, on its grid of 24 columns; drawn once it is unfolded. */
export function Dashboard({
  dashboard: { name, widgets },
  measures,
}: {
  dashboard: DashboardView;
  measures: Measures;
}) {
  const [open, setOpen] = useState(false);
  return (
    <details class="dashboard-fold" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <h2>
          CloudWatch dashboard <span class="quiet">{name}, as deployed</span>
        </h2>
      </summary>
      <div class="dashboard">
        {open &&
          widgets.map((widget) => (
            <div key={`${widget.x} ${widget.y}`} class={`panel span-${widget.width} widget-${widget.kind}`}>
              <Widget widget={widget} measures={measures} />
            </div>
          ))}
      </div>
    </details>
  );
}

function Widget({ widget, measures }: { widget: WidgetView; measures: Measures }) {
  switch (widget.kind) {
    case "text":
      return <Markdown source={widget.markdown} />;
    case "alarms":
      return (
        <>
          <h3>{widget.title}</h3>
          <Alarms alarms={widget.alarms} />
        </>
      );
    case "chart":
      return (
        <>
          <h3>{widget.chart.title}</h3>
          <Chart chart={widget.chart} fromMs={measures.fromMs} toMs={measures.toMs} height={160} />
        </>
      );
    case "other":
      return (
        <>
          <h3>{widget.title}</h3>
          <p class="quiet">{widget.note}</p>
        </>
      );
  }
}

const stateNames = { OK: "✓ OK", ALARM: "✕ in alarm", INSUFFICIENT_DATA: "– no data" } as const;

function Alarms({ alarms }: { alarms: readonly AlarmView[] }) {
  const prefix = commonPrefix(alarms.map(({ name }) => name));
  return (
    <ul class="alarms">
      {alarms.map(({ name, state, description }) => (
        <li key={name} class={state.toLowerCase()} title={`${name}\n${description}`}>
          <b>{name.slice(prefix.length)}</b> <span>{stateNames[state]}</span>
        </li>
      ))}
    </ul>
  );
}
