/** Situations that people have reported of Lambda's network interfaces, Elastic IPs and the APIs around them. */
import { describe, expect, it } from "vitest";
import { refuseCalls } from "../../testing/deployment/deployed-region.ts";
import { openScene, type Scene, type SceneOptions } from "../../testing/deployment/relocation-scene.ts";
import { AwsError, type Call } from "../../testing/twin/service.ts";
import type { FunctionVersion } from "../../testing/twin/world.ts";
import { quick } from "./stories.ts";

const minuteMs = 60_000;
const base: SceneOptions = { delays: quick, zones: 2, addresses: 2, drainSeconds: 30, direct: true };

/** `orders` in the first zone, settled. */
async function begin(options: SceneOptions): Promise<Scene> {
  const scene = await openScene({ ...base, ...options });
  await scene.createFunction("orders", [0]);
  await scene.pass(3 * minuteMs);
  return scene;
}

function latest({ region }: Scene, functionName: string): FunctionVersion {
  const version = region.world.functions.get(functionName)?.versions.get("$LATEST");
  if (!version) throw new Error(`no function ${functionName}`);
  return version;
}

const updateCode = ({ operator }: Scene, FunctionName: string) =>
  operator("lambda", "UpdateFunctionCode", { FunctionName, ZipFile: new Uint8Array([1]) });

function replaceInterface({ region, path }: Scene): void {
  const serving = [...region.world.networkInterfaces.values()].find(({ status }) => status === "in-use");
  path.lambda.hyperplane.replace(serving?.networkInterfaceId ?? "");
}

const eventsOf = ({ events }: Scene, type: string) => events.filter((event) => event.type === type);
const isAssociation = ({ operation, principal }: Call, role: string) =>
  operation === "AssociateAddress" && principal === role;

/** Seconds for which a function had no way out since the given moment. */
function gapSeconds({ path, region }: Scene, functionName: string, sinceMs: number): number {
  return path.egress.gaps
    .filter((gap) => gap.functionName === functionName && (gap.toMs ?? region.clock.now()) > sinceMs)
    .reduce((sum, { fromMs, toMs }) => sum + ((toMs ?? region.clock.now()) - Math.max(fromMs, sinceMs)) / 1000, 0);
}

describe("a published version that is called by its number", () => {
  const publishAndMove = async (scene: Scene) => {
    await scene.operator("lambda", "PublishVersion", { FunctionName: "orders" });
    await scene.pass(2 * minuteMs);
    await scene.updateFunction("orders", [1]);
    await scene.pass(15 * minuteMs);
  };
  const holders = ({ region }: Scene) =>
    [...region.world.addresses.values()].filter(({ networkInterfaceId }) => networkInterfaceId !== undefined).length;

  it("keeps its address for good while there is a spare for $LATEST", async () => {
    const scene = await begin({ addresses: 4 });
    await publishAndMove(scene);
    expect(holders(scene)).toBe(2);
    expect(eventsOf(scene, "AddressReleased")).toEqual([]);
  });

  it("loses it when $LATEST has no other, and the event names the version", async () => {
    const scene = await begin({ addresses: 1 });
    await publishAndMove(scene);
    expect(holders(scene)).toBe(1);
    expect(scene.openNow("orders")).toBe(true);
    const [event] = eventsOf(scene, "AddressRelocated").slice(-1);
    expect(event?.detail["cutsOff"]).toEqual([expect.stringMatching(/function:orders:1$/)]);
  });

  it("gives its address back when the version is deleted", async () => {
    const scene = await begin({ addresses: 3 });
    await publishAndMove(scene);
    await scene.operator("lambda", "DeleteFunction", { FunctionName: "orders", Qualifier: "1" });
    await scene.pass(15 * minuteMs);
    expect(holders(scene)).toBe(1);
  });
});

/** Refuses the first address that relocation tries, each time. Returns what it tried of it. */
function refuseFirst({ region, relocateRole }: Scene, error: AwsError): readonly string[] {
  const attempts: string[] = [];
  refuseCalls(region, (call) => {
    if (!isAssociation(call, relocateRole)) return undefined;
    const { AllocationId = "" } = call.input as { AllocationId?: string };
    if (attempts.length > 0 && attempts[0] !== AllocationId) return undefined;
    attempts.push(AllocationId);
    return error;
  });
  return attempts;
}

