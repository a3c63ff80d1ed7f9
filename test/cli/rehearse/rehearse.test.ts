import { describe, expect, it } from "vitest";
import { checks } from "../../../cli/rehearse/checks.ts";
import { madeOf } from "../../../cli/rehearse/names.ts";
import { fixed } from "../../../testing/twin/delays.ts";
import { AwsError } from "../../../testing/twin/service.ts";
import type { Route } from "../../../testing/twin/world.ts";
import { minuteMs, openScene, outcomes, type RehearsalScene, runId, type SceneOptions } from "./scene.ts";

const ids = checks.map(({ id }) => id);
const allOf = (outcome: string, of = ids) => Object.fromEntries(of.map((id) => [id, outcome]));

/** Of a run with a NAT gateway, and of one without. */
const passed = allOf("pass");
const passedWithoutNat = { ...passed, nat: "skipped" };

it("finds every assumption as it is, and leaves the account as it was", async () => {
  const scene = await openScene({ choices: { nat: true } });
  const rehearsal = await scene.rehearse();
  expect(outcomes(rehearsal)).toEqual(passed);
  expect(rehearsal.left).toEqual([]);
  // A deleted NAT gateway is shown for an hour, and nobody waits for that.
  expect(rehearsal.endedMs - rehearsal.startedMs).toBeLessThan(45 * minuteMs);
  expect(scene.contents()).toBe(scene.before);
});

it("does so too where EC2 shows things late and calls are throttled", async () => {
  const scene = await openScene({ consistent: false, throttling: true });
  expect(outcomes(await scene.rehearse())).toEqual(passedWithoutNat);
  expect(scene.contents()).toBe(scene.before);
});

it("measures what the region takes", async () => {
  const scene = await openScene();
  const { results } = await scene.rehearse();
  const seconds = Object.assign({}, ...results.map(({ verdict }) => verdict.seconds)) as Record<string, number>;
  expect(seconds["until the interface appears"]).toBeLessThan(10);
  expect(seconds["until it is in use"]).toBeGreaterThan(80);
  expect(seconds["longest time between two answers"]).toBeLessThanOrEqual(2);
});

interface Turned {
  readonly name: string;
  readonly options?: SceneOptions;
  readonly turn?: (scene: RehearsalScene) => unknown;
  /** The checks that say so; the others pass unless they are here too. */
  readonly says: Readonly<Record<string, string>>;
  /** What the first of them says of it, and what to do. */
  readonly found: RegExp;
  readonly meaning?: RegExp;
  readonly remediation?: RegExp;
}

const always = Number.POSITIVE_INFINITY;
const refuseEc2 =
  (operation: string, code: string, input: Record<string, unknown> = {}) =>
  (scene: RehearsalScene) =>
    scene.region.faults.inject({
      service: "ec2",
      operation,
      input,
      when: "before",
      times: always,
      error: new AwsError(code, "no", 400),
    });
/** The checks that build on this one: all that come later, but for the guard's, which needs nothing. */
const after = (id: string) => ids.slice(ids.indexOf(id) + 1).filter((it) => it !== "guard");
/** Lets each default route take effect as much later. */
const lateRoutes =
  (ms: number) =>
  ({ region }: RehearsalScene) => {
    let effective: Route | undefined;
    region.calls.onCall(({ operation, input }) => {
      if (operation !== "CreateRoute" && operation !== "ReplaceRoute") return;
      const routes = region.world.routeTables.get(String(input["RouteTableId"]))?.routes ?? [];
      const at = routes.findIndex(({ destinationCidrBlock }) => destinationCidrBlock === "0.0.0.0/0");
      const [route, before] = [routes[at], effective];
      effective = route;
      if (operation === "CreateRoute" || !route || !before) return;
      routes[at] = before;
      region.clock.after(ms, () => {
        routes[at] = route;
      });
    });
  };

