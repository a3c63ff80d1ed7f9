import type { Random } from "./random.ts";

/** AWS-shaped ids, unique and the same for the same seed. */
export interface Identifiers {
  /** `eni` → `eni-0` and sixteen more hexadecimal digits. */
  resource(prefix: string): string;
  /** A version-4-shaped UUID: request ids, revision ids, event ids. */
  uuid(): string;
}

export function createIdentifiers(random: Random): Identifiers {
  const given = new Set<string>();
  const hex = (digits: number): string =>
    digits > 8
      ? hex(8) + hex(digits - 8)
      : random
          .integer(0, 16 ** digits - 1)
          .toString(16)
          .padStart(digits, "0");
  const unique = (make: () => string) => {
    let id = make();
    while (given.has(id)) id = make();
    given.add(id);
    return id;
  };
  return {
    resource: (prefix) => unique(() => `${prefix}-0${hex(16)}`),
    // Unique by its 122 random bits: remembering each would grow without bound.
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${random.pick(["8", "9", "a", "b"])}${hex(3)}-${hex(12)}`,
  };
}
