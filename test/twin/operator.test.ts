/** What an operator looks at, beside what Holdfast's functions call. */
import * as cloudTrail from "@aws-sdk/client-cloudtrail";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as ec2 from "@aws-sdk/client-ec2";
import * as lambda from "@aws-sdk/client-lambda";
import * as quotas from "@aws-sdk/client-service-quotas";
import * as sts from "@aws-sdk/client-sts";
import { beforeEach, describe, expect, it } from "vitest";
import { clientConfig } from "../../testing/twin/endpoint.ts";
import { addEventPath } from "../../testing/twin/event-path.ts";
import { createRegion } from "../../testing/twin/region.ts";
import { startServer } from "../../testing/twin/server.ts";
import { createFunction, openPath, type PathScene } from "./path-scene.ts";

let scene: PathScene;
beforeEach(async () => {
  scene = await openPath();
});

/** A queue that hears of every call of Lambda's. */
async function listen(): Promise<() => Promise<number>> {
  const { QueueUrl } = await scene.call<{ QueueUrl: string }>("sqs", "CreateQueue", { QueueName: "heard" });
  await scene.call("events", "PutRule", { Name: "all", EventPattern: JSON.stringify({ source: ["aws.lambda"] }) });
  const Arn = "arn:aws:sqs:us-east-1:123456789012:heard";
  await scene.call("sqs", "SetQueueAttributes", {
    QueueUrl,
    Attributes: {
      Policy: JSON.stringify({
        Statement: [{ Effect: "Allow", Principal: "*", Action: "sqs:SendMessage", Resource: Arn }],
      }),
    },
  });
  await scene.call("events", "PutTargets", { Rule: "all", Targets: [{ Id: "1", Arn }] });
  return async () => {
    await scene.region.clock.advance(60_000);
    const input = { QueueUrl, AttributeNames: ["All"] };
    const { Attributes } = await scene.call<{ Attributes: Record<string, string> }>("sqs", "GetQueueAttributes", input);
    return Number(Attributes["ApproximateNumberOfMessages"]);
  };
}

describe("trails", () => {
  it("that log writes bring calls to rules; one that is stopped or records reads alone does not", async () => {
    const client = new cloudTrail.CloudTrailClient(clientConfig(scene.region));
    const trail = (operation: string, input: object) => scene.call("cloudtrail", operation, input);
    const heard = await listen();
    await createFunction(scene, "one");
    expect(await heard()).toBe(1);

    await trail("StopLogging", { Name: "management" });
    await createFunction(scene, "two");
    expect(await heard()).toBe(1);
    const status = await scene.run(client.send(new cloudTrail.GetTrailStatusCommand({ Name: "management" })));
    expect(status.IsLogging).toBe(false);

    await trail("StartLogging", { Name: "management" });
    const EventSelectors = [{ ReadWriteType: "ReadOnly" }];
    await trail("PutEventSelectors", { TrailName: "management", EventSelectors });
    await createFunction(scene, "three");
    expect(await heard()).toBe(1);

    await trail("DeleteTrail", { Name: "management" });
    await createFunction(scene, "four");
    expect(await heard()).toBe(1);
    await trail("CreateTrail", { Name: "new", S3BucketName: "records" });
    await trail("StartLogging", { Name: "new" });
    await createFunction(scene, "five");
    expect(await heard()).toBe(2);
  });

  it("do not matter to the event history, which is looked up by name and in pages, the latest first", async () => {
    const client = new cloudTrail.CloudTrailClient(clientConfig(scene.region));
    await scene.run(client.send(new cloudTrail.StopLoggingCommand({ Name: "management" })));
    for (const name of ["one", "two", "three"]) {
      await createFunction(scene, name);
      await scene.region.clock.advance(2_000);
    }
    const LookupAttributes = [{ AttributeKey: "EventName" as const, AttributeValue: "CreateFunction20150331" }];
    const found: string[] = [];
    const pages = cloudTrail.paginateLookupEvents({ client, pageSize: 2 }, { LookupAttributes });
    const read = (async () => {
      for await (const { Events = [] } of pages) {
        found.push(...Events.map((it) => JSON.parse(it.CloudTrailEvent ?? "").requestParameters.functionName));
      }
    })();
    await scene.run(read);
    expect(found).toEqual(["three", "two", "one"]);
    const two = [...LookupAttributes, { AttributeKey: "Username" as const, AttributeValue: "operator" }];
    const refused = await scene.failure(client.send(new cloudTrail.LookupEventsCommand({ LookupAttributes: two })));
    expect(refused.name).toBe("InvalidLookupAttributesException");
  });
});

