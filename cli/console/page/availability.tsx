import { useState } from "preact/hooks";
import type { BarView, PartnerAvailability } from "../model.ts";
import { utcMinute } from "./time.ts";

/** Of each partner: the share of the probes that it let in, over the last hour and day, as numbers and as bars. */
export function Availability({ partners }: { partners: readonly PartnerAvailability[] }) {
  if (partners.length === 0) return null;
  return (
    <section class="panel availability" aria-labelledby="availability-title">
      <h2 id="availability-title">
        Partners <span class="quiet">share of the pool's probes that each let in</span>
      </h2>
      <ul>
        {partners.map(({ name, hour, day }) => (
          <li key={name}>
            <b class="partner-name" title={name}>
              {name}
            </b>
            <Bars name={name} span="last hour" bars={hour} />
            <Bars name={name} span="last day" bars={day} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Bars({ name, span, bars }: { name: string; span: string; bars: readonly BarView[] }) {
  const [over, setOver] = useState<number>();
  const hovered = over === undefined ? undefined : bars[over];
  const share = shareOf(bars);
  return (
    <div class="bars">
      <p class="number">
        <b>{share}</b> <span class="quiet">{hovered ? barText(hovered) : span}</span>
      </p>
      <svg
        viewBox={`0 0 ${bars.length} 1`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${name}, ${span}: ${share}`}
        onPointerLeave={() => setOver(undefined)}
      >
        {bars.map((bar, index) => (
          <Bar key={bar.fromMs} bar={bar} x={index} over={() => setOver(index)} />
        ))}
      </svg>
    </div>
  );
}

/** What was let in stands below, what was not hangs from the top: none depends on colour only. */
function Bar({ bar, x, over }: { bar: BarView; x: number; over: () => void }) {
  const { asked, accepted, cutOff } = bar;
  const share = asked === 0 ? 0 : accepted / asked;
  return (
    <g class="bar" onPointerOver={over}>
      <title>{barText(bar)}</title>
      <rect class="space" x={x} y={0} width={1} height={1} />
      {asked === 0 && <rect class="unknown" x={x + 0.1} y={0.92} width={0.8} height={0.08} />}
      {accepted > 0 && <rect class="good" x={x + 0.1} y={1 - share} width={0.8} height={share} />}
      {accepted < asked && (
        <rect class={accepted + cutOff < asked ? "bad" : "cut-off"} x={x + 0.1} y={0} width={0.8} height={1 - share} />
      )}
    </g>
  );
}

function shareOf(bars: readonly BarView[]): string {
  const asked = bars.reduce((sum, bar) => sum + bar.asked, 0);
  const accepted = bars.reduce((sum, bar) => sum + bar.accepted, 0);
  // Rounded down: 100 % is without exception.
  return asked === 0 ? "no data" : `${Math.floor((accepted / asked) * 1000) / 10} %`;
}

function barText({ fromMs, toMs, asked, accepted, cutOff }: BarView): string {
  const time = `${utcMinute(fromMs)} to ${utcMinute(toMs)}`;
  const shut = cutOff > 0 ? `, ${cutOff} without egress` : "";
  return asked === 0 ? `${time}: no data` : `${time}: ${accepted} of ${asked} let in${shut}`;
}
