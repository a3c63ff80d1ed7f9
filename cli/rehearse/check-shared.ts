/** Whether two functions of the same subnet and group share the interface and its address. */
import { check, type Verdict } from "./check.ts";
import type { Sample } from "./function-code.ts";
import { interfacesWith } from "./member-interface.ts";

interface Seen {
  readonly interfaces: number;
  readonly member: Sample | undefined;
  readonly neighbour: Sample | undefined;
}

export const sharedCheck = check<Seen>({
  id: "shared",
  question: "Do two functions of the same subnet and security group share the interface and the address?",
  needs: ["egress"],
  makes: "a second function",
  seconds: 40,
  async observe(scene) {
    const { account, network, member, neighbour, sample } = scene;
    const first = await member();
    const second = await neighbour();
    account.say("asking both functions by which address they leave");
    const [memberSample] = await sample(first.name, 0);
    const [neighbourSample] = await sample(second.name, 0);
    const interfaces = (await interfacesWith(scene, (await network()).groupId)).length;
    return { interfaces, member: memberSample, neighbour: neighbourSample };
  },
  judge: judgeShared,
});

export function judgeShared({ interfaces, member, neighbour }: Seen): Verdict {
  if (member?.address !== undefined && member.address === neighbour?.address) {
    return {
      outcome: "pass",
      found: `both left by one address, ${interfaces} interface${interfaces === 1 ? "" : "s"}`,
    };
  }
  return {
    outcome: "differs",
    found: `${interfaces} interfaces; the first function ${how(member)}, the second ${how(neighbour)}`,
    meaning: "members do not share an interface: each needs an address of its own",
    remediation: "count an address for each member and zone, and tell the maintainers",
  };
}

function how(sample: Sample | undefined): string {
  return sample?.address ? `left by ${sample.address}` : `had no way out (${sample?.error ?? "no answer"})`;
}
