import { useState } from "preact/hooks";
import { Availability } from "./availability.tsx";
import { Chart } from "./chart.tsx";
import { Dashboard } from "./dashboard.tsx";
import { DemoBar } from "./demo-bar.tsx";
import { Functions } from "./functions.tsx";
import { Header } from "./header.tsx";
import { headerOf } from "./health.ts";
import { Health } from "./health.tsx";
import { PictureLegend } from "./legend.tsx";
import { Picture } from "./picture.tsx";
import { useStream } from "./stream.ts";
import { TimeLine } from "./time-line.tsx";

export function App() {
  const state = useStream();
  const [chosen, choose] = useState<string>();
  const { about, snapshot, measures, availability, demo, entries, failure, connected } = state;
  const pools = snapshot?.pools ?? [];
  const pool = pools.find(({ name }) => name === chosen) ?? pools[0];
  const health = headerOf(state, pool?.name);
  const measured = measures?.pools.find((it) => it.pool === pool?.name);
  const available = availability.find((it) => it.pool === pool?.name);
  return (
    <>
      <Header state={state} pool={pool} choose={choose} />
      {health && <Health health={health} />}
      {!connected && about && (
        <p class="notice" role="alert">
          The server does not answer any more: what this page shows is old. It is looked for again and again;{" "}
          <code>{demo ? "npm run demo" : "npx holdfast console"}</code> starts it.
        </p>
      )}
      {failure && (
        <p class="notice" role="alert">
          AWS cannot be read: {failure}
        </p>
      )}
      <main>
        {demo && <DemoBar demo={demo} connected={connected} />}
        {available && <Availability partners={available.partners} />}
        <div class="columns">
          <section class="panel picture-panel" aria-labelledby="picture-title">
            <h2 id="picture-title">How traffic leaves</h2>
            {pool ? (
              <>
                <Picture pool={pool} />
                <PictureLegend />
                <Functions pool={pool} />
              </>
            ) : (
              <p class="quiet empty">{demo ? "The region is being deployed…" : "Reading the pools…"}</p>
            )}
          </section>
          <TimeLine entries={entries.filter((it) => it.pool === "" || it.pool === pool?.name)} />
          <section class="charts-section" aria-labelledby="charts-title">
            <h2 id="charts-title">The last hour</h2>
            <div class="charts">
              {measures && measured ? (
                measured.charts.map((chart) => (
                  <div class="panel" key={chart.title}>
                    <h3>{chart.title}</h3>
                    <Chart chart={chart} fromMs={measures.fromMs} toMs={measures.toMs} height={150} />
                  </div>
                ))
              ) : (
                <p class="panel quiet empty">Reading the metrics…</p>
              )}
            </div>
          </section>
        </div>
        {measures && measured?.dashboard && <Dashboard dashboard={measured.dashboard} measures={measures} />}
      </main>
      <footer class="quiet">
        {about?.demo
          ? "A simulated AWS region with the whole of Holdfast deployed in it. Nothing leaves this machine."
          : "Read-only: this page changes nothing."}
      </footer>
    </>
  );
}
