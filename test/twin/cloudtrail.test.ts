import { describe, expect, it } from "vitest";
import { fixed } from "../../testing/twin/delays.ts";
import { AwsError } from "../../testing/twin/service.ts";
import allocate from "../data/cloudtrail/ec2-allocate-address.json" with { type: "json" };
import createNat from "../data/cloudtrail/ec2-create-nat-gateway.json" with { type: "json" };
import createInterface from "../data/cloudtrail/ec2-create-network-interface-by-user.json" with { type: "json" };
import unauthorized from "../data/cloudtrail/ec2-create-route-unauthorized.json" with { type: "json" };
import deleteInterface from "../data/cloudtrail/ec2-delete-network-interface-by-user.json" with { type: "json" };
import dryRun from "../data/cloudtrail/ec2-run-instances-dry-run.json" with { type: "json" };
import createFailed from "../data/cloudtrail/lambda-create-function-failed-invalid-parameter.json" with {
  type: "json",
};
import createNoVpc from "../data/cloudtrail/lambda-create-function-no-vpc.json" with { type: "json" };
import deleteFunction from "../data/cloudtrail/lambda-delete-function.json" with { type: "json" };
import updateCode from "../data/cloudtrail/lambda-update-function-code-publish.json" with { type: "json" };
import denied from "../data/cloudtrail/lambda-update-function-configuration-access-denied.json" with { type: "json" };
import updateLayers from "../data/cloudtrail/lambda-update-function-configuration-layers.json" with { type: "json" };
import { createFunction, openPath, type PathScene, vpcOf } from "./path-scene.ts";
import { allocate as allocateAddress } from "./scene.ts";

const ARN = "arn:aws:lambda:us-east-1:123456789012:function:partner";
const MINUTE = 60_000;

const keys = (value: unknown): string[] => Object.keys((value ?? {}) as object).sort();
const last = ({ path }: PathScene): Record<string, unknown> => path.cloudTrail.records.at(-1) ?? {};
/** Envelope keys that all recorded samples of a kind share. */
const common = (record: object) => keys(record).filter((key) => key !== "tlsDetails");

