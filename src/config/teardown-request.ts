/**
 * What a teardown is asked: the input of the deployment's `lambda.Invocation`, to which Pulumi's AWS provider adds
 * `tf: { action, prev_input }` (hashicorp/terraform-provider-aws, internal/service/lambda/invocation.go, buildInput).
 */
import * as z from "zod/mini";
import { awsId, functionArn, problemsOf, resourceName, SettingsError } from "./load.ts";

const subnet = z.object({
  kind: z.literal("subnet"),
  pool: resourceName,
  vpcId: awsId("vpc"),
  subnetId: awsId("subnet"),
  /** Those of the pool's members, or the scout's. */
  securityGroupIds: z.array(awsId("sg")),
  /** The removal deletes the subnet itself: then no function may be left in it, whatever its security groups. */
  deletesSubnet: z.boolean(),
  /** All of the pool's probes, since the canary moves them between its subnets. */
  probeArns: z.array(functionArn),
});

const fallback = z.object({
  kind: z.literal("fallback"),
  pool: resourceName,
  vpcId: awsId("vpc"),
  routeTableIds: z.array(awsId("rtb")),
});

const addresses = z.object({
  kind: z.literal("addresses"),
  pool: resourceName,
  vpcId: awsId("vpc"),
  /** Those that the deployment has allocated and does not keep: what is named no more is released next. */
  allocationIds: z.array(awsId("eipalloc")),
  /** The members', where an address may serve. */
  subnetIds: z.array(awsId("subnet")),
  scout: z.optional(z.object({ subnetId: awsId("subnet"), securityGroupId: awsId("sg") })),
  hasFallback: z.boolean(),
});

const request = z.discriminatedUnion("kind", [subnet, fallback, addresses]);
const lifecycle = z.object({
  tf: z.object({ action: z.enum(["create", "update", "delete"]), prev_input: z.nullish(z.unknown()) }),
});

export type SubnetRequest = z.infer<typeof subnet>;
export type FallbackRequest = z.infer<typeof fallback>;
export type AddressesRequest = z.infer<typeof addresses>;
export type TeardownRequest = z.infer<typeof request>;

/**
 * Reads an invocation.
 * @throws SettingsError that names the field: at the deployment, which invokes it too, and not only at the removal
 */
export function parseTeardown(event: unknown): {
  readonly action: "create" | "update" | "delete";
  readonly request: TeardownRequest;
  /** What the resource was made or last changed with; undefined at its creation, or where it cannot be read. */
  readonly before: TeardownRequest | undefined;
} {
  const asked = z.safeParse(lifecycle, event);
  const parsed = z.safeParse(request, event);
  const problems = [asked, parsed].flatMap(({ error }) => (error ? problemsOf(error) : []));
  if (!asked.success || !parsed.success) {
    throw new SettingsError(
      `the teardown's input is not valid: ${problems.join("; ")}: deploy this version of Holdfast, then run the same command again`,
    );
  }
  const { action, prev_input } = asked.data.tf;
  return { action, request: parsed.data, before: z.safeParse(request, prev_input).data };
}

/** How the description of every probe begins. `ListFunctions`, by which a teardown looks for members, shows no tags. */
export const probeDescription = "Holdfast: asks the targets of pool";
