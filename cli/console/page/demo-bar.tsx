import { type Act, type DemoView, speeds } from "../model.ts";

const buttons: readonly { readonly act: Act; readonly label: string; readonly title: string }[] = [
  { act: "subnets", label: "Change subnets", title: "Move the function orders to other zones" },
  { act: "lose-event", label: "… losing the event", title: "Move it, and CloudTrail's event never arrives" },
  { act: "kill-run", label: "… killing the run", title: "Move it, and relocation dies in the middle" },
  { act: "block", label: "Block an address", title: "The bank refuses an address that orders uses" },
  { act: "block-all", label: "Block all", title: "The bank refuses every address of the pool" },
  { act: "unblock", label: "Unblock", title: "The partners accept every address again" },
];

/** Tells the server; the page shows what came of it. */
function ask(name: string): void {
  void fetch(`/acts/${name}`, { method: "POST" });
}

export function DemoBar({ demo }: { demo: DemoView }) {
  const { chapters, chapter, caption, phase, speed } = demo;
  return (
    <section class="panel demo" aria-label="Demo">
      <ol class="chapters" aria-label="Chapters of the story">
        {chapters.map((name, index) => (
          <li
            key={name}
            class={index < chapter || phase === "over" ? "past" : index === chapter && phase === "story" ? "now" : ""}
            aria-current={index === chapter && phase === "story" ? "step" : undefined}
          >
            {name}
          </li>
        ))}
      </ol>
      <p class="caption">{caption}</p>
      <div class="controls">
        <fieldset>
          <legend>Try to break it</legend>
          {buttons.map(({ act, label, title }) => (
            <button key={act} type="button" title={title} disabled={phase === "deploying"} onClick={() => ask(act)}>
              {label}
            </button>
          ))}
        </fieldset>
        <fieldset>
          <legend>Speed and story</legend>
          {speeds.map((it) => (
            <button key={it} type="button" aria-pressed={it === speed} onClick={() => ask(`speed/${it}`)}>
              {it === 0 ? "Pause" : `${it}×`}
            </button>
          ))}
          <button type="button" disabled={phase === "deploying"} onClick={() => ask("restart")}>
            Restart
          </button>
        </fieldset>
      </div>
    </section>
  );
}
