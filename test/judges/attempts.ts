/**
 * What somebody with a role of examples/existing-network could try: the requests behind each sentence of docs/security.md. A
 * sentence holds as allowed when every request of it is allowed, and as refused when one is refused.
 */
import type { Request } from "./simulator.ts";

export interface Attempt {
  /** The role's function, as docs/security.md names it. */
  readonly role: string;
  readonly what: string;
  readonly requests: readonly Request[];
}

type Context = NonNullable<Request["context"]>;

const account = "123456789012";
const ec2 = (resource: string) => `arn:aws:ec2:us-east-1:${account}:${resource}`;
const functionArn = (name: string) => `arn:aws:lambda:us-east-1:${account}:function:${name}`;
const ids = "1b2c3d4e5f60718";

const subnet = (letter: string) => `subnet-0${letter}${ids}`;
const address = ec2("elastic-ip/eipalloc-0123456789abcdef0");
const networkInterface = ec2("network-interface/eni-0123456789abcdef0");
const gateway = ec2("natgateway/nat-0123456789abcdef0");
const table = (letter: string) => ec2(`route-table/rtb-0${letter}${ids}`);
const probe = functionArn("holdfast-production-ledger-zone-1");
const canaryLog = `arn:aws:logs:us-east-1:${account}:log-group:/aws/lambda/holdfast-production-canary:log-stream:x`;
const ofPool = (pool: string, role: string): Context => ({
  "aws:ResourceTag/holdfast:pool": pool,
  "aws:ResourceTag/holdfast:role": role,
});
const own = ofPool("ledger", "egress");
const into = (subnetId: string): Context => ({ "ec2:Subnet": ec2(`subnet/${subnetId}`) });
const keys = (...names: string[]): Context => ({ "aws:TagKeys": names });
const network = (subnetIds: string[], securityGroupIds: string[] = [`sg-0a${ids}`]): Context => ({
  "lambda:SubnetIds": subnetIds,
  "lambda:SecurityGroupIds": securityGroupIds,
  "lambda:VpcIds": `vpc-0a${ids}`,
});
const outside = network(["subnet-0fffffffffffffff0"], ["sg-0fffffffffffffff0"]);

const ask = (action: string, resource: string, context: Context = {}): Request => ({ action, resource, context });
const update = (name: string, context?: Context) => ask("lambda:UpdateFunctionConfiguration", name, context);
const move = (action: "Associate" | "Disassociate", tags: Context, subnetId: string) => [
  ask(`ec2:${action}Address`, address, tags),
  ask(`ec2:${action}Address`, networkInterface, into(subnetId)),
];
const lead = (letter: string, tags: Context = {}) => [ask("ec2:ReplaceRoute", table(letter), tags)];
const release = [ask("ec2:ReleaseAddress", address, own)];

