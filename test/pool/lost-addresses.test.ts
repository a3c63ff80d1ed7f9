import { describe, expect, it } from "vitest";
import { type Described, lostAddresses } from "../../src/pool/lost-addresses.ts";

const own = { egress: { "eipalloc-1": "203.0.113.1" }, fallback: { "eipalloc-2": "203.0.113.2" } };
const tags = (pool?: string, role?: string): Described => {
  const said = Object.entries({ "holdfast:pool": pool, "holdfast:role": role, Name: "mine" });
  return new Map(said.filter(([, value]) => value !== undefined));
};
const fine = tags("partners", "fallback");

describe("lostAddresses", () => {
  it.each<[string, Described | undefined, object[]]>([
    ["unknown to AWS", "unknown to AWS", [{ loss: "released", publicIp: "203.0.113.1", role: "egress" }]],
    ["without tags", tags(), [{ loss: "untagged", tag: "holdfast:pool", should: "partners" }]],
    ["without the pool's tag", tags(undefined, "egress"), [{ loss: "untagged", tag: "holdfast:pool" }]],
    ["without its role", tags("partners"), [{ loss: "untagged", tag: "holdfast:role", should: "egress" }]],
    ["with an empty tag", tags("", "egress"), [{ loss: "untagged", tag: "holdfast:pool" }]],
    ["of another pool", tags("others", "egress"), [{ loss: "retagged", tag: "holdfast:pool", is: "others" }]],
    ["of another spelling", tags("Partners", "egress"), [{ loss: "retagged", is: "Partners", should: "partners" }]],
    ["of another role", tags("partners", "fallback"), [{ loss: "retagged", tag: "holdfast:role", is: "fallback" }]],
    ["as it should be", tags("partners", "egress"), []],
    ["not readable", undefined, []],
  ])("%s", (_, found, expected) => {
    const described = new Map([["eipalloc-2", fine], ...(found ? ([["eipalloc-1", found]] as const) : [])]);
    expect(lostAddresses("partners", own, described)).toMatchObject(expected);
  });

  it("names every address that is lost, those of role egress first", () => {
    const none = new Map(
      [...Object.keys(own.fallback), ...Object.keys(own.egress)].map((id) => [id, "unknown to AWS"] as const),
    );
    expect(lostAddresses("partners", own, none).map(({ allocationId }) => allocationId)).toEqual([
      "eipalloc-1",
      "eipalloc-2",
    ]);
  });
});
