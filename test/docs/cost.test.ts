import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import type { HoldfastInput } from "../../src/config/holdfast.ts";
import { hoursPerMonth, natGatewayPerMonth, usd } from "../../src/cost/prices.ts";
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
    expect(row?.[2]).toBe(computed.at(-1)?.[1]);
  });
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
    const natInstance = usd.natInstancePerHour + usd.addressPerHour;
    expect(priceOf("NAT instance (t4g.nano) with its address")).toBe(monthly(natInstance));
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
