/** Deploys into a simulated account, and returns what was recorded. */
import { all, type Output } from "@pulumi/pulumi";
import type { HoldfastInput } from "../../src/config/holdfast.ts";
import type { RecordedResource } from "../../testing/deployment/stand-in/recorder.ts";
import { type Synthesized, synthesize } from "../../testing/deployment/synthesize.ts";

export const targets = [{ name: "partner", url: "https://api.example.com/" }];
export const smallest: HoldfastInput = { pools: { orders: { network: { create: {} }, targets } } };

export interface Deployment extends Synthesized {
  /** The resources of one type, e.g. `ec2/eip:Eip`. */
  of(type: string): readonly RecordedResource[];
}

/** @throws ConfigError as a deployment would */
export async function deploy(...what: Parameters<typeof synthesize>): Promise<Deployment> {
  const synthesized = await synthesize(...what);
  return { ...synthesized, of: (type) => synthesized.resources.filter((it) => it.type === `aws:${type}`) };
}

/** Returns the one resource of its type, or the one with this end of its name. */
export function one(deployment: Deployment, type: string, nameEnd = ""): RecordedResource {
  const [first, ...others] = deployment.of(type).filter(({ name }) => name.endsWith(nameEnd));
  if (!first || others.length > 0) throw new Error(`${others.length + (first ? 1 : 0)} resources of type ${type}`);
  return first;
}

/** Resolves to the value of an output. */
export function resolved<T>(it: Output<T> | Output<T>[]): Promise<unknown> {
  return new Promise((resolve) => {
    all(Array.isArray(it) ? it : [it]).apply((values) => resolve(Array.isArray(it) ? values : values[0]));
  });
}
