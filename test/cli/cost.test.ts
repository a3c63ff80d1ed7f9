import { expect, it } from "vitest";
import { billOf, type Stock } from "../../cli/cost.ts";
import { useOf } from "../../src/cost/usage.ts";

const hourMs = 3_600_000;
/** Half of a month of 30 days. */
const nowMs = Date.UTC(2026, 10, 16);
const nothing: Stock = {
  nowMs,
  addresses: 0,
  natGateways: [],
  endpointZones: 0,
  accelerators: 0,
  metrics: 0,
  alarmMetrics: 0,
  dashboards: 0,
  trailEvents: 0,
  use: { ...useOf([]), lambdaGbSeconds: 0, lambdaRequests: 0, scheduledInvocations: 0, logsGb: 0 },
};

it("charges what is steady by the share of the month that has gone by, and names what is free", () => {
  const bill = billOf({ ...nothing, addresses: 2, alarmMetrics: 20 }, undefined);
  expect(bill.items).toEqual([
    { item: "2 Elastic IPs", soFarUsd: 3.65, monthUsd: 7.3 },
    { item: "Alarms on 20 metrics", soFarUsd: 1, monthUsd: 2 },
  ]);
  expect(bill.monthUsd).toBeCloseTo(9.3);
  expect(bill.freeUsd).toBeCloseTo(1);
});

it("charges a NAT gateway by begun hours since it was made, and its data, and projects it to the month's end", () => {
  const made = { natGatewayId: "nat-1", createdMs: nowMs - 9.5 * hourMs, deletedMs: undefined, zones: 1, gb: 100 };
  const [item] = billOf({ ...nothing, natGateways: [made] }, undefined).items;
  expect(item?.soFarUsd).toBeCloseTo(10 * 0.045 + 4.5);
  expect(item?.monthUsd).toBeCloseTo(10 * 0.045 + 4.5 + 15 * 24 * 0.045);
  const regional = billOf({ ...nothing, natGateways: [{ ...made, zones: 2 }] }, undefined).items[0];
  expect(regional?.soFarUsd).toBeCloseTo(2 * 10 * 0.045 + 4.5);
  const gone = { ...made, deletedMs: nowMs - 5 * hourMs };
  expect(billOf({ ...nothing, natGateways: [gone] }, undefined).items[0]?.monthUsd).toBeCloseTo(5 * 0.045 + 4.5);
  const last = { ...made, createdMs: Date.UTC(2026, 9, 1), deletedMs: Date.UTC(2026, 9, 2) };
  expect(billOf({ ...nothing, natGateways: [last] }, undefined).items).toEqual([]);
});

it("says which alternatives are cheaper", () => {
  const dear = billOf({ ...nothing, addresses: 20 }, undefined);
  const saved = dear.compared.map(({ way, savedUsd }) => [way.slice(0, 15), Math.round(savedUsd * 100) / 100]);
  expect(saved).toEqual([
    ["NAT instance (t", -66.12],
    ["NAT gateway wit", -36.5],
    ["NAT gateway in ", 0],
    ["Regional NAT ga", 0],
  ]);
});

it("counts traffic that is given, else what NAT gateways measured, projected to the month, else none", () => {
  const gateway = { natGatewayId: "nat-1", createdMs: 0, deletedMs: undefined, zones: 1, gb: 60 };
  const withGateway = { ...nothing, natGateways: [gateway] };
  expect(billOf(withGateway, 500).traffic).toEqual({ gb: 500, source: "given" });
  expect(billOf(withGateway, undefined).traffic).toEqual({ gb: 120, source: "NAT gateway" });
  expect(billOf(nothing, undefined).traffic).toBeUndefined();
  expect(billOf(nothing, 1000).compared[1]?.monthUsd).toBeCloseTo(36.5 + 45);
});

it("charges an ingress's accelerator and the load balancer behind it", () => {
  const { items } = billOf({ ...nothing, accelerators: 1 }, undefined);
  expect(items.map(({ item, monthUsd }) => [item, Math.round(monthUsd * 100) / 100])).toEqual([
    ["Accelerators with two fixed addresses each", 18.25],
    ["Load balancers behind them", 16.43],
  ]);
});
