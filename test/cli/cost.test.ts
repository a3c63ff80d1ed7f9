import { expect, it } from "vitest";
import { billOf, type Inventory } from "../../cli/cost.ts";

const hourMs = 3_600_000;
/** Half of a month of 30 days. */
const nowMs = Date.UTC(2026, 10, 16);
const nothing: Inventory = {
  nowMs,
  addresses: 0,
  natGateways: [],
  endpointZones: 0,
  loadBalancers: 0,
  metrics: 0,
  alarms: 0,
  dashboards: 0,
};

it("charges what is steady by the share of the month that has gone by", () => {
  const bill = billOf({ ...nothing, addresses: 2, alarms: 10 }, undefined);
  expect(bill.items).toEqual([
    { item: "Elastic IPs", count: 2, soFarUsd: 3.65, monthUsd: 7.3 },
    { item: "alarms", count: 10, soFarUsd: 0.5, monthUsd: 1 },
  ]);
  expect(bill.monthUsd).toBeCloseTo(8.3);
  expect(bill.watchingUsd).toBeCloseTo(1);
});

it("charges a NAT gateway by begun hours since it was made, and its data, and projects it to the month's end", () => {
  const made = { natGatewayId: "nat-1", createdMs: nowMs - 9.5 * hourMs, deletedMs: undefined, gb: 100 };
  const [item] = billOf({ ...nothing, natGateways: [made] }, undefined).items;
  expect(item?.soFarUsd).toBeCloseTo(10 * 0.045 + 4.5);
  expect(item?.monthUsd).toBeCloseTo(10 * 0.045 + 4.5 + 15 * 24 * 0.045);
  const gone = { ...made, deletedMs: nowMs - 5 * hourMs };
  expect(billOf({ ...nothing, natGateways: [gone] }, undefined).items[0]?.monthUsd).toBeCloseTo(5 * 0.045 + 4.5);
  const last = { ...made, createdMs: Date.UTC(2026, 9, 1), deletedMs: Date.UTC(2026, 9, 2) };
  expect(billOf({ ...nothing, natGateways: [last] }, undefined).items).toEqual([]);
});

it("says when NAT gateways are cheaper", () => {
  const dear = billOf({ ...nothing, addresses: 20 }, undefined);
  expect(dear.compared.map(({ savedUsd }) => Math.round(savedUsd * 100) / 100)).toEqual([-36.5, 0]);
});

it("counts traffic that is given, else what NAT gateways measured, projected to the month, else none", () => {
  const gateway = { natGatewayId: "nat-1", createdMs: 0, deletedMs: undefined, gb: 60 };
  const withGateway = { ...nothing, natGateways: [gateway] };
  expect(billOf(withGateway, 500).traffic).toEqual({ gb: 500, source: "given" });
  expect(billOf(withGateway, undefined).traffic).toEqual({ gb: 120, source: "NAT gateway" });
  expect(billOf(nothing, undefined).traffic).toBeUndefined();
  expect(billOf(nothing, 1000).compared[0]?.monthUsd).toBeCloseTo(36.5 + 45);
});

it("charges an ingress's accelerator and the load balancer behind it", () => {
  const { items } = billOf({ ...nothing, loadBalancers: 1 }, undefined);
  expect(items.map(({ item, monthUsd }) => [item, Math.round(monthUsd * 100) / 100])).toEqual([
    ["accelerators", 18.25],
    ["load balancers behind them", 16.43],
  ]);
});
