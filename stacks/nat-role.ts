/**
 * The service-linked role with which AWS associates addresses with a regional NAT gateway. Without it, the creator of such
 * a gateway must be allowed to create the role, which fallback is not (VPC user guide, "Regional NAT gateways", service-linked role).
 */
import { iam } from "@pulumi/aws";
import { output } from "@pulumi/pulumi";
import { tagKeys } from "../src/pool/tags.ts";
import type { Place } from "./place.ts";
import { readOrWarn } from "./read-or-warn.ts";

const awsServiceName = "ec2-nat-gateway.amazonaws.com";

/**
 * Creates the role unless the account has it. It is retained when the stage is removed, since other stages may use it by
 * then. A role that this stage created stays declared; when the state does not contain it, as after a removal, it is
 * imported.
 */
export function createNatRole(place: Place): void {
  output(place.checked.then(() => findRole(place))).apply((found) => {
    if (found === "unknown" || (found && found.tags[tagKeys.stage] !== place.prefix)) return;
    new iam.ServiceLinkedRole(
      `${place.name}-nat-gateway-role`,
      { awsServiceName, tags: place.tags },
      {
        parent: place.parent,
        retainOnDelete: true,
        // AWS may change the description.
        ignoreChanges: ["description"],
        ...(found ? { import: found.arn } : {}),
      },
    );
  });
}

async function findRole({ parent }: Place): Promise<iam.GetRoleResult | undefined | "unknown"> {
  const options = { parent };
  const read = async () => {
    const { names } = await iam.getRoles({ pathPrefix: `/aws-service-role/${awsServiceName}/` }, options);
    const [name] = names;
    return { role: name === undefined ? undefined : await iam.getRole({ name }, options) };
  };
  const found = await readOrWarn(
    "whether the account has AWSServiceRoleForNATGateway (aws iam create-service-linked-role creates it)",
    "iam:ListRoles and iam:GetRole",
    read,
  );
  return found ? found.role : "unknown";
}
