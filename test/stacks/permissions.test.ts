import { readFileSync } from "node:fs";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { buildOptions } from "../../scripts/bundle.ts";
import type { RecordedResource } from "../../scripts/stand-in/recorder.ts";
import type { HoldfastInput } from "../../src/config/holdfast.ts";
import { type Deployment, deploy, smallest, targets } from "./deployment.ts";

interface Statement {
  readonly Sid: string;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

function statementsOf(policy: RecordedResource): Statement[] {
  return JSON.parse(String(policy.inputs["policy"])).Statement;
}

/** What Lambda does in the role's name, and no code of ours. */
const services = new Set(["ConsumeQueue", "WriteLogs", "ChangeNetworks"]);

function policyOf(name: string, { of }: Deployment): Statement[] {
  const policies = of("iam/rolePolicy:RolePolicy").filter((it) => it.name.endsWith(`-${name}-policy`));
  return policies.flatMap(statementsOf).filter(({ Sid }) => !services.has(Sid));
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
  return [...new Set(kept)].map((action) => (action === "lambda:Invoke" ? "lambda:InvokeFunction" : action)).sort();
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

  it("leave out what this configuration has no use for", async () => {
    const named = { pools: { orders: { network: { create: {} }, targets, members: { names: ["pay"] } } } } as const;
    const spared = ["lambda:ListFunctions", "ssm:GetParameter", "tag:GetResources"];
    const all = actionsOf(policyOf("relocate", await deploy(everything)));
    const some = actionsOf(policyOf("relocate", await deploy(named as unknown as HoldfastInput)));
    expect(some).toEqual(all.filter((action) => !spared.includes(action)));
  });

  it("limit every write to the pool's addresses and subnets", async () => {
    const deployment = await deploy(smallest);
    const subnet = deployment.of("ec2/subnet:Subnet").find(({ name }) => name.endsWith("zone-1-subnet"));
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
        ["ec2:CreateTags"],
        [`${arn}:elastic-ip/*`],
        { StringEquals: ofPool, "ForAllValues:StringEquals": { "aws:TagKeys": ["holdfast:use"] } },
      ],
    ]);
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

describe("the sentinel's permissions", () => {
  it("are exactly the commands that its code can send", async () => {
    const secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:key";
    const [target] = targets;
    const guarded = { ...(target ?? { name: "", url: "" }), headers: { a: { ssm: "/key" }, b: { secret } } };
    const deployment = await deploy({ pools: { orders: { network: { create: {} }, targets: [guarded] } } });
    expect(actionsOf(policyOf("sentinel", deployment))).toEqual(await commandsOf("sentinel"));
  });
});

describe("no role", () => {
  it("may allocate or release an address, or do whatever it likes", async () => {
    const deployment = await deploy(everything, "production");
    const granted = deployment
      .of("iam/rolePolicy:RolePolicy")
      .flatMap(statementsOf)
      .flatMap(({ Action }) => Action);
    expect(granted.length).toBeGreaterThan(10);
    expect(granted.filter((action) => /\*|Allocate|Release/.test(action))).toEqual([]);
  });

  it("is there that nobody takes", async () => {
    const { of, resources } = await deploy(smallest);
    const taken = JSON.stringify(
      resources.filter(({ type }) => !type.startsWith("aws:iam/")).map(({ inputs }) => inputs),
    );
    expect(of("iam/role:Role").length).toBeGreaterThan(3);
    for (const { outputs } of of("iam/role:Role")) expect(taken).toContain(String(outputs["arn"]));
  });
});