describe("records of Lambda's calls", () => {
  it("have the recorded keys when a function outside a VPC is created", async () => {
    const scene = await openPath();
    await createFunction(scene, "partner", { Description: "", MemorySize: 128, PackageType: "Zip", Tags: { a: "b" } });
    const record = last(scene);
    expect(keys(record)).toEqual(keys(createNoVpc));
    expect(keys(record["requestParameters"])).toEqual(keys(createNoVpc.requestParameters));
    // Logging configuration came after that sample was recorded.
    expect(keys(record["responseElements"]).filter((key) => key !== "loggingConfig")).toEqual(
      keys(createNoVpc.responseElements),
    );
    expect(record).toMatchObject({
      eventName: "CreateFunction20150331",
      requestParameters: { code: {}, environment: {} },
    });
  });

  it("name the VPC of a function in one, on both sides", async () => {
    const scene = await openPath();
    await createFunction(scene, "partner");
    const created = scene.path.cloudTrail.records.find(({ eventName }) => eventName === "CreateFunction20150331");
    const { subnetId, groupId, vpcId } = scene.network;
    const wanted = { subnetIds: [subnetId], securityGroupIds: [groupId] };
    expect(created).toMatchObject({
      requestParameters: { vpcConfig: wanted },
      responseElements: { vpcConfig: { ...wanted, vpcId } },
    });
  });

  it("have the recorded keys when a configuration is updated, and the name as given", async () => {
    const scene = await openPath();
    await createFunction(scene, "partner", {});
    await scene.call("lambda", "UpdateFunctionConfiguration", { FunctionName: ARN, Timeout: 9 });
    const record = last(scene);
    expect(record).toMatchObject({
      eventName: updateLayers.eventName,
      requestParameters: { functionName: ARN, environment: {} },
    });
    expect(keys(record["responseElements"])).toEqual(
      keys(updateLayers.responseElements).filter((key) => key !== "layers"),
    );
  });

  it("have the recorded keys when code is updated and published", async () => {
    const scene = await openPath();
    await createFunction(scene, "partner", {});
    await scene.call("lambda", "UpdateFunctionCode", { FunctionName: ARN, ZipFile: Buffer.from("2"), Publish: true });
    const record = last(scene);
    expect(keys(record["requestParameters"])).toEqual(keys(updateCode.requestParameters));
    expect(keys(record["responseElements"]).filter((key) => key !== "loggingConfig")).toEqual(
      keys(updateCode.responseElements),
    );
    expect(record).toMatchObject({ responseElements: { functionArn: `${ARN}:1`, version: "1", state: "Pending" } });
  });

  it("have no answer for deletions and tags; tags name a resource", async () => {
    const scene = await openPath();
    await createFunction(scene, "partner", {});
    await scene.call("lambda", "TagResource", { Resource: ARN, Tags: { Pool: "a" } });
    expect(last(scene)).toMatchObject({
      eventName: "TagResource20170331v2",
      requestParameters: { resource: ARN, tags: { Pool: "a" } },
      responseElements: null,
    });
    await scene.call("lambda", "DeleteFunction", { FunctionName: "partner" });
    expect(keys(last(scene))).toEqual(keys(deleteFunction));
    expect(last(scene)).toMatchObject({ requestParameters: { functionName: "partner" }, responseElements: null });
  });

  it("keep the parameters of failures, but not of denied calls", async () => {
    const scene = await openPath();
    const vpc = { VpcConfig: { SubnetIds: ["subnet-none"], SecurityGroupIds: ["sg-none"] } };
    await expect(createFunction(scene, "partner", vpc)).rejects.toThrow();
    expect(keys(last(scene))).toEqual(keys(createFailed));
    expect(last(scene)).toMatchObject({ errorCode: "InvalidParameterValueException", responseElements: null });

    scene.region.authorize = () => new AwsError("AccessDeniedException", "User is not authorized", 403);
    await expect(createFunction(scene, "partner")).rejects.toThrow();
    expect(keys(last(scene))).toEqual(keys(denied));
    expect(last(scene)).toMatchObject({ errorCode: "AccessDenied", requestParameters: null, responseElements: null });
  });

  it("do not exist for reads and invocations", async () => {
    const scene = await openPath();
    await createFunction(scene, "partner", {});
    const before = scene.path.cloudTrail.records.length;
    await scene.call("lambda", "ListFunctions", {});
    await scene.run(scene.call("lambda", "Invoke", { FunctionName: "partner" }));
    await scene.call("ec2", "DescribeAddresses", {});
    expect(scene.path.cloudTrail.records).toHaveLength(before);
  });
});

