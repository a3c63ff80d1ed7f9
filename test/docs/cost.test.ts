import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import type { HoldfastInput } from "../../src/config/holdfast.ts";
import { alternatives, natGatewayPerMonth } from "../../src/cost/alternatives.ts";
import { hoursPerMonth, usd } from "../../src/cost/prices.ts";
import { growing, growthOf, monthlyOf, poolCounts, poolsOf, type Shape, shapes } from "../../tools/cost/growth.ts";
import { costPage, costPicture, growthPicture } from "../../tools/cost/page.ts";
import { existing } from "../deploy/accounts.ts";
import { examples } from "../deploy/examples.ts";
import { deploy } from "../stacks/deployment.ts";
import { objectGivenTo } from "./configurations.ts";
import { read, sectionWithin, tableRows } from "./markdown.ts";

/** The operator's file of an example, wherever it stands. */
function inputOf(example: string): HoldfastInput {
  const folder = `examples/${example}`;
  const file = example === "inside-an-app" ? `${folder}/sst.config.ts` : `${folder}/holdfast.config.ts`;
  return objectGivenTo("defineHoldfast", readFileSync(file, "utf8")) as HoldfastInput;
}

/** The table on the dashboard of a deployed example: item → USD a month. */
async function dashboardCost(example: string): Promise<[item: string, price: string][]> {
  const { of } = await deploy(inputOf(example), "production", { ...existing, addressQuota: 9 });
  const { widgets } = JSON.parse(String(of("cloudwatch/dashboard:Dashboard")[0]?.inputs["dashboardBody"]));
  const texts: string[] = widgets.map((it: { properties: { markdown?: string } }) => it.properties.markdown ?? "");
  const table = texts.find((text) => text.includes("| per month | USD |")) ?? "";
  return tableRows(table).map(([item = "", price = ""]) => [item, price]);
}

describe.each(examples.map(({ name }) => name))("what %s costs", (name) => {
  let computed: [item: string, price: string][];
  beforeAll(async () => {
    computed = await dashboardCost(name);
  });

  it("is what docs/cost.md says, item by item", () => {
    expect(computed.length).toBeGreaterThan(2);
    expect(tableRows(sectionWithin(read("docs/cost.md"), name))).toEqual(computed);
  });

  it("is what README says, in sum", () => {
    const row = tableRows(read("README.md").prose).find(([first = ""]) => first.includes(`(examples/${name})`));
    expect(row?.slice(2, 4)).toEqual([computed.at(-3)?.[1], computed.at(-1)?.[1]]);
  });
});

it("docs/cost.md and its picture are what the program makes: vitest -u writes them", async () => {
  const inputs = Object.fromEntries(examples.map(({ name }) => [name, inputOf(name)]));
  await expect(costPage(inputs)).toMatchFileSnapshot("../../docs/cost.md");
  await expect(costPicture()).toMatchFileSnapshot("../../docs/cost.svg");
  await expect(growthPicture()).toMatchFileSnapshot("../../docs/growth.svg");
});

describe.each(Object.entries(growing))("%s of each pool", (_, { of }) => {
  it.each(Object.keys(shapes) as Shape[])(
    "at 10 and 100 pools are at most a tenth more than of one alone: %s",
    (shape) => {
      for (const count of [10, 100]) expect(growthOf(shape, count, of)).toBeLessThanOrEqual(1.1);
    },
  );
});

describe("a month without traffic", () => {
  it.each<[string, Shape, number, number]>([
    ["the smallest example", "Holdfast, one zone: an address and a spare", 13, 8],
    ["two zones with one spare", "Holdfast, two zones: two addresses and a spare", 17.5, 11.5],
  ])("of %s stays below its limits, at list price and within the always-free allowances", (_, shape, list, free) => {
    const { listUsd, withinAllowancesUsd } = monthlyOf(poolsOf(shape, 1));
    expect(listUsd).toBeLessThanOrEqual(list);
    expect(withinAllowancesUsd).toBeLessThanOrEqual(free);
  });

  it.each(Object.keys(shapes) as Shape[])(
    "costs and uses of each pool no more than a tenth more with more pools: %s",
    (shape) => {
      const one = monthlyOf(poolsOf(shape, 1));
      for (const count of poolCounts) {
        const many = monthlyOf(poolsOf(shape, count));
        for (const what of ["listUsd", "lambdaGbSeconds", "queueRequests"] as const) {
          expect(many[what] / count, what).toBeLessThanOrEqual(1.1 * one[what]);
        }
      }
    },
  );
});

describe("prices in running text", () => {
  const monthly = (perHour: number) => (perHour * hoursPerMonth).toFixed(2);

  it("of NAT gateways and addresses are those that costs are reckoned with", () => {
    const { prose } = read("docs/cost.md");
    expect(prose).toContain(monthly(usd.natGatewayPerHour));
    expect(prose).toContain(monthly(usd.addressPerHour));
    for (const page of ["README.md", "docs/cost.md"]) expect(read(page).prose).toContain(`$${usd.natGatewayPerGb} `);
  });

  it("of the alternatives in README are too, in the order of their price", () => {
    const rows = tableRows(sectionWithin(read("README.md"), "Cost"));
    const priceOf = (way: string) => rows.find(([first = ""]) => first.startsWith(way))?.[2];
    expect(priceOf("NAT instance (t4g.nano) with its address")).toBe(alternatives[0]?.standingUsd.toFixed(2));
    expect(priceOf("NAT gateway with its address")).toBe(natGatewayPerMonth.toFixed(2));
    expect(priceOf("NAT gateway in each zone, with addresses")).toBe((2 * natGatewayPerMonth).toFixed(2));
    const prices = rows.map(([, , price]) => Number(price));
    expect(prices).toEqual([...prices].sort((a, b) => a - b));
  });

  it("of an ingress are too", () => {
    const rows = tableRows(sectionWithin(read("docs/cost.md"), "Ingress")).map(([, price]) => price);
    expect(rows).toEqual([monthly(usd.acceleratorPerHour), monthly(usd.loadBalancerPerHour)]);
    const both = monthly(usd.acceleratorPerHour + usd.loadBalancerPerHour);
    expect(read("docs/ingress.md").prose).toContain(`| per month | ${both} `);
    expect(read("docs/ingress.md").prose).toContain(`costs ${monthly(usd.acceleratorPerHour)} a month`);
  });
});
