import { CreateSubnetCommand } from "@aws-sdk/client-ec2";
import {
  CreateFunctionCommand,
  type FunctionConfiguration,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  ListFunctionsCommand,
  paginateListFunctions,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { describe, expect, it } from "vitest";
import { createFunction, interfaceStates, openPath, type PathScene, vpcOf } from "./path-scene.ts";
import { text } from "./scene.ts";

const MINUTE = 60_000;

async function secondSubnet({ ec2, run, network }: PathScene): Promise<string> {
  const made = await run(ec2.send(new CreateSubnetCommand({ VpcId: network.vpcId, CidrBlock: "10.0.2.0/24" })));
  return text(made.Subnet?.SubnetId);
}

function configuration(scene: PathScene, name = "partner", Qualifier?: string): Promise<FunctionConfiguration> {
  return scene.call("lambda", "GetFunctionConfiguration", { FunctionName: name, ...(Qualifier && { Qualifier }) });
}

describe("the life of a function in a VPC", () => {
  it("is Pending until its interface is in use, then Active", async () => {
    const scene = await openPath();
    await scene.call("lambda", "CreateFunction", { FunctionName: "partner", Role: "r", ...vpcOf(scene) });
    expect(await configuration(scene)).toMatchObject({ State: "Pending", StateReasonCode: "Creating" });
    expect(await configuration(scene)).not.toHaveProperty("LastUpdateStatus");

    await scene.region.clock.advance(3_000);
    expect(interfaceStates(scene)).toEqual(["pending"]);
    await scene.region.clock.advance(88_000);
    expect(interfaceStates(scene)).toEqual(["in-use"]);
    expect(await configuration(scene)).toMatchObject({ State: "Pending" });
    await scene.region.clock.advance(5_000);
    expect(await configuration(scene)).toMatchObject({ State: "Active", LastUpdateStatus: "Successful" });
  });

  it("is served by its old subnet until an update has succeeded, and the old interface leaves within 20 minutes", async () => {
    const scene = await openPath();
    await createFunction(scene, "partner");
    const other = await secondSubnet(scene);
    const version = scene.region.world.functions.get("partner")?.versions.get("$LATEST");
    await scene.call("lambda", "UpdateFunctionConfiguration", { FunctionName: "partner", ...vpcOf(scene, [other]) });

    expect(await configuration(scene)).toMatchObject({
      State: "Active",
      LastUpdateStatus: "InProgress",
      LastUpdateStatusReasonCode: "Creating",
      VpcConfig: { SubnetIds: [other] },
    });
    await scene.region.clock.advance(94_000);
    expect(interfaceStates(scene, other)).toEqual(["in-use"]);
    expect(version?.servedBy?.subnetIds).toEqual([scene.network.subnetId]);
    await scene.region.clock.advance(2_000);
    expect(version?.servedBy?.subnetIds).toEqual([other]);

    await scene.region.clock.advance(18 * MINUTE);
    expect(interfaceStates(scene, scene.network.subnetId)).toEqual(["in-use"]);
    await scene.region.clock.advance(1 * MINUTE);
    expect(interfaceStates(scene, scene.network.subnetId)).toEqual(["available"]);
    await scene.region.clock.advance(1 * MINUTE);
    expect(interfaceStates(scene, scene.network.subnetId)).toEqual([]);
  });

  it("shows the old configuration during an update when set so", async () => {
    const scene = await openPath({ showsDuringUpdate: "old" });
    await createFunction(scene, "partner");
    const other = await secondSubnet(scene);
    await scene.call("lambda", "UpdateFunctionConfiguration", { FunctionName: "partner", ...vpcOf(scene, [other]) });
    expect((await configuration(scene)).VpcConfig?.SubnetIds).toEqual([scene.network.subnetId]);
    await scene.region.clock.advance(100_000);
    expect((await configuration(scene)).VpcConfig?.SubnetIds).toEqual([other]);
  });

  it("keeps its old configuration when an update fails", async () => {
    const scene = await openPath();
    await createFunction(scene, "partner");
    const other = await secondSubnet(scene);
    scene.path.lambda.hyperplane.failNext("SubnetOutOfIPAddresses");
    await scene.call("lambda", "UpdateFunctionConfiguration", { FunctionName: "partner", ...vpcOf(scene, [other]) });
    await scene.region.clock.advance(30 * MINUTE);
    expect(await configuration(scene)).toMatchObject({
      State: "Active",
      LastUpdateStatus: "Failed",
      LastUpdateStatusReasonCode: "SubnetOutOfIPAddresses",
      VpcConfig: { SubnetIds: [scene.network.subnetId] },
    });
    expect(interfaceStates(scene)).toEqual(["in-use"]);
  });

  it("refuses changes while an update is in progress", async () => {
    const scene = await openPath();
    await createFunction(scene, "partner");
    await scene.call("lambda", "UpdateFunctionConfiguration", { FunctionName: "partner", Timeout: 9 });
    const arn = scene.region.world.functions.get("partner")?.functionArn;
    for (const [operation, input] of [
      ["UpdateFunctionConfiguration", { FunctionName: "partner", Timeout: 10 }],
      ["UpdateFunctionCode", { FunctionName: "partner", ZipFile: Buffer.from("2") }],
      ["PublishVersion", { FunctionName: "partner" }],
      ["TagResource", { Resource: arn, Tags: { a: "b" } }],
    ] as const) {
      await expect(scene.call("lambda", operation, input)).rejects.toMatchObject({ code: "ResourceConflictException" });
    }
  });

  it("leaves the VPC when both lists are empty", async () => {
    const scene = await openPath();
    await createFunction(scene, "partner");
    const nothing = { VpcConfig: { SubnetIds: [], SecurityGroupIds: [] } };
    await scene.call("lambda", "UpdateFunctionConfiguration", { FunctionName: "partner", ...nothing });
    await scene.region.clock.advance(25 * MINUTE);
    expect((await configuration(scene)).VpcConfig).toEqual({
      SubnetIds: [],
      SecurityGroupIds: [],
      VpcId: "",
      Ipv6AllowedForDualStack: false,
    });
    expect(interfaceStates(scene)).toEqual([]);
  });
});

describe("interfaces", () => {
  it("are shared by all functions and versions of a combination, and stay for the last of them", async () => {
    const scene = await openPath();
    await createFunction(scene, "one");
    await createFunction(scene, "two");
    await scene.call("lambda", "PublishVersion", { FunctionName: "two" });
    await scene.region.clock.advance(10_000);
    expect(interfaceStates(scene)).toEqual(["in-use"]);

    await scene.call("lambda", "DeleteFunction", { FunctionName: "one" });
    const nothing = { VpcConfig: { SubnetIds: [], SecurityGroupIds: [] } };
    await scene.call("lambda", "UpdateFunctionConfiguration", { FunctionName: "two", ...nothing });
    await scene.region.clock.advance(60 * MINUTE);
    expect(interfaceStates(scene)).toEqual(["in-use"]);

    await scene.call("lambda", "DeleteFunction", { FunctionName: "two", Qualifier: "1" });
    await scene.region.clock.advance(20 * MINUTE);
    expect(interfaceStates(scene)).toEqual([]);
  });

  it("do not care in which order a function names its groups", async () => {
    const scene = await openPath();
    const { vpcId, groupId, subnetId } = scene.network;
    const input = { VpcId: vpcId, GroupName: "second", Description: "second" };
    const { GroupId } = await scene.call<{ GroupId: string }>("ec2", "CreateSecurityGroup", input);
    const config = (SecurityGroupIds: string[]) => ({ VpcConfig: { SubnetIds: [subnetId], SecurityGroupIds } });
    await createFunction(scene, "one", config([groupId, GroupId]));
    await createFunction(scene, "two", config([GroupId, groupId]));
    expect(interfaceStates(scene)).toEqual(["in-use"]);
  });

  it("stay when a new user comes before they are removed", async () => {
    const scene = await openPath();
    await createFunction(scene, "one");
    await scene.call("lambda", "DeleteFunction", { FunctionName: "one" });
    await scene.region.clock.advance(10 * MINUTE);
    await createFunction(scene, "two");
    await scene.region.clock.advance(60 * MINUTE);
    expect(interfaceStates(scene)).toEqual(["in-use"]);
  });

  it("multiply on demand, and one can be replaced by another", async () => {
    const scene = await openPath();
    await createFunction(scene, "partner");
    const { hyperplane } = scene.path.lambda;
    hyperplane.scale(scene.network.subnetId, [scene.network.groupId], 3);
    await scene.region.clock.advance(95_000);
    expect(interfaceStates(scene)).toEqual(["in-use", "in-use", "in-use"]);
    hyperplane.scale(scene.network.subnetId, [scene.network.groupId], 1);
    await scene.region.clock.advance(MINUTE);
    const [before] = scene.region.world.networkInterfaces.keys();
    expect(interfaceStates(scene)).toEqual(["in-use"]);

    hyperplane.replace(text(before));
    await scene.region.clock.advance(91_000);
    expect(interfaceStates(scene)).toEqual(["available", "in-use"]);
    await scene.region.clock.advance(MINUTE);
    expect(scene.region.world.networkInterfaces.has(text(before))).toBe(false);
    expect(interfaceStates(scene)).toEqual(["in-use"]);
  });

  it("are refused above the VPC's quota", async () => {
    const scene = await openPath({ interfacesPerVpc: 0 });
    await createFunction(scene, "partner");
    expect(await configuration(scene)).toMatchObject({ State: "Failed", StateReasonCode: "EniLimitExceeded" });
  });

  it("are reclaimed after 14 idle days, and the next invocation fails but wakes the function", async () => {
    const scene = await openPath();
    await createFunction(scene, "partner");
    await scene.region.clock.advance(10 * 24 * 60 * MINUTE);
    await scene.run(scene.call("lambda", "Invoke", { FunctionName: "partner" }));
    await scene.region.clock.advance(13.9 * 24 * 60 * MINUTE);
    expect(await configuration(scene)).toMatchObject({ State: "Active" });
    await scene.region.clock.advance(0.2 * 24 * 60 * MINUTE);
    expect(await configuration(scene)).toMatchObject({ State: "Inactive", StateReasonCode: "Idle" });
    expect(interfaceStates(scene)).toEqual([]);

    const invoke = () => scene.run(scene.call("lambda", "Invoke", { FunctionName: "partner" }));
    await expect(invoke()).rejects.toMatchObject({ code: "ResourceNotReadyException" });
    expect(await configuration(scene)).toMatchObject({ State: "Pending", StateReasonCode: "Restoring" });
    await expect(invoke()).rejects.toMatchObject({ code: "ResourceConflictException" });
    await scene.region.clock.advance(100_000);
    expect(await invoke()).toMatchObject({ StatusCode: 200 });
  });
});

describe("names and versions", () => {
  it("are found by name, ARN, partial ARN, version and alias", async () => {
    const scene = await openPath();
    await createFunction(scene, "partner", {});
    await scene.call("lambda", "PublishVersion", { FunctionName: "partner" });
    await scene.call("lambda", "CreateAlias", { FunctionName: "partner", Name: "live", FunctionVersion: "1" });
    const arn = "arn:aws:lambda:us-east-1:123456789012:function:partner";
    for (const name of ["partner:live", `${arn}:live`, "123456789012:function:partner:1", `${arn}:1`]) {
      expect((await configuration(scene, name)).FunctionArn).toBe(`${arn}:1`);
    }
    expect((await configuration(scene, "partner", "live")).Version).toBe("1");
    await expect(configuration(scene, "partner", "dead")).rejects.toMatchObject({ code: "ResourceNotFoundException" });
  });

  it("keep the VPC configuration of their publication", async () => {
    const scene = await openPath();
    await createFunction(scene, "partner");
    await scene.call("lambda", "PublishVersion", { FunctionName: "partner" });
    const other = await secondSubnet(scene);
    await scene.call("lambda", "UpdateFunctionConfiguration", { FunctionName: "partner", ...vpcOf(scene, [other]) });
    await scene.region.clock.advance(30 * MINUTE);
    expect((await configuration(scene, "partner", "1")).VpcConfig?.SubnetIds).toEqual([scene.network.subnetId]);
    expect(interfaceStates(scene)).toEqual(["in-use", "in-use"]);
  });

  it("are not published again without a change", async () => {
    const scene = await openPath();
    await createFunction(scene, "partner", {});
    const publish = () => scene.call<FunctionConfiguration>("lambda", "PublishVersion", { FunctionName: "partner" });
    expect((await publish()).Version).toBe("1");
    expect((await publish()).Version).toBe("1");
    await scene.region.clock.advance(10_000);
    await scene.call("lambda", "UpdateFunctionCode", { FunctionName: "partner", ZipFile: Buffer.from("new") });
    await scene.region.clock.advance(10_000);
    expect((await publish()).Version).toBe("2");
  });

  it("can have provisioned concurrency when published, which takes its time", async () => {
    const scene = await openPath();
    await createFunction(scene, "partner", {});
    await scene.call("lambda", "PublishVersion", { FunctionName: "partner" });
    const input = { FunctionName: "partner", Qualifier: "1", ProvisionedConcurrentExecutions: 2 };
    await expect(
      scene.call("lambda", "PutProvisionedConcurrencyConfig", { ...input, Qualifier: "$LATEST" }),
    ).rejects.toMatchObject({ code: "InvalidParameterValueException" });
    await scene.call("lambda", "PutProvisionedConcurrencyConfig", input);
    const get = () => scene.call("lambda", "GetProvisionedConcurrencyConfig", input);
    expect(await get()).toMatchObject({ Status: "IN_PROGRESS", AllocatedProvisionedConcurrentExecutions: 0 });
    await scene.region.clock.advance(MINUTE);
    expect(await get()).toMatchObject({ Status: "READY", AllocatedProvisionedConcurrentExecutions: 2 });
  });
});

describe("invocations", () => {
  it("split by an alias's weights", async () => {
    const scene = await openPath();
    await createFunction(scene, "partner", {});
    await scene.call("lambda", "PublishVersion", { FunctionName: "partner", Description: "1" });
    await scene.call("lambda", "PublishVersion", { FunctionName: "partner", Description: "2" });
    const RoutingConfig = { AdditionalVersionWeights: { "2": 0.25 } };
    await scene.call("lambda", "CreateAlias", {
      FunctionName: "partner",
      Name: "live",
      FunctionVersion: "1",
      RoutingConfig,
    });
    await scene.region.clock.advance(10_000);
    const seen: string[] = [];
    scene.path.registerHandler("partner", (_, context) => seen.push(context.functionVersion));
    for (let i = 0; i < 200; i++) await scene.run(scene.call("lambda", "Invoke", { FunctionName: "partner:live" }));
    const share = seen.filter((version) => version === "2").length / seen.length;
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.35);
  });

  it("die at their time-out, and what they still do has no effect", async () => {
    const scene = await openPath();
    await createFunction(scene, "partner", { Timeout: 5 });
    const left: number[] = [];
    scene.path.registerHandler("partner", async (_, context) => {
      left.push(context.getRemainingTimeInMillis());
      await scene.region.clock.sleep(4_000);
      left.push(context.getRemainingTimeInMillis());
      await scene.region.clock.sleep(4_000);
      await scene.call("ssm", "PutParameter", { Name: "late", Value: "x" });
      left.push(context.getRemainingTimeInMillis());
    });
    const answer = await scene.run(
      scene.call<{ Payload: Uint8Array }>("lambda", "Invoke", { FunctionName: "partner" }),
    );
    expect(answer).toMatchObject({ StatusCode: 200, FunctionError: "Unhandled" });
    expect(Buffer.from(answer.Payload).toString()).toContain("Task timed out after 5.00 seconds");
    await scene.region.clock.advance(MINUTE);
    expect(left).toEqual([5_000, 1_000]);
    await expect(scene.call("ssm", "GetParameter", { Name: "late" })).rejects.toMatchObject({
      code: "ParameterNotFound",
    });
  });

  it("end when one of their calls crashes the process", async () => {
    const scene = await openPath();
    await createFunction(scene, "partner", {});
    scene.region.faults.inject({ service: "ssm", when: "after", crash: true });
    scene.path.registerHandler("partner", async () => {
      await scene.call("ssm", "PutParameter", { Name: "a", Value: "x" });
      await scene.call("ssm", "PutParameter", { Name: "b", Value: "x" });
    });
    const answer = await scene.run(
      scene.call<{ Payload: Uint8Array }>("lambda", "Invoke", { FunctionName: "partner" }),
    );
    expect(Buffer.from(answer.Payload).toString()).toContain("Runtime.ExitError");
    expect(await scene.call("ssm", "GetParameter", { Name: "a" })).toMatchObject({ Parameter: { Version: 1 } });
    await expect(scene.call("ssm", "GetParameter", { Name: "b" })).rejects.toMatchObject({ code: "ParameterNotFound" });
  });

  it("are retried after one and two minutes when asynchronous", async () => {
    const scene = await openPath();
    await createFunction(scene, "partner", {});
    const atMs: number[] = [];
    scene.path.registerHandler("partner", () => {
      atMs.push(scene.region.clock.now());
      throw new Error("no");
    });
    const answer = await scene.call("lambda", "Invoke", { FunctionName: "partner", InvocationType: "Event" });
    expect(answer).toEqual({ StatusCode: 202 });
    await scene.region.clock.advance(10 * MINUTE);
    const [first = 0] = atMs;
    expect(atMs.map((ms) => Math.round((ms - first) / MINUTE))).toEqual([0, 1, 3]);
  });
});

