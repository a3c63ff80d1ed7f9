/** The picture in one paragraph, for screen readers. Pure. */
import type { PoolView } from "../model.ts";

export function summary({ functions, addresses, exits, partners, route, natGateway }: PoolView): string {
  const members = functions.map(({ name, uses }) => {
    const ways = exits.filter(({ networkInterfaceId }) => uses.includes(networkInterfaceId));
    const ips = ways.flatMap(
      ({ allocationId }) => addresses.find((it) => it.allocationId === allocationId)?.publicIp ?? [],
    );
    if (ways.some(({ way }) => way === "shut")) return `${name} has no egress`;
    return ips.length > 0 ? `${name} leaves from ${[...new Set(ips)].join(" and ")}` : `${name} carries no traffic`;
  });
  const waiting = addresses
    .filter(({ on }) => on === undefined)
    .map(({ publicIp, state }) => `${publicIp} is ${state}`);
  const refusing = partners
    .filter(({ refuses }) => refuses.length > 0)
    .map(({ name, refuses }) => `${name} refuses ${refuses.join(", ")}`);
  const gateway = natGateway ? [`a NAT gateway is ${natGateway.state}`] : [];
  return `${[`Routes: ${route}`, ...members, ...waiting, ...gateway, ...refusing].join(". ")}.`;
}
