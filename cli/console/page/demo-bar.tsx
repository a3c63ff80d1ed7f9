import { type Action, type DemoView, type Speed, speeds } from "../model.ts";

const buttons: readonly { readonly action: Action; readonly label: string; readonly title: string }[] = [
  { action: "subnets", label: "Change subnets", title: "Move the function orders to other zones" },
  { action: "lose-event", label: "… losing the event", title: "Move it, and lose CloudTrail's event" },
  { action: "kill-run", label: "… killing the run", title: "Move it, and kill relocation during its run" },
  { action: "block", label: "Block an address", title: "The bank refuses an address that orders uses" },
  { action: "block-all", label: "Block all", title: "The bank refuses every address of the pool" },
  { action: "unblock", label: "Unblock", title: "The partners accept every address again" },
];
const restart = {
  action: "restart",
  label: "Restart",
  title: "A new region, and the tour from its beginning",
} as const;

const speedLabel = (speed: Speed) => (speed === "auto" ? "Auto" : speed === 0 ? "Pause" : `${speed}×`);

interface Props {
  readonly demo: DemoView;
  readonly connected: boolean;
}

/** Has the server run an action; the page shows the result. */
function request(name: string): void {
  // The stream notices that the server is gone.
  fetch(`/actions/${name}`, { method: "POST" }).catch(() => {});
}

export function DemoBar({ demo, connected }: Props) {
  const { steps, step, caption, phase, speed } = demo;
  const unavailable = (action: Action) => (connected ? demo.unavailable[action] : "the server does not answer");
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
          {buttons.map((it) => (
            <ActionButton key={it.action} {...it} reason={unavailable(it.action)} />
          ))}
        </fieldset>
        <fieldset>
          <legend>Speed and tour</legend>
          {speeds.map((it) => (
            <button
              key={it}
              type="button"
              aria-pressed={it === speed}
              aria-disabled={!connected}
              onClick={() => connected && request(`speed/${it}`)}
            >
              {speedLabel(it)}
            </button>
          ))}
          <ActionButton {...restart} reason={unavailable("restart")} />
        </fieldset>
      </div>
      <Reasons reasonOf={unavailable} />
    </section>
  );
}

interface ActionProps {
  readonly action: Action;
  readonly label: string;
  readonly title: string;
  /** Why it can do nothing now. */
  readonly reason: string | undefined;
}

/** It keeps its focus and its tip while it can do nothing, so that the reason can be read. */
function ActionButton({ action, label, title, reason }: ActionProps) {
  return (
    <button
      type="button"
      title={reason === undefined ? title : `Not now: ${reason}`}
      aria-disabled={reason !== undefined}
      onClick={() => reason === undefined && request(action)}
    >
      {label}
    </button>
  );
}

/** Why buttons can do nothing, each reason once. */
function Reasons({ reasonOf }: { reasonOf: (action: Action) => string | undefined }) {
  const labels = new Map<string, string[]>();
  for (const { action, label } of [...buttons, restart]) {
    const reason = reasonOf(action);
    if (reason !== undefined) labels.set(reason, [...(labels.get(reason) ?? []), label]);
  }
  return (
    <ul class="reasons quiet">
      {[...labels].map(([reason, names]) => (
        <li key={reason}>
          {names.length > buttons.length ? "All" : names.join(", ")}: not now, {reason}.
        </li>
      ))}
    </ul>
  );
}
