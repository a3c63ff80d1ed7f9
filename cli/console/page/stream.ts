/** The page's state: what the server has sent so far. */
import { useEffect, useReducer } from "preact/hooks";
import type { Availability, DemoView, Entry, Measures, Messages, Snapshot } from "../model.ts";
import { keepConnected } from "./connection.ts";

export interface State {
  /** Whether the server was there when it was last looked for. */
  readonly connected: boolean;
  readonly about: Messages["about"] | undefined;
  readonly snapshot: Snapshot | undefined;
  readonly entries: readonly Entry[];
  readonly measures: Measures | undefined;
  readonly availability: Availability;
  readonly demo: DemoView | undefined;
  readonly failure: string;
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
  availability: [],
  demo: undefined,
  failure: "",
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

const names = ["about", "snapshot", "entries", "measures", "availability", "demo", "failure", "reset"] as const;

export function useStream(): State {
  const [state, dispatch] = useReducer(reduce, initial);
  useEffect(() => {
    let run: string | undefined;
    const listen = (name: (typeof names)[number]) => (data: string) => {
      const change = { name, message: JSON.parse(data) } as ServerMessage;
      // Another start of the server: its events have other ids, and its page may be another.
      if (change.name === "about" && run !== undefined && run !== change.message.run) location.reload();
      if (change.name === "about") run = change.message.run;
      dispatch(change);
    };
    return keepConnected({
      listeners: Object.fromEntries(names.map((name) => [name, listen(name)])),
      onOpen: () => dispatch({ name: "connected", message: true }),
      onLost: () => dispatch({ name: "connected", message: false }),
    });
  }, []);
  return state;
}
