/** Functions as the picture shows them: each by itself or, where they are many, those together whose traffic goes the same way. Pure. */
import type { FunctionView } from "../model.ts";
import { commonPrefix, counted } from "./names.ts";

export interface FunctionGroup extends Pick<FunctionView, "status" | "uses" | "awaits"> {
  readonly key: string;
  /** As much of the name as tells it from the others, or how many they are. */
  readonly label: string;
  readonly names: readonly string[];
}

/** As many functions are shown each by itself. */
export const mostSingle = 8;

export function groupsOf(functions: readonly FunctionView[]): FunctionGroup[] {
  const prefix = commonPrefix(functions.map(({ name }) => name));
  const short = (name: string) => (prefix === "" ? name : `…${name.slice(prefix.length)}`);
  if (functions.length <= mostSingle) {
    return functions.map(({ name, ...rest }) => ({ ...rest, key: name, label: short(name), names: [name] }));
  }
  const groups = new Map<string, FunctionGroup>();
  for (const { name, status, uses, awaits } of functions) {
    const key = JSON.stringify([status, [...uses].sort(), [...awaits].sort()]);
    const names = [...(groups.get(key)?.names ?? []), name];
    const label = names.length === 1 ? short(name) : counted(names.length, "function");
    groups.set(key, { key, label, names, status, uses, awaits });
  }
  return [...groups.values()];
}
