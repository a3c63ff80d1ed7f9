/** What the picture's lines and signs mean. */
const lines = [
  ["open", "traffic"],
  ["refused", "refused by the partner"],
  ["shut", "no way out"],
  ["waiting", "traffic after the update"],
] as const;

const signs = [
  ["good", "✓", "in use"],
  ["plain", "○", "spare"],
  ["plain", "◔", "draining: the old connections end"],
  ["bad", "✕", "blocked"],
  ["bad", "?", "suspect: verified before it is used again"],
  ["fallback", "◇", "for the NAT gateway"],
] as const;

export function PictureLegend() {
  return (
    <ul class="legend" aria-label="Legend">
      {lines.map(([state, text]) => (
        <li key={text}>
          <svg width={24} height={8} aria-hidden="true">
            <path class={`flow still ${state}`} d="M0 4H24" />
          </svg>
          {text}
        </li>
      ))}
      {signs.map(([kind, sign, text]) => (
        <li key={text}>
          <span class={`sign ${kind}`} aria-hidden="true">
            {sign}
          </span>
          {text}
        </li>
      ))}
    </ul>
  );
}
