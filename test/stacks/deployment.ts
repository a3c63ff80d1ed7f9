/** Deploys into an imaginary account, and gives what was recorded. */
import { all, type Output, runtime } from "@pulumi/pulumi";
import { type Account, emptyAccount } from "../../scripts/stand-in/account.ts";
import { type RecordedResource, startRecording } from "../../scripts/stand-in/recorder.ts";
import type { HoldfastConfig } from "../../src/config/holdfast.ts";
import { defineHoldfast, type HoldfastInput } from "../../src/config/holdfast.ts";
import { Holdfast, type PoolOutput } from "../../stacks/main.ts";

export const targets = [{ name: "partner", url: "https://api.example.com/" }];
export const smallest: HoldfastInput = { pools: { orders: { network: { create: {} }, targets } } };

export interface Deployment {
  readonly resources: readonly RecordedResource[];
  readonly outputs: Readonly<Record<string, PoolOutput>>;
  /** The resources of one type, e.g. `ec2/eip:Eip`. */
  of(type: string): readonly RecordedResource[];
}

/** @throws ConfigError as a deployment would */
export async function deploy(
  input: HoldfastInput,
  stage = "test",
  account: Account = emptyAccount,
): Promise<Deployment> {
  const config: HoldfastConfig = defineHoldfast(input);
  const resources = await startRecording(runtime, account, "holdfast", stage, false);
  const bundles = "test/stacks/bundles";
  const { pools } = new Holdfast("Holdfast", { config, app: "holdfast", stage, bundles });
  await runtime.disconnect();
  return { resources, outputs: pools, of: (type) => resources.filter((it) => it.type === `aws:${type}`) };
}

/** The one resource of its type, or the one whose name ends so. */
export function one(deployment: Deployment, type: string, nameEnd = ""): RecordedResource {
  const [first, ...others] = deployment.of(type).filter(({ name }) => name.endsWith(nameEnd));
  if (!first || others.length > 0) throw new Error(`${others.length + (first ? 1 : 0)} resources of type ${type}`);
  return first;
}

/** What an output comes to. */
export function resolved<T>(it: Output<T> | Output<T>[]): Promise<unknown> {
  return new Promise((resolve) => {
    all(Array.isArray(it) ? it : [it]).apply((values) => resolve(Array.isArray(it) ? values : values[0]));
  });
}
