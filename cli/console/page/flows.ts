/** The lines of the picture: how traffic goes from a function to a partner, and where it is blocked. Pure. */
import type { AddressView, ExitView, PartnerView, PoolView } from "../model.ts";
import type { Box, Frame, Placement } from "./geometry.ts";
import { groupsOf } from "./groups.ts";

/** A line that traffic takes, or would take. `mark`: where it is blocked. */
export interface Flow {
  readonly key: string;
  readonly path: string;
  readonly state: "open" | "refused" | "shut" | "waiting";
  readonly mark?: { readonly x: number; readonly y: number };
}

type Point = readonly [x: number, y: number];

const middle = ({ y, height }: Box) => y + height / 2;
const right = ({ x, width }: Box) => x + width;

/** Lines from functions to their interfaces, from there to an address, and from there to every partner. */
export function flowsOf(pool: PoolView, layout: Placement, frame: Frame): Flow[] {
  const carrying = new Set(pool.functions.flatMap(({ uses }) => uses));
  const exits = pool.exits.filter(({ networkInterfaceId }) => carrying.has(networkInterfaceId));
  const shut = new Set(exits.filter(({ way }) => way === "shut").map(({ networkInterfaceId }) => networkInterfaceId));
  const inbound = groupsOf(pool.functions).flatMap(({ key, uses, awaits }, index) => [
    ...uses.map((id) => intoInterface(key, id, index, shut.has(id) ? "shut" : "open", layout, frame)),
    ...awaits.map((id) => intoInterface(key, id, index, "waiting", layout, frame)),
  ]);
  const toExit = exits.map((exit) => outOfInterface(exit, layout, frame));
  const used = new Set(exits.map(({ allocationId }) => allocationId));
  const outbound = pool.addresses
    .filter(({ allocationId }) => used.has(allocationId))
    .flatMap((address) => pool.partners.map((partner) => toPartner(address, partner, layout, frame)));
  return [...inbound, ...toExit, ...outbound].filter((flow) => flow !== undefined);
}

function intoInterface(
  group: string,
  id: string,
  index: number,
  state: Flow["state"],
  { functions, interfaces }: Placement,
  { wide, networkX }: Frame,
): Flow | undefined {
  const from = functions.get(group);
  const to = interfaces.get(id);
  if (!from || !to) return undefined;
  const key = `${group} ${id}`;
  const offset = (index % 3) * (wide ? 9 : 5);
  const end: Point = [to.x, middle(to)];
  if (wide) {
    const lane = networkX - 30 + offset;
    const start: Point = [right(from), middle(from)];
    return { key, path: rounded([start, [lane, start[1]], [lane, end[1]], end]), state };
  }
  const lane = 3 + offset;
  const x = from.x + 16 + offset;
  const bottom = from.y + from.height;
  const turn = bottom + 6 + offset;
  return { key, path: rounded([[x, bottom], [x, turn], [lane, turn], [lane, end[1]], end]), state };
}

function outOfInterface(
  { networkInterfaceId, way, allocationId }: ExitView,
  { interfaces, addresses }: Placement,
  { joint }: Frame,
): Flow | undefined {
  const from = interfaces.get(networkInterfaceId);
  if (!from || way === "elsewhere") return undefined;
  const key = `${networkInterfaceId} out`;
  const start: Point = [right(from), middle(from)];
  const chip = addresses.get(allocationId ?? "");
  if (way === "shut" || !chip) {
    const end: Point = [start[0] + joint, start[1]];
    return { key, path: rounded([start, end]), state: "shut", mark: { x: end[0] + 8, y: end[1] } };
  }
  const lane = start[0] + joint / 2;
  const end: Point = [chip.x, middle(chip)];
  return { key, path: rounded([start, [lane, start[1]], [lane, end[1]], end]), state: "open" };
}

/** Refused lines run beside the others, and end before the partner. */
function toPartner(
  { allocationId, publicIp }: AddressView,
  { name, refuses }: PartnerView,
  { addresses, partners, network, width }: Placement,
  { wide }: Frame,
): Flow | undefined {
  const chip = addresses.get(allocationId);
  const to = partners.get(name);
  if (!chip || !to) return undefined;
  const refused = refuses.includes(publicIp);
  const aside = refused ? 1 : 0;
  const start: Point = [right(chip), middle(chip)];
  const flow = { key: `${allocationId} ${name}`, state: refused ? "refused" : "open" } as const;
  if (wide) {
    const lane = right(network) + 20 + aside * 10;
    const y = middle(to) + (refused ? 9 : -7);
    const end: Point = [to.x - aside * 18, y];
    const path = rounded([start, [lane, start[1]], [lane, y], end]);
    return { ...flow, path, ...(refused && { mark: { x: to.x - 10, y } }) };
  }
  const lane = width - 4 - aside * 6;
  const turn = to.y - 12 - aside * 4;
  const x = to.x + to.width / 2 + (refused ? 22 : -22);
  const path = rounded([start, [lane, start[1]], [lane, turn], [x, turn], [x, to.y - aside * 6]]);
  return { ...flow, path, ...(refused && { mark: { x, y: to.y - 2 } }) };
}

const radius = 8;

/** A line with rounded corners. */
function rounded(points: readonly Point[]): string {
  return points
    .map((point, index) => {
      const before = points[index - 1];
      const after = points[index + 1];
      const [x, y] = point;
      if (!before) return `M${x} ${y}`;
      if (!after) return `L${x} ${y}`;
      const [inX, inY] = toward(point, before);
      const [outX, outY] = toward(point, after);
      return `L${inX} ${inY}Q${x} ${y} ${outX} ${outY}`;
    })
    .join("");
}

/** The point on the way from a corner, a radius off or half-way when that is nearer. */
function toward([x, y]: Point, [toX, toY]: Point): Point {
  const length = Math.hypot(toX - x, toY - y);
  if (length === 0) return [x, y];
  const part = Math.min(radius, length / 2) / length;
  return [x + (toX - x) * part, y + (toY - y) * part];
}