describe("records of EC2's calls", () => {
  it("have the recorded keys of an allocation", async () => {
    const scene = await openPath();
    await scene.call("ec2", "AllocateAddress", {
      Domain: "vpc",
      TagSpecifications: [{ ResourceType: "elastic-ip", Tags: [{ Key: "a", Value: "b" }] }],
    });
    expect(keys(last(scene))).toEqual(keys(allocate));
    expect(keys(last(scene)["requestParameters"])).toEqual(keys(allocate.requestParameters));
    expect(last(scene)).toMatchObject({
      requestParameters: {
        tagSpecificationSet: { items: [{ resourceType: "elastic-ip", tags: [{ key: "a", value: "b" }] }] },
      },
    });
    expect(keys(last(scene)["responseElements"])).toEqual(
      expect.arrayContaining(["requestId", "publicIp", "allocationId"]),
    );
  });

  it("answer changes with _return", async () => {
    const scene = await openPath();
    await createFunction(scene, "partner");
    const [NetworkInterfaceId] = scene.region.world.networkInterfaces.keys();
    const AllocationId = await allocateAddress(scene);
    await scene.call("ec2", "AssociateAddress", { AllocationId, NetworkInterfaceId, AllowReassociation: false });
    expect(last(scene)).toMatchObject({
      eventName: "AssociateAddress",
      requestParameters: {
        allocationId: AllocationId,
        networkInterfaceId: NetworkInterfaceId,
        allowReassociation: false,
      },
      responseElements: { _return: true, associationId: expect.stringMatching(/^eipassoc-/) },
    });
  });

  it("prefix error codes, keep parameters, and count dry runs as failures", async () => {
    const scene = await openPath();
    await expect(scene.call("ec2", "AllocateAddress", { DryRun: true })).rejects.toThrow();
    expect(last(scene)).toMatchObject({
      errorCode: dryRun.errorCode,
      errorMessage: dryRun.errorMessage,
      responseElements: null,
    });
    scene.region.authorize = () =>
      new AwsError("UnauthorizedOperation", "You are not authorized to perform this operation.", 403);
    const input = { RouteTableId: "rtb-1", GatewayId: "igw-1", DestinationCidrBlock: "0.0.0.0/0" };
    await expect(scene.call("ec2", "CreateRoute", input)).rejects.toThrow();
    expect(keys(last(scene))).toEqual(keys(unauthorized));
    expect(keys(last(scene)["requestParameters"])).toEqual(keys(unauthorized.requestParameters));
    expect(last(scene)["errorCode"]).toBe(unauthorized.errorCode);
  });

  it("wrap NAT gateway calls and leave their keys alone", async () => {
    const scene = await openPath();
    scene.region.authorize = () => new AwsError("UnauthorizedOperation", "no", 403);
    await expect(scene.call("ec2", "CreateNatGateway", { SubnetId: "s", AllocationId: "a" })).rejects.toThrow();
    expect(keys(last(scene)["requestParameters"])).toEqual(keys(createNat.requestParameters));
    expect(last(scene)).toMatchObject({ requestParameters: { CreateNatGatewayRequest: { SubnetId: "s" } } });
  });

  it("show NAT gateways as recorded", async () => {
    const scene = await openPath();
    const { AllocationId } = await scene.call<{ AllocationId: string }>("ec2", "AllocateAddress", {});
    const Tags = [
      { Key: "StratusRedTeam", Value: "true" },
      { Key: "Name", Value: "a" },
    ];
    const input = {
      ConnectivityType: "public",
      AllocationId,
      SubnetId: scene.network.subnetId,
      ClientToken: "86C58940",
      TagSpecifications: [{ ResourceType: "natgateway", Tags }],
    };
    const made = await scene.call<{ NatGateway: { NatGatewayId: string } }>("ec2", "CreateNatGateway", input);
    const { requestParameters, responseElements } = last(scene) as typeof createNat;
    const request = (it: { requestParameters: { CreateNatGatewayRequest: object } }) =>
      it.requestParameters.CreateNatGatewayRequest;
    expect(request({ requestParameters })).toEqual({
      ...request(createNat),
      AllocationId,
      SubnetId: scene.network.subnetId,
      ClientToken: "86C58940",
      TagSpecification: {
        ResourceType: "natgateway",
        tag: 1,
        Tag: [
          { Value: "true", tag: 1, Key: "StratusRedTeam" },
          { Value: "a", tag: 2, Key: "Name" },
        ],
      },
    });
    const response = responseElements.CreateNatGatewayResponse;
    expect(keys(response)).toEqual(keys(createNat.responseElements.CreateNatGatewayResponse));
    expect(keys(response.natGateway)).toEqual(keys(createNat.responseElements.CreateNatGatewayResponse.natGateway));
    expect(response.natGateway.natGatewayAddressSet).toEqual({
      item: { isPrimary: true, allocationId: AllocationId, status: "associating" },
    });
    const { NatGatewayId } = made.NatGateway;
    await scene.call("ec2", "DeleteNatGateway", { NatGatewayId });
    expect(last(scene)).toMatchObject({
      requestParameters: { DeleteNatGatewayRequest: { NatGatewayId } },
      responseElements: { DeleteNatGatewayResponse: { natGatewayId: NatGatewayId, requestId: expect.any(String) } },
    });
  });

  it("show Lambda making and deleting interfaces in a session of the execution role", async () => {
    const scene = await openPath();
    await createFunction(scene, "partner");
    const created = last(scene);
    expect(created).toMatchObject({
      eventName: "CreateNetworkInterface",
      sourceIPAddress: "lambda.amazonaws.com",
      userIdentity: {
        type: "AssumedRole",
        arn: expect.stringMatching(/^arn:aws:sts::123456789012:assumed-role\/partner-role\/awslambda_\d+_\d{17}$/),
      },
      responseElements: { networkInterface: { status: "pending", interfaceType: "lambda" } },
    });
    expect(common(created)).toEqual(common(createInterface));
    const made = (record: { responseElements?: unknown }) =>
      keys((record.responseElements as { networkInterface: object }).networkInterface);
    // A description was not given in the recorded call.
    expect(made(created).filter((key) => key !== "description")).toEqual(made(createInterface));

    await scene.call("lambda", "DeleteFunction", { FunctionName: "partner" });
    await scene.region.clock.advance(20 * MINUTE);
    expect(common(last(scene))).toEqual(common(deleteInterface));
    expect(keys(last(scene)["responseElements"])).toEqual(keys(deleteInterface.responseElements));
  });
});

