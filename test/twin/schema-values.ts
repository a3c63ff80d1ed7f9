import type { NormalizedSchema } from "@smithy/core/schema";
import fc from "fast-check";

/** Values of any kind that a runtime schema allows, small ones. */
export function valuesOf(schema: NormalizedSchema, depth = 0): fc.Arbitrary<unknown> {
  if (schema.isUnitSchema() || depth > 6) return fc.constant({});
  if (schema.isStructSchema()) return structOf(schema, depth);
  if (schema.isListSchema())
    return fc.array(valuesOf(schema.getValueSchema(), depth + 1), { minLength: 1, maxLength: 3 });
  if (schema.isMapSchema())
    return fc.dictionary(plainText, valuesOf(schema.getValueSchema(), depth + 1), { maxKeys: 3 });
  if (schema.isBooleanSchema()) return fc.boolean();
  if (schema.isNumericSchema()) return fc.integer({ min: -1_000_000, max: 1_000_000 });
  if (schema.isBigIntegerSchema()) return fc.bigInt({ min: 0n, max: 1_000_000n });
  if (schema.isTimestampSchema())
    return fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => new Date(seconds * 1000));
  if (schema.isBlobSchema()) return fc.uint8Array({ minLength: 1, maxLength: 20 });
  const { httpLabel, httpHeader } = schema.getMergedTraits();
  return httpLabel || httpHeader ? plainText : anyText;
}

const plainText = fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/);

/** XML readers trim, so no blanks at either end; what has a meaning in XML, JSON, forms and URLs is in. */
const anyText = fc
  .string({ unit: fc.constantFrom(..."aZ09<>&\"'%+=/?#;:.,{}[]\\*|~é漢🙂 "), minLength: 1, maxLength: 12 })
  .map((text) => `x${text}x`);

function structOf(schema: NormalizedSchema, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const members = [...schema.structIterator()].filter(
    ([, member]) => !member.isStreaming() && !member.isDocumentSchema(),
  );
  const fields = Object.fromEntries(members.map(([name, member]) => [name, valuesOf(member, depth + 1)]));
  if (schema.isUnionSchema()) {
    return fc.oneof(...Object.entries(fields).map(([name, value]) => value.map((chosen) => ({ [name]: chosen }))));
  }
  // Labels make the path, and an absent idempotency token would be filled in by the client.
  const needed = members
    .filter(([, member]) => member.getMergedTraits().httpLabel || member.isIdempotencyToken())
    .map(([name]) => name);
  if (depth === 0) return fc.record(fields, { requiredKeys: needed });
  // Wide structures are thinned out, or a value would have thousands of fields.
  return fc
    .shuffledSubarray(Object.keys(fields))
    .map((names) => names.slice(0, 4))
    .chain((names) => {
      const chosen = new Set([...names, ...needed]);
      return fc.record(Object.fromEntries(Object.entries(fields).filter(([name]) => chosen.has(name))));
    });
}

/** What a wire cannot tell apart is made equal: nothing, an empty list and an empty structure; bytes by content. */
export function canonical(value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "object" && "string" in value && "type" in value) return String(value.string);
  if (Array.isArray(value)) {
    const items = value.map(canonical).filter((item) => item !== undefined);
    return items.length > 0 ? items : undefined;
  }
  if (typeof value !== "object") return value;
  const fields = Object.entries(value)
    .filter(([name]) => name !== "$metadata")
    .map(([name, field]) => [name, canonical(field)] as const)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return fields.length > 0 ? Object.fromEntries(fields) : undefined;
}
