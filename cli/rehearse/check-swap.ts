/** Whether another address takes the place of one in one call, and how long nothing gets out. */
import { AssociateAddressCommand } from "@aws-sdk/client-ec2";
import { call } from "../../src/aws/errors.ts";
import { refusalOf } from "./account.ts";
import { check, secondsOf, type Verdict } from "./check.ts";
import type { Sample } from "./function-code.ts";
import { memberInterface } from "./member-interface.ts";
import { changeWhileSampling, firstWith, longestGapMs } from "./sampling.ts";

interface Seen {
  readonly refusal: string | undefined;
  readonly expected: string;
  readonly calledMs: number;
  readonly samples: readonly Sample[];
}

/** As docs/measurements.md assumes it of a swap, and a second more for the rhythm of the samples. */
const expectedGapMs = 5_000;

export const swapCheck = check<Seen>({
  id: "swap",
  question: "Does one call put another address in the place of one, and how long is the gap?",
  needs: ["egress"],
  makes: "",
  seconds: 45,
  async observe(scene) {
    const { account, spare, deployed, member, tagAddress, poolName } = scene;
    const target = await memberInterface(scene);
    const next = await spare();
    await tagAddress(next, poolName);
    const ec2 = await deployed();
    account.say("putting another address on the interface, while the function asks an echo once a second");
    const command = new AssociateAddressCommand({
      AllocationId: next.allocationId,
      NetworkInterfaceId: target,
      AllowReassociation: true,
    });
    let refusal: string | undefined;
    const sampled = await changeWhileSampling(scene, (await member()).name, async () => {
      refusal = await refusalOf(call("ec2:AssociateAddress", () => ec2.send(command)));
    });
    return { refusal, expected: next.publicIp, ...sampled };
  },
  judge: judgeSwap,
});

export function judgeSwap({ refusal, expected, calledMs, samples }: Seen): Verdict {
  if (refusal !== undefined) {
    return {
      outcome: "differs",
      found: `EC2 refused to associate an address with what has one: ${refusal}`,
      meaning:
        "a blocked address is swapped in two calls, with a gap of about two seconds more; relocation does that by itself",
      remediation: "nothing; tell the maintainers the code",
    };
  }
  const first = firstWith(samples, expected);
  if (!first) {
    return {
      outcome: "fail",
      found: "EC2 accepted the swap, and the echo did not see the new address within half a minute",
      meaning: "a swap of a blocked address does not take effect in time",
      remediation: "run the rehearsal again; if it is the same, tell the maintainers",
    };
  }
  const gapMs = longestGapMs(samples);
  const seconds = {
    "from the swap to the first answer by the new address": secondsOf(Math.max(0, first.atMs - calledMs)),
    "longest time between two answers": secondsOf(gapMs),
  };
  if (gapMs <= expectedGapMs) return { outcome: "pass", found: "swapped in one call", seconds };
  return {
    outcome: "differs",
    found: `swapped in one call, with ${secondsOf(gapMs)} s between two answers`,
    meaning: "each swap, and each replacement of an interface without a spare, interrupts calls for as long",
    remediation: "have clients try again for longer than that (the guard's fetchWithRetry does), and keep a spare",
    seconds,
  };
}
