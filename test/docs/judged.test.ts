import { describe, expect, it } from "vitest";
import { read, sectionWithin, tableRows } from "./markdown.ts";

/** Who may have judged a behaviour, besides AWS's documentation; each is described on the page. */
const judges = ["documentation", "moto", "emulator", "ruler", "IAM data", "runtime client", "engine"];

describe("docs/twin.md, who judged what", () => {
  const rows = tableRows(sectionWithin(read("docs/twin.md"), "Who judged what"));
  const listed = tableRows(read("docs/first-deployment.md").text).map(([name]) => name);

  it("names judges that there are", () => {
    expect(rows.length).toBeGreaterThan(10);
    const named = rows.flatMap(([, by = ""]) => by.split(", ").filter((it) => it !== "–"));
    expect(named.filter((it) => !judges.includes(it))).toEqual([]);
  });

  it("leaves to the first deployment what nobody has judged, and has all that is left to it", () => {
    const left = rows.map(([behaviour = "", by, nobody = ""]) => ({
      behaviour,
      by,
      names: [...nobody.matchAll(/`\w+`/g)].map(([name]) => name),
      isNothing: nobody === "–",
    }));
    expect(left.filter(({ isNothing, names }) => isNothing === names.length > 0)).toEqual([]);
    expect(left.filter(({ by, isNothing }) => by === "–" && isNothing)).toEqual([]);
    const names = left.flatMap((it) => it.names);
    expect([...new Set(names)].sort()).toEqual([...listed].sort());
  });
});
