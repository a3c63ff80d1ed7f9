/** Whether the traffic of functions gets out, and to the partners. Pure. */
import type { FunctionView, PoolView } from "../model.ts";

/** Returns how many of the functions' interfaces are without a way out, their addresses, and which partners refuse all or some of these. */
export function reachOf({ exits, addresses, partners }: PoolView, uses: readonly string[]) {
  const own = exits.filter(({ networkInterfaceId }) => uses.includes(networkInterfaceId));
  const ips = own.flatMap(
    ({ allocationId }) => addresses.find((it) => it.allocationId === allocationId)?.publicIp ?? [],
  );
  const refusing = (isRefused: (refuses: readonly string[]) => boolean) =>
    partners.filter(({ refuses }) => ips.length > 0 && isRefused(refuses)).map(({ name }) => name);
  return {
    shut: own.filter(({ way }) => way === "shut").length,
    of: own.length,
    ips: [...new Set(ips)],
    refusedBy: refusing((refuses) => ips.every((ip) => refuses.includes(ip))),
    partlyRefusedBy: refusing(
      (refuses) => ips.some((ip) => refuses.includes(ip)) && !ips.every((ip) => refuses.includes(ip)),
    ),
  };
}

const statusTexts: Readonly<Record<FunctionView["status"], string>> = {
  settled: "running",
  changing: "↻ updating",
  failed: "! update failed",
  idle: "idle",
};

/** Returns how the functions are, in a few words. */
export function stateOf(pool: PoolView, { status, uses }: Pick<FunctionView, "status" | "uses">) {
  const { shut, of, refusedBy, partlyRefusedBy } = reachOf(pool, uses);
  if (shut > 0) return { kind: "bad", says: shut === of ? "✕ no egress" : `✕ no egress by ${shut} of ${of}` } as const;
  if (refusedBy.length > 0) return { kind: "bad", says: `✕ cannot reach ${refusedBy.join(", ")}` } as const;
  if (partlyRefusedBy.length > 0)
    return { kind: "bad", says: `! partly refused by ${partlyRefusedBy.join(", ")}` } as const;
  return { kind: "", says: statusTexts[status] } as const;
}
