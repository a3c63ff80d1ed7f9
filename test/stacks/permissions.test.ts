import { readFileSync } from "node:fs";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { buildOptions } from "../../scripts/bundle.ts";
import type { RecordedResource } from "../../scripts/stand-in/recorder.ts";
import type { HoldfastInput } from "../../src/config/holdfast.ts";
import { type Deployment, deploy, one, smallest, targets } from "./deployment.ts";

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
const services = new Set(["ConsumeQueue", "WriteLogs"]);

function relocationPolicy({ of }: Deployment): Statement[] {
  const policies = of("iam/rolePolicy:RolePolicy").filter(({ name }) => name.endsWith("-relocate-policy"));
  return policies.flatMap(statementsOf).filter(({ Sid }) => !services.has(Sid));
}

const actionsOf = (statements: readonly Statement[]) => [...new Set(statements.flatMap(({ Action }) => Action))].sort();

const prefixes: Readonly<Record<string, string>> = {
  ec2: "ec2",
  lambda: "lambda",
  eventbridge: "events",
  sqs: "sqs",
  ssm: "ssm",
  "resource-groups-tagging-api": "tag",
};

/** The IAM actions of all commands and paginators that the function's own modules import from the SDK. */
async function commandsOf(name: string): Promise<string[]> {
  const { metafile } = await build({ ...buildOptions(name, `dist/${name}.mjs`), write: false });
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
  return [...new Set(actions)].sort();
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
    expect(actionsOf(relocationPolicy(await deploy(everything)))).toEqual(await commandsOf("relocate"));
  });

  it("leave out what this configuration has no use for", async () => {
    const named = { pools: { orders: { network: { create: {} }, targets, members: { names: ["pay"] } } } } as const;
    const spared = ["lambda:ListFunctions", "ssm:GetParameter", "tag:GetResources"];
    const all = actionsOf(relocationPolicy(await deploy(everything)));
    const some = actionsOf(relocationPolicy(await deploy(named as unknown as HoldfastInput)));
    expect(some).toEqual(all.filter((action) => !spared.includes(action)));
  });

  it("limit every write to the pool's addresses and subnets", async () => {
    const deployment = await deploy(smallest);
    const subnet = deployment.of("ec2/subnet:Subnet").find(({ name }) => name.endsWith("zone-1-subnet"));
    const ofPool = { "aws:ResourceTag/holdfast:pool": ["orders"], "aws:ResourceTag/holdfast:role": ["egress"] };
    const arn = "arn:aws:ec2:us-east-1:123456789012";
    const writes = relocationPolicy(deployment).filter(({ Action }) =>
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
    const wide = relocationPolicy(await deploy(everything)).filter(({ Resource }) => Resource.includes("*"));
    expect(actionsOf(wide)).toEqual([
      "ec2:DescribeAddresses",
      "ec2:DescribeNetworkInterfaces",
      "lambda:ListFunctions",
      "tag:GetResources",
    ]);
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

  it("is there that nobody has to take", async () => {
    const deployment = await deploy(smallest);
    expect(
      deployment
        .of("iam/role:Role")
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["Holdfast-relocate-role", "Holdfast-sweeps-role"]);
    expect(one(deployment, "lambda/function:Function").inputs["role"]).toContain("Holdfast-relocate-role");
  });
});
