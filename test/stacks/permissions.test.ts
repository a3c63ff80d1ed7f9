import { readFileSync } from "node:fs";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import type { HoldfastInput } from "../../src/config/holdfast.ts";
import { emptyAccount } from "../../testing/deployment/stand-in/account.ts";
import type { RecordedResource } from "../../testing/deployment/stand-in/recorder.ts";
import { buildOptions } from "../../tools/bundle.ts";
import { type Deployment, deploy, one, smallest, targets } from "./deployment.ts";

interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

function statementsOf(policy: RecordedResource): Statement[] {
  return JSON.parse(String(policy.inputs["policy"])).Statement;
}

/** A request has the key, and no value but these. */
const allOf = (key: string, values: readonly string[]) => ({
  "ForAllValues:StringEquals": { [key]: values },
  Null: { [key]: ["false"] },
});

/** Statements for calls that Lambda makes with the role. */
const services = new Set(["ConsumeQueue", "WriteLogs", "ChangeNetworks"]);

function policyOf(name: string, { of }: Deployment): Statement[] {
  const inline = of("iam/rolePolicy:RolePolicy").filter((it) => it.name.endsWith(`-${name}-policy`));
  const managed = of("iam/policy:Policy").filter((it) => it.name.includes(`-${name}-policy-`));
  return [...inline, ...managed].flatMap(statementsOf).filter(({ Sid }) => !services.has(Sid));
}

const actionsOf = (statements: readonly Statement[]) => [...new Set(statements.flatMap(({ Action }) => Action))].sort();

const prefixes: Readonly<Record<string, string>> = {
  ec2: "ec2",
  lambda: "lambda",
  eventbridge: "events",
  sqs: "sqs",
  ssm: "ssm",
  cloudwatch: "cloudwatch",
  "secrets-manager": "secretsmanager",
  "resource-groups-tagging-api": "tag",
};

/** Commands whose actions have another name (service authorization reference, Lambda and SQS). */
const otherwiseNamed: Readonly<Record<string, string>> = {
  "lambda:Invoke": "lambda:InvokeFunction",
  "sqs:SendMessageBatch": "sqs:SendMessage",
};

/** The IAM actions of all commands and paginators that the function's own modules import from the SDK. */
async function commandsOf(name: string): Promise<string[]> {
  const { metafile, outputFiles = [] } = await build({ ...buildOptions(name, `dist/${name}.mjs`), write: false });
  const bundle = outputFiles.find(({ path }) => path.endsWith(".mjs"))?.text ?? "";
  const modules = Object.keys(metafile.inputs).filter(
    (path) => path.startsWith("src/") || path.startsWith("functions/"),
  );
  const actions = modules.flatMap((path) => {
    const imports = readFileSync(path, "utf8").matchAll(/import \{([^}]*)\} from "@aws-sdk\/client-([a-z0-9-]+)"/g);
    return [...imports].flatMap(([, names = "", client = ""]) =>
      [...names.matchAll(/\b(?:paginate(\w+)|(\w+)Command)\b/g)].map(
        ([, paged, single]) => `${prefixes[client]}:${paged ?? single}`,
      ),
    );
  });
  // What a shared module imports for others falls out of the bundle, and with it the command's name.
  const kept = actions.filter((action) => bundle.includes(JSON.stringify(action.split(":")[1])));
  return [...new Set(kept.map((action) => otherwiseNamed[action] ?? action))].sort();
}

/** Members by name, pattern and tag, and so many that the settings need a parameter. */
const everything: HoldfastInput = {
  pools: {
    orders: {
      members: {
        names: ["orders-*", ...Array.from({ length: 300 }, (_, n) => `orders-${n}`)],
        tags: { team: "orders" },
      },
      network: { create: {} },
      targets,
    },
  },
};

