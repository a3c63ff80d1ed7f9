/** What docs/configuration.md says of how much fits, against what is checked. */
import { describe, expect, it } from "vitest";
import { defineHoldfast, type HoldfastInput } from "../../src/config/holdfast.ts";
import { type Size, sizesOf } from "../../stacks/sizes.ts";
import { read, sectionWithin, tableRows } from "./markdown.ts";

type PoolInput = HoldfastInput["pools"][string];

const many = <Item>(count: number, make: (index: number) => Item) =>
  Array.from({ length: count }, (_, index) => make(index));
const targets = [{ name: "partner", url: "https://api.example.com/" }];
const pools = (count: number, pool: Partial<PoolInput> = {}): HoldfastInput => ({
  pools: Object.fromEntries(
    many(count, (index) => [`partner-${index + 100}`, { network: { create: {} }, targets, ...pool }]),
  ),
});
const onePool = (pool: Partial<PoolInput>) => pools(1, pool);
/** Of 40 characters, as a function's name that an app, a stage and a purpose are part of. */
const functions = (count: number) => many(count, (index) => `a-function-whose-name-has-40-chars--${index + 1000}`);
const ids = (prefix: string, count: number) => many(count, (index) => `${prefix}-${String(index).padStart(17, "0")}`);
const existing = (count: number): Partial<PoolInput> => ({
  network: {
    existing: {
      vpcId: "vpc-0a1b2c3d4e5f60718",
      subnetIds: ids("subnet", count),
      securityGroupIds: ["sg-0a1b2c3d4e5f60718"],
      routeTableIds: ids("rtb", count),
      natSubnetId: "subnet-0a1b2c3d4e5f60718",
    },
  },
  addresses: { allocationIds: ids("eipalloc", count) },
});
const [first = { name: "", url: "" }] = targets;
const secrets = (count: number) => {
  const secret = (index: number) => `arn:aws:secretsmanager:us-east-1:123456789012:secret:partners/key-${index}-a1b2c3`;
  const headers = Object.fromEntries(many(count, (index) => [`x-key-${index}`, { secret: secret(index + 100) }]));
  return [{ ...first, headers }];
};

/** By what a row of the table is about. */
const measured: Readonly<Record<string, (count: number) => HoldfastInput>> = {
  "pools with one zone and one target": (count) => pools(count),
  "pools with two zones, one target and a fallback": (count) =>
    pools(count, { network: { create: { zones: 2 } }, fallback: { standby: "cold" } }),
  "pools with three zones, three targets and a fallback": (count) =>
    pools(count, {
      network: { create: { zones: 3 } },
      targets: many(3, (index) => ({ ...first, name: `partner-${index}` })),
      fallback: { standby: "cold" },
    }),
  "targets of one pool": (count) =>
    onePool({ targets: many(count, (index) => ({ ...first, name: `partner-${index}` })) }),
  "headers that refer to secrets": (count) => onePool({ targets: secrets(count) }),
  "members by name": (count) => onePool({ members: { names: functions(count) } }),
  "guarded functions that are only watched": (count) => onePool({ guarded: { functions: functions(count) } }),
  "guarded functions that may be attached": (count) =>
    onePool({ guarded: { functions: functions(count), policy: "attach" } }),
  "subnets of an existing network": (count) => onePool(existing(count)),
  "subnets of an existing network, with a fallback": (count) =>
    onePool({
      ...existing(count),
      addresses: { allocationIds: ids("eipalloc", count), fallbackAllocationId: "eipalloc-0a1b2c3d4e5f60718" },
      fallback: { standby: "cold" },
    }),
};

const where = { partition: "aws", region: "us-east-1", accountId: "123456789012" };

/** What does not fit: what the file's own check says, or AWS's limits. */
async function excess(input: HoldfastInput): Promise<readonly string[]> {
  try {
    const config = defineHoldfast(input);
    const sizes = await sizesOf({ config, prefix: "holdfast-production", where });
    return sizes.filter(({ is, most }: Size) => is > most).map(({ what }) => what);
  } catch (error) {
    return [String(error)];
  }
}

/** The largest number that fits, and what does not with one more. Begins with a guess, which is most often right. */
async function measure(
  make: (count: number) => HoldfastInput,
  guess: number,
): Promise<{ fits: number; ends: readonly string[] }> {
  const ends = (await excess(make(guess))).length > 0 ? [] : await excess(make(guess + 1));
  if (ends.length > 0) return { fits: guess, ends };
  let [fits, tooMany] = [1, 2];
  while ((await excess(make(tooMany))).length === 0) [fits, tooMany] = [tooMany, 2 * tooMany];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if ((await excess(make(middle))).length === 0) fits = middle;
    else tooMany = middle;
  }
  return { fits, ends: await excess(make(tooMany)) };
}

describe("docs/configuration.md says how much fits", () => {
  const rows = tableRows(sectionWithin(read("docs/configuration.md"), "How much fits"));

  it("of everything that is measured", () => {
    expect(rows.map(([what]) => what)).toEqual(Object.keys(measured));
  });

  it.each(Object.entries(measured))("%s", async (what, make) => {
    const [, documented, reason = ""] = rows.find(([first]) => first === what) ?? [];
    const { fits, ends } = await measure(make, Number(documented));
    expect(`${documented} (${ends.join(", ")})`).toBe(`${fits} (${ends.join(", ")})`);
    expect(
      ends.some((it) => it.includes(reason)),
      `${reason}: ${ends.join(", ")}`,
    ).toBe(true);
  });
});
