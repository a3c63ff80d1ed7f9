import type { Filter } from "@aws-sdk/client-ec2";
import { AwsError } from "./service.ts";

/** Filter name → where the value stands in the item; steps through lists meet every element. */
export type FilterPaths = Readonly<Record<string, string>>;

/** Values in one request, all filters together. Source: EC2 user guide, "Filtering considerations". */
const MAX_FILTER_VALUES = 200;

/**
 * Keeps the items that pass all filters; a filter passes when any of its values matches any of the item's.
 * `*` and `?` are wildcards, a backslash takes their meaning away.
 * Throws `AwsError`: `InvalidParameterValue` for an unknown name, `FilterLimitExceeded`.
 */
export function applyFilters<T extends object>(
  items: T[],
  filters: readonly Filter[] | undefined,
  paths: FilterPaths,
): T[] {
  if (!filters || filters.length === 0) return items;
  if (filters.reduce((sum, filter) => sum + (filter.Values?.length ?? 0), 0) > MAX_FILTER_VALUES) {
    throw new AwsError(
      "FilterLimitExceeded",
      `The maximum number of filter values specified on a single call is ${MAX_FILTER_VALUES}`,
    );
  }
  const tests = filters.map((filter) => toTest(filter, paths));
  return items.filter((item) => tests.every((test) => test(item)));
}

function toTest(filter: Filter, paths: FilterPaths): (item: object) => boolean {
  const read = reader(filter.Name ?? "", paths);
  const patterns = (filter.Values ?? []).map(toPattern);
  return (item) => read(item).some((value) => patterns.some((pattern) => pattern.test(value)));
}

function reader(name: string, paths: FilterPaths): (item: object) => string[] {
  if (name === "tag-key") return (item) => tagsOf(item).map(({ Key }) => Key);
  if (name.startsWith("tag:")) {
    const key = name.slice("tag:".length);
    return (item) => tagsOf(item).flatMap((tag) => (tag.Key === key ? [tag.Value] : []));
  }
  const path = paths[name];
  if (path === undefined) throw new AwsError("InvalidParameterValue", `The filter '${name}' is invalid`);
  const steps = path.split(".");
  return (item) => walk(item, steps);
}

interface PlainTag {
  readonly Key: string;
  readonly Value: string;
}

/** Network interfaces call their tags `TagSet`, everything else `Tags`. */
export function tagsOf(item: object): PlainTag[] {
  const { TagSet, Tags } = item as { TagSet?: PlainTag[]; Tags?: PlainTag[] };
  return TagSet ?? Tags ?? [];
}

function walk(value: unknown, steps: readonly string[]): string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((element) => walk(element, steps));
  const [step, ...rest] = steps;
  return step === undefined ? [String(value)] : walk((value as Record<string, unknown>)[step], rest);
}

/** By value: the same are asked for again and again. */
const patterns = new Map<string, RegExp>();
const mostPatterns = 10_000;

function toPattern(value: string): RegExp {
  const known = patterns.get(value);
  if (known) return known;
  if (patterns.size >= mostPatterns) patterns.clear();
  const source = value.replace(/\\([*?\\])|[*?]|[.+^${}()|[\]\\]/g, (token, escaped: string | undefined) => {
    if (escaped) return `\\${escaped}`;
    if (token === "*") return ".*";
    return token === "?" ? "." : `\\${token}`;
  });
  const pattern = new RegExp(`^${source}$`, "s");
  patterns.set(value, pattern);
  return pattern;
}