describe("relocation's permissions", () => {
  it("are exactly the commands that its code can send", async () => {
    expect(actionsOf(policyOf("relocate", await deploy(everything)))).toEqual(await commandsOf("relocate"));
  });

  it("omit what this configuration does not need", async () => {
    const named = { pools: { orders: { network: { create: {} }, targets, members: { names: ["pay"] } } } } as const;
    const spared = ["lambda:ListFunctions", "lambda:ListTags", "ssm:GetParameter", "tag:GetResources"];
    const all = actionsOf(policyOf("relocate", await deploy(everything)));
    const some = actionsOf(policyOf("relocate", await deploy(named as unknown as HoldfastInput)));
    expect(some).toEqual(all.filter((action) => !spared.includes(action)));
  });

  it("limit every write to the pool's addresses and subnets", async () => {
    const deployment = await deploy(smallest);
    const subnet = deployment.of("ec2/subnet:Subnet").find(({ name }) => name.endsWith("zone-1-subnet"));
    const scout = deployment.of("ec2/subnet:Subnet").find(({ name }) => name.endsWith("scout-subnet"));
    const ofPool = { "aws:ResourceTag/holdfast:pool": ["orders"], "aws:ResourceTag/holdfast:role": ["egress"] };
    const arn = "arn:aws:ec2:us-east-1:123456789012";
    const writes = policyOf("relocate", deployment).filter(({ Action }) =>
      Action.some((it) => /ec2:(?!Describe)/.test(it)),
    );
    expect(writes.map(({ Action, Resource, Condition }) => [Action, Resource, Condition])).toEqual([
      [["ec2:AssociateAddress", "ec2:DisassociateAddress"], [`${arn}:elastic-ip/*`], { StringEquals: ofPool }],
      [
        ["ec2:AssociateAddress", "ec2:DisassociateAddress"],
        [`${arn}:network-interface/*`],
        { ArnEquals: { "ec2:Subnet": [`${arn}:subnet/${subnet?.id}`] } },
      ],
      [
        ["ec2:AssociateAddress", "ec2:DisassociateAddress"],
        [`${arn}:network-interface/*`],
        { ArnEquals: { "ec2:Subnet": [`${arn}:subnet/${scout?.id}`] } },
      ],
      [
        ["ec2:CreateTags"],
        [`${arn}:elastic-ip/*`],
        {
          StringEquals: ofPool,
          ...allOf("aws:TagKeys", ["holdfast:use", "holdfast:verifications"]),
        },
      ],
    ]);
  });

  it("name shared subnets by their owner's ARN", async () => {
    const owner = "210987654321";
    const network = {
      vpcId: "vpc-0a",
      subnetIds: ["subnet-0a"],
      securityGroupIds: ["sg-0a"],
      routeTableIds: ["rtb-0a"],
      scoutSubnetId: "subnet-0b",
    };
    const deployment = await deploy({ pools: { orders: { network: { existing: network }, targets } } }, "test", {
      ...emptyAccount,
      subnets: ["subnet-0a", "subnet-0b"].map((subnetId) => ({ subnetId, vpcId: "vpc-0a", ownerId: owner })),
      routeTables: ["a", "b"].map((letter) => ({
        routeTableId: `rtb-0${letter}`,
        vpcId: "vpc-0a",
        main: false,
        defaultRoute: "igw-0a",
        subnetIds: [`subnet-0${letter}`],
      })),
    });
    const interfaces = policyOf("relocate", deployment).filter(({ Resource }) =>
      Resource.some((it) => it.endsWith(":network-interface/*")),
    );
    expect(interfaces.map(({ Resource, Condition }) => [Resource, Condition?.["ArnEquals"]])).toEqual(
      ["subnet-0a", "subnet-0b"].map((id) => [
        ["arn:aws:ec2:us-east-1:123456789012:network-interface/*"],
        { "ec2:Subnet": [`arn:aws:ec2:us-east-1:${owner}:subnet/${id}`] },
      ]),
    );
  });

  it("name resources wherever an action allows it", async () => {
    const wide = policyOf("relocate", await deploy(everything)).filter(({ Resource }) => Resource.includes("*"));
    expect(actionsOf(wide)).toEqual([
      "ec2:DescribeAddresses",
      "ec2:DescribeNetworkInterfaces",
      "lambda:ListFunctions",
      "tag:GetResources",
    ]);
  });
});

/** Pools with a fallback of each mode, more than fit into the environment, and one without. */
const withFallbacks: HoldfastInput = {
  pools: {
    orders: { network: { create: {} }, targets, fallback: { standby: "cold" } },
    ledger: { network: { create: {} }, targets, fallback: { standby: "warm", mode: "regional" } },
    ...Object.fromEntries(
      ["a", "b", "c", "d"].map((name) => [
        name,
        { network: { create: { zones: 3 } }, targets, fallback: { standby: "cold" } } as const,
      ]),
    ),
    plain: { network: { create: {} }, targets },
  },
};
const wideAccount = { ...emptyAccount, addressQuota: 50, vpcQuota: 50 };

