/** The network that a pool's members send through: one of its own, or one that exists. */
import type { z } from "zod";
import { awsId, eachOnce, listOf, retention, strict, text, whole } from "./fields.ts";

/** Services whose gateway endpoints every created network has. */
const gatewayServices = ["s3", "dynamodb"];

const created = strict({
  /** Zones, each with a subnet of its own for members; each needs an address of its own. */
  zones: whole(1, 3).default(1),
  cidr: text(/^(?:\d{1,3}\.){2}0\.0\/16$/, "must be a range of size /16, such as 10.97.0.0/16").default("10.97.0.0/16"),
  /** AWS services reached without the internet, such as `secretsmanager`; S3 and DynamoDB always are, at no cost. */
  interfaceEndpoints: eachOnce(text(/^[a-z0-9.-]+$/, "must be a service's name, such as secretsmanager"))
    .refine((services) => !services.some((it) => gatewayServices.includes(it)), {
      error: "must not list s3 or dynamodb, whose gateway endpoints are there at no cost: remove them",
    })
    .default([]),
  /** Services of others, by their endpoint service name. */
  privateLink: eachOnce(
    text(/^com\.amazonaws\.vpce\./, "must be a name such as com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0"),
  ).default([]),
  flowLogs: strict({ days: retention().default(14) }).exactOptional(),
});

const existing = strict({
  vpcId: awsId("vpc"),
  subnetIds: listOf(awsId("subnet"), "subnet of the members"),
  securityGroupIds: listOf(awsId("sg"), "security group of the members"),
  routeTableIds: listOf(awsId("rtb"), "route table of the subnets"),
  /** A subnet with a route to an internet gateway that is none of the members': where a NAT gateway would stand. */
  natSubnetId: awsId("subnet").exactOptional(),
  /** A subnet with a route to an internet gateway that is none of the members': where addresses are tried out. */
  scoutSubnetId: awsId("subnet").exactOptional(),
});

const oneNetwork = "must hold either create (a VPC of its own) or existing (ids of yours), not both and not neither";
export const network = strict({ create: created.exactOptional(), existing: existing.exactOptional() })
  .refine((it) => (it.create === undefined) !== (it.existing === undefined), { error: oneNetwork })
  .transform((it) =>
    it.create
      ? ({ kind: "create", ...it.create } as const)
      : ({ kind: "existing", ...(it.existing as Existing) } as const),
  );

type Existing = z.output<typeof existing>;
export type Network = z.output<typeof network>;
export type CreatedNetwork = Extract<Network, { kind: "create" }>;
export type ExistingNetwork = Extract<Network, { kind: "existing" }>;
