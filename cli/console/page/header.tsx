import type { PoolView } from "../model.ts";
import type { State } from "./stream.ts";
import { clockTime, utcTime } from "./time.ts";

interface Props {
  readonly state: State;
  readonly pool: PoolView | undefined;
  readonly choose: (name: string) => void;
}

const routeNames = { direct: "Direct", mixed: "Partly in fallback", fallback: "In fallback" } as const;

/** What the page is on: the deployment, the pool, where its routes point, and of when that is. */
export function Header({ state: { about, snapshot, demo }, pool, choose }: Props) {
  return (
    <header class="top">
      <h1>
        Holdfast <span class="quiet">{about?.demo ? "demo" : about?.title}</span>
      </h1>
      <PoolChoice pools={snapshot?.pools ?? []} pool={pool} choose={choose} />
      <p class="health">
        {pool && (
          <span class={`pill ${pool.route}`} title="Where the default routes of the pool's subnets point">
            {routeNames[pool.route]}
          </span>
        )}
        {pool?.override && <span class="pill override">Override: {pool.override}</span>}
        {snapshot && <time class="quiet">{demo ? `after ${clockTime(demo.elapsedMs)}` : utcTime(snapshot.atMs)}</time>}
      </p>
    </header>
  );
}

function PoolChoice({ pools, pool, choose }: Pick<Props, "pool" | "choose"> & { readonly pools: readonly PoolView[] }) {
  if (pools.length < 2)
    return (
      <p class="pool">
        {pool && (
          <>
            Pool <b>{pool.name}</b>
          </>
        )}
      </p>
    );
  return (
    <label class="pool">
      Pool{" "}
      <select value={pool?.name ?? ""} onChange={(event) => choose(event.currentTarget.value)}>
        {pools.map(({ name }) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
  );
}
