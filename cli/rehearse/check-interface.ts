/** What Lambda's interface looks like from its creation on, and whether Holdfast would know it. */
import type { NetworkInterface } from "@aws-sdk/client-ec2";
import { check, secondsOf, type Verdict } from "./check.ts";
import type { Look } from "./functions.ts";
import { type MeasuredDelays, measureCreation } from "./measured.ts";

interface Seen {
  readonly subnetId: string;
  readonly groupId: string;
  readonly looks: readonly Look[];
}

export const interfaceCheck = check<Seen>({
  id: "interface",
  question: "Does EC2 show Lambda's interface as Holdfast looks for it?",
  needs: ["role"],
  makes: "",
  seconds: 5,
  async observe({ network, member }) {
    const { subnetId, groupId } = await network();
    const { looks } = await member();
    return { subnetId, groupId, looks };
  },
  judge: judgeInterface,
  measure: measureLooks,
});

/** Holdfast goes by the type, the subnet, the exact set of groups and the status (src/relocation/observe-network.ts). */
export function judgeInterface({ subnetId, groupId, looks }: Seen): Verdict {
  const last = looks.at(-1)?.interfaces ?? [];
  const there = last.filter((it) => it.SubnetId === subnetId && it.InterfaceType !== "interface");
  const isExact = ({ Groups = [] }: NetworkInterface) => Groups.length === 1 && Groups[0]?.GroupId === groupId;
  // A run that goes on may find one of another group as well.
  const shown = there.find(isExact) ?? there[0];
  if (!shown) {
    return {
      outcome: "fail",
      found: "the function is active, and EC2 shows no interface of Lambda's in its subnet",
      meaning: "Holdfast has nothing to give an address to: members have no way out",
      remediation: "take a NAT gateway, and tell the maintainers what this report has under raw",
    };
  }
  const odd = [
    ...(shown.InterfaceType === "lambda" ? [] : [`type ${shown.InterfaceType}`]),
    ...(shown.Status === "in-use" ? [] : [`status ${shown.Status}`]),
    ...(isExact(shown) ? [] : [`${shown.Groups?.length ?? 0} groups, not the function's one`]),
    ...(shown.RequesterManaged ? ["managed by its requester"] : []),
    ...(shown.Operator?.Managed ? ["managed by a service"] : []),
  ];
  const found = `${there.length} of type ${shown.InterfaceType}, ${shown.Status}, ${shown.Operator?.Managed ? "managed" : "not managed"}`;
  if (odd.length > 0) {
    return {
      outcome: "fail",
      found: `${found}: ${odd.join(", ")}`,
      meaning: "Holdfast does not see this interface, gives it no address and raises no alarm",
      remediation: "do not deploy; tell the maintainers, with this report",
    };
  }
  return { outcome: "pass", found, seconds: timesOf(looks, shown) };
}

function timesOf(looks: readonly Look[], { NetworkInterfaceId }: NetworkInterface): Record<string, number> {
  const [first] = looks;
  const since = (look: Look | undefined) => (first && look ? secondsOf(look.atMs - first.atMs) : undefined);
  const shows = (status?: string) => (look: Look) =>
    look.interfaces.some((it) => it.NetworkInterfaceId === NetworkInterfaceId && (!status || it.Status === status));
  const times = {
    "until the interface appears": since(looks.find(shows())),
    "until it is in use": since(looks.find(shows("in-use"))),
    "until the function is active": since(looks.find(({ state }) => state === "Active")),
  };
  return Object.fromEntries(Object.entries(times).filter((it): it is [string, number] => it[1] !== undefined));
}

/** A function that was there already, as after an interruption, took no time. */
function measureLooks({ looks }: Seen): MeasuredDelays {
  const [first] = looks;
  if (!first || looks.length === 1) return {};
  const glances = looks.map(({ atMs, state, interfaces }) => ({
    atMs,
    status: interfaces.find(({ InterfaceType }) => InterfaceType !== "interface")?.Status,
    ended: state === "Active",
  }));
  return measureCreation(first.atMs, glances);
}
