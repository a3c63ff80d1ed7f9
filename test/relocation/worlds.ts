/** Random worlds for properties, and what the actions of a plan do to one. */
import fc from "fast-check";
import type { AssociationId, NetworkInterfaceId } from "../../src/aws/identifiers.ts";
import type { Action } from "../../src/relocation/actions.ts";
import {
  type Address,
  type Attachment,
  attachmentOf,
  type NetworkInterface,
  type Observed,
  type Refusal,
  type Use,
  type VersionStatus,
} from "../../src/relocation/model.ts";
import { address, attachment, functionArn, networkInterface, nowMs, version, world } from "./build.ts";

const inPool = ["a", "b"].flatMap((subnet) => [["web"], ["db"], ["web", "db"]].map((it) => attachment(subnet, ...it)));
const outside = attachment("z", "web");
const scoutPlace = 11;
const anyScout = fc.constantFrom(
  [],
  [networkInterface(`${scoutPlace}`, attachment("scout", "scout"))],
  [networkInterface(`${scoutPlace}`, attachment("scout", "scout"), { inUse: false })],
);

const anyStatus = fc.constantFrom<VersionStatus>("settled", "settled", "settled", "idle", "changing", "failed");
const anyUse = fc.option(
  fc.tuple(
    fc.constantFrom<Use["state"]>("serving", "draining", "scouting"),
    fc.constantFrom("a", "b", "z"),
    fc.nat(120_000),
  ),
  { nil: undefined },
);

function anyMembers(status: fc.Arbitrary<VersionStatus>): fc.Arbitrary<Observed["members"]> {
  const attachments = fc.uniqueArray(fc.constantFrom(...inPool, outside), { maxLength: 3 });
  const anyVersion = fc.record({
    status,
    attachments,
    reason: fc.constantFrom(undefined, "Idle", "SubnetOutOfIPAddresses"),
  });
  return fc.array(fc.array(anyVersion, { minLength: 1, maxLength: 3 }), { maxLength: 3 }).map((members) =>
    members.map((versions, index) => ({
      functionArn: functionArn(`member-${index}`),
      liveVersions: versions.map(({ status, attachments, reason }, number) =>
        version(status, attachments, number === 0 ? "$LATEST" : `${number}`, reason),
      ),
    })),
  );
}

const anyInterfaces = fc
  .array(fc.record({ of: fc.constantFrom(...inPool), inUse: fc.boolean(), foreign: fc.nat(11) }), { maxLength: 9 })
  .map((interfaces) =>
    interfaces.map(({ of, inUse, foreign }, index) =>
      networkInterface(`${index}`, of, {
        inUse: inUse || index % 2 === 0,
        ...(foreign === 0 ? { shownAllocationId: "unknown" as const } : {}),
        ...(foreign === 1 ? { shownAllocationId: address("foreign").allocationId } : {}),
      }),
    ),
  );

/** Positions of addresses: small numbers are interfaces (11 is the scout's, one that does not exist a foreign one), others spare. */
function anyAddresses(positions: fc.Arbitrary<number[]>): fc.Arbitrary<Address[]> {
  const rest = fc.array(fc.record({ blocked: fc.nat(3), use: anyUse }), { minLength: 9, maxLength: 9 });
  return fc.tuple(positions, rest).map(([places, details]) =>
    places.map((place, index) => {
      const { blocked, use } = details[index] ?? {};
      return address(`${index}`, {
        ...(place < 12 ? { on: `${place}` } : {}),
        ...(use ? { use: [use[0], use[1], nowMs - use[2]] } : {}),
        blocked: blocked === 0,
      });
    }),
  );
}

interface Parts {
  readonly members: Observed["members"];
  readonly interfaces: readonly NetworkInterface[];
  readonly scout: readonly NetworkInterface[];
  readonly addresses: readonly Address[];
}

const others = (status: fc.Arbitrary<VersionStatus>) => ({
  members: anyMembers(status),
  interfaces: anyInterfaces,
  scout: anyScout,
});

/** Every world that AWS can be in: no interface has two addresses, and what it shows is what is on it. */
export function consistentWorlds(status = anyStatus): fc.Arbitrary<Observed> {
  const positions = fc.uniqueArray(fc.nat(20), { maxLength: 9 });
  return fc.record<Parts>({ ...others(status), addresses: anyAddresses(positions) }).map(({ addresses, ...parts }) => {
    const { interfaces } = parts;
    const foreign = new Set(interfaces.filter((it) => it.shownAllocationId).map((it) => it.networkInterfaceId));
    const free = addresses.filter(({ networkInterfaceId: id }) => id === undefined || !foreign.has(id));
    return world({ ...parts, addresses: free, missingMembers: ["gone", "lost"] });
  });
}

