import { describe, expect, it } from "vitest";
import { ConfigError, defineHoldfast, type HoldfastInput } from "../../src/config/holdfast.ts";
import { rulesOf } from "../../src/config/target.ts";
import { judge } from "../../src/probing/verdict.ts";

type PoolInput = HoldfastInput["pools"][string];

const targets = [{ name: "partner", url: "https://api.example.com/health" }];
const smallest: PoolInput = { network: { create: {} }, targets };
const existing = {
  vpcId: "vpc-0a",
  subnetIds: ["subnet-0a", "subnet-0b"],
  securityGroupIds: ["sg-0a"],
  routeTableIds: ["rtb-0a"],
};

/** The problems of a file, whatever its type. */
function problemsOf(input: unknown): readonly string[] {
  try {
    defineHoldfast(input as HoldfastInput);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

const onePool = (pool: object) => ({ pools: { orders: { ...smallest, ...pool } } });
const secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:bank";
const target = (more: object) => onePool({ targets: [{ ...targets[0], ...more }] });

describe("a valid file", () => {
  it("needs no more than a network and a target", () => {
    const { pools, trail, retention, addresses } = defineHoldfast({ pools: { orders: smallest } });
    expect(pools["orders"]).toMatchObject({
      network: { kind: "create", zones: 1, cidr: "10.97.0.0/16" },
      addresses: { egress: { kind: "allocate", count: 1, spares: 1 }, fallback: { kind: "none" } },
      targets: [{ method: "GET", protocol: "http/1.1", timeoutMs: 5000, sharedPool: true, headers: {} }],
      fallback: { standby: "off" },
      schedule: { sweepMinutes: 1 },
    });
    expect({ trail, retention, addresses }).toEqual({
      trail: "existing",
      retention: { logDays: 30 },
      addresses: {},
    });
  });

  it("needs no subnet for a regional NAT gateway, which stands in none", () => {
    const file = onePool({ network: { existing }, fallback: { standby: "warm", mode: "regional" } });
    expect(defineHoldfast(file as HoldfastInput).pools["orders"]?.fallback.mode).toBe("regional");
  });

  it("counts an address and a spare per zone, and one for the fallback", () => {
    const pool = { network: { create: { zones: 3 } }, fallback: { standby: "cold" } } as const;
    expect(defineHoldfast({ pools: { orders: { ...smallest, ...pool } } }).pools["orders"]?.addresses).toEqual({
      egress: { kind: "allocate", count: 3, spares: 3 },
      fallback: { kind: "allocate" },
    });
  });

  it("takes along what exists", () => {
    const addresses = { allocationIds: ["eipalloc-0a", "eipalloc-0b", "eipalloc-0c"] };
    const pool = { network: { existing }, addresses, targets };
    expect(defineHoldfast({ pools: { orders: pool } }).pools["orders"]).toMatchObject({
      network: { kind: "existing", ...existing },
      addresses: { egress: { kind: "own", ...addresses }, fallback: { kind: "none" } },
    });
  });

  it("gives the rules of a target as verdicts read them", () => {
    const rules = [{ id: "denied", when: { body: "denied" }, result: { kind: "blocked", scope: "address" } }] as const;
    const input = { ...targets[0], rules: [...rules], healthy: { statuses: [200] } } as PoolInput["targets"][number];
    const [resolved] =
      defineHoldfast({ pools: { orders: { ...smallest, targets: [input] } } }).pools["orders"]?.targets ?? [];
    const own = resolved && rulesOf(resolved);
    expect(judge({ kind: "http", status: 400, headers: {}, body: "Denied." }, own).rule).toBe("target:denied");
    expect(judge({ kind: "http", status: 200, headers: {}, body: "" }, own).rule).toBe("target:healthy");
  });

  it.each([
    ["no secret", {}, true],
    ["a header without a secret", { headers: { "x-plain": "visible" } }, true],
    ["a secret header", { headers: { "x-key": { ssm: "/key" } } }, false],
    ["a client certificate", { clientCertificate: { secret } }, false],
    ["secrets that may leave from there", { headers: { "x-key": { secret } }, sharedPool: true }, true],
  ])("lets the shared pool ask a target with %s as it should", (_, more, expected) => {
    const file = target(more) as HoldfastInput;
    expect(defineHoldfast(file).pools["orders"]?.targets.map((it) => it.sharedPool)).toEqual([expected]);
  });

  it("lets pools share nothing but a file", () => {
    const named = (...names: string[]) => ({ ...smallest, members: { names } });
    const pools = { a: named("orders-*"), b: named("billing-*", "reports-*"), c: smallest };
    expect(problemsOf({ pools })).toEqual([]);
  });
});

describe("a file with a mistake names its path and the remediation", () => {
  const rows: Record<string, [input: unknown, problem: string]> = {
    "wrong type": [
      onePool({ network: { create: { zones: "two" } } }),
      "pools.orders.network.create.zones: must be a whole number from 1 to 3",
    ],
    "out of range": [
      onePool({ network: { create: { zones: 4 } } }),
      "pools.orders.network.create.zones: must be a whole number from 1 to 3",
    ],
    "no object": [
      undefined,
      "(root): is missing: give an object with pools, notifications, monitoring, retention, budgets, echoUrl, trail, cloudFormationExports, addresses",
    ],
    "no pools": [{ pools: {} }, "pools: must hold at least one pool"],
    "a pool's name": [
      { pools: { Orders: smallest } },
      "pools.Orders: must be a pool's name: up to 31 lower-case letters, digits and dashes",
    ],
    "unknown key": [
      onePool({ adresses: {} }),
      'pools.orders: unknown key "adresses": remove it, or use one of members, network, addresses, targets, fallback, schedule',
    ],
    "unknown key deep down": [
      target({ timeout: 5 }),
      'pools.orders.targets[0]: unknown key "timeout": remove it, or use one of',
    ],
    "more targets than the canary reads": [
      onePool({ targets: Array.from({ length: 21 }, (_, index) => ({ ...targets[0], name: `partner-${index}` })) }),
      "pools.orders.targets: must list at most 20 targets: give the others to another pool",
    ],
    "an endpoint twice": [
      onePool({ network: { create: { interfaceEndpoints: ["kms", "kms"] } } }),
      "pools.orders.network.create.interfaceEndpoints: must not list one twice: remove the other",
    ],
    "an endpoint that is there already": [
      onePool({ network: { create: { interfaceEndpoints: ["s3"] } } }),
      "pools.orders.network.create.interfaceEndpoints: must not list s3 or dynamodb, whose gateway endpoints are there at no cost: remove them",
    ],
    "no targets": [onePool({ targets: [] }), "pools.orders.targets: must list at least one target"],
    "targets missing": [
      { pools: { orders: { network: { create: {} } } } },
      "pools.orders.targets: is missing: list the partner APIs to probe",
    ],
    "two targets of one name": [
      onePool({ targets: [...targets, ...targets] }),
      "pools.orders.targets: must not use one name twice",
    ],
    "members of nobody": [onePool({ members: {} }), "pools.orders.members: must name at least one member"],
    "no network": [onePool({ network: {} }), "pools.orders.network: must hold either create"],
    "two networks": [onePool({ network: { create: {}, existing } }), "pools.orders.network: must hold either create"],
    "a wrong id": [
      onePool({ network: { existing: { ...existing, vpcId: "orders" } } }),
      "pools.orders.network.existing.vpcId: must be an id such as vpc-0123456789abcdef0",
    ],
    "a subnet twice": [
      onePool({ network: { existing: { ...existing, subnetIds: ["subnet-0a", "subnet-0a"] } } }),
      "pools.orders.network.existing.subnetIds: must list at least one subnet of the members, each once",
    ],
    "fewer addresses than subnets": [
      onePool({ network: { create: { zones: 2 } }, addresses: { count: 1 } }),
      "pools.orders.addresses.count: gives 1 for 2 subnets",
    ],
    "fewer own addresses than subnets": [
      onePool({ network: { existing }, addresses: { allocationIds: ["eipalloc-0a"] } }),
      "pools.orders.addresses.allocationIds: gives 1 for 2 subnets",
    ],
    "own addresses and a count": [
      onePool({ addresses: { allocationIds: ["eipalloc-0a"], spares: 1 } }),
      "pools.orders.addresses: must not give count or spares along with allocationIds",
    ],
    "a fallback without address": [
      onePool({ addresses: { allocationIds: ["eipalloc-0a"] }, fallback: { standby: "cold" } }),
      "pools.orders.addresses.fallbackAllocationId: is missing",
    ],
    "a fallback address that serves": [
      onePool({
        addresses: { allocationIds: ["eipalloc-0a"], fallbackAllocationId: "eipalloc-0a" },
        fallback: { standby: "cold" },
      }),
      "pools.orders.addresses.fallbackAllocationId: must not be one of allocationIds",
    ],
    "a fallback address without fallback": [
      onePool({ addresses: { fallbackAllocationId: "eipalloc-0a" } }),
      "pools.orders.addresses.fallbackAllocationId: has no use while fallback.standby is off",
    ],
    "a fallback without subnet": [
      onePool({ network: { existing }, fallback: { standby: "warm" } }),
      "pools.orders.network.existing.natSubnetId: is missing",
    ],
    "a NAT gateway among members": [
      onePool({
        network: { existing: { ...existing, natSubnetId: existing.subnetIds[0] } },
        fallback: { standby: "warm" },
      }),
      "pools.orders.network.existing.natSubnetId: must not be one of subnetIds",
    ],
    "a longest hold that is shorter than the hold": [
      onePool({ fallback: { standby: "cold", holdMinutes: 60, maxHoldMinutes: 30 } }),
      "pools.orders.fallback.maxHoldMinutes: must not be shorter than holdMinutes",
    ],
    "an unknown mode": [
      onePool({ fallback: { standby: "cold", mode: "global" } }),
      "pools.orders.fallback.mode: must be zonal or regional",
    ],
    "a guarded pattern": [
      onePool({ guarded: { functions: ["labels-*"] } }),
      "pools.orders.guarded.functions[0]: must be a function's exact name, without * and without version",
    ],
    "nobody guarded": [
      onePool({ guarded: { functions: [] } }),
      "pools.orders.guarded.functions: must list at least one function's name, each once",
    ],
    "an unknown policy": [
      onePool({ guarded: { functions: ["labels"], policy: "detach" } }),
      "pools.orders.guarded.policy: must be none or attach",
    ],
    "a guarded function that is another pool's member": [
      {
        pools: {
          orders: { ...smallest, members: { names: ["label*"] } },
          labels: { ...smallest, guarded: { functions: ["labels"] } },
        },
      },
      "pools.labels.guarded.functions: function labels belongs to pool orders already: give it to one of the two",
    ],
    "a member that is guarded in another pool": [
      {
        pools: {
          labels: { ...smallest, guarded: { functions: ["labels"] } },
          orders: { ...smallest, members: { arns: ["arn:aws:lambda:us-east-1:123456789012:function:labels"] } },
        },
      },
      "pools.orders.members.arns: function arn:aws:lambda:us-east-1:123456789012:function:labels belongs to pool labels already",
    ],
    "not a URL": [target({ url: "api.example.com" }), "pools.orders.targets[0].url: must be a URL"],
    "plain http": [target({ url: "http://api.example.com" }), "pools.orders.targets[0].url: must begin with https:"],
    "another protocol": [
      target({ url: "ftp://api.example.com" }),
      "pools.orders.targets[0].url: must begin with https:",
    ],
    credentials: [
      target({ url: "https://me:secret@api.example.com" }),
      "pools.orders.targets[0].url: must not hold credentials",
    ],
    "the metadata service": [
      target({ url: "https://169.254.169.254/latest" }),
      "pools.orders.targets[0].url: must not point into a private network",
    ],
    "a private address": [
      target({ url: "https://10.1.2.3" }),
      "pools.orders.targets[0].url: must not point into a private network",
    ],
    "a private address in other clothes": [
      target({ url: "https://0x7f000001" }),
      "pools.orders.targets[0].url: must not point into a private network",
    ],
    "a mapped private address": [
      target({ url: "https://[::ffff:10.1.2.3]" }),
      "pools.orders.targets[0].url: must not point into a private network",
    ],
    "an address for documentation": [
      target({ url: "https://192.0.2.1" }),
      "pools.orders.targets[0].url: must not point into a private network",
    ],
    "a private address within an IPv6 one": [
      target({ url: "https://[64:ff9b::10.1.2.3]" }),
      "pools.orders.targets[0].url: must not point into a private network",
    ],
    "an IPv6 address": [
      target({ url: "https://[2606:4700::1111]" }),
      "pools.orders.targets[0].url: must not be an IPv6 address",
    ],
    "a pattern that takes for ever": [
      target({ rules: [{ id: "x", when: { body: "^(a+)+$" }, result: { kind: "ok" } }] }),
      "pools.orders.targets[0].rules[0].when.body: takes too long on some texts",
    ],
    "a header's pattern that takes for ever": [
      target({ healthy: { header: { name: "x-app", pattern: "(x+x+)+y" } } }),
      "pools.orders.targets[0].healthy.header.pattern: takes too long on some texts",
    ],
    localhost: [
      target({ url: "https://localhost:8443" }),
      "pools.orders.targets[0].url: must not point into a private network",
    ],
    "a method that writes": [
      target({ method: "POST" }),
      "pools.orders.targets[0].method: must be GET, HEAD or OPTIONS",
    ],
    "a protocol that no probe speaks": [
      target({ protocol: "h3" }),
      "pools.orders.targets[0].protocol: must be one of http/1.1, http/2, grpc",
    ],
    "a client certificate in the file": [
      target({ clientCertificate: "-----BEGIN CERTIFICATE-----" }),
      "pools.orders.targets[0].clientCertificate: must be an object with secret",
    ],
    "a client certificate that is no secret": [
      target({ clientCertificate: { secret: "/partner/certificate" } }),
      "pools.orders.targets[0].clientCertificate.secret: must be a reference to a secret of Secrets Manager",
    ],
    "a client certificate without TLS": [
      target({ url: "http://bank.example/", allowHttp: true, clientCertificate: { secret } }),
      "pools.orders.targets[0].clientCertificate: needs TLS: begin url with https:",
    ],
    "a header that is no reference": [
      target({ headers: { authorization: { env: "TOKEN" } } }),
      "pools.orders.targets[0].headers.authorization: must be text, or a reference to a secret",
    ],
    "a timeout within another": [
      target({ connectTimeoutMs: 6000 }),
      "pools.orders.targets[0].connectTimeoutMs: must not be longer than timeoutMs",
    ],
    "a broken pattern": [
      target({ healthy: { body: "(" } }),
      "pools.orders.targets[0].healthy.body: must be a valid regular expression",
    ],
    "a condition that never holds": [target({ healthy: {} }), "pools.orders.targets[0].healthy: would never hold"],
    "a verdict that does not exist": [
      target({ rules: [{ id: "x", when: { statuses: [403] }, result: { kind: "bad" } }] }),
      "pools.orders.targets[0].rules[0].result: must be { kind } with one of ok,",
    ],
    "an e-mail address": [
      { ...onePool({}), notifications: { email: "on-call" } },
      "notifications.email: must be an e-mail address",
    ],
    "an address for tickets beside a topic, which nobody would subscribe": [
      {
        ...onePool({}),
        notifications: {
          tickets: { email: "team@example.com", topicArn: "arn:aws:sns:us-east-1:123456789012:backlog" },
        },
      },
      "notifications.tickets: give email or topicArn, not both",
    ],
    "an address beside a topic": [
      {
        ...onePool({}),
        notifications: { email: "team@example.com", topicArn: "arn:aws:sns:us-east-1:123456789012:on-call" },
      },
      "notifications: give email or topicArn, not both",
    ],
    retention: [
      { ...onePool({}), retention: { logDays: 10 } },
      "retention.logDays: must be a number of days out of 1, 3, 5",
    ],
    trail: [{ ...onePool({}), trail: true }, "trail: must be existing or create"],
    "an echo over plain http": [{ ...onePool({}), echoUrl: "http://echo.example/" }, "echoUrl: must begin with https:"],
    "an echo in a private network": [
      { ...onePool({}), echoUrl: "https://10.0.0.1/" },
      "echoUrl: must not point into a private network",
    ],
    "an echo that is no URL": [{ ...onePool({}), echoUrl: "checkip" }, "echoUrl: must be a URL"],
    "settings that there are not": [
      { ...onePool({}), eventBusName: "own", metricsNamespace: "Own" },
      '(root): unknown key "eventBusName", "metricsNamespace": remove it, or use one of pools,',
    ],
  };
  it.each(Object.entries(rows))("%s", (_, [input, problem]) => {
    expect(problemsOf(input)).toEqual([expect.stringContaining(problem)]);
  });

  it("names every problem at once", () => {
    expect(problemsOf({ pools: { orders: { network: {}, targets: [] } }, trail: 1 })).toHaveLength(3);
  });

  it("says that nothing was changed", () => {
    expect(() => defineHoldfast({ pools: {} })).toThrow(/nothing was changed:\n {2}pools: must hold/);
  });
});

describe("what may be sent to a target", () => {
  const allowed: Record<string, object> = {
    "plain http, when allowed": { url: "http://api.example.com", allowHttp: true },
    "a private address, when allowed": { url: "https://10.1.2.3", allowPrivate: true },
    "secrets by reference": {
      headers: { a: { ssm: "/partner/key" }, b: { secret: "arn:aws:secretsmanager:us-east-1:123456789012:secret:k" } },
    },
  };
  it.each(Object.entries(allowed))("%s", (_, more) => {
    expect(problemsOf(target(more))).toEqual([]);
  });
});

describe("overlapping pools", () => {
  const arn = "arn:aws:lambda:us-east-1:123456789012:function:orders-pay";
  const rows: Record<string, [a: object, b: object, problem: string]> = {
    "one name": [
      { members: { names: ["f"] } },
      { members: { names: ["f"] } },
      "pools.b.members.names: function f belongs to pool a already",
    ],
    "a pattern and a name": [
      { members: { names: ["orders-*"] } },
      { members: { names: ["orders-pay"] } },
      "pools.b.members.names: function orders-pay belongs to pool a",
    ],
    "two patterns": [
      { members: { names: ["orders-*"] } },
      { members: { names: ["*-pay"] } },
      "pools.b.members.names: function *-pay belongs to pool a",
    ],
    "an ARN and a pattern": [
      { members: { names: ["orders-*"] } },
      { members: { arns: [arn] } },
      `pools.b.members.arns: function ${arn} belongs to pool a`,
    ],
    tags: [
      { members: { tags: { team: "a" } } },
      { members: { tags: { team: "a", env: "b" } } },
      "pools.b.members.tags: a function with these tags belongs to pool a",
    ],
    subnets: [
      { network: { existing } },
      { network: { existing: { ...existing, routeTableIds: ["rtb-0b"], subnetIds: ["subnet-0b"] } } },
      "pools.b.network.existing.subnetIds: subnet-0b belongs to pool a",
    ],
    "route tables": [
      { network: { existing } },
      { network: { existing: { ...existing, subnetIds: ["subnet-0c"] } } },
      "pools.b.network.existing.routeTableIds: rtb-0a belongs to pool a",
    ],
    addresses: [
      { addresses: { allocationIds: ["eipalloc-0a"] } },
      { addresses: { fallbackAllocationId: "eipalloc-0a" }, fallback: { standby: "cold" } },
      "pools.b.addresses: eipalloc-0a belongs to pool a",
    ],
  };
  it.each(Object.entries(rows))("%s", (_, [a, b, problem]) => {
    expect(problemsOf({ pools: { a: { ...smallest, ...a }, b: { ...smallest, ...b } } })).toEqual([
      expect.stringContaining(problem),
    ]);
  });
});
