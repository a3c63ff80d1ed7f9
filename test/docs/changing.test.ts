/** docs/changing.md has a row for each change that is shown with the real engine. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { read, sectionWithin, tableRows } from "./markdown.ts";

const folder = "test/deploy/engine";
const shown = readdirSync(folder)
  .filter((file) => /^changes.*\.check\.ts$/.test(file))
  .flatMap((file) => [...readFileSync(`${folder}/${file}`, "utf8").matchAll(/^\s*(?:describe|it)\("([^"]+)"/gm)])
  .map(([, title = ""]) => title);

/** How the titles of checks begin → the row on what they show; nothing where a title only gathers others. */
const rowOf: Readonly<Record<string, string | undefined>> = {
  addresses: undefined,
  "a spare more": "a spare more",
  "a spare less": "a spare less",
  "is taken off the scout": "a spare less",
  "is refused while it serves": "a spare less",
  "is kept by a deployment of its own": "`onRemove`",
  "another name of the component": "the component's name",
  "members, targets and thresholds": "targets",
  "reach functions that run": "thresholds",
  zones: undefined,
  "a zone more": "a zone more",
  "stay where they are when AWS lists others": "other zones",
  "a zone less": "a zone less",
  "a second pool": "a pool added",
  "a pool with another name": "a pool renamed",
  "has the addresses that were kept": "a pool renamed",
  "a regional NAT gateway": "`mode`",
  "a fallback that is switched off": "`standby` from `cold` or `warm` to `off`",
};

const beginningOf = (title: string) => Object.keys(rowOf).find((it) => title.startsWith(it));

describe("docs/changing.md", () => {
  const rows = tableRows(sectionWithin(read("docs/changing.md"), "Changing a deployment"));
  const changes = rows.map(([change = ""]) => change);

  it("has a row for each change that the engine's checks show", () => {
    expect(shown.length).toBeGreaterThan(8);
    expect(shown.filter((title) => beginningOf(title) === undefined)).toEqual([]);
    const wanted = Object.values(rowOf).filter((it) => it !== undefined);
    expect(wanted.filter((row) => !changes.some((it) => it.startsWith(row)))).toEqual([]);
  });

  it("says of each change what happens and what to do first", () => {
    expect(changes.length).toBeGreaterThan(20);
    expect(rows.filter((row) => row.length !== 3 || row.includes(""))).toEqual([]);
  });
});