describe("fallback's permissions", () => {
  it("are exactly the commands that its code can send", async () => {
    const deployment = await deploy(withFallbacks, "test", wideAccount);
    expect(actionsOf(policyOf("fallback", deployment))).toEqual(await commandsOf("fallback"));
  });

  it("limit every write to what belongs to a pool with a fallback", async () => {
    const { orders, ledger, plain } = withFallbacks.pools as Record<string, HoldfastInput["pools"][string]>;
    const pools = { orders, ledger, plain } as HoldfastInput["pools"];
    const deployment = await deploy({ pools }, "test", wideAccount);
    const arn = "arn:aws:ec2:us-east-1:123456789012";
    const idOf = (type: string, nameEnd: string) => one(deployment, type, nameEnd).id;
    const tables = [`${arn}:route-table/*`];
    const ofEither = { "aws:ResourceTag/holdfast:pool": ["orders", "ledger"] };
    const ofPools = (by: string) => ({
      [`aws:${by}/holdfast:pool`]: ["orders", "ledger"],
      [`aws:${by}/holdfast:role`]: ["fallback"],
    });
    const gateways = [`${arn}:natgateway/*`];
    const writes = policyOf("fallback", deployment).filter(({ Action }) =>
      Action.some((it) => /ec2:(?!Describe)/.test(it)),
    );
    expect(writes.map(({ Action, Resource, Condition }) => [Action[0], Resource, Condition])).toEqual([
      ["ec2:CreateNatGateway", gateways, { StringEquals: ofPools("RequestTag") }],
      [
        "ec2:CreateNatGateway",
        [
          `${arn}:subnet/${idOf("ec2/subnet:Subnet", "-orders-nat-subnet")}`,
          `${arn}:vpc/${idOf("ec2/vpc:Vpc", "-ledger-vpc")}`,
        ],
        undefined,
      ],
      ["ec2:CreateNatGateway", [`${arn}:elastic-ip/*`], { StringEquals: ofPools("ResourceTag") }],
      [
        "ec2:CreateTags",
        gateways,
        { StringEquals: { ...ofPools("RequestTag"), "ec2:CreateAction": ["CreateNatGateway"] } },
      ],
      ["ec2:DeleteNatGateway", gateways, { StringEquals: ofPools("ResourceTag") }],
      ["ec2:ReplaceRoute", tables, { StringEquals: ofEither }],
      [
        "ec2:CreateTags",
        tables,
        { StringEquals: ofEither, ...allOf("aws:TagKeys", ["holdfast:flips", "holdfast:refusals"]) },
      ],
    ]);
  });

  it("let it invoke the members' probes, and limit every write to listed resources", async () => {
    const deployment = await deploy(withFallbacks, "test", wideAccount);
    const statements = policyOf("fallback", deployment);
    const wide = statements.filter(({ Resource }) => Resource.includes("*"));
    expect(actionsOf(wide).filter((action) => !/:(Describe|GetMetricData)/.test(action))).toEqual([]);
    const asked = statements.find(({ Action }) => Action.includes("lambda:InvokeFunction"))?.Resource ?? [];
    expect(asked).toHaveLength(14);
    expect(asked.filter((it) => !/:function:holdfast-test-(orders|ledger|[a-d])-zone-\d$/.test(it))).toEqual([]);
  });
});

describe("the canary's permissions", () => {
  it("are exactly the commands that its code can send", async () => {
    const secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:key";
    const [target] = targets;
    const guarded = { ...(target ?? { name: "", url: "" }), headers: { a: { ssm: "/key" }, b: { secret } } };
    const deployment = await deploy({ pools: { orders: { network: { create: {} }, targets: [guarded] } } });
    expect(actionsOf(policyOf("canary", deployment))).toEqual(await commandsOf("canary"));
  });

  it("let it read the secrets that targets name, with their six random characters or without, and no probe any", async () => {
    const secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:bank";
    const clientCertificate = { secret: `${secret}/certificate-a1B2c3` };
    const asked = targets.map((target) => ({
      ...target,
      clientCertificate,
      headers: { a: { secret: `${secret}/key` } },
    }));
    const deployment = await deploy({ pools: { orders: { network: { create: {} }, targets: asked } } });
    const statements = policyOf("canary", deployment).filter(({ Sid }) => Sid === "ReadSecrets");
    expect(statements.map(({ Resource }) => Resource)).toEqual([[`${secret}/key-??????`, clientCertificate.secret]]);
    expect(actionsOf(policyOf("orders-zone-1", deployment)).filter((it) => /secret|ssm|kms/i.test(it))).toEqual([]);
  });
});

