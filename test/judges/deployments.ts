/** What the judges look at: the examples as deployed, and what the examples leave out. */
import { readFileSync } from "node:fs";
import type { HoldfastInput } from "../../src/config/holdfast.ts";
import type { RecordedResource } from "../../testing/deployment/recorded-resource.ts";
import { type Account, emptyAccount } from "../../testing/deployment/stand-in/account.ts";
import { type Names, synthesizeOnce } from "../../testing/deployment/synthesize.ts";
import { examples } from "../deploy/examples.ts";
import { objectGivenTo } from "../docs/configurations.ts";

interface Deployment {
  readonly name: string;
  readonly input: HoldfastInput;
  readonly account: Account;
  readonly names?: Names;
}

const targets = [{ name: "partner", url: "https://api.example.com/" }];
const secret = "arn:aws:secretsmanager:us-east-1:123456789012:secret:partners/token";
const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b";
const withCallbacks: Account = { ...emptyAccount, functions: ["callbacks"] };
const ingress = { function: "callbacks", certificateArn };

const ofPartners = (pool: Omit<HoldfastInput["pools"][string], "network" | "targets">): HoldfastInput => ({
  pools: { partners: { network: { create: {} }, targets, ...pool } },
});

const more: readonly Deployment[] = [
  {
    name: "a regional fallback",
    input: ofPartners({ fallback: { standby: "cold", mode: "regional" } }),
    account: emptyAccount,
  },
  {
    name: "incoming calls to addresses",
    input: ofPartners({ ingress: { kind: "addresses", ...ingress } }),
    account: withCallbacks,
  },
  {
    name: "incoming calls to a name",
    input: ofPartners({ ingress: { kind: "name", domainName: "callbacks.example.com", ...ingress } }),
    account: withCallbacks,
  },
  {
    name: "secrets, and members by pattern and tag",
    input: {
      pools: {
        partners: {
          members: { names: ["orders-*"], tags: { team: "orders" } },
          network: { create: {} },
          targets: [
            { name: "partner", url: "https://api.example.com/", headers: { a: { secret }, b: { ssm: "/a/b" } } },
          ],
        },
      },
    },
    account: emptyAccount,
  },
];

/** Returns the configuration in an example's file. */
function configurationOf(example: string): HoldfastInput {
  const file = example === "inside-an-app" ? "sst.config.ts" : "holdfast.config.ts";
  return objectGivenTo("defineHoldfast", readFileSync(`examples/${example}/${file}`, "utf8")) as HoldfastInput;
}

export const deployments: readonly Deployment[] = [
  ...examples.map(({ name, account }) => ({
    name,
    input: configurationOf(name),
    account,
    ...(name === "inside-an-app" && { names: { app: "shop", component: "Egress" } }),
  })),
  ...more,
];

/** Returns what one of the deployments registers, its configuration changed or as it is. @throws Error when there is none of the name */
export function recordsOf(
  name: string,
  change: (input: HoldfastInput) => HoldfastInput = (input) => input,
): Promise<readonly RecordedResource[]> {
  const found = deployments.find((it) => it.name === name);
  if (!found) throw new Error(`there is no deployment ${name}`);
  const { input, account, names = {} } = found;
  return synthesizeOnce(change(input), "production", account, names);
}
