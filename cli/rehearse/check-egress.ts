/** Whether traffic leaves by the address, and how long after the association. */
import { AssociateAddressCommand, DisassociateAddressCommand } from "@aws-sdk/client-ec2";
import { call } from "../../src/aws/errors.ts";
import { check, secondsOf, type Verdict } from "./check.ts";
import type { Sample } from "./function-code.ts";
import { memberInterface } from "./member-interface.ts";
import { changeWhileSampling, firstWith } from "./sampling.ts";

interface Seen {
  readonly expected: string;
  /** When the association was called, in this computer's time. */
  readonly calledMs: number;
  readonly samples: readonly Sample[];
}

export const egressCheck = check<Seen>({
  id: "egress",
  question: "Does the function's traffic leave by its address?",
  needs: ["association"],
  makes: "",
  seconds: 50,
  async observe(scene) {
    const { account, address, deployed, member } = scene;
    const target = await memberInterface(scene);
    const { allocationId: AllocationId, publicIp } = await address();
    const ec2 = await deployed();
    account.say("taking the address off and giving it back, while the function asks an echo once a second");
    const shown = (await scene.interfaces()).find((it) => it.NetworkInterfaceId === target);
    const AssociationId = shown?.Association?.AssociationId;
    if (AssociationId) {
      await call("ec2:DisassociateAddress", () => ec2.send(new DisassociateAddressCommand({ AssociationId })));
    }
    const command = new AssociateAddressCommand({
      AllocationId,
      NetworkInterfaceId: target,
      AllowReassociation: false,
    });
    const sampled = await changeWhileSampling(scene, (await member()).name, () =>
      call("ec2:AssociateAddress", () => ec2.send(command)),
    );
    return { expected: publicIp, ...sampled };
  },
  judge: judgeEgress,
});

export function judgeEgress({ expected, calledMs, samples }: Seen): Verdict {
  const first = firstWith(samples, expected);
  if (first) {
    const seconds = { "from the association to the first answer by it": secondsOf(Math.max(0, first.atMs - calledMs)) };
    return { outcome: "pass", found: "the echo saw the address", seconds };
  }
  const other = samples.find(({ address }) => address !== undefined);
  return {
    outcome: "fail",
    found: other ? "the echo saw another address" : `no answer from outside (${samples.at(-1)?.error ?? "no sample"})`,
    meaning: "the association alone gives the function no way out by this address: Holdfast cannot work here",
    remediation:
      "look for VPC Block Public Access, a firewall of the organization or network ACLs; else tell the maintainers",
  };
}
