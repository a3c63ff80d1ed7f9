/** The longest names that a configuration may have, with common prefixes, and every feature switched on. */

import type { HoldfastInput } from "../../src/config/holdfast.ts";
import { type Account, emptyAccount } from "../../testing/deployment/stand-in/account.ts";
import { targets } from "./deployment.ts";

/** 31 characters, of which the last tells them apart. */
export const poolName = (last: string) => `partners-feature-swap-addresse${last}`;
export const long = { app: "an-application-with-forty-characters-abc", stage: `feature-${"x".repeat(51)}y` };
export const account: Account = { ...emptyAccount, addressQuota: 50, functions: ["callbacks"] };

const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d";
const callbacks = { function: "callbacks", certificateArn };
const guarded = (name: string) => ({ functions: [name], policy: "attach" as const });
const privateLink = ["com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0"];

export const everything: HoldfastInput = {
  notifications: { email: "on-call@example.com" },
  trail: "create",
  pools: {
    [poolName("a")]: {
      network: { create: { zones: 3, interfaceEndpoints: ["kms"], privateLink, flowLogs: {} } },
      targets,
      fallback: { standby: "warm" },
      guarded: guarded("orders-guarded"),
      ingress: { kind: "addresses", ...callbacks },
    },
    [poolName("b")]: {
      network: { create: { zones: 2, cidr: "10.98.0.0/16", interfaceEndpoints: ["kms"], flowLogs: {} } },
      targets,
      fallback: { standby: "cold", mode: "regional" },
      guarded: guarded("billing-guarded"),
      ingress: { kind: "name", ...callbacks, domainName: "callbacks.example.com" },
    },
    [poolName("-")]: {
      network: { create: { cidr: "10.99.0.0/16" } },
      targets,
      ingress: { kind: "addresses", ...callbacks },
    },
  },
};
