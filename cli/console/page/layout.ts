/** Lays a pool out as a picture, in pixels. Pure: the same pool and width give the same picture. */
import type { AddressView, PoolView } from "../model.ts";
import { type Flow, flowsOf } from "./flows.ts";
import type { Box, Frame, Placement } from "./geometry.ts";
import { groupsOf } from "./groups.ts";

export interface Layout extends Placement {
  readonly flows: readonly Flow[];
}

/** Below this, functions stand above the network and partners below it, instead of beside it. */
const wideFrom = 660;
const row = 38;
const gap = 8;
const header = 26;

function frameOf(width: number): Frame {
  const wide = width >= wideFrom;
  if (!wide) {
    const networkX = 16;
    const inner = { pad: 6, chipWidth: 148, joint: 14 };
    return { wide, width, networkX, networkWidth: width - 2 * networkX, ...inner, sideWidth: (width - gap) / 2 };
  }
  const sideWidth = Math.min(240, Math.max(148, Math.floor(width * 0.2)));
  const networkX = sideWidth + 44;
  const inner = { pad: 12, chipWidth: 150, joint: 28 };
  return { wide, width, networkX, networkWidth: width - networkX - sideWidth - 60, ...inner, sideWidth };
}

export function layOut(pool: PoolView, width: number): Layout {
  const frame = frameOf(width);
  const { wide, sideWidth } = frame;
  const functionNames = groupsOf(pool.functions).map(({ key }) => key);
  const partnerNames = pool.partners.map(({ name }) => name);
  const functionRows = wide ? 0 : Math.ceil(functionNames.length / 2);
  const networkY = functionRows * (row + gap) + (functionRows > 0 ? 20 : 0);
  const inside = layOutNetwork(pool, frame, networkY);
  const { network, tray } = inside;
  const below = tray.y + tray.height + 24;
  const functions = wide ? column(functionNames, 0, network, frame) : grid(functionNames, 0, frame);
  const partners = wide ? column(partnerNames, width - sideWidth, network, frame) : grid(partnerNames, below, frame);
  const bottoms = [...functions.values(), ...partners.values(), tray].map(({ y, height }) => y + height);
  const layout = { width, height: Math.max(...bottoms) + 2, functions, partners, ...inside };
  return { ...layout, flows: flowsOf(pool, layout, frame) };
}

/** Beside the network, around its middle; from its top down where they are many. */
function column(names: readonly string[], x: number, { y, height }: Box, { sideWidth }: Frame): Map<string, Box> {
  const step = row + 26;
  const first = Math.max(y, y + height / 2 - (names.length * step - 22) / 2);
  return new Map(names.map((name, index) => [name, { x, y: first + index * step, width: sideWidth, height: row + 4 }]));
}

function grid(names: readonly string[], y: number, { sideWidth }: Frame): Map<string, Box> {
  const boxOf = (index: number): Box => ({
    x: (index % 2) * (sideWidth + gap),
    y: y + Math.floor(index / 2) * (row + gap),
    width: sideWidth,
    height: row,
  });
  return new Map(names.map((name, index) => [name, boxOf(index)]));
}

type Inside = Pick<Placement, "network" | "subnets" | "interfaces" | "gateway" | "tray" | "addresses">;

function layOutNetwork(pool: PoolView, frame: Frame, top: number): Inside {
  const { networkX: x, networkWidth: width, pad, chipWidth, joint } = frame;
  const subnets = new Map<string, Box>();
  const interfaces = new Map<string, Box>();
  const partWidth = width - 4 * pad - joint - chipWidth;
  let y = top + header;
  for (const { subnetId } of pool.subnets) {
    const own = pool.interfaces.filter((it) => it.subnetId === subnetId).sort(byId);
    own.forEach(({ networkInterfaceId }, index) => {
      const box = { x: x + 2 * pad, y: y + header + index * (row + gap), width: partWidth, height: row };
      interfaces.set(networkInterfaceId, box);
    });
    const height = header + Math.max(1, own.length) * (row + gap) + 2;
    subnets.set(subnetId, { x: x + pad, y, width: width - 2 * pad, height });
    y += height + gap;
  }
  const gateway = pool.hasFallback ? { x: x + 2 * pad, y: y + 6, width: partWidth, height: row } : undefined;
  if (gateway) y += row + gap + 6;
  const network = { x, y: top, width, height: y + pad - gap - top };
  const trayY = network.y + network.height + 14;
  const holders = new Map(interfaces);
  if (gateway && pool.natGateway) holders.set(pool.natGateway.natGatewayId, gateway);
  const { placed, height } = placeAddresses(pool.addresses, holders, { ...network, y: trayY }, frame);
  return { network, subnets, interfaces, gateway, tray: { ...network, y: trayY, height }, addresses: placed };
}

const byId = (a: { networkInterfaceId: string }, b: { networkInterfaceId: string }) =>
  a.networkInterfaceId < b.networkInterfaceId ? -1 : 1;

/** An address is beside what holds it; those without a holder are in the tray, as many in a row as fit. */
function placeAddresses(
  addresses: readonly AddressView[],
  holders: ReadonlyMap<string, Box>,
  tray: Box,
  { pad, chipWidth, joint }: Frame,
): { placed: Map<string, Box>; height: number } {
  const placed = new Map<string, Box>();
  const perRow = Math.max(1, Math.floor((tray.width - 2 * pad + gap) / (chipWidth + gap)));
  const taken = new Set<string>();
  let waiting = 0;
  for (const { allocationId, on } of addresses) {
    const holder = on === undefined || taken.has(on) ? undefined : holders.get(on);
    if (on !== undefined && holder) taken.add(on);
    const slot = holder
      ? { x: holder.x + holder.width + joint, y: holder.y }
      : {
          x: tray.x + pad + (waiting % perRow) * (chipWidth + gap),
          y: tray.y + header + Math.floor(waiting / perRow) * (row + gap),
        };
    if (!holder) waiting++;
    placed.set(allocationId, { ...slot, width: chipWidth, height: row });
  }
  return { placed, height: header + Math.max(1, Math.ceil(waiting / perRow)) * (row + gap) + 2 };
}
