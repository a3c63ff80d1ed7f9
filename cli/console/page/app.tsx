import { useState } from "preact/hooks";
import type { HealthView, PoolView } from "../model.ts";
import { Chart } from "./chart.tsx";
import { Dashboard } from "./dashboard.tsx";
import { DemoBar } from "./demo-bar.tsx";
import { headerOf } from "./health.ts";
import { Picture } from "./picture.tsx";
import { type State, useStream } from "./stream.ts";
import { clockTime } from "./time.ts";
import { TimeLine } from "./time-line.tsx";

export function App() {
  const state = useStream();
  const [chosen, choose] = useState<string>();
  const { about, snapshot, measures, demo, entries, error, connected } = state;
  const pools = snapshot?.pools ?? [];
  const pool = pools.find(({ name }) => name === chosen) ?? pools[0];
  const health = headerOf(state, pool?.name);
  const measured = measures?.pools.find((it) => it.pool === pool?.name);
  return (
    <>
      <header class="top">
        <h1>
          Holdfast <span class="quiet">{about?.demo ? "demo" : about?.title}</span>
        </h1>
        <PoolChoice pools={pools} pool={pool} choose={choose} />
        <Routes state={state} pool={pool} />
      </header>
      {health && <Health health={health} />}
      {!connected && about && (
        <p class="notice" role="alert">
          The connection to the server is lost. Reconnecting…
        </p>
      )}
      {error && (
        <p class="notice" role="alert">
          AWS cannot be read: {error}
        </p>
      )}
      <main>
        {demo && <DemoBar demo={demo} />}
        <div class="columns">
          <section class="panel" aria-labelledby="picture-title">
            <h2 id="picture-title">How traffic leaves</h2>
            {pool ? (
              <Picture pool={pool} />
            ) : (
              <p class="quiet empty">{demo ? "The region is being deployed…" : "Reading the pools…"}</p>
            )}
          </section>
          <TimeLine entries={entries.filter((it) => it.pool === "" || it.pool === pool?.name)} />
        </div>
        {measures && measured && (
          <>
            <section aria-labelledby="charts-title">
              <h2 id="charts-title">The last hour</h2>
              <div class="charts">
                {measured.charts.map((chart) => (
                  <div class="panel" key={chart.title}>
                    <h3>{chart.title}</h3>
                    <Chart chart={chart} fromMs={measures.fromMs} toMs={measures.toMs} height={150} />
                  </div>
                ))}
              </div>
            </section>
            {measured.dashboard && <Dashboard dashboard={measured.dashboard} measures={measures} />}
          </>
        )}
      </main>
      <footer class="quiet">
        {about?.demo
          ? "A simulated AWS region with the whole of Holdfast deployed in it. Nothing leaves this machine."
          : "Read-only: this page changes nothing."}
      </footer>
    </>
  );
}

function PoolChoice({
  pools,
  pool,
  choose,
}: {
  pools: readonly PoolView[];
  pool: PoolView | undefined;
  choose: (name: string) => void;
}) {
  if (pools.length < 2)
    return (
      <p class="pool">
        {pool && (
          <>
            Pool <b>{pool.name}</b>
          </>
        )}
      </p>
    );
  return (
    <label class="pool">
      Pool{" "}
      <select value={pool?.name ?? ""} onChange={(event) => choose(event.currentTarget.value)}>
        {pools.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  );
}

const routeNames = { direct: "Direct", mixed: "Partly in fallback", fallback: "In fallback" } as const;

/** Each headline has a sign of its own, so that it does not depend on colour. */
const signs = { OK: "✓", DEGRADED: "!", DOWN: "✕", UNKNOWN: "?" } as const;

function Health({ health: { headline, line, details } }: { health: HealthView }) {
  return (
    <section class={`panel headline ${headline.toLowerCase()}`} aria-label="Health">
      <p class="line" role="status">
        <b>
          <span aria-hidden="true">{signs[headline]} </span>
          {headline}
        </b>{" "}
        {line}
      </p>
      {details.length > 0 && (
        <dl>
          {details.map(({ label, text }) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

function Routes({ state: { snapshot, demo }, pool }: { state: State; pool: PoolView | undefined }) {
  return (
    <p class="health">
      {pool && <span class={`pill ${pool.route}`}>{routeNames[pool.route]}</span>}
      {pool?.override && <span class="pill override">Override: {pool.override}</span>}
      {snapshot && (
        <time class="quiet">
          {demo ? `after ${clockTime(demo.elapsedMs)}` : new Date(snapshot.atMs).toLocaleTimeString()}
        </time>
      )}
    </p>
  );
}
