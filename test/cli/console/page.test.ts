import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AddressView, PoolView } from "../../../cli/console/model.ts";
import type { Box } from "../../../cli/console/page/geometry.ts";
import { groupsOf } from "../../../cli/console/page/groups.ts";
import { layOut } from "../../../cli/console/page/layout.ts";
import { stateOf } from "../../../cli/console/page/reach.ts";
import { summary } from "../../../cli/console/page/summary.ts";

/** A pool whose interfaces hold addresses or not, with as many of each part as a draw says. */
function poolOf(draw: { subnets: number; interfaces: number[]; spares: number; functions: number; partners: number }) {
  const subnets = Array.from({ length: draw.subnets }, (_, index) => ({
    subnetId: `subnet-${index}`,
    label: `zone-${index}`,
    route: "direct" as const,
  }));
  const interfaces = subnets.flatMap(({ subnetId }, index) =>
    Array.from({ length: draw.interfaces[index] ?? 0 }, (_, count) => ({
      networkInterfaceId: `eni-${index}${count}`,
      subnetId,
      role: "serving" as const,
      inUse: true,
      foreign: false,
    })),
  );
  const address = (allocationId: string, on: string | undefined): AddressView => {
    const state = on === undefined ? "spare" : "serving";
    return { allocationId, publicIp: "198.51.100.7", role: "egress", state, blocked: false, on };
  };
  const addresses = [
    ...interfaces.map((it) => address(`eipalloc-${it.networkInterfaceId}`, it.networkInterfaceId)),
    ...Array.from({ length: draw.spares }, (_, index) => address(`eipalloc-spare-${index}`, undefined)),
  ];
  const uses = interfaces.map(({ networkInterfaceId }) => networkInterfaceId);
  const pool: PoolView = {
    name: "payments",
    health: { headline: "OK", line: "payments: orders reaches its partners", details: [] },
    route: "direct",
    override: undefined,
    functions: Array.from({ length: draw.functions }, (_, index) => ({
      name: `function-${index}`,
      status: "settled",
      uses,
      awaits: [],
    })),
    subnets,
    interfaces,
    addresses,
    hasFallback: true,
    natGateway: undefined,
    partners: Array.from({ length: draw.partners }, (_, index) => ({
      name: `partner-${index}`,
      host: "api.example.com",
      refuses: [],
    })),
    exits: interfaces.map(({ networkInterfaceId }) => ({
      networkInterfaceId,
      way: "direct",
      allocationId: `eipalloc-${networkInterfaceId}`,
    })),
  };
  return pool;
}

const pools = fc
  .record({
    subnets: fc.integer({ min: 1, max: 4 }),
    interfaces: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 4, maxLength: 4 }),
    spares: fc.integer({ min: 0, max: 5 }),
    functions: fc.integer({ min: 0, max: 24 }),
    partners: fc.integer({ min: 1, max: 8 }),
  })
  .map(poolOf);
const widths = fc.constantFrom(340, 390, 600, 760, 808, 1000, 1400);

const overlap = (a: Box, b: Box) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

describe("the picture", () => {
  it("has no two things in one place, at any width", () => {
    fc.assert(
      fc.property(pools, widths, (pool, width) => {
        const { functions, interfaces, addresses, partners, gateway } = layOut(pool, width);
        const parts = [functions, interfaces, addresses, partners].flatMap((boxes) => [...boxes.values()]);
        const boxes = gateway ? [...parts, gateway] : parts;
        boxes.forEach((box, index) => {
          for (const other of boxes.slice(index + 1)) expect(overlap(box, other)).toBe(false);
        });
      }),
    );
  });

  it("stays within its width and height", () => {
    fc.assert(
      fc.property(pools, widths, (pool, width) => {
        const layout = layOut(pool, width);
        const { functions, subnets, interfaces, addresses, partners, network, tray } = layout;
        const parts = [functions, subnets, interfaces, addresses, partners].flatMap((boxes) => [...boxes.values()]);
        for (const { x, y, width: wide, height } of [...parts, network, tray]) {
          expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
          expect(x + wide).toBeLessThanOrEqual(width);
          expect(y + height).toBeLessThanOrEqual(layout.height);
        }
      }),
    );
  });

  it("leads from every function over its interface and address to every partner", () => {
    const pool = poolOf({ subnets: 1, interfaces: [1], spares: 0, functions: 1, partners: 2 });
    expect(layOut(pool, 800).flows.map(({ key, state }) => [key, state])).toEqual([
      ["function-0 eni-00", "open"],
      ["eni-00 out", "open"],
      ["eipalloc-eni-00 partner-0", "open"],
      ["eipalloc-eni-00 partner-1", "open"],
    ]);
  });

  it("ends a line where an interface has no way out, and before a partner that refuses its address", () => {
    const pool = poolOf({ subnets: 1, interfaces: [1], spares: 0, functions: 1, partners: 1 });
    const shut = { ...pool, exits: [{ networkInterfaceId: "eni-00", way: "shut" as const, allocationId: undefined }] };
    const out = layOut(shut, 800).flows.find(({ key }) => key === "eni-00 out");
    expect(out).toMatchObject({ state: "shut", mark: expect.anything() });
    const partners = pool.partners.map((it) => ({ ...it, refuses: ["198.51.100.7"] }));
    expect(layOut({ ...pool, partners }, 800).flows.at(-1)).toMatchObject({
      state: "refused",
      mark: expect.anything(),
    });
  });

  it("counts functions together whose traffic goes the same way once they are many, and shows fewer by themselves", () => {
    const many = poolOf({ subnets: 1, interfaces: [2], spares: 0, functions: 24, partners: 1 }).functions.map(
      (it, index) => ({ ...it, name: `acme-production-${it.name}`, uses: it.uses.slice(index === 5 ? 1 : 0) }),
    );
    expect(groupsOf(many).map(({ label, names }) => [label, names.length])).toEqual([
      ["23 functions", 23],
      ["…5", 1],
    ]);
    expect(groupsOf(many.slice(0, 2)).map(({ label }) => label)).toEqual(["…0", "…1"]);
    expect(groupsOf(many.slice(0, 1)).map(({ label }) => label)).toEqual(["acme-production-function-0"]);
  });

  it("says of a function whom it cannot reach, and of which part of its addresses that is so", () => {
    const pool = poolOf({ subnets: 1, interfaces: [2], spares: 0, functions: 1, partners: 2 });
    const addresses = pool.addresses.map((it, index) => ({ ...it, publicIp: `198.51.100.${index}` }));
    const refusing = (...refuses: string[]) => {
      const partners = pool.partners.map((it, index) => (index === 0 ? { ...it, refuses } : it));
      const [it] = pool.functions;
      return it && stateOf({ ...pool, addresses, partners }, it).says;
    };
    expect(refusing()).toBe("running");
    expect(refusing("198.51.100.0")).toBe("! partly refused by partner-0");
    expect(refusing("198.51.100.0", "198.51.100.1")).toBe("✕ cannot reach partner-0");
  });

  it("can be had as a sentence", () => {
    const pool = poolOf({ subnets: 1, interfaces: [1], spares: 1, functions: 1, partners: 1 });
    expect(summary(pool)).toBe("Routes: direct. function-0 leaves from 198.51.100.7. 198.51.100.7 is spare.");
  });
});
