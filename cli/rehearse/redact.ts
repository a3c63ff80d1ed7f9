/** Takes out of a report what names the account, so that it can be attached to an issue. Pure. */

/** What is replaced, by the name of its replacement. Order matters: what is part of something else comes later. */
const patterns: readonly (readonly [name: string | undefined, pattern: string])[] = [
  ["principal", String.raw`arn:aws[\w-]*:(?:iam|sts)::\d{12}:[\w+=,.@/-]*[\w+=@/-]`],
  ["host", String.raw`ec2-\d+-\d+-\d+-\d+[\w.-]*`],
  // Of a resource: its own prefix stays.
  [
    undefined,
    String.raw`\b(?:[a-z]+-)*(?:vpc|subnet|sg|igw|rtb|eni|eipalloc|eipassoc|acl|nat|attach)-[0-9a-f]{8,17}\b`,
  ],
  ["uuid", String.raw`\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b`],
  ["requester", String.raw`\bA(?:ROA|IDA)[A-Z0-9]{8,}\b`],
  ["mac", String.raw`\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b`],
  ["ipv6", String.raw`\b(?:[0-9a-f]{1,4}:){3,7}[0-9a-f:]*[0-9a-f]\b`],
  ["ip", String.raw`\b\d{1,3}(?:\.\d{1,3}){3}\b`],
  ["account", String.raw`\b\d{12}\b`],
];

const any = new RegExp(patterns.map(([, pattern]) => `(${pattern})`).join("|"), "gi");

/** Returns a function that replaces ids, addresses, accounts and principals, the same always by the same. */
export function createRedactor(): (text: string) => string {
  const known = new Map<string, string>();
  const counts = new Map<string, number>();
  const replacementOf = (found: string, name: string): string => {
    const before = known.get(found);
    if (before) return before;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    known.set(found, `${name}-${count}`);
    return `${name}-${count}`;
  };
  return (text) =>
    text.replace(any, (found: string, ...groups: unknown[]) => {
      const index = patterns.findIndex((_, at) => groups[at] !== undefined);
      return replacementOf(found, patterns[index]?.[0] ?? found.slice(0, found.lastIndexOf("-")));
    });
}
