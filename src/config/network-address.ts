/**
 * Which addresses a probe may connect to: those of the public internet, and nothing that only its network can reach.
 */
import { BlockList, isIP } from "node:net";

/**
 * Special-purpose blocks that are not globally reachable, or that carry an IPv4 address within (64:ff9b::/96,
 * 2002::/16, 2001::/32) by which one of them could be reached. 169.254.0.0/16 holds the metadata endpoints.
 * Sources: iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry; for multicast RFC 5771 and
 * RFC 4291.
 */
const special: readonly (readonly [address: string, prefix: number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["::", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
  ["5f00::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
];

const refused = new BlockList();
for (const [address, prefix] of special) refused.addSubnet(address, prefix, isIP(address) === 6 ? "ipv6" : "ipv4");

/**
 * Returns whether the address is one of the public internet. IPv4 in IPv6 notation counts as IPv4; no address at all
 * does not.
 */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && !refused.check(address, family === 6 ? "ipv6" : "ipv4");
}

/** Returns the literal address of a URL's host, or undefined when it is a name. */
export function literalAddress({ hostname }: Pick<URL, "hostname">): string | undefined {
  const bare = hostname.replace(/^\[|\]$/g, "");
  return isIP(bare) ? bare : undefined;
}
