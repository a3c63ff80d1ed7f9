/**
 * Whether every interface that carries traffic is probed from, and where each probe should be. Pure.
 *
 * An interface with a pool address is one that relocation found serving: it gives addresses to no others, and takes
 * them back after the drain time. So the address shows which interface serves, without asking Lambda for every member again.
 */
import type { FunctionArn } from "../aws/identifiers.ts";
import type { Address, Attachment, NetworkInterface, VersionStatus } from "../relocation/model.ts";

/** A probe's function as Lambda shows it. */
export interface ProbeFunction {
  readonly functionArn: FunctionArn;
  readonly kind: "serving" | "scout";
  readonly status: VersionStatus;
  /** For no longer than updates take; until then it leaves by the attachment that it had before. */
  readonly isUpdating?: boolean;
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
  /** Probes whose members have moved on within their subnet: they follow at once, all together. */
  readonly follows: readonly Move[];
  /** A move that is made only when the next look finds it due too. */
  readonly other: Move | undefined;
}

/**
 * ```
 * interface in use that serves | a probe's attachment | a probe without any such interface    | result
 * ---------------------------- | -------------------- | ------------------------------------- | ---------------
 * yes                          | yes                  | -                                     | probed
 * yes                          | no                   | none, or its subnet's is changing     | unprobed
 * yes                          | no                   | settled, of the same subnet           | unprobed, it follows
 * yes                          | no                   | settled, of another, and none changes | unprobed, move it if it stays so
 * ```
 * An interface serves while it has a pool address that is not noted as draining: no member sends from one that drains.
 * A teardown takes probes out of the VPC, and a removal that stops after that leaves them there. So when no interface needs
 * one, a probe of no place goes to its own, and the scout always stays in its own.
 */
export function coverage(
  interfaces: readonly NetworkInterface[],
  addresses: readonly Address[],
  probes: readonly ProbeFunction[],
): Coverage {
  const serving = servingOf(interfaces, addresses);
  const servingKeys = new Set(serving.map(({ attachment }) => attachment.key));
  const probed = new Set(probes.flatMap(({ attachments }) => attachments.map(({ key }) => key)));
  const unprobed = serving.filter(({ attachment }) => !probed.has(attachment.key));
  const changing = probes.filter(({ status }) => status === "changing");
  const free = probes.filter(
    ({ kind, status, attachments }) =>
      kind === "serving" && status !== "changing" && !attachments.some(({ key }) => servingKeys.has(key)),
  );
  const awaited = new Set(changing.map(subnetIdOf));
  const follows = followsOf(
    unprobed.filter(({ attachment }) => !awaited.has(attachment.subnetId)),
    free,
  );
  if (changing.length + follows.length > 0) return { unprobed, follows, other: undefined };
  return { unprobed, follows, other: far(unprobed, free) ?? goHome(probes) };
}

/** In the order of their ids. */
function servingOf(interfaces: readonly NetworkInterface[], addresses: readonly Address[]): NetworkInterface[] {
  const serving = addresses.filter(({ use }) => use?.state !== "draining");
  const holders = new Set(serving.map((it) => it.networkInterfaceId));
  return interfaces
    .filter((it) => it.inUse && holders.has(it.networkInterfaceId))
    .sort((a, b) => (a.networkInterfaceId < b.networkInterfaceId ? -1 : 1));
}

/**
 * Returns vantages from which no member sends now: no pool address that serves is on an interface that they share, and none
 * that is on no interface of the pool is noted as serving their subnet. Missing egress there is not reported. The scout is
 * idle while it tests no address, and a probe while it is being updated: it still leaves by an interface that its members have left.
 *
 * A note outlives an address that was taken away by mistake, so the members' zone of such an address stays watched. One that
 * is on another interface of the subnet was not taken away: the members have moved on, and the probe will follow.
 */
export function idleVantages(
  probes: readonly (ProbeFunction & { readonly vantage: string })[],
  interfaces: readonly NetworkInterface[],
  addresses: readonly Address[],
): Set<string> {
  const held = new Set(servingOf(interfaces, addresses).map(({ attachment }) => attachment.key));
  const ofPool = new Set<string | undefined>(interfaces.map(({ networkInterfaceId }) => networkInterfaceId));
  const claims = ({ networkInterfaceId, blocked, use }: Address, { kind, attachments }: ProbeFunction) => {
    const associated = networkInterfaceId !== undefined;
    if (use?.state === "scouting") return kind === "scout" && associated;
    if (use?.state !== "serving" || (blocked && !associated) || ofPool.has(networkInterfaceId)) return false;
    return attachments.some(({ subnetId }) => subnetId === use.subnetId);
  };
  const isIdle = (probe: ProbeFunction) =>
    probe.isUpdating ||
    (!probe.attachments.some(({ key }) => held.has(key)) && !addresses.some((it) => claims(it, probe)));
  return new Set(probes.filter(isIdle).map(({ vantage }) => vantage));
}

/** Each with the first free probe of its subnet. */
function followsOf(unprobed: readonly NetworkInterface[], free: readonly ProbeFunction[]): Move[] {
  const left = [...free];
  const targets = new Map(unprobed.map(({ attachment }) => [attachment.key, attachment]));
  return [...targets.values()].flatMap((to): Move[] => {
    const index = left.findIndex((probe) => subnetIdOf(probe) === to.subnetId);
    const [probe] = index < 0 ? [] : left.splice(index, 1);
    return probe ? [{ functionArn: probe.functionArn, to }] : [];
  });
}

function far([first]: readonly NetworkInterface[], [probe]: readonly ProbeFunction[]): Move | undefined {
  return first && probe && { functionArn: probe.functionArn, to: first.attachment };
}

/** Of a probe of no place, that of its own. */
function subnetIdOf({ attachments: [attachment], home }: ProbeFunction): string | undefined {
  return (attachment ?? home)?.subnetId;
}

function goHome(probes: readonly ProbeFunction[]): Move | undefined {
  const moves = probes.flatMap(({ functionArn, kind, attachments, home: to }): Move[] => {
    const isAway = kind === "scout" ? !attachments.some(({ key }) => key === to?.key) : attachments.length === 0;
    return isAway && to ? [{ functionArn, to }] : [];
  });
  return moves[0];
}
