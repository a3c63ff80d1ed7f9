import { useEffect, useRef } from "preact/hooks";
import type { Entry } from "../model.ts";

const whoNames = { holdfast: "Holdfast", lambda: "AWS", partner: "Partner", operator: "Operator" } as const;
/** Each tone has a sign of its own, so that it does not depend on colour. */
const signs = { plain: "•", good: "✓", warning: "!", bad: "✕" } as const;

export function TimeLine({ entries }: { entries: readonly Entry[] }) {
  const scrolled = useRef<HTMLDivElement>(null);
  const newest = entries.at(-1)?.id;
  useEffect(() => {
    if (newest !== undefined) scrolled.current?.scrollTo({ top: 0 });
  }, [newest]);
  const label = { role: "log", "aria-live": "polite", "aria-labelledby": "timeline-title" } as const;
  return (
    <section class="panel timeline" aria-labelledby="timeline-title">
      <h2 id="timeline-title">What happened, and why</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard. */}
      <div ref={scrolled} class="scrolled" tabIndex={0} {...label}>
        {entries.length === 0 && <p class="quiet empty">No events yet.</p>}
        <ol>
          {entries.toReversed().map((entry) => (
            <Line key={entry.id} entry={entry} />
          ))}
        </ol>
      </div>
    </section>
  );
}

function Line({ entry: { atMs, who, tone, what, why, row } }: { entry: Entry }) {
  return (
    <li class={tone}>
      <span class="sign" aria-hidden="true">
        {signs[tone]}
      </span>
      <p class="meta">
        <time dateTime={new Date(atMs).toISOString()}>{new Date(atMs).toISOString().slice(11, 19)}</time>{" "}
        {whoNames[who]}
        {row && <span class="row">{row}</span>}
      </p>
      <p class="what">{what}</p>
      {why && <p class="why">{why}</p>}
    </li>
  );
}