const attempts: Readonly<Record<string, Readonly<Record<string, readonly Request[]>>>> = {
  relocate: {
    "disassociate the pool's addresses": move("Disassociate", own, subnet("a")),
    "associate them with any interface in the pool's and the scout's subnets, an instance's too": move(
      "Associate",
      own,
      subnet("a"),
    ),
    "associate them elsewhere": move("Associate", own, "subnet-0fffffffffffffff0"),
    "move an address of another pool": move("Associate", ofPool("other", "egress"), subnet("a")),
    "move the fallback address": move("Associate", ofPool("ledger", "fallback"), subnet("a")),
    "move an address without tags": move("Associate", {}, subnet("a")),
    "write which address served where": [ask("ec2:CreateTags", address, { ...own, ...keys("holdfast:use") })],
    "move an address out of the pool by its tag": [
      ask("ec2:CreateTags", address, { ...own, ...keys("holdfast:pool") }),
    ],
    "read the environment variables of any function in the region": [
      ask("lambda:GetFunctionConfiguration", functionArn("any")),
    ],
    "read code": [ask("lambda:GetFunction", functionArn("any"))],
    "release an address": release,
    "replace a route": lead("a"),
  },
  fallback: {
    "replace any route of the pool's tables, by any target": lead("a", { "aws:ResourceTag/holdfast:pool": "ledger" }),
    "replace a route of another table": lead("c"),
    "make a NAT gateway with the fallback address": [
      ask("ec2:CreateNatGateway", gateway, {
        "aws:RequestTag/holdfast:pool": "ledger",
        "aws:RequestTag/holdfast:role": "fallback",
        ...keys("holdfast:pool", "holdfast:role"),
      }),
      ask("ec2:CreateNatGateway", ec2(`subnet/${subnet("c")}`)),
      ask("ec2:CreateNatGateway", ec2(`elastic-ip/eipalloc-0d${ids}`), ofPool("ledger", "fallback")),
    ],
    "make one with another address": [ask("ec2:CreateNatGateway", ec2(`elastic-ip/eipalloc-0a${ids}`), own)],
    "delete the pool's NAT gateways": [ask("ec2:DeleteNatGateway", gateway, ofPool("ledger", "fallback"))],
    "delete another NAT gateway": [ask("ec2:DeleteNatGateway", gateway, ofPool("other", "fallback"))],
    "have probes send requests of its choice from the pool's addresses": [ask("lambda:InvokeFunction", probe)],
    "move an egress address": move("Associate", own, subnet("a")),
    "release an address": release,
  },
  canary: {
    "mark an address as blocked, or as clean": [
      ask("ec2:CreateTags", address, { ...own, ...keys("holdfast:verdict") }),
    ],
    "write another tag": [ask("ec2:CreateTags", address, { ...own, ...keys("holdfast:override") })],
    "write another tag with one of its own": [
      ask("ec2:CreateTags", address, { ...own, ...keys("holdfast:verdict", "holdfast:override") }),
    ],
    "read a parameter that is not its own": [
      ask("ssm:GetParameter", `arn:aws:ssm:us-east-1:${account}:parameter/other`),
    ],
    "read a secret that no target names": [
      ask("secretsmanager:GetSecretValue", `arn:aws:secretsmanager:us-east-1:${account}:secret:x-AbCdEf`),
    ],
    "write whatever metrics the alarms read, as lines of its log": [ask("logs:PutLogEvents", canaryLog)],
    "put metrics otherwise": [ask("cloudwatch:PutMetricData", "*", { "cloudwatch:namespace": "Holdfast" })],
    "have probes send requests of its choice from the pool's addresses": [ask("lambda:InvokeFunction", probe)],
    "change what a probe runs, by `NODE_OPTIONS` in its environment, with its network": [
      update(probe, network([subnet("a")])),
    ],
    "give a probe other security groups": [update(probe, network([subnet("a")], ["sg-0fffffffffffffff0"]))],
    "change a probe without setting its network": [update(probe)],
    "move a probe into a subnet outside the pools": [update(probe, outside)],
    "move a probe into a subnet outside the pools as well": [
      update(probe, network([subnet("a"), "subnet-0fffffffffffffff0"])),
    ],
    "give a probe a layer": [
      update(probe, { ...network([subnet("a")]), "lambda:Layer": ["arn:aws:lambda:us-east-1:999999999999:layer:x:1"] }),
    ],
    "change another function": [update(functionArn("ledger-import"), network([subnet("a")]))],
    "move an address": move("Associate", own, subnet("a")),
    "release an address": release,
  },
  attach: {
    "put a listed function into the pool's network, and change the rest of its configuration with the same call": [
      update(functionArn("ledger-notices"), network([subnet("a"), subnet("b")])),
    ],
    "put it into another network": [update(functionArn("ledger-notices"), outside)],
    "take it out of its network, or change it without setting one": [update(functionArn("ledger-notices"))],
    "change a function that is not listed": [update(functionArn("ledger-import"), network([subnet("a")]))],
    "give a function another role": [
      ask("iam:PassRole", `arn:aws:iam::${account}:role/admin`, { "iam:PassedToService": "lambda.amazonaws.com" }),
    ],
    "move an address": move("Associate", own, subnet("a")),
  },
  teardown: {
    "disassociate the pool's addresses": move("Disassociate", own, subnet("a")),
    "associate an address": move("Associate", own, subnet("a")),
    "replace any route of the pool's tables, by any target": lead("a"),
    "delete the pool's NAT gateways": [ask("ec2:DeleteNatGateway", gateway, ofPool("ledger", "fallback"))],
    "change what a probe runs, by `NODE_OPTIONS` in its environment": [update(probe)],
    "move a probe into any network": [update(probe, network([subnet("a")]))],
    "give a probe a layer": [update(probe, { "lambda:Layer": ["arn:aws:lambda:us-east-1:999999999999:layer:x:1"] })],
    "change another function": [update(functionArn("ledger-import"))],
    "release an address": release,
  },
  probe: {
    "call EC2 from its code, with the role's rights to network interfaces": [
      ask("ec2:DeleteNetworkInterface", networkInterface, { ...into(subnet("a")), "lambda:SourceFunctionArn": probe }),
    ],
    "let Lambda delete any network interface of the account that is detached": [
      ask("ec2:DeleteNetworkInterface", networkInterface, into("subnet-0fffffffffffffff0")),
    ],
    "let Lambda create network interfaces in any of the pool's subnets, with any security group": [
      ...["a", "b"].map((letter) => ask("ec2:CreateNetworkInterface", ec2(`subnet/${subnet(letter)}`))),
      ask("ec2:CreateNetworkInterface", networkInterface),
      ask("ec2:CreateNetworkInterface", ec2("security-group/sg-0fffffffffffffff0")),
    ],
    "let Lambda create network interfaces outside the pool's subnets": [
      ask("ec2:CreateNetworkInterface", ec2("subnet/subnet-0fffffffffffffff0")),
    ],
    "read a secret or a parameter": [
      ask("secretsmanager:GetSecretValue", `arn:aws:secretsmanager:us-east-1:${account}:secret:x-AbCdEf`),
    ],
    "move an address": move("Associate", own, subnet("a")),
  },
};

export const allAttempts: readonly Attempt[] = Object.entries(attempts).flatMap(([role, sentences]) =>
  Object.entries(sentences).map(([what, requests]) => ({ role, what, requests })),
);
