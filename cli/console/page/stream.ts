/** The page's state: what the server has sent so far. */
import { useEffect, useReducer } from "preact/hooks";
import type { DemoView, Entry, Measures, Messages, Snapshot } from "../model.ts";

export interface State {
  readonly connected: boolean;
  readonly about: Messages["about"] | undefined;
  readonly snapshot: Snapshot | undefined;
  readonly entries: readonly Entry[];
  readonly measures: Measures | undefined;
  readonly demo: DemoView | undefined;
  readonly error: string;
}

type ServerMessage = {
  [Name in keyof Messages]: { readonly name: Name; readonly message: Messages[Name] };
}[keyof Messages];
type Change = ServerMessage | { readonly name: "connected"; readonly message: boolean };

const initial: State = {
  connected: false,
  about: undefined,
  snapshot: undefined,
  entries: [],
  measures: undefined,
  demo: undefined,
  error: "",
};

const keptEntries = 200;

function reduce(state: State, { name, message }: Change): State {
  switch (name) {
    case "entries": {
      const known = new Set(state.entries.map(({ id }) => id));
      return {
        ...state,
        entries: [...state.entries, ...message.filter(({ id }) => !known.has(id))].slice(-keptEntries),
      };
    }
    case "reset":
      return { ...initial, connected: state.connected, about: state.about, demo: state.demo };
    default:
      return { ...state, [name]: message };
  }
}

const names = ["about", "snapshot", "entries", "measures", "demo", "error", "reset"] as const;

export function useStream(): State {
  const [state, dispatch] = useReducer(reduce, initial);
  useEffect(() => {
    const events = new EventSource("/events");
    events.onopen = () => dispatch({ name: "connected", message: true });
    events.onerror = () => dispatch({ name: "connected", message: false });
    for (const name of names) {
      events.addEventListener(name, ({ data }) => dispatch({ name, message: JSON.parse(data) } as ServerMessage));
    }
    return () => events.close();
  }, []);
  return state;
}