describe("logs", () => {
  it("are kept by group, and found by a phrase and by time; a group that is not there loses its lines", async () => {
    const client = new logs.CloudWatchLogsClient(clientConfig(scene.region));
    scene.path.logs.write("/aws/lambda/f", "before the group");
    await scene.run(client.send(new logs.CreateLogGroupCommand({ logGroupName: "/aws/lambda/f" })));
    scene.path.logs.write("/aws/lambda/f", '{"message":"address block confirmed"}');
    const laterMs = scene.region.clock.now() + 5_000;
    await scene.region.clock.advance(10_000);
    scene.path.logs.write("/aws/lambda/f", '{"message":"round"}');
    const find = async (input: object) => {
      const command = new logs.FilterLogEventsCommand({ logGroupName: "/aws/lambda/f", ...input });
      return (await scene.run(client.send(command))).events?.map(({ message }) => message);
    };
    expect(await find({})).toHaveLength(2);
    expect(await find({ filterPattern: '"address block confirmed"' })).toEqual([
      '{"message":"address block confirmed"}',
    ]);
    expect(await find({ startTime: laterMs })).toEqual(['{"message":"round"}']);
    const gone = await scene.failure(client.send(new logs.FilterLogEventsCommand({ logGroupName: "gone" })));
    expect(gone.name).toBe("ResourceNotFoundException");
  });
});

describe("a function with a reserved concurrency of 0", () => {
  it("runs for nobody until it is given back", async () => {
    await createFunction(scene, "off");
    const { lambda: client, run, failure } = scene;
    const FunctionName = "off";
    const invoke = () => client.send(new lambda.InvokeCommand({ FunctionName }));
    await run(client.send(new lambda.PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 })));
    const shown = await run(client.send(new lambda.GetFunctionConcurrencyCommand({ FunctionName })));
    expect(shown.ReservedConcurrentExecutions).toBe(0);
    expect((await failure(invoke())).name).toBe("TooManyRequestsException");
    await run(client.send(new lambda.DeleteFunctionConcurrencyCommand({ FunctionName })));
    expect((await run(invoke())).StatusCode).toBe(200);
  });
});

describe("what packets meet", () => {
  it("begins open, and shows what is changed", async () => {
    const { ec2: client, run, network } = scene;
    const acls = async () => {
      const Filters = [{ Name: "association.subnet-id", Values: [network.subnetId] }];
      const { NetworkAcls = [] } = await run(client.send(new ec2.DescribeNetworkAclsCommand({ Filters })));
      return NetworkAcls;
    };
    const [acl] = await acls();
    const rules = (it = acl) =>
      it?.Entries?.filter(({ Egress }) => Egress).map(({ RuleNumber, RuleAction }) => `${RuleNumber} ${RuleAction}`);
    expect(rules()).toEqual(["100 allow", "32767 deny"]);
    const NetworkAclId = acl?.NetworkAclId;
    const entry = { NetworkAclId, RuleNumber: 50, Egress: true };
    const more = {
      Protocol: "6",
      RuleAction: "deny" as const,
      CidrBlock: "0.0.0.0/0",
      PortRange: { From: 443, To: 443 },
    };
    await run(client.send(new ec2.CreateNetworkAclEntryCommand({ ...entry, ...more })));
    expect(rules((await acls())[0])).toEqual(["50 deny", "100 allow", "32767 deny"]);
    await run(client.send(new ec2.DeleteNetworkAclEntryCommand(entry)));
    expect(rules((await acls())[0])).toEqual(["100 allow", "32767 deny"]);

    const GroupIds = [network.groupId];
    const egress = async () => {
      const { SecurityGroups = [] } = await run(client.send(new ec2.DescribeSecurityGroupsCommand({ GroupIds })));
      return SecurityGroups[0]?.IpPermissionsEgress;
    };
    const all = [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
    expect(await egress()).toMatchObject(all);
    const change = { GroupId: network.groupId, IpPermissions: all };
    await run(client.send(new ec2.RevokeSecurityGroupEgressCommand(change)));
    expect(await egress()).toEqual([]);

    const VpcId = network.vpcId;
    const dns = async () =>
      (await run(client.send(new ec2.DescribeVpcAttributeCommand({ VpcId, Attribute: "enableDnsSupport" }))))
        .EnableDnsSupport?.Value;
    expect(await dns()).toBe(true);
    await run(client.send(new ec2.ModifyVpcAttributeCommand({ VpcId, EnableDnsSupport: { Value: false } })));
    expect(await dns()).toBe(false);
  });
});

describe("the account", () => {
  it("says who is calling, and how many addresses it may have", async () => {
    const ARN = "arn:aws:iam::123456789012:role/looker";
    const caller = new sts.STSClient(clientConfig(scene.region, ARN));
    const identity = await scene.run(caller.send(new sts.GetCallerIdentityCommand({})));
    expect(identity).toMatchObject({ Account: "123456789012", Arn: ARN });
    const client = new quotas.ServiceQuotasClient(clientConfig(scene.region));
    const input = { ServiceCode: "ec2", QuotaCode: "L-0263D0A3" };
    const { Quota } = await scene.run(client.send(new quotas.GetServiceQuotaCommand(input)));
    expect(Quota?.Value).toBe(5);
  });

  it("has other regions behind the same address, each with its own", async () => {
    const other = createRegion({ seed: 2, name: "eu-west-1" });
    addEventPath(other);
    const server = await startServer(scene.region, 0, [other]);
    const credentials = { accessKeyId: "a", secretAccessKey: "b" };
    const countIn = async (region: string) => {
      const client = new ec2.EC2Client({ endpoint: server.url, region, credentials });
      return (await client.send(new ec2.DescribeVpcsCommand({}))).Vpcs?.length;
    };
    expect([await countIn("us-east-1"), await countIn("eu-west-1")]).toEqual([1, 0]);
    await server.close();
  });
});
