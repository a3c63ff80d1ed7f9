/** Remembers the failures of each pool's latest run, so that one that lasts is reported once. */
import type { DomainEvent } from "../telemetry/model.ts";
import { NewFindings } from "../telemetry/new-findings.ts";

export class ReportedFailures {
  readonly #latest = new NewFindings();

  /** Returns the events without the failures that the pool's last run met too, and each of the others once. */
  unreported(poolName: string, events: readonly DomainEvent[]): DomainEvent[] {
    const keys = new Set(events.map(keyOf).filter((key) => key !== undefined));
    const fresh = new Set(this.#latest.newAmong(poolName, [...keys]));
    return events.filter((event) => {
      const key = keyOf(event);
      return key === undefined || fresh.delete(key);
    });
  }
}

/**
 * What names a permission and a code is a failure. It is known by them and by what it is about, since AWS's messages vary
 * from call to call; what no call refused is known by its text. A conflict is about the interface, whichever address the
 * next run tries on it.
 */
function keyOf({ type, detail }: DomainEvent): string | undefined {
  const { permission, code, message, on, allocationId, networkInterfaceId } = detail;
  if (permission === undefined || code === undefined) return undefined;
  const isOfInterface = code === "Conflict" && networkInterfaceId !== undefined;
  return JSON.stringify([
    type,
    permission,
    code,
    on,
    !isOfInterface && allocationId,
    networkInterfaceId,
    code === "Unverified" && message,
  ]);
}