describe("attaching's permissions", () => {
  const guardedBy = (...functions: string[]) =>
    ({ network: { create: {} }, targets, guarded: { functions, policy: "attach" } }) as const;
  const many = <Item>(count: number, make: (index: number) => Item) =>
    Array.from({ length: count }, (_, index) => make(index));

  it("are exactly the commands that its code can send", async () => {
    // So many names that the settings need a parameter.
    const names = many(33, (n) => `a-function-with-a-name-that-is-long-enough-${n}-`.padEnd(64, "x"));
    const id = (prefix: string, index: number) => `${prefix}-${String(index).padStart(17, "0")}`;
    const subnetIds = many(16, (index) => id("subnet", index));
    const allocationIds = many(16, (index) => id("eipalloc", index));
    const [vpcId, routeTableId] = [id("vpc", 0), id("rtb", 0)];
    const network = {
      existing: {
        vpcId,
        subnetIds,
        securityGroupIds: many(4, (index) => id("sg", index)),
        routeTableIds: [routeTableId],
      },
    };
    const account = {
      ...wideAccount,
      addresses: allocationIds.map((allocationId) => ({ allocationId, tags: {} })),
      subnets: subnetIds.map((subnetId) => ({ subnetId, vpcId })),
      routeTables: [{ routeTableId, vpcId, main: false, subnetIds, defaultRoute: "igw-0a" }],
    };
    const ledger = { ...guardedBy(...names), network, addresses: { allocationIds } };
    const deployment = await deploy({ pools: { orders: guardedBy("labels"), ledger } }, "test", account);
    expect(actionsOf(policyOf("attach", deployment))).toEqual(await commandsOf("attach"));
  });

  it("set the network of the listed functions alone, each to that of its pool, and no other", async () => {
    const pools = { orders: guardedBy("labels", "stamps"), ledger: guardedBy("import") };
    const deployment = await deploy({ pools });
    const statements = deployment
      .of("iam/rolePolicy:RolePolicy")
      .filter(({ name }) => name.endsWith("-attach-policy"))
      .flatMap(statementsOf);
    const writes = statements.filter(({ Action }) => Action.some((it) => !/:(Describe|Get|List|Put|Receive)/.test(it)));
    const arn = (name: string) => `arn:aws:lambda:us-east-1:123456789012:function:${name}`;
    const into = (pool: string) => ({
      "ForAllValues:StringEquals": {
        "lambda:SubnetIds": [one(deployment, "ec2/subnet:Subnet", `-${pool}-zone-1-subnet`).id],
        "lambda:SecurityGroupIds": [
          one(deployment, "ec2/securityGroup:SecurityGroup", `-${pool}-members-security-group`).id,
        ],
      },
      Null: { "lambda:SubnetIds": ["false"], "lambda:SecurityGroupIds": ["false"] },
    });
    const updates = writes.filter(({ Sid }) => Sid.startsWith("Attach"));
    expect(updates.map(({ Action, Resource, Condition }) => [Action, Resource, Condition])).toEqual([
      [["lambda:UpdateFunctionConfiguration"], [arn("labels"), arn("stamps")], into("orders")],
      [["lambda:UpdateFunctionConfiguration"], [arn("import")], into("ledger")],
    ]);
    expect(writes.filter((it) => !updates.includes(it)).map(({ Sid }) => Sid)).toEqual([
      "SetAside",
      "ConsumeQueue",
      "PassOn",
      "WriteLogs",
    ]);
  });

  it("are in no role where no pool attaches", async () => {
    const guarded = { functions: ["labels"] };
    const { of } = await deploy({ pools: { orders: { network: { create: {} }, targets, guarded } } });
    const roles = of("iam/rolePolicy:RolePolicy");
    const changes = roles.filter((it) => JSON.stringify(it.inputs).includes("function:labels"));
    expect(changes).toEqual([]);
  });
});

