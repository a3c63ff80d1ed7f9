/** Whether an address can be associated with Lambda's interface, under the deployed policy, and nothing else can. */
import { AssociateAddressCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { AwsCallError, call, classify } from "../../src/aws/errors.ts";
import { refusalOf, until } from "./account.ts";
import { check, secondsOf, type Verdict } from "./check.ts";
import { memberInterface } from "./member-interface.ts";
import type { Scene } from "./scene.ts";

interface Tried {
  /** The code with which it was refused at last. */
  readonly refusal: string | undefined;
  readonly acceptedAfterMs: number;
  /** Undefined: EC2 never showed the association. */
  readonly shownAfterMs: number | undefined;
  /** What EC2 answered to each call that the policy forbids; `DryRunOperation` is a yes. */
  readonly forbidden: Readonly<Record<string, string>>;
}

/** A role's policy takes effect within seconds, an address may be refused for minutes (fck-nat#122). */
const patience = { stepMs: 5_000, limitMs: 120_000 };

export const associationCheck = check<Tried>({
  id: "association",
  question:
    "Does EC2 associate an address with Lambda's interface under the deployed policy, and deny what is outside the pool?",
  needs: ["role"],
  makes: "two Elastic IPs, the deployed role",
  seconds: 45,
  observe: tryAssociation,
  judge: judgeAssociation,
});

async function tryAssociation(scene: Scene): Promise<Tried> {
  const { account, address, spare, tagAddress, poolName, deployed, otherInterface } = scene;
  const target = await memberInterface(scene);
  const ec2 = await deployed();
  const own = await address();
  account.say("associating an address with Lambda's interface, and trying what the policy forbids (as dry runs)");
  const startMs = account.clock.now();
  let refusal: string | undefined;
  await until(account, patience, async () => {
    refusal = await refusalOf(associate(ec2, own.allocationId, target));
    return refusal === undefined || undefined;
  });
  const acceptedAfterMs = account.clock.now() - startMs;
  const shown =
    refusal === undefined &&
    (await until(
      account,
      { stepMs: 1_000, limitMs: 60_000 },
      async () =>
        (await scene.interfaces()).some((it) => it.Association?.AllocationId === own.allocationId) || undefined,
    ));
  const shownAfterMs = shown ? account.clock.now() - startMs - acceptedAfterMs : undefined;
  const other = await spare();
  const ask = async (allocationId: string, networkInterfaceId: string) =>
    (await refusalOf(associate(ec2, allocationId, networkInterfaceId, true))) ?? "done";
  const untagged = other.pooled ? {} : { "an address without the pool's tag": await ask(other.allocationId, target) };
  await tagAddress(other, `${poolName}-other`);
  const foreign = { "an address of another pool": await ask(other.allocationId, target) };
  const elsewhere = await otherInterface();
  const outside = elsewhere ? { "an interface in another subnet": await ask(own.allocationId, elsewhere) } : {};
  await tagAddress(other, poolName);
  return { refusal, acceptedAfterMs, shownAfterMs, forbidden: { ...untagged, ...foreign, ...outside } };
}

export function judgeAssociation({ refusal, acceptedAfterMs, shownAfterMs, forbidden }: Tried): Verdict {
  const seconds = {
    "until EC2 accepted it": secondsOf(acceptedAfterMs),
    ...(shownAfterMs !== undefined && { "until EC2 showed it": secondsOf(shownAfterMs) }),
  };
  if (refusal !== undefined && isDenied(refusal)) {
    return {
      outcome: "fail",
      found: "the deployed policy's allow was denied for two minutes",
      meaning:
        "IAM reads its conditions otherwise, or a service control policy denies ec2:AssociateAddress: nothing is healed",
      remediation:
        "look for a service control policy; else correct movePermissions in src/pool/permissions.ts, and tell the maintainers",
    };
  }
  if (refusal !== undefined) {
    return {
      outcome: "fail",
      found: `EC2 refused the association for two minutes: ${refusal}`,
      meaning:
        "AWS does not associate addresses with Lambda's interfaces in this account or region: Holdfast cannot work here",
      remediation: "take a NAT gateway, and tell the maintainers the code",
    };
  }
  const allowed = Object.entries(forbidden).filter(([, code]) => !isDenied(code));
  if (allowed.length > 0) {
    return {
      outcome: "differs",
      found: `the association works; the policy did not deny ${allowed.map(([what, code]) => `${what} (${code})`).join(", ")}`,
      meaning: "the deployed role may do more than it should; healing works",
      remediation: "tell the maintainers, with this report, before a production stage is deployed",
      seconds,
    };
  }
  if (shownAfterMs === undefined) {
    return {
      outcome: "differs",
      found: "EC2 accepted the association and did not show it for a minute",
      meaning: "Holdfast confirms what it did by looking: it would try again",
      remediation: "run the rehearsal again; tell the maintainers if it is the same",
      seconds,
    };
  }
  return {
    outcome: "pass",
    found: `associated; denied: ${Object.keys(forbidden).join(", ")}`,
    seconds,
  };
}

/** Whether IAM denied the call, rather than EC2 refused what it asked for. */
function isDenied(code: string): boolean {
  return classify(code) === "denied";
}

/** Explicitly without reassociation, as relocation gives a spare. The deployed role calls it, not the operator. */
function associate(ec2: EC2Client, AllocationId: string, NetworkInterfaceId: string, DryRun = false): Promise<unknown> {
  const command = new AssociateAddressCommand({ AllocationId, NetworkInterfaceId, AllowReassociation: false, DryRun });
  return call("ec2:AssociateAddress", () => ec2.send(command)).catch((error: unknown) => {
    // A run that goes on finds its address where it left it.
    if (error instanceof AwsCallError && error.code === "Resource.AlreadyAssociated") return undefined;
    throw error;
  });
}
