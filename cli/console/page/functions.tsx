import { useState } from "preact/hooks";
import type { PoolView } from "../model.ts";
import { mostSingle } from "./groups.ts";
import { commonPrefix } from "./names.ts";
import { reachOf, stateOf } from "./reach.ts";

/** Every function by its full name, to be searched: the picture shows many of them together. */
export function Functions({ pool }: { pool: PoolView }) {
  const [wanted, setWanted] = useState("");
  const { functions } = pool;
  if (functions.length <= mostSingle) return null;
  const prefix = commonPrefix(functions.map(({ name }) => name));
  const shown = functions.filter(({ name }) => name.toLowerCase().includes(wanted.trim().toLowerCase()));
  return (
    <details class="functions">
      <summary>Functions ({functions.length})</summary>
      <label>
        Search <input type="search" value={wanted} onInput={(event) => setWanted(event.currentTarget.value)} />
      </label>{" "}
      <span class="quiet" role="status">
        {shown.length} of {functions.length}
      </span>
      <ul>
        {shown.map((it) => {
          const { kind, says } = stateOf(pool, it);
          return (
            <li key={it.name} class={kind}>
              <span class="full-name">
                <span class="quiet">{prefix}</span>
                <b>{it.name.slice(prefix.length)}</b>
              </span>
              <span>{says}</span>
              <span class="quiet ips">{reachOf(pool, it.uses).ips.join(", ")}</span>
            </li>
          );
        })}
      </ul>
    </details>
  );
}
