import { expect, it } from "vitest";
import { synthesize } from "../../testing/deployment/synthesize.ts";

it("gives the same resources in the same order each time, with what others depend on first", async () => {
  const target = { name: "partner", url: "https://api.example.com/" };
  const pool = { network: { create: { zones: 2 } }, targets: [target], fallback: { standby: "cold" as const } };
  const first = await synthesize({ pools: { orders: pool } });
  const again = await synthesize({ pools: { orders: pool } });
  const urns = first.resources.map(({ urn }) => urn);
  expect(new Set(urns).size).toBe(urns.length);
  expect(again.resources.map(({ urn }) => urn)).toEqual(urns);
  const late = first.resources.flatMap(({ urn, options }, index) =>
    options.dependsOn.filter((it) => urns.indexOf(it) > index).map((it) => `${urn} before ${it}`),
  );
  expect(late).toEqual([]);
});