const turned: readonly Turned[] = [
  {
    name: "EC2 refuses to associate an address with Lambda's interface",
    turn: refuseEc2("AssociateAddress", "AuthFailure"),
    says: { association: "fail", egress: "skipped", swap: "skipped", shared: "skipped", deletion: "skipped" },
    found: /AuthFailure/,
    meaning: /cannot work here/,
    remediation: /NAT gateway/,
  },
  {
    name: "IAM does not accept the deployed conditions",
    turn: refuseEc2("AssociateAddress", "UnauthorizedOperation"),
    says: { association: "fail", egress: "skipped", swap: "skipped", shared: "skipped", deletion: "skipped" },
    found: /denied/,
    meaning: /service control policy/,
    remediation: /movePermissions/,
  },
  {
    name: "the deployed policy does not deny what is outside the pool",
    turn({ region }) {
      region.calls.onCall(() => {
        region.authorize = undefined;
      });
    },
    says: { association: "differs" },
    found: /an address without the pool's tag .*an address of another pool .*an interface in another subnet/,
    meaning: /more than it should/,
  },
  {
    name: "Lambda shows the old groups while it updates",
    options: { path: { showsDuringUpdate: "old" } },
    says: {},
    found: /Lambda showed the old groups meanwhile/,
  },
  {
    name: "EC2 shows the new interface only when the update has ended",
    options: { path: { delays: { interfaceAppears: fixed(90_000), functionSettle: fixed(0) } } },
    says: { update: "differs" },
    found: /no sooner than the update had ended/,
    meaning: /gap/,
  },
  {
    name: "an update never ends",
    turn({ path }) {
      path.lambda.upsetNext(`holdfast-rehearsal-${runId}-member`, {});
      path.lambda.upsetNext(`holdfast-rehearsal-${runId}-member`, { delayMs: 90 * minuteMs });
    },
    says: { update: "fail" },
    found: /had not succeeded after 15 min/,
  },
  {
    name: "Lambda's interface has another type",
    turn({ region }) {
      region.calls.onCall(() => {
        for (const it of region.world.networkInterfaces.values()) it.interfaceType = "network_load_balancer";
      });
    },
    // In the simulated region the way out of such an interface is not Lambda's.
    says: { interface: "fail", egress: "fail", swap: "skipped", shared: "skipped" },
    found: /type network_load_balancer/,
    meaning: /does not see this interface/,
  },
  {
    name: "the index of tags lags an hour",
    turn: ({ path }) => path.tagIndex.stall(60 * minuteMs),
    says: { tags: "differs" },
    found: /not within 3 min/,
    remediation: /by name/,
  },
  {
    name: "the quota of addresses is full",
    options: { addressQuota: 2 },
    says: { account: "fail", ...allOf("skipped", after("account")) },
    found: /1 of 2 Elastic IPs/,
    remediation: /L-0263D0A3/,
  },
  {
    name: "VPC Block Public Access is on",
    turn: ({ region }) => {
      region.world.publicAccess.blockMode = "block-ingress";
    },
    says: { account: "fail", ...allOf("skipped", after("account")) },
    found: /block-ingress/,
    remediation: /exclu/,
  },
  {
    name: "no trail logs",
    turn: ({ path }) => {
      for (const trail of path.cloudTrail.trails.values()) trail.logging = false;
    },
    says: { account: "differs", events: "differs" },
    found: /no trail that logs/,
    meaning: /the sweep/,
    remediation: /set trail to create/,
  },
  {
    name: "a quota is not known under its code",
    turn: ({ region }) =>
      region.faults.inject({
        service: "servicequotas",
        when: "before",
        times: always,
        error: new AwsError("NoSuchResourceException", "no"),
      }),
    says: { account: "differs" },
    found: /unknown number of Elastic IPs/,
  },
  {
    name: "a service control policy denies a VPC",
    turn: refuseEc2("CreateVpc", "UnauthorizedOperation"),
    says: { role: "fail", ...allOf("skipped", after("role")) },
    found: /AWS denied ec2:CreateVpc/,
    remediation: /service control policies/,
  },
  {
    name: "a service control policy denies roles",
    turn: ({ region }) =>
      region.faults.inject({
        service: "iam",
        operation: "CreateRole",
        when: "before",
        times: always,
        error: new AwsError(
          "AccessDenied",
          "User: arn:aws:iam::123456789012:user/a is not authorized to perform: iam:CreateRole on resource: r with an explicit deny in a service control policy",
          403,
        ),
      }),
    says: { role: "fail", ...allOf("skipped", after("role")), guard: "fail" },
    found: /AWS denied iam:CreateRole/,
    meaning: /^a service control policy of the organization denies it, .* cannot deploy either/,
    remediation: /have iam:CreateRole allowed by the administrator of a service control policy/,
  },
  {
    name: "a permissions boundary denies roles",
    turn: ({ region }) =>
      region.faults.inject({
        service: "iam",
        operation: "CreateRole",
        when: "before",
        times: always,
        error: new AwsError(
          "AccessDenied",
          "no, because no permissions boundary allows the iam:CreateRole action",
          403,
        ),
      }),
    says: { role: "fail", ...allOf("skipped", after("role")), guard: "fail" },
    found: /AWS denied iam:CreateRole/,
    meaning: /^the permissions boundary of your identity denies it/,
    remediation: /demands a permissions boundary on new roles/,
  },
  {
    name: "AWS denies the last address",
    turn: refuseEc2("AllocateAddress", "AddressLimitExceeded"),
    says: { association: "fail", egress: "skipped", swap: "skipped", shared: "skipped", deletion: "skipped" },
    found: /quota is full: ec2:AllocateAddress/,
  },
  {
    name: "Lambda does not take the role of the probes",
    turn: ({ region }) =>
      region.faults.inject({
        service: "lambda",
        operation: "CreateFunction",
        when: "before",
        times: 20,
        error: new AwsError("InvalidParameterValueException", "The provided execution role does not have permissions"),
      }),
    says: { role: "differs" },
    found: /create interfaces anywhere/,
    meaning: /fails at its probes/,
  },
  {
    name: "the function never becomes active",
    turn: ({ path }) => path.lambda.hyperplane.failNext("SubnetOutOfIPAddresses"),
    says: { role: "fail", ...allOf("skipped", after("role")) },
    found: /Failed \(SubnetOutOfIPAddresses\)/,
  },
  {
    name: "one event in three is lost",
    options: { path: { delays: { cloudTrailLossRate: 0.33 } } },
    says: { events: "differs" },
    found: /1\d of 20 events arrived/,
    meaning: /the sweep/,
  },
  {
    name: "events take minutes",
    options: { path: { delays: { cloudTrail: fixed(2 * minuteMs) } } },
    says: { events: "differs" },
    found: /20 of 20 events arrived, the latest after 12\d/,
  },
  {
    name: "an address keeps Lambda from deleting its interface",
    options: { path: { addressKeepsInterface: true } },
    says: { deletion: "differs" },
    found: /still there after 45 min, with its address/,
    meaning: /holds up/,
  },
  {
    name: "a released address cannot be had again",
    turn: ({ region }) =>
      region.faults.inject({
        service: "ec2",
        operation: "AllocateAddress",
        when: "before",
        skip: 2,
        error: new AwsError("InvalidAddress.NotFound", "no"),
      }),
    says: { deletion: "differs" },
    found: /could not be had again \(InvalidAddress.NotFound\)/,
  },
  {
    name: "EC2 refuses a swap in one call",
    turn: refuseEc2("AssociateAddress", "Resource.AlreadyAssociated", { AllowReassociation: true }),
    says: { swap: "differs" },
    found: /Resource.AlreadyAssociated/,
    meaning: /two calls/,
  },
  {
    name: "no exit gives a function another address",
    options: { path: { delays: { sandboxAfterExitRate: 0 } } },
    says: { guard: "differs" },
    found: /changed in 0 of 10 exits, and in 0 of 9 times without one; a file in \/tmp outlived 10/,
    meaning: /only delay calls/,
    remediation: /maxExits: 0/,
  },
  {
    name: "a NAT gateway is never available",
    options: { choices: { nat: true }, path: { delays: { natGatewayCreation: fixed(90 * minuteMs) } } },
    says: { nat: "fail" },
    found: /was pending after 90\d/,
    meaning: /does not come when it is needed/,
    remediation: /without fallback/,
  },
  {
    name: "a NAT gateway fails",
    options: { choices: { nat: true } },
    turn: ({ region }) => region.ec2.failNextNatGateway("InsufficientFreeAddressesInSubnet"),
    says: { nat: "fail" },
    found: /was failed \(InsufficientFreeAddressesInSubnet: /,
  },
  {
    name: "a replaced route takes effect late",
    options: { choices: { nat: true } },
    turn: lateRoutes(20_000),
    says: { nat: "differs" },
    found: /the route out took effect after 2\d.* s, the route back after 2\d/,
    meaning: /each failover and failback takes as long/,
    remediation: /try again/,
  },
  {
    name: "a replaced route never takes effect",
    options: { choices: { nat: true } },
    turn: lateRoutes(90_000),
    says: { nat: "fail" },
    found: /the route out took effect not within a minute/,
    meaning: /traffic does not follow/,
  },
];

describe("where an assumption does not hold", () => {
  it.each(turned)("$name", async ({ options, turn, says, found, meaning, remediation }) => {
    const scene = await openScene(options);
    await turn?.(scene);
    const { before } = scene;
    const rehearsal = await scene.rehearse();
    expect(outcomes(rehearsal)).toEqual({ ...(options?.choices?.nat ? passed : passedWithoutNat), ...says });
    const first = Object.keys(says)[0] ?? "update";
    const verdict = rehearsal.results.find(({ id }) => id === first)?.verdict;
    expect(verdict?.found).toMatch(found);
    if (verdict?.outcome !== "pass") {
      expect(verdict?.meaning).toMatch(meaning ?? /./);
      expect(verdict?.remediation).toMatch(remediation ?? /./);
    }
    expect(rehearsal.left).toEqual([]);
    expect(await scene.listeners()).toEqual([]);
    expect(names(scene.contents())).toEqual(names(before));
  });
});

/** Ids alone: some turns change what they find. */
const names = (contents: string) => [...contents.matchAll(/"(?:[a-z]+-0[0-9a-f]{16}|orders)"/g)].map(([it]) => it);

it("says what it waits for, and why", async () => {
  const scene = await openScene();
  await scene.rehearse();
  expect(scene.said.join("\n")).toMatch(/waiting until Lambda has made its interface/);
  expect(scene.said.join("\n")).toMatch(/waiting until Lambda has deleted its interface: usually 20 min/);
});

it("ends soon after Ctrl-C, and removes what it has made", async () => {
  const scene = await openScene();
  const startMs = scene.region.clock.now();
  const rehearsal = await scene.rehearse({ interrupted: () => scene.region.clock.now() > startMs + 30_000 });
  expect(rehearsal.interrupted).toBe(true);
  expect(outcomes(rehearsal)).toEqual({ account: "pass" });
  expect(scene.said.join("\n")).toMatch(/waiting to remove 1 interfaces of Lambda's \(Lambda deletes them by itself/);
  expect(scene.contents()).toBe(scene.before);
});

it("makes nothing after Ctrl-C at the very beginning", async () => {
  const scene = await openScene();
  expect(await scene.rehearse({ interrupted: () => true })).toMatchObject({ interrupted: true, results: [], left: [] });
  expect(scene.contents()).toBe(scene.before);
});

describe("when the credentials end", () => {
  async function expiredAt(operation: string) {
    const scene = await openScene();
    let renew = () => {};
    const stop = scene.region.calls.onCall((call) => {
      if (call.operation !== operation) return;
      stop();
      const error = new AwsError("ExpiredToken", "no", 403);
      renew = scene.region.faults.inject({ when: "before", times: always, error });
    });
    const rehearsal = await scene.rehearse();
    return { scene, rehearsal, renew: () => renew() };
  }

  it("keeps what was found out, says what to do, and --clean with new ones removes the rest", async () => {
    const { scene, rehearsal, renew } = await expiredAt("UpdateFunctionConfiguration");
    expect(rehearsal.fatal).toMatchObject({ code: "ExpiredToken" });
    expect(rehearsal.unfinished).toContain("ExpiredToken");
    expect(outcomes(rehearsal)).toEqual({ ...passedWithoutNat, update: undefined, deletion: undefined });
    expect(scene.saved.map(({ results }) => results.length)).toEqual(ids.slice(0, -2).map((_, index) => index + 1));
    expect(scene.said.at(-1)).toMatch(
      /rehearse --clean removes the rest, or rehearse goes on with the run until \d\d:\d\dZ/,
    );
    renew();
    expect(await scene.clean()).toEqual([]);
    expect(scene.contents()).toBe(scene.before);
  });

  it("goes on with new ones", async () => {
    const { scene, renew } = await expiredAt("UpdateFunctionConfiguration");
    renew();
    expect(outcomes(await scene.rehearse())).toEqual(passedWithoutNat);
    expect(scene.contents()).toBe(scene.before);
  });
});

/** A run whose process ends after its first successful call of this operation. */
async function interruptedAfter(operation: string, options?: SceneOptions): Promise<RehearsalScene> {
  const scene = await openScene(options);
  const stop = scene.region.calls.onCall((call) => {
    if (call.operation === operation && !call.error) scene.kill();
  });
  expect(await scene.rehearseUntilKilled()).toBe(true);
  stop();
  return scene;
}

it("goes on with what an interrupted run has made", async () => {
  // The function is left in the other group.
  const scene = await interruptedAfter("UpdateFunctionConfiguration");
  const created: string[] = [];
  scene.region.calls.onCall(({ operation, error }) => {
    if (/^(?:Create|Allocate)/.test(operation) && operation !== "CreateTags" && !error) created.push(operation);
  });
  expect(outcomes(await scene.rehearse())).toEqual(passedWithoutNat);
  expect(scene.said).toContain(`going on with the run ${runId}, which was interrupted`);
  // The call finds the queue of before; the address is the one that is released and had again.
  expect(created).toEqual(["CreateQueue", "AllocateAddress"]);
  expect(scene.contents()).toBe(scene.before);
});

it("goes on with a run that was interrupted while its route was a NAT gateway's", async () => {
  const scene = await interruptedAfter("ReplaceRoute", { choices: { nat: true } });
  expect(outcomes(await scene.rehearse())).toEqual(passed);
  expect(scene.contents()).toBe(scene.before);
});

it("leaves the NAT gateway of an interrupted run its address until it is deleted", async () => {
  const scene = await interruptedAfter("ReplaceRoute", { choices: { nat: true } });
  const states: (string | undefined)[] = [];
  scene.region.calls.onCall(({ operation, input }) => {
    const address = [...scene.region.world.addresses.values()].find(({ tags }) =>
      /nat-address/.test(JSON.stringify(tags)),
    );
    const isIts = input["AllocationId"] === address?.allocationId || input["AssociationId"] === address?.associationId;
    if (/^(?:Disassociate|Release)Address$/.test(operation) && isIts) {
      states.push([...scene.region.world.natGateways.values()][0]?.state);
    }
  });
  expect(await scene.clean()).toEqual([]);
  expect(states.filter((it) => it !== "deleted")).toEqual([]);
  expect(scene.contents()).toBe(scene.before);
});

it("makes another NAT gateway where that of an interrupted run is being deleted", async () => {
  const scene = await interruptedAfter("DeleteNatGateway", { choices: { nat: true } });
  expect(outcomes(await scene.rehearse())).toEqual(passed);
  expect(scene.contents()).toBe(scene.before);
});

it("gives a run that goes on late its whole time again, so that no other one takes it for expired", async () => {
  const scene = await interruptedAfter("UpdateFunctionConfiguration");
  await scene.region.clock.advance(170 * minuteMs);
  const expiries = () => {
    const made = [scene.region.world.vpcs, scene.region.world.addresses, scene.region.world.subnets];
    const tags = made.flatMap((it) => [...it.values()].map((item) => item.tags["holdfast:rehearsal-expires"] ?? ""));
    return tags.filter((it) => it !== "").map((it) => Date.parse(it) - scene.region.clock.now());
  };
  expect(Math.max(...expiries())).toBeLessThan(11 * minuteMs);
  let least = 0;
  const stop = scene.region.calls.onCall(({ operation }) => {
    if (operation !== "Invoke") return;
    stop();
    least = Math.min(...expiries());
  });
  expect(outcomes(await scene.rehearse())).toEqual(passedWithoutNat);
  expect(least).toBeGreaterThan(150 * minuteMs);
  expect(scene.contents()).toBe(scene.before);
});

it("removes first what an expired run has left, and begins anew", async () => {
  const scene = await interruptedAfter("CreateSecurityGroup");
  await scene.region.clock.advance(6 * 60 * minuteMs);
  expect(outcomes(await scene.rehearse())).toEqual(passedWithoutNat);
  expect(scene.said).toContain("removing what an earlier run has left");
  expect(scene.contents()).toBe(scene.before);
});

it("does not take the refusal of a role for its acceptance when it goes on", async () => {
  const scene = await openScene();
  scene.region.faults.inject({
    service: "lambda",
    operation: "CreateFunction",
    when: "before",
    times: 20,
    error: new AwsError("InvalidParameterValueException", "The provided execution role does not have permissions"),
  });
  const stop = scene.region.calls.onCall(({ operation, error }) => {
    if (operation === "CreateFunction" && !error) scene.kill();
  });
  expect(await scene.rehearseUntilKilled()).toBe(true);
  stop();
  expect(outcomes(await scene.rehearse())).toEqual({ ...passedWithoutNat, role: "differs" });
  expect(scene.contents()).toBe(scene.before);
});

it("waits until Lambda sees the subnet that was just made", async () => {
  const scene = await openScene();
  const message = "Error occurred while DescribeSubnets. EC2 Error Code: InvalidSubnetID.NotFound.";
  const error = new AwsError("InvalidParameterValueException", message);
  scene.region.faults.inject({ service: "lambda", operation: "CreateFunction", when: "before", times: 2, error });
  expect(outcomes(await scene.rehearse())).toEqual(passedWithoutNat);
});

describe("what looks like a rehearsal's", () => {
  it("leaves the functions of a stage that is called rehearsal", async () => {
    const scene = await openScene();
    const FunctionName = "holdfast-rehearsal-RelocateFunction-bcdefghk";
    await scene.operator("lambda", "CreateFunction", {
      FunctionName,
      Role: "arn:aws:iam::123456789012:role/orders",
    });
    await scene.region.clock.advance(minuteMs);
    expect(await scene.clean()).toEqual([]);
    expect(scene.contents()).toContain(FunctionName);
    expect(outcomes(await scene.rehearse())).toEqual(passedWithoutNat);
    expect(scene.contents()).toContain(FunctionName);
  });

  it("leaves an address that serves something else by now, and says so", async () => {
    const scene = await interruptedAfter("AllocateAddress");
    const VpcId = strangersVpc(scene);
    const { InternetGateway } = await scene.operator<{ InternetGateway: { InternetGatewayId: string } }>(
      "ec2",
      "CreateInternetGateway",
      {},
    );
    await scene.operator("ec2", "AttachInternetGateway", { VpcId, ...InternetGateway });
    const orders = [...scene.region.world.networkInterfaces.values()].find(
      ({ vpcId }) => vpcId === strangersVpc(scene),
    );
    const [address] = [...scene.region.world.addresses.values()].filter(({ tags }) => Object.keys(tags).length > 0);
    const AllocationId = address?.allocationId ?? "";
    await scene.operator("ec2", "AssociateAddress", { AllocationId, NetworkInterfaceId: orders?.networkInterfaceId });
    expect(await scene.clean()).toEqual([{ what: AllocationId, why: expect.stringContaining("outside") }]);
    expect(scene.region.world.addresses.get(AllocationId)?.networkInterfaceId).toBe(orders?.networkInterfaceId);
  });

  it("counts only what a rehearsal makes", () => {
    const tag = { Key: "holdfast:rehearsal", Value: runId };
    const made = madeOf([
      { ...tag, ResourceId: "vpc-1", ResourceType: "vpc" },
      { ...tag, ResourceId: "i-1", ResourceType: "instance" },
    ]);
    expect(made.map(({ id }) => id)).toEqual(["vpc-1"]);
  });
});

const strangersVpc = ({ region }: RehearsalScene) => [...region.world.vpcs.keys()][0];