describe("delivery to EventBridge", () => {
  async function listening(delays = {}) {
    const scene = await openPath({ delays });
    const { QueueUrl } = await scene.call<{ QueueUrl: string }>("sqs", "CreateQueue", { QueueName: "q" });
    const pattern = { source: ["aws.lambda"], detail: { eventName: [{ prefix: "TagResource" }] } };
    await scene.call("events", "PutRule", { Name: "r", EventPattern: JSON.stringify(pattern) });
    const Arn = "arn:aws:sqs:us-east-1:123456789012:q";
    await scene.call("events", "PutTargets", { Rule: "r", Targets: [{ Id: "t", Arn }] });
    await createFunction(scene, "partner", {});
    const tag = (value: string) => scene.call("lambda", "TagResource", { Resource: ARN, Tags: { value } });
    const arrived = () =>
      scene.path.sqs
        .queueByName("q")
        .receive(10)
        .map(({ body }) => JSON.parse(body).detail.requestParameters.tags.value as string);
    return { scene, QueueUrl, tag, arrived, advance: (ms: number) => scene.region.clock.advance(ms) };
  }

  it("takes as long as CloudTrail and EventBridge take together", async () => {
    const { tag, arrived, advance } = await listening();
    await tag("a");
    await advance(8_299);
    expect(arrived()).toEqual([]);
    await advance(1);
    expect(arrived()).toEqual(["a"]);
  });

  it("can be dropped, delayed and doubled on demand", async () => {
    const { scene, tag, arrived, advance } = await listening();
    const { cloudTrail } = scene.path;
    cloudTrail.dropNext();
    await tag("lost");
    cloudTrail.delayNext(5 * MINUTE, (record) => record.eventName.startsWith("TagResource"));
    await tag("late");
    cloudTrail.duplicateNext();
    await tag("twice");
    await advance(MINUTE);
    expect(arrived()).toEqual(["twice", "twice"]);
    await advance(5 * MINUTE);
    expect(arrived().filter((value) => value === "late")).toEqual(["late"]);
  });

  it("loses, doubles and reorders by chance, the same for the same seed", async () => {
    const chance = {
      cloudTrail: { kind: "lognormal", medianMs: 8_000, sigma: 1.04, maxMs: 90_000 },
      cloudTrailLossRate: 0.2,
      cloudTrailDuplicateRate: 0.2,
      eventBridgeToTarget: fixed(0),
    };
    const run = async () => {
      const { scene, tag, advance } = await listening(chance);
      const order: string[] = [];
      scene.path.registerHandler("sink", (event) => {
        order.push(
          (event as { detail: { requestParameters: { tags: { value: string } } } }).detail.requestParameters.tags.value,
        );
      });
      await createFunction(scene, "sink", {});
      const Targets = [{ Id: "t", Arn: ARN.replace("partner", "sink") }];
      await scene.call("events", "PutTargets", { Rule: "r", Targets });
      for (let index = 0; index < 50; index++) await tag(String(index));
      await advance(10 * MINUTE);
      return order;
    };
    const order = await run();
    expect(await run()).toEqual(order);
    const distinct = new Set(order);
    expect(distinct.size).toBeLessThan(50);
    expect(order.length).toBeGreaterThan(distinct.size);
    expect(order).not.toEqual([...order].sort((a, b) => Number(a) - Number(b)));
  });
});

it("shows a member's move as an update by name", async () => {
  const scene = await openPath();
  await createFunction(scene, "partner", {});
  await scene.call(
    "lambda",
    "UpdateFunctionConfiguration",
    { FunctionName: "partner", ...vpcOf(scene) },
    "arn:aws:iam::123456789012:role/deployer",
  );
  expect(last(scene)).toMatchObject({
    userIdentity: { type: "AssumedRole", arn: "arn:aws:sts::123456789012:assumed-role/deployer/deployer" },
    requestParameters: { functionName: "partner", vpcConfig: { subnetIds: [scene.network.subnetId] } },
  });
});