describe("an address that AWS refuses", () => {
  const codes = ["InvalidAllocationID.NotFound", "InvalidAddress.Locked", "InvalidParameterCombination", "NewRefusal"];
  it.each(codes)("%s: the next one is associated in the same run", async (code) => {
    const scene = await begin({ addresses: 3 });
    const attempts = refuseFirst(scene, new AwsError(code, "No.", 400));
    const sinceMs = scene.region.clock.now();
    replaceInterface(scene);
    await scene.pass(10 * minuteMs);
    expect(scene.openNow("orders")).toBe(true);
    expect(attempts.length).toBeGreaterThan(0);
    expect(attempts.length).toBeLessThanOrEqual(3);
    expect(gapSeconds(scene, "orders", sinceMs)).toBeLessThan(61);
  });

  it("is reported with the address and what AWS said", async () => {
    const scene = await begin({ addresses: 3 });
    const attempts = refuseFirst(scene, new AwsError("InvalidAddress.Locked", "The address is locked.", 400));
    replaceInterface(scene);
    await scene.pass(3 * minuteMs);
    expect(eventsOf(scene, "RelocationFailed").map(({ detail }) => detail)).toMatchObject([
      { finding: "refused", allocationId: attempts[0], code: "InvalidAddress.Locked" },
    ]);
  });

  it.each([1, 2, 3])("for a moment (AuthFailure %d times) gets its interface within seconds", async (times) => {
    const scene = await begin({ addresses: 2 });
    const error = new AwsError("AuthFailure", "You do not have permission.", 400);
    scene.region.faults.inject({
      operation: "AssociateAddress",
      principal: scene.relocateRole,
      when: "before",
      times,
      error,
    });
    const sinceMs = scene.region.clock.now();
    replaceInterface(scene);
    await scene.pass(3 * minuteMs);
    expect(scene.openNow("orders")).toBe(true);
    expect(gapSeconds(scene, "orders", sinceMs)).toBeLessThan(15);
  });
});

describe("a member that hangs, has failed or is gone elsewhere", () => {
  const members = ["orders", "billing"];

  it("an update that never ends holds up another member for ten minutes at most, and is reported", async () => {
    const scene = await begin({ addresses: 1, members });
    await scene.createFunction("billing", []);
    await scene.pass(2 * minuteMs);
    scene.path.lambda.upsetNext("billing", { delayMs: 180 * minuteMs });
    await updateCode(scene, "billing");
    await scene.updateFunction("orders", [1]);
    await scene.pass(15 * minuteMs);
    expect(scene.openNow("orders")).toBe(true);
    expect(eventsOf(scene, "MemberUpdateFailed").map(({ detail }) => detail)).toMatchObject([
      { finding: "update-overdue", functionArn: expect.stringMatching(/:billing$/) },
    ]);
  });

  it.each(["ImageDeleted", "KMSKeyAccessDenied", "InvalidRuntime", "FunctionError.InitTimeout"] as const)(
    "a failed update for %s stops nothing",
    async (reason) => {
      const scene = await begin({ addresses: 1 });
      scene.path.lambda.upsetNext("orders", { failure: reason });
      await updateCode(scene, "orders");
      await scene.pass(2 * minuteMs);
      replaceInterface(scene);
      await scene.pass(4 * minuteMs);
      expect(scene.openNow("orders")).toBe(true);
      expect(eventsOf(scene, "MemberUpdateFailed").map(({ detail }) => detail)).toMatchObject([
        { finding: "failed-update", reason },
      ]);
    },
  );

  it("a creation that never ends keeps no address from a member that needs it, is reported, and is not polled for", async () => {
    const scene = await begin({ addresses: 1, members });
    scene.path.lambda.upsetNext("billing", { delayMs: 180 * minuteMs });
    await scene.createFunction("billing", [0]);
    await scene.updateFunction("orders", [1]);
    await scene.pass(15 * minuteMs);
    expect(gapSeconds(scene, "orders", 0)).toBeLessThan(15);
    expect(eventsOf(scene, "MemberUpdateFailed").map(({ detail }) => detail)).toMatchObject([
      { finding: "update-overdue", functionArn: expect.stringMatching(/:billing$/) },
    ]);
    let calls = 0;
    scene.region.calls.onCall(({ principal, service }) => {
      if (principal === scene.relocateRole && service === "lambda") calls++;
    });
    await scene.pass(10 * minuteMs);
    expect(calls).toBeLessThan(100);
  });

  it("a member whose creation failed keeps no address from one that needs it", async () => {
    const scene = await begin({ addresses: 1, members });
    scene.path.lambda.upsetNext("billing", { failure: "InternalError" });
    await scene.createFunction("billing", [0]);
    await scene.pass(minuteMs);
    await scene.updateFunction("orders", [1]);
    await scene.pass(4 * minuteMs);
    expect(latest(scene, "billing").state).toBe("Failed");
    expect(gapSeconds(scene, "orders", 0)).toBeLessThan(15);
  });

  it("a failed update of one member's code holds up no move for another", async () => {
    const scene = await begin({ addresses: 1, members });
    await scene.createFunction("billing", []);
    await scene.pass(2 * minuteMs);
    scene.path.lambda.upsetNext("billing", { failure: "ImageDeleted" });
    await updateCode(scene, "billing");
    await scene.pass(minuteMs);
    await scene.updateFunction("orders", [1]);
    await scene.pass(3 * minuteMs);
    expect(scene.openNow("orders")).toBe(true);
  });

  it.each(["SubnetOutOfIPAddresses", "InternalError", "SomethingNew"])(
    "after a failed update for %s a replaced interface gets a spare",
    async (reason) => {
      const scene = await begin({ addresses: 2 });
      Object.assign(latest(scene, "orders"), { lastUpdateStatus: "Failed", lastUpdateStatusReasonCode: reason });
      replaceInterface(scene);
      await scene.pass(4 * minuteMs);
      expect(scene.openNow("orders")).toBe(true);
    },
  );

  it.each(["SubnetOutOfIPAddresses", "EniLimitExceeded", "InvalidSecurityGroup", "SomethingNew"])(
    "a function that Lambda cannot wake for %s is reported with the reason",
    async (reason) => {
      const scene = await begin({});
      Object.assign(latest(scene, "orders"), { state: "Inactive", stateReasonCode: reason });
      // No event says so and no look at the network shows it: the pool's turn at a full observation does.
      await scene.pass(16 * minuteMs);
      expect(eventsOf(scene, "MemberUpdateFailed").map(({ detail }) => detail)).toMatchObject([
        { finding: "inactive", reason },
      ]);
    },
  );
});

