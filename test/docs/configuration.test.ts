import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineHoldfast, holdfast } from "../../src/config/holdfast.ts";
import { inlineCode, read, sectionWithin, tableRows, written } from "./markdown.ts";

/** A field of the operator's file. */
interface Field {
  /** `*` stands for names that the operator chooses, or for a list's entries. */
  readonly path: string;
  /** Whether the file may leave it out. */
  readonly optional: boolean;
  /** What holds when the file leaves it out; undefined where code or the deployment decides, or where it is a group. */
  readonly usual: unknown;
  readonly schema: z.core.$ZodType;
}

/** A schema without defaults, checks and transformations around it, and what they say. */
function unwrapped(schema: z.core.$ZodType): Omit<Field, "path"> {
  if (schema instanceof z.ZodPipe) return unwrapped(schema.in);
  if (schema instanceof z.ZodDefault) {
    return { ...unwrapped(schema.unwrap()), optional: true, usual: schema.def.defaultValue };
  }
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional) {
    return { ...unwrapped(schema.unwrap()), optional: true };
  }
  return { optional: false, usual: undefined, schema };
}

/** All fields that a file may have. What stands at several places is described at the first. */
function fieldsOf(schema: z.core.$ZodType, path = "", seen = new Set<z.core.$ZodType>()): Field[] {
  const it = unwrapped(schema).schema;
  if (it instanceof z.ZodObject) {
    if (seen.has(it)) return [];
    seen.add(it);
    return Object.entries(it.shape).flatMap(([key, part]) => {
      const own = path === "" ? key : `${path}.${key}`;
      return [{ path: own, ...unwrapped(part as z.core.$ZodType) }, ...fieldsOf(part as z.core.$ZodType, own, seen)];
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

interface Row {
  readonly path: string;
  readonly usual: string;
  readonly meaning: string;
}

function describedFields(): Row[] {
  return Object.entries(tables).flatMap(([heading, prefix]) => {
    const below = page.sections.find((it) => it.heading === heading);
    const rows = tableRows(below?.text ?? sectionWithin(page, heading));
    return rows.flatMap(([first = "", usual = "", meaning = ""]) =>
      inlineCode(first).map((name) => ({ path: prefix === "" ? name : `${prefix}.${name}`, usual, meaning })),
    );
  });
}

/** What a row says of a group holds for each of the fields in it. */
const isGroup = (path: string, all: readonly string[]) => all.some((other) => other.startsWith(`${path}.`));

describe("docs/configuration.md", () => {
  const fields = fieldsOf(holdfast);
  const paths = [...new Set(fields.map(({ path }) => path))];
  const described = describedFields();
  const rowOf = (path: string) => described.find((row) => row.path === path);

  it("describes every field of the operator's file", () => {
    const missing = paths.filter((path) => !rowOf(path) && !isGroup(path, paths));
    expect(missing).toEqual([]);
  });

  it("describes no field that there is not", () => {
    expect(described.filter(({ path }) => !paths.includes(path))).toEqual([]);
  });

  it("gives each default as the schema has it", () => {
    const expected = fields.filter(({ usual }) => usual !== undefined);
    expect(expected.length).toBeGreaterThan(25);
    expect(expected.map(({ path }) => [path, rowOf(path)?.usual])).toEqual(
      expected.map(({ path, usual }) => [path, written(usual)]),
    );
  });

  it("calls required what has to be given, and nothing else", () => {
    const rows = fields.flatMap(({ path, optional }) => {
      const row = rowOf(path);
      // Header values are text or one of two references: neither field is required by itself.
      return row && !path.includes("headers.*") ? [[path, optional ? "optional" : "required", row.usual] as const] : [];
    });
    expect(rows.filter(([, is, usual]) => (is === "required") !== (usual === "required"))).toEqual([]);
  });

  it("gives the defaults that depend on other fields as they come out", () => {
    const { pools } = defineHoldfast({
      pools: { orders: { network: { create: { zones: 3 } }, targets: [{ name: "a", url: "https://a.example/" }] } },
    });
    const egress = pools["orders"]?.addresses.egress;
    expect(egress).toMatchObject({ count: 3, spares: 3 });
    expect(rowOf("pools.*.addresses.count")?.usual).toBe("one per subnet");
    expect(rowOf("pools.*.addresses.spares")?.usual).toBe("one per subnet");
  });

  it("gives the bounds of each number, and each word of a choice", () => {
    const wanted = fields.flatMap(({ path, schema }): [path: string, text: string][] => {
      const row = rowOf(path);
      if (!row) return [];
      if (schema instanceof z.ZodNumber) return [[path, `${schema.minValue} to ${schema.maxValue}`]];
      if (schema instanceof z.ZodEnum) return schema.options.map((word) => [path, `\`${word}\``]);
      return [];
    });
    expect(wanted.length).toBeGreaterThan(30);
    const saysIt = ([path, text]: readonly [string, string]) =>
      `${rowOf(path)?.usual} ${rowOf(path)?.meaning}`.includes(text);
    expect(wanted.filter((it) => !saysIt(it))).toEqual([]);
  });
});
