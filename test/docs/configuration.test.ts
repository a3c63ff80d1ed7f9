import { describe, expect, it } from "vitest";
import { z } from "zod";
import { holdfast } from "../../src/config/holdfast.ts";
import { inlineCode, read, sectionWithin, tableRows } from "./markdown.ts";

/** A schema without defaults, checks and transformations around it. */
function inner(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodPipe) return inner(schema.in);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional) return inner(schema.unwrap());
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return inner(schema.unwrap());
  return schema;
}

/**
 * Paths of all fields that a file may have; `*` stands for names that the operator chooses, or for a list's entries. What
 * stands at several places is described at the first.
 */
function fieldsOf(schema: z.core.$ZodType, path = "", seen = new Set<z.core.$ZodType>()): string[] {
  const it = inner(schema);
  if (it instanceof z.ZodObject) {
    if (seen.has(it)) return [];
    seen.add(it);
    return Object.entries(it.shape).flatMap(([key, part]) => {
      const own = path === "" ? key : `${path}.${key}`;
      return [own, ...fieldsOf(part as z.core.$ZodType, own, seen)];
    });
  }
  if (it instanceof z.ZodRecord) return fieldsOf(it.valueType, `${path}.*`, seen);
  if (it instanceof z.ZodArray) return fieldsOf(it.element, `${path}.*`, seen);
  if (it instanceof z.ZodUnion) return it.options.flatMap((option) => fieldsOf(option, path, seen));
  return [];
}

/** Where docs/configuration.md has its tables, and what their rows' names are relative to. */
const tables: Readonly<Record<string, string>> = {
  Pools: "pools.*",
  "A network of its own: `network.create`": "pools.*.network.create",
  "A network that exists: `network.existing`": "pools.*.network.existing",
  Addresses: "pools.*.addresses",
  Targets: "pools.*.targets.*",
  "Conditions and rules": "pools.*.targets.*",
  Fallback: "pools.*.fallback",
  "Guarded functions": "pools.*.guarded",
  Ingress: "pools.*.ingress",
  "For all pools": "",
};

const page = read("docs/configuration.md");

function describedFields(): string[] {
  return Object.entries(tables).flatMap(([heading, prefix]) => {
    const below = page.sections.find((it) => it.heading === heading);
    const rows = tableRows(below?.text ?? sectionWithin(page, heading));
    const names = rows.flatMap(([first = ""]) => inlineCode(first));
    return names.map((name) => (prefix === "" ? name : `${prefix}.${name}`));
  });
}

/** What a row says of a group holds for each of the fields in it. */
const isGroup = (path: string, all: readonly string[]) => all.some((other) => other.startsWith(`${path}.`));

/** The defaults of single fields, by path: numbers, texts and switches, as a table writes them. */
function defaultsOf(schema: z.core.$ZodType, path = ""): [path: string, text: string][] {
  const given = schema instanceof z.ZodDefault ? schema.def.defaultValue : undefined;
  const own: [string, string][] = given === undefined || typeof given === "object" ? [] : [[path, String(given)]];
  const it = inner(schema);
  const parts = it instanceof z.ZodObject ? Object.entries(it.shape) : [];
  const below = it instanceof z.ZodRecord ? it.valueType : it instanceof z.ZodArray ? it.element : undefined;
  const options = it instanceof z.ZodUnion ? it.options : [];
  return [
    ...own,
    ...parts.flatMap(([key, part]) => defaultsOf(part as z.core.$ZodType, path === "" ? key : `${path}.${key}`)),
    ...(below ? defaultsOf(below, `${path}.*`) : []),
    ...options.flatMap((option) => defaultsOf(option, path)),
  ];
}

/** What a table has in its column `default` for each of its fields. */
function describedDefaults(): Map<string, string> {
  return new Map(
    Object.entries(tables).flatMap(([heading, prefix]) => {
      const text = page.sections.find((it) => it.heading === heading)?.text ?? sectionWithin(page, heading);
      return tableRows(text).flatMap(([first = "", second = ""]) =>
        inlineCode(first).map((name) => [prefix === "" ? name : `${prefix}.${name}`, second] as const),
      );
    }),
  );
}

describe("docs/configuration.md", () => {
  const fields = [...new Set(fieldsOf(holdfast))];
  const described = describedFields();

  it("describes every field of the operator's file", () => {
    const missing = fields.filter((field) => !described.includes(field) && !isGroup(field, fields));
    expect(missing).toEqual([]);
  });

  it("gives every default", () => {
    const defaults = defaultsOf(holdfast).filter(([path]) => described.includes(path));
    expect(defaults.length).toBeGreaterThan(10);
    const cells = describedDefaults();
    const words = (path: string) => (cells.get(path) ?? "").replaceAll("`", "").split(/[ ,:;()]+/);
    expect(defaults.filter(([path, text]) => !words(path).includes(text))).toEqual([]);
  });

  it("describes no field that there is not", () => {
    expect(described.filter((field) => !fields.includes(field))).toEqual([]);
  });
});