/** Publishes what `orders` is now as version 1 and calls it through an alias. */
async function publishAsLive({ operator }: Scene): Promise<void> {
  await operator("lambda", "PublishVersion", { FunctionName: "orders" });
  await operator("lambda", "CreateAlias", { FunctionName: "orders", Name: "live", FunctionVersion: "1" });
}

describe("a member that leaves by shared addresses", () => {
  const reported = (scene: Scene) => eventsOf(scene, "MemberOutsideNetwork").map(({ detail }) => detail);

  it("since a deployment took it out of its VPC is reported", async () => {
    const scene = await begin({});
    await scene.updateFunction("orders", []);
    await scene.pass(2 * minuteMs);
    expect(reported(scene)).toMatchObject([{ finding: "outside-vpc", versions: ["$LATEST"] }]);
  });

  it("since it was created without a VPC is reported", async () => {
    const scene = await begin({ members: ["orders", "billing"] });
    await scene.createFunction("billing", []);
    await scene.pass(2 * minuteMs);
    expect(reported(scene)).toMatchObject([
      { finding: "outside-vpc", functionArn: expect.stringMatching(/:billing$/), versions: ["$LATEST"] },
    ]);
  });

  it("only in the version that an alias routes to is reported with that version", async () => {
    const scene = await begin({});
    await scene.updateFunction("orders", []);
    await scene.pass(2 * minuteMs);
    await publishAsLive(scene);
    await scene.updateFunction("orders", [0]);
    await scene.pass(3 * minuteMs);
    expect(reported(scene).at(-1)).toMatchObject({ finding: "outside-vpc", versions: ["1"] });
  });
});

describe("a member in a dual-stack subnet", () => {
  const finding = "dual-stack";
  const allowIpv6 = async (scene: Scene, allowed: boolean) => {
    const { subnetIds: SubnetIds, securityGroupIds: SecurityGroupIds } = latest(scene, "orders").vpcConfig ?? {};
    const VpcConfig = { SubnetIds, SecurityGroupIds, Ipv6AllowedForDualStack: allowed };
    await scene.operator("lambda", "UpdateFunctionConfiguration", { FunctionName: "orders", VpcConfig });
    await scene.pass(5 * minuteMs);
  };
  const reported = (scene: Scene) => eventsOf(scene, "MemberOutsideNetwork").map(({ detail }) => detail);
  const beginDualStack = async () => {
    const scene = await begin({});
    for (const subnet of scene.region.world.subnets.values()) subnet.ipv6CidrBlock = "2600:1f18:1:2::/64";
    return scene;
  };

  it("is reported when it may leave by IPv6, past the addresses that partners allow", async () => {
    const scene = await beginDualStack();
    await allowIpv6(scene, true);
    expect(reported(scene)).toMatchObject([{ finding, versions: ["$LATEST"] }]);
  });

  it("is reported with the version that an alias routes to, when $LATEST may not any more", async () => {
    const scene = await beginDualStack();
    await allowIpv6(scene, true);
    await publishAsLive(scene);
    await allowIpv6(scene, false);
    expect(reported(scene).at(-1)).toMatchObject({ finding, versions: ["1"] });
  });

  it("is not reported as long as it may leave by IPv4 only", async () => {
    const scene = await beginDualStack();
    await allowIpv6(scene, false);
    expect(reported(scene)).toEqual([]);
  });
});

describe("AWS calls that fail for a while", () => {
  it.each(["ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "EPIPE", "ServiceUnavailable", "SlowDown"])(
    "%s for two minutes: the member is healed by the next sweep at the latest",
    async (code) => {
      const scene = await begin({});
      const failing = { on: true };
      // What polls the queue is Lambda, not the function.
      refuseCalls(scene.region, ({ principal, service }) =>
        failing.on && principal === scene.relocateRole && service !== "sqs"
          ? new AwsError(code, "No.", 503)
          : undefined,
      );
      replaceInterface(scene);
      await scene.pass(2 * minuteMs);
      failing.on = false;
      await scene.pass(65_000);
      expect(scene.openNow("orders")).toBe(true);
    },
  );
});