describe("through the SDK's client", () => {
  it("creates, updates, lists and invokes, with typed errors", async () => {
    const scene = await openPath();
    const { lambda, run } = scene;
    for (let index = 0; index < 60; index++) {
      const name = `fn-${String(index).padStart(2, "0")}`;
      const input = {
        FunctionName: name,
        Role: "arn:aws:iam::123456789012:role/r",
        Code: { ZipFile: Buffer.from("x") },
      };
      await run(lambda.send(new CreateFunctionCommand(input)));
    }
    await scene.region.clock.advance(10_000);
    const pages: number[] = [];
    const walk = async () => {
      for await (const page of paginateListFunctions({ client: lambda }, {})) pages.push(page.Functions?.length ?? 0);
    };
    await run(walk());
    expect(pages).toEqual([50, 10]);
    const listed = await run(lambda.send(new ListFunctionsCommand({ MaxItems: 1 })));
    expect(listed.Functions?.[0]).not.toHaveProperty("State");

    const arn = text(listed.Functions?.[0]?.FunctionArn);
    await run(lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: arn, Timeout: 7 })));
    const shown = await run(lambda.send(new GetFunctionConfigurationCommand({ FunctionName: arn })));
    expect(shown).toMatchObject({
      Timeout: 7,
      LastUpdateStatus: "InProgress",
      VpcConfig: { VpcId: "", SubnetIds: [] },
    });
    const error = await scene.failure(lambda.send(new GetFunctionConfigurationCommand({ FunctionName: "none" })));
    expect(error.name).toBe("ResourceNotFoundException");

    scene.path.registerHandler("fn-01", (event) => ({ got: event }));
    const payload = Buffer.from(JSON.stringify({ a: 1 }));
    const answer = await run(lambda.send(new InvokeCommand({ FunctionName: "fn-01", Payload: payload })));
    expect(answer.Payload?.transformToString()).toBe('{"got":{"a":1}}');
  });
});
