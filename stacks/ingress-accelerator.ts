/**
 * The accelerator whose two addresses a partner calls. They live as long as it does (Global Accelerator API,
 * DeleteAccelerator), so it is treated as the pool's own addresses are: retained unless `onRemove` is `release`, and
 * imported again by its name.
 */
import { globalaccelerator } from "@pulumi/aws";
import { type CustomResourceOptions, type Output, output } from "@pulumi/pulumi";
import type { OnRemove } from "../src/config/holdfast.ts";
import type { AddressIngress } from "../src/config/ingress.ts";
import { tagKeys } from "../src/pool/tags.ts";
import type { IngressContext } from "./ingress-caller.ts";
import { physicalName } from "./names.ts";

const https = 443;

/** What the rest of an ingress needs of its accelerator. */
interface Connected {
  readonly arn: Output<string>;
  readonly ipSets: Output<{ readonly ipAddresses: string[] }[]>;
}

/** Connects the accelerator with the load balancer. Returns its addresses. */
export function createAccelerator(
  context: IngressContext,
  { acceleratorArn }: AddressIngress,
  balancerArn: Output<string>,
  onRemove: OnRemove,
): Output<string[]> {
  const { place, base, options } = context;
  const { arn, ipSets }: Connected = acceleratorArn
    ? globalaccelerator.getAcceleratorOutput({ arn: acceleratorArn }, options)
    : ownAccelerator(context, onRemove);
  const portRanges = [{ fromPort: https, toPort: https }];
  const listener = new globalaccelerator.Listener(
    `${base}-listener`,
    { acceleratorArn: arn, protocol: "TCP", portRanges },
    options,
  );
  new globalaccelerator.EndpointGroup(
    `${base}-endpoints`,
    {
      listenerArn: listener.arn,
      endpointGroupRegion: place.region,
      endpointConfigurations: [{ endpointId: balancerArn, clientIpPreservationEnabled: true }],
    },
    options,
  );
  return ipSets.apply((all) => all.flatMap(({ ipAddresses }) => ipAddresses));
}

/** Creates an accelerator, or imports the one that an earlier deployment of the stage retained for this pool. */
function ownAccelerator({ place, pool, base, options, tags }: IngressContext, onRemove: OnRemove): Connected {
  const name = acceleratorName(place.prefix, pool);
  const kept: CustomResourceOptions = { ...options, retainOnDelete: onRemove !== "release" };
  const existing = place.checked.then(() => stageAccelerator(place.prefix, pool));
  // Pulumi requires the id of an import as plain text: the resource is declared once the id is known.
  const made = output(existing).apply((found) => {
    const imported = found === undefined ? kept : { ...kept, import: found };
    return new globalaccelerator.Accelerator(`${base}-accelerator`, { name, ipAddressType: "IPV4", tags }, imported);
  });
  return { arn: made.apply((it) => it.arn), ipSets: made.apply((it) => it.ipSets) };
}

function acceleratorName(prefix: string, pool: string): string {
  return physicalName("aws:globalaccelerator/accelerator:Accelerator", `${prefix}-${pool}`);
}

/**
 * Returns the ARN of the accelerator that a stage has made for a pool, in this life or in an earlier one; undefined where
 * there is none, or where several have its name.
 *
 * @param prefix `<app>-<stage>`
 */
export async function stageAccelerator(prefix: string, pool: string): Promise<string | undefined> {
  try {
    const { id, tags } = await globalaccelerator.getAccelerator({ name: acceleratorName(prefix, pool) });
    return tags[tagKeys.stage] === prefix ? id : undefined;
  } catch (error) {
    // The provider fails for none and for several (terraform-provider-aws, globalaccelerator/accelerator_data_source.go).
    if (/(no matching|multiple) Global Accelerator Accelerator/.test(String(error))) return undefined;
    throw error;
  }
}