describe("a teardown's permissions", () => {
  it("are exactly the commands that its code can send", async () => {
    const deployment = await deploy(withFallbacks, "test", wideAccount);
    expect(actionsOf(policyOf("teardown", deployment))).toEqual(await commandsOf("teardown"));
  });

  it("limit every write to its pool's addresses, subnets, probes, route tables and gateways", async () => {
    const deployment = await deploy({ pools: { orders: withFallbacks.pools["orders"] as never } });
    const arn = "arn:aws:ec2:us-east-1:123456789012";
    const idOf = (type: string, nameEnd: string) => one(deployment, type, nameEnd).id;
    const here = (part: string) => ({
      ArnEquals: { "ec2:Subnet": [`${arn}:subnet/${idOf("ec2/subnet:Subnet", `-orders-${part}-subnet`)}`] },
    });
    const ofPool = { "aws:ResourceTag/holdfast:pool": ["orders"] };
    const ofStage = { StringEquals: { "aws:ResourceTag/holdfast:stage": ["holdfast-test"] } };
    const interfaces = [`${arn}:network-interface/*`];
    const statements = policyOf("teardown", deployment);
    const writes = statements.filter(
      ({ Action, Effect }) => Effect === "Allow" && Action.some((it) => !/:(Describe|Get|List)/.test(it)),
    );
    const probe = (vantage: string) => `arn:aws:lambda:us-east-1:123456789012:function:holdfast-test-orders-${vantage}`;
    expect(writes.map(({ Action, Resource, Condition }) => [Action.at(-1), Resource, Condition])).toEqual(
      expect.arrayContaining([
        ["ec2:DisassociateAddress", [`${arn}:elastic-ip/*`], { StringEquals: ofPool }],
        ["ec2:DisassociateAddress", [`${arn}:elastic-ip/*`], ofStage],
        ["ec2:DeleteTags", [`${arn}:elastic-ip/*`], { ...ofStage, ...allOf("aws:TagKeys", ["holdfast:pool"]) }],
        ["ec2:DisassociateAddress", interfaces, here("zone-1")],
        ["ec2:DisassociateAddress", interfaces, here("scout")],
        ["lambda:UpdateFunctionConfiguration", [probe("zone-1")], undefined],
        ["lambda:UpdateFunctionConfiguration", [probe("scout")], undefined],
        [
          "ec2:ReplaceRoute",
          [`${arn}:route-table/${idOf("ec2/routeTable:RouteTable", "-orders-zone-1-routes")}`],
          undefined,
        ],
        [
          "ec2:DeleteNatGateway",
          [`${arn}:natgateway/*`],
          { StringEquals: { ...ofPool, "aws:ResourceTag/holdfast:role": ["fallback"] } },
        ],
      ]),
    );
    expect(writes).toHaveLength(9);
    const denied = statements.filter(({ Effect }) => Effect === "Deny");
    expect(denied.map(({ Action, Resource, Condition }) => [Action, Resource, Condition])).toEqual(
      ["lambda:SubnetIds", "lambda:Layer"].map((key) => [
        ["lambda:UpdateFunctionConfiguration"],
        ["*"],
        { "ForAnyValue:StringLike": { [key]: ["*"] } },
      ]),
    );
  });

  it("fit into one role, however large the pool", async () => {
    const large = { network: { create: { zones: 3 } }, targets, fallback: { standby: "warm" } } as const;
    const { of } = await deploy({ pools: { [`p${"x".repeat(30)}`]: large } }, "production", wideAccount);
    const policies = of("iam/rolePolicy:RolePolicy").filter(({ name }) => name.endsWith("-teardown-policy"));
    const characters = policies.reduce((sum, { inputs }) => sum + String(inputs["policy"]).length, 0);
    expect(characters).toBeLessThan(10_240);
  });
});

describe("no role", () => {
  it("may allocate or release an address, or has a wildcard action", async () => {
    const deployment = await deploy(withFallbacks, "production", wideAccount);
    const granted = deployment
      .of("iam/rolePolicy:RolePolicy")
      .flatMap(statementsOf)
      .flatMap(({ Action }) => Action);
    expect(granted.length).toBeGreaterThan(10);
    expect(granted.filter((action) => /\*|Allocate|Release/.test(action))).toEqual([]);
  });

  it("exists that nothing assumes", async () => {
    const { of, resources } = await deploy(withFallbacks, "test", wideAccount);
    const taken = JSON.stringify(
      resources.filter(({ type }) => !type.startsWith("aws:iam/")).map(({ inputs }) => inputs),
    );
    expect(of("iam/role:Role").length).toBeGreaterThan(3);
    for (const { outputs } of of("iam/role:Role")) expect(taken).toContain(String(outputs["arn"]));
  });
});
