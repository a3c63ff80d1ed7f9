/** Names that begin alike differ at their end: what they share is shown apart. Pure. */

/** Returns the common beginning of all names, up to a dash. */
export function commonPrefix(names: readonly string[]): string {
  const [first = "", ...rest] = names;
  if (rest.length === 0) return "";
  let length = 0;
  while (length < first.length && rest.every((name) => name[length] === first[length])) length++;
  return first.slice(0, first.lastIndexOf("-", length - 1) + 1);
}

/** Returns `1 function`, `2 functions`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
