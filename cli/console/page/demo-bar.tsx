import { type Action, type DemoView, speeds } from "../model.ts";

const buttons: readonly { readonly action: Action; readonly label: string; readonly title: string }[] = [
  { action: "subnets", label: "Change subnets", title: "Move the function orders to other zones" },
  { action: "lose-event", label: "… losing the event", title: "Move it, and lose CloudTrail's event" },
  { action: "kill-run", label: "… killing the run", title: "Move it, and kill relocation during its run" },
  { action: "block", label: "Block an address", title: "The bank refuses an address that orders uses" },
  { action: "block-all", label: "Block all", title: "The bank refuses every address of the pool" },
  { action: "unblock", label: "Unblock", title: "The partners accept every address again" },
];

/** Has the server run an action; the page shows the result. */
function request(name: string): void {
  void fetch(`/actions/${name}`, { method: "POST" });
}

export function DemoBar({ demo }: { demo: DemoView }) {
  const { steps, step, caption, phase, speed } = demo;
  return (
    <section class="panel demo" aria-label="Demo">
      <ol class="steps" aria-label="Steps of the tour">
        {steps.map((name, index) => (
          <li
            key={name}
            class={index < step || phase === "ended" ? "past" : index === step && phase === "tour" ? "now" : ""}
            aria-current={index === step && phase === "tour" ? "step" : undefined}
          >
            {name}
          </li>
        ))}
      </ol>
      <p class="caption">{caption}</p>
      <div class="controls">
        <fieldset>
          <legend>Inject a fault</legend>
          {buttons.map(({ action, label, title }) => (
            <button
              key={action}
              type="button"
              title={title}
              disabled={phase === "deploying"}
              onClick={() => request(action)}
            >
              {label}
            </button>
          ))}
        </fieldset>
        <fieldset>
          <legend>Speed and tour</legend>
          {speeds.map((it) => (
            <button key={it} type="button" aria-pressed={it === speed} onClick={() => request(`speed/${it}`)}>
              {it === 0 ? "Pause" : `${it}×`}
            </button>
          ))}
          <button type="button" disabled={phase === "deploying"} onClick={() => request("restart")}>
            Restart
          </button>
        </fieldset>
      </div>
    </section>
  );
}