const anyRefusal: fc.Arbitrary<Refusal> = fc.record({
  allocationId: fc.option(
    fc.nat(8).map((id) => address(`${id}`).allocationId),
    { nil: undefined },
  ),
  networkInterfaceId: fc.option(
    fc.nat(8).map((id) => networkInterface(`${id}`, outside).networkInterfaceId),
    {
      nil: undefined,
    },
  ),
  untilMs: fc.constantFrom(nowMs, nowMs + 1000),
  permission: fc.constant("ec2:AssociateAddress"),
  code: fc.constantFrom("AuthFailure", "OperationNotPermitted"),
  reason: fc.constant("no"),
});

/** Whether the members were asked, and which attachments their published versions use. */
const anyPublished = fc.option(
  fc
    .uniqueArray(fc.constantFrom(...inPool), { maxLength: 3 })
    .map((used) => new Map(used.map(({ key }) => [key, ["orders:1"]]))),
  { nil: undefined },
);

/** Worlds as two describe calls can show them while one lags behind the other. */
export function anyWorlds(): fc.Arbitrary<Observed> {
  const positions = fc.array(fc.nat(20), { maxLength: 9 });
  const torn = fc.record<Parts>({ ...others(anyStatus), addresses: anyAddresses(positions) }).map((parts) => ({
    ...parts,
    missingMembers: [],
    mayMissMembers: false,
    lost: [],
    paused: false,
    callTimes: new Map(),
  }));
  const refusals = fc.oneof(fc.constant([]), fc.array(anyRefusal, { maxLength: 4 }));
  return fc
    .tuple(fc.oneof(consistentWorlds(), torn), anyPublished, refusals)
    .map(([observed, published, refused]) => ({ ...observed, published, refusals: refused }));
}

/** The same world, with everything in another order. */
export function shuffled(observed: Observed): fc.Arbitrary<Observed> {
  const shuffle = <Item>(items: readonly Item[]) => fc.shuffledSubarray([...items], { minLength: items.length });
  const groups = ({ vpcId, subnetId, securityGroupIds }: Attachment, reverse: boolean): Attachment =>
    attachmentOf(vpcId, subnetId, reverse ? [...securityGroupIds].reverse() : securityGroupIds);
  return fc
    .record({
      members: shuffle(observed.members),
      missingMembers: shuffle(observed.missingMembers),
      interfaces: shuffle(observed.interfaces),
      addresses: shuffle(observed.addresses),
      reverse: fc.boolean(),
    })
    .map(({ members, missingMembers, interfaces, addresses, reverse }) => ({
      ...observed,
      members: members.map(({ functionArn, liveVersions }) => ({
        functionArn,
        liveVersions: [...liveVersions].reverse().map((it) => ({
          ...it,
          attachments: [...it.attachments].reverse().map((one) => groups(one, reverse)),
        })),
      })),
      missingMembers,
      lost: observed.lost,
      paused: observed.paused,
      scout: observed.scout,
      interfaces: interfaces.map((it) => ({ ...it, attachment: groups(it.attachment, !reverse) })),
      addresses,
    }));
}

/** What EC2 makes of an action, and the note on the tag that goes with it. */
export function applied(observed: Observed, action: Action, atMs: number): Observed {
  const addresses = observed.addresses.map((it): Address => {
    if (it.allocationId === action.allocationId) return moved(it, action, atMs);
    const displaced = action.kind === "swap" && it.allocationId === action.replaces;
    return displaced ? { ...it, networkInterfaceId: undefined, associationId: undefined } : it;
  });
  const isOwn = (shown: string | undefined) => addresses.some((one) => one.allocationId === shown);
  const bared = (interfaces: readonly NetworkInterface[]) =>
    interfaces.map((it) => (isOwn(it.shownAllocationId) ? { ...it, shownAllocationId: undefined } : it));
  const [interfaces, scout] = [bared(observed.interfaces), bared(observed.scout)];
  return world({ ...observed, addresses, interfaces, scout });
}

function moved(it: Address, { kind, networkInterfaceId, subnetId, ...action }: Action, sinceMs: number): Address {
  if (kind === "disassociate") return { ...it, networkInterfaceId: undefined, associationId: undefined };
  const state = "state" in action ? action.state : kind === "scout" ? "scouting" : "serving";
  const noted = { ...it, ...("tally" in action && { tally: action.tally }), use: { state, subnetId, sinceMs } };
  return kind === "note" ? noted : { ...noted, networkInterfaceId, associationId: association(networkInterfaceId) };
}

function association(networkInterfaceId: NetworkInterfaceId): AssociationId {
  return `eipassoc-${networkInterfaceId}` as AssociationId;
}
