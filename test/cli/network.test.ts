import { expect, it } from "vitest";
import { checkNetwork } from "../../cli/doctor/check-network.ts";
import type { AclRule, EgressRule, PoolFact, Route } from "../../cli/doctor/facts.ts";

const everywhere = "0.0.0.0/0";
const rule = (
  number: number,
  egress: boolean,
  allow: boolean,
  ports?: [number, number],
  cidr = everywhere,
): AclRule => ({
  number,
  egress,
  allow,
  cidr,
  protocol: ports ? "6" : "-1",
  fromPort: ports?.[0],
  toPort: ports?.[1],
});
const open = [rule(100, true, true), rule(100, false, true)];
const lastRules = [rule(32_767, true, false), rule(32_767, false, false)];
/** What the deployment writes of every target besides its name and URL. */
const asked = {
  ...{ method: "GET", protocol: "http/1.1", headers: {}, connectTimeoutMs: 3000, timeoutMs: 5000, rules: [] },
  ...{ sharedPool: true, allowHttp: false, allowPrivate: false },
};
const lets = (fromPort: number | undefined, cidrs = [everywhere]): EgressRule => {
  return { protocol: fromPort === undefined ? "-1" : "tcp", fromPort, toPort: fromPort, cidrs };
};

function found({
  acl = open,
  group = [lets(undefined)],
  route = { kind: "internet" } as Route,
  url = "https://api.example.com/",
}: {
  acl?: AclRule[];
  group?: EgressRule[];
  route?: Route;
  url?: string;
}): string[] {
  const network = { vpcId: "vpc-1", subnetIds: ["subnet-1"] };
  const fact = {
    pool: { name: "p", relocation: { network }, probing: { targets: [{ name: "t", url, ...asked }] } },
    network: {
      dnsSupport: true,
      subnets: [
        {
          ...{ subnetId: "subnet-1", exists: true, blockMode: "off", route },
          ...{ aclId: "acl-1", aclRules: [...acl, ...lastRules] },
        },
      ],
      securityGroups: new Map([["sg-1", group]]),
    },
  } as unknown as PoolFact;
  return checkNetwork(fact).map(({ id, severity }) => `${id} ${severity}`);
}

it.each<[string, Parameters<typeof found>[0], string[]]>([
  ["everything open", {}, []],
  [
    "an ACL that allows what is needed alone",
    { acl: [rule(1, true, true, [443, 443]), rule(1, false, true, [1024, 65_535])] },
    [],
  ],
  [
    "an ACL that denies it before it allows everything",
    { acl: [rule(1, true, false, [443, 443]), ...open] },
    ["network-acl-blocks error"],
  ],
  ["an ACL that denies another port", { acl: [rule(1, true, false, [25, 25]), ...open] }, []],
  ["an ACL that denies some network", { acl: [rule(1, true, false, undefined, "192.0.2.0/24"), ...open] }, []],
  ["an ACL that lets no answer in", { acl: [rule(1, true, true)] }, ["network-acl-blocks error"]],
  [
    "an ACL that lets some answers in",
    { acl: [rule(1, true, true), rule(1, false, true, [32_768, 65_535])] },
    ["network-acl-blocks error"],
  ],
  ["a group that lets HTTPS out", { group: [lets(443)] }, []],
  ["a group that lets another port out", { group: [lets(80)] }, ["security-group-blocks error"]],
  ["a group that lets HTTPS out to some", { group: [lets(443, ["192.0.2.0/24"])] }, ["security-group-partial warning"]],
  [
    "a target on a port of its own",
    { group: [lets(443)], url: "https://api.example.com:8443/" },
    ["security-group-blocks error"],
  ],
  ["no default route", { route: { kind: "none" } }, ["route-not-to-internet error"]],
  [
    "a default route to a foreign NAT gateway",
    { route: { kind: "other", target: "nat-1" } },
    ["route-not-to-internet error"],
  ],
  ["a default route to the pool's own NAT gateway", { route: { kind: "own-nat" } }, []],
])("%s", (_name, facts, expected) => {
  expect(found(facts)).toEqual(expected);
});
