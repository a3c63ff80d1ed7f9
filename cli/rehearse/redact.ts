/** Takes out of a report what names the account, so that it can be attached to an issue. Pure. */
import { namePrefix } from "./names.ts";

/** What is replaced, by the name of its replacement. Order matters: what is part of something else comes later. */
const patterns: readonly (readonly [name: string | undefined, pattern: string])[] = [
  ["principal", String.raw`arn:aws[\w-]*:(?:iam|sts)::\d{12}:[\w+=,.@/-]*[\w+=@/-]`],
  ["host", String.raw`\b(?:ec2|ip)-\d+-\d+-\d+-\d+[\w.-]*`],
  // Of a resource: its own prefix stays.
  [
    undefined,
    String.raw`\b(?:[a-z]+-)*(?:vpc|subnet|sg|igw|rtb|eni|eipalloc|eipassoc|acl|nat|attach)-[0-9a-f]{8,17}\b`,
  ],
  ["uuid", String.raw`\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b`],
  ["requester", String.raw`\bA(?:ROA|IDA)[A-Z0-9]{8,}\b`],
  // Often a person's name. That of Lambda's own sessions stays, and what has become of the account is below.
  ["session", String.raw`(?<=\bA(?:ROA|IDA)[A-Z0-9]{8,}:)(?!awslambda_|\d{12}\b)[\w+=,.@-]+`],
  ["mac", String.raw`\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b`],
  ["ipv6", String.raw`\b(?:[0-9a-f]{1,4}:){3,7}[0-9a-f:]*[0-9a-f]\b`],
  ["ip", String.raw`\b\d{1,3}(?:\.\d{1,3}){3}\b`],
  ["account", String.raw`\b\d{12}\b`],
];

const any = new RegExp(patterns.map(([, pattern]) => `(${pattern})`).join("|"), "gi");

/** Returns what takes the place of the nth thing of a name; without a name it is a resource's id, such as `eni-0a…`. */
export type Replacement = (name: string | undefined, count: number, found: string) => string;

/** For people: `eni-1`, `ip-1`, `account-1`. */
const labels: Replacement = (name, count, found) => `${name ?? prefixOf(found)}-${count}`;

const exampleAccount = "123456789012";
const digits = (count: number, length: number) => count.toString(16).padStart(length, "0");

/** In the form of what they replace, as AWS's documentation has them: for programs that read a recorded answer. */
export const examples: Replacement = (name, count, found) => {
  switch (name) {
    case "principal":
      return `arn:aws:iam::${exampleAccount}:role/example-${count}`;
    case "host":
      return `ec2-203-0-113-${count}.compute-1.amazonaws.com`;
    case "uuid":
      return `00000000-0000-4000-8000-${digits(count, 12)}`;
    case "requester":
      return `AROAEXAMPLE${digits(count, 9).toUpperCase()}`;
    case "session":
      return `session-${count}`;
    case "mac":
      return `02:00:00:00:00:${digits(count, 2)}`;
    case "ipv6":
      return `2001:db8:0:0::${digits(count, 1)}`;
    case "ip":
      return `203.0.113.${count}`;
    case "account":
      return count === 1 ? exampleAccount : "111122223333";
    default:
      return `${prefixOf(found)}-${digits(count, 17)}`;
  }
};

/** Returns a function that replaces ids, addresses, accounts and principals, the same always by the same. */
export function createRedactor(replacement: Replacement = labels): (text: string) => string {
  const known = new Map<string, string>();
  const counts = new Map<string, number>();
  const replacementOf = (found: string, name: string | undefined): string => {
    const before = known.get(found);
    if (before) return before;
    const kind = name ?? prefixOf(found);
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    const made = replacement(name, count, found);
    known.set(found, made);
    return made;
  };
  return (text) =>
    text.replace(any, (found: string, ...groups: unknown[]) => {
      const index = patterns.findIndex((_, at) => groups[at] !== undefined);
      return replacementOf(found, patterns[index]?.[0]);
    });
}

function prefixOf(id: string): string {
  return id.slice(0, id.lastIndexOf("-"));
}

/**
 * For `JSON.stringify`: leaves out what people have named, and no rehearsal: tags, by which a firm may note who made what, and
 * security groups.
 */
export function withOwnNames(key: string, value: unknown): unknown {
  if (key === "GroupName" && !String(value).startsWith(namePrefix)) return undefined;
  return Array.isArray(value) ? value.filter((it) => !isForeignTag(it)) : value;
}

function isForeignTag(it: unknown): boolean {
  if (typeof it !== "object" || it === null || !("Key" in it) || !("Value" in it)) return false;
  return !/^(?:holdfast:|Name$)/.test(String(it.Key));
}
