/** How partners call back: to two fixed addresses, or to a fixed name where that is enough. */
import { z } from "zod";
import { awsId, listOf, strict, text } from "./fields.ts";

const certificateArn = text(
  /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
  "must be the ARN of a certificate in ACM, such as arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-1111-2222-3333-444455556666",
);
const called = text(
  /^[A-Za-z0-9_-]{1,64}(?::[A-Za-z0-9_-]{1,128})?$/,
  "must be a function's name, or name and alias such as callbacks:live",
);

const addresses = strict({
  kind: z.literal("addresses"),
  /** The function that is called, by name or by name and alias; it must exist. */
  function: called,
  /** For the name under which partners call; it has to be in the deployment's region. */
  certificateArn,
  /** Where partners call from. Without it, from anywhere. */
  clients: listOf(
    z.cidrv4({ error: "must be an IPv4 range, such as 203.0.113.0/24" }),
    "range of clients",
  ).exactOptional(),
  /** In a network that exists: two subnets in two zones, best without a route to the internet. */
  subnetIds: listOf(awsId("subnet"), "subnet of the load balancer").exactOptional(),
  /** An accelerator that you have already, such as one that another stage has left behind, instead of a new one. */
  acceleratorArn: text(
    /^arn:aws[a-z-]*:globalaccelerator::\d{12}:accelerator\/[\w-]+$/,
    "must be an accelerator's ARN, such as arn:aws:globalaccelerator::123456789012:accelerator/0a1b2c3d-1111-2222-3333-444455556666",
  ).exactOptional(),
});

const name = strict({
  kind: z.literal("name"),
  function: called,
  certificateArn,
  /** The name that partners call; its DNS record is yours to make. */
  domainName: text(
    /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/,
    "must be a host name in lower case, such as callbacks.example.com",
  ),
});

export const ingress = z.discriminatedUnion("kind", [addresses, name], {
  error: (issue) =>
    issue.code === "invalid_union"
      ? "must be addresses (two fixed addresses) or name (a domain name)"
      : "must be an object with kind: addresses or name",
});

export type Ingress = z.output<typeof ingress>;
export type AddressIngress = Extract<Ingress, { kind: "addresses" }>;
export type NameIngress = Extract<Ingress, { kind: "name" }>;

interface Surroundings {
  readonly network: { readonly kind: "create" | "existing" };
  readonly ingress?: Ingress;
}

/** Returns contradictions between ingress and network, by path. */
export function ingressContradictions({ network, ingress }: Surroundings): [path: string[], message: string][] {
  if (ingress?.kind !== "addresses") return [];
  const path = ["ingress", "subnetIds"];
  const { subnetIds } = ingress;
  if (network.kind === "create") {
    return subnetIds
      ? [[path, "has no use in a created network, which has two subnets of its own for it: remove it"]]
      : [];
  }
  if (subnetIds && subnetIds.length > 1) return [];
  return [[path, "must name two subnets in two zones of the existing network: AWS puts no load balancer into one"]];
}
