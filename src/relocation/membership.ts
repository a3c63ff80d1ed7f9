/** Which functions belong to a pool: by name, by ARN, by tag. */
import type { PoolSettings } from "../config/settings.ts";

export type Membership = PoolSettings["members"];

/**
 * Whether a function's name makes it a member. `maybe` when only its tags could tell.
 *
 * @param functionArn unqualified ARN, when known
 */
export function isMember(members: Membership, functionName: string, functionArn?: string): boolean | "maybe" {
  if (members.names.some((pattern) => matches(pattern, functionName))) return true;
  const byArn = members.arns.some((arn) => (functionArn ? arn === functionArn : arn.endsWith(`:${functionName}`)));
  return byArn || (Object.keys(members.tags).length > 0 ? "maybe" : false);
}

/** Returns whether the name matches: `*` stands for any characters; everything else for itself. */
export function matches(pattern: string, name: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return pattern === name;
  const last = rest.pop() as string;
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let from = first.length;
  for (const part of rest) {
    const at = name.indexOf(part, from);
    if (at < 0 || at + part.length > name.length - last.length) return false;
    from = at + part.length;
  }
  return true;
}
