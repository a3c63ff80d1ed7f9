/**
 * Whether every interface that carries traffic is probed from, and where each probe should be. Pure.
 *
 * An interface with a pool address is one that relocation found serving: it gives addresses to no others, and takes
 * them back after the drain time. So the address tells who serves, without asking Lambda for every member again.
 */
import type { FunctionArn } from "../aws/identifiers.ts";
import type { Address, Attachment, NetworkInterface, VersionStatus } from "../relocation/model.ts";

/** A probe's function as Lambda shows it. */
export interface ProbeFunction {
  readonly functionArn: FunctionArn;
  readonly kind: "serving" | "scout";
  readonly status: VersionStatus;
  readonly attachments: readonly Attachment[];
  /** Its own place, if that could be read. */
  readonly home: Attachment | undefined;
}

/** A probe, and the attachment that it should leave from instead of its own. */
export interface Move {
  readonly functionArn: FunctionArn;
  readonly to: Attachment;
}

export interface Coverage {
  readonly unprobed: readonly NetworkInterface[];
  readonly move: Move | undefined;
}

/**
 * ```
 * interface in use, with a pool address | a probe's attachment | a probe without any such interface | result
 * ------------------------------------- | -------------------- | --------------------------------- | ---------------
 * yes                                   | yes                  | -                                 | probed
 * yes                                   | no                   | none, or one that is changing     | unprobed
 * yes                                   | no                   | settled, of the same subnet first | unprobed, move it
 * ```
 * A teardown takes probes out of the VPC, and a removal that stops after that leaves them there. So when no interface needs
 * one, a probe of no place goes to its own, and the scout always stays in its own. One move at a time: while any probe
 * changes, none is proposed.
 */
export function coverage(
  interfaces: readonly NetworkInterface[],
  addresses: readonly Address[],
  probes: readonly ProbeFunction[],
): Coverage {
  const holders = new Set(addresses.map((it) => it.networkInterfaceId));
  const serving = interfaces
    .filter((it) => it.inUse && holders.has(it.networkInterfaceId))
    .sort((a, b) => (a.networkInterfaceId < b.networkInterfaceId ? -1 : 1));
  const servingKeys = new Set(serving.map(({ attachment }) => attachment.key));
  const probed = new Set(probes.flatMap(({ attachments }) => attachments.map(({ key }) => key)));
  const unprobed = serving.filter(({ attachment }) => !probed.has(attachment.key));
  const free = probes.filter(
    ({ kind, attachments }) => kind === "serving" && !attachments.some((attachment) => servingKeys.has(attachment.key)),
  );
  if (probes.some(({ status }) => status === "changing")) return { unprobed, move: undefined };
  return { unprobed, move: follow(unprobed, free) ?? goHome(probes) };
}

/**
 * Returns vantages from which no member sends now: no pool address is on an interface that they share, and none is
 * noted as serving their subnet. Missing egress there is not reported. The scout is idle while it tests no address.
 *
 * A note outlives an address that was taken away by mistake, so the members' zone of such an address stays watched.
 */
export function idleVantages(
  probes: readonly (ProbeFunction & { readonly vantage: string })[],
  interfaces: readonly NetworkInterface[],
  addresses: readonly Address[],
): Set<string> {
  const holders = new Set(addresses.map((it) => it.networkInterfaceId));
  const held = new Set(interfaces.filter((it) => holders.has(it.networkInterfaceId)).map((it) => it.attachment.key));
  const claims = ({ networkInterfaceId, blocked, use }: Address, { kind, attachments }: ProbeFunction) => {
    const associated = networkInterfaceId !== undefined;
    if (use?.state === "scouting") return kind === "scout" && associated;
    if (use?.state !== "serving" || (blocked && !associated)) return false;
    return attachments.some(({ subnetId }) => subnetId === use.subnetId);
  };
  const isIdle = (probe: ProbeFunction) =>
    !probe.attachments.some(({ key }) => held.has(key)) && !addresses.some((it) => claims(it, probe));
  return new Set(probes.filter(isIdle).map(({ vantage }) => vantage));
}

function follow(unprobed: readonly NetworkInterface[], free: readonly ProbeFunction[]): Move | undefined {
  const pairs = unprobed.flatMap(({ attachment: to }) => free.map((probe) => ({ to, probe })));
  const near = ({ to, probe: { attachments, home } }: (typeof pairs)[number]) =>
    (attachments.length > 0 ? attachments : [home]).some((it) => it?.subnetId === to.subnetId);
  const best = pairs.find(near) ?? pairs[0];
  return best && { functionArn: best.probe.functionArn, to: best.to };
}

function goHome(probes: readonly ProbeFunction[]): Move | undefined {
  const moves = probes.flatMap(({ functionArn, kind, attachments, home: to }): Move[] => {
    const isAway = kind === "scout" ? !attachments.some(({ key }) => key === to?.key) : attachments.length === 0;
    return isAway && to ? [{ functionArn, to }] : [];
  });
  return moves[0];
}
