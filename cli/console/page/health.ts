/** The page's headline: what the server says of the pool, as long as that is current. Pure. */
import type { HealthView } from "../model.ts";
import type { State } from "./stream.ts";

/**
 * Returns what the header says. What all pools share stands in for a pool that is well. A page that is cut off, or whose
 * server cannot read AWS, knows nothing of the present: it says since when.
 */
export function headerOf(
  { connected, failure, snapshot }: Pick<State, "connected" | "failure" | "snapshot">,
  poolName: string | undefined,
): HealthView | undefined {
  const pool = snapshot?.pools.find(({ name }) => name === poolName);
  if (!snapshot || !pool) return undefined;
  if (!connected || failure !== "") {
    const at = new Date(snapshot.atMs).toISOString().slice(0, 19).replace("T", " ");
    const why = connected ? "AWS cannot be read" : "the connection to the server is lost";
    const line = `${pool.name}: no data since ${at}Z`;
    return { headline: "UNKNOWN", line, details: [{ label: "why", text: why }] };
  }
  return pool.health.headline === "OK" && snapshot.shared ? snapshot.shared : pool.health;
}
