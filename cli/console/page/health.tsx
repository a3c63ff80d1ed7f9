import type { HealthView } from "../model.ts";

/** Each headline has a sign of its own, so that it does not depend on colour. */
const signs = { OK: "✓", DEGRADED: "!", DOWN: "✕", UNKNOWN: "?" } as const;

export function Health({ health: { headline, line, details } }: { health: HealthView }) {
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
