import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type {
  AllocationId,
  FunctionArn,
  NetworkInterfaceId,
  SecurityGroupId,
  SubnetId,
  VpcId,
} from "../../src/aws/identifiers.ts";
import { coverage, idleVantages, type ProbeFunction } from "../../src/probing/vantages.ts";
import {
  type Address,
  type Attachment,
  attachmentOf,
  type NetworkInterface,
  type Use,
} from "../../src/relocation/model.ts";

const attachment = (subnet: string, ...groups: string[]): Attachment =>
  attachmentOf("vpc-1" as VpcId, subnet as SubnetId, groups as SecurityGroupId[]);
const eni = (id: string, to: Attachment, inUse = true): NetworkInterface => ({
  networkInterfaceId: id as NetworkInterfaceId,
  attachment: to,
  inUse,
  pending: false,
  shownAllocationId: undefined,
});
const address = (networkInterfaceId: string): Address => ({
  allocationId: `eipalloc-${networkInterfaceId}` as AllocationId,
  publicIp: "198.51.100.1",
  associationId: undefined,
  networkInterfaceId: networkInterfaceId as NetworkInterfaceId,
  blocked: false,
  verified: undefined,
  tally: undefined,
  use: undefined,
});
const probe = (name: string, at: Attachment, rest: Partial<ProbeFunction> = {}): ProbeFunction => ({
  functionArn: name as FunctionArn,
  kind: "serving",
  status: "settled",
  attachments: [at],
  home: at,
  ...rest,
});

/** An address on an interface, with the note that relocation has made of it. */
const noted = (networkInterfaceId: string, state: Use["state"], subnetId = "a"): Address => ({
  ...address(networkInterfaceId),
  use: { state, subnetId: subnetId as SubnetId, sinceMs: 0 },
});

const a = attachment("a", "sg-1");
const b = attachment("b", "sg-1");
const newA = attachment("a", "sg-2");
const scout = attachment("scout", "sg-9");

describe("coverage", () => {
  it.each([
    ["probed from its own attachment", [eni("1", a)], ["1"], [probe("p", a)], [], undefined],
    [
      "the order of security groups does not matter",
      [eni("1", attachment("a", "sg-1", "sg-2"))],
      ["1"],
      [probe("p", attachment("a", "sg-2", "sg-1"))],
      [],
      undefined,
    ],
    ["an interface without an address serves nobody", [eni("1", newA)], [], [probe("p", a)], [], undefined],
    ["an interface out of use", [eni("1", newA, false)], ["1"], [probe("p", a)], [], undefined],
    [
      "members have moved on",
      [eni("1", a), eni("2", newA)],
      ["2"],
      [probe("p", a)],
      ["2"],
      { functionArn: "p", to: newA },
    ],
    ["members use both", [eni("1", a), eni("2", newA)], ["1", "2"], [probe("p", a)], ["2"], undefined],
    [
      "the probe of the same subnet goes first",
      [eni("1", newA)],
      ["1"],
      [probe("far", b), probe("near", a)],
      ["1"],
      { functionArn: "near", to: newA },
    ],
    ["the scout stays", [eni("1", newA)], ["1"], [probe("scout", scout, { kind: "scout" })], ["1"], undefined],
    [
      "a probe of no place goes to its own",
      [eni("1", a)],
      ["1"],
      [probe("p", a), probe("q", b, { attachments: [] })],
      [],
      { functionArn: "q", to: b },
    ],
    [
      "a probe of no place follows members first, those of its own subnet before others",
      [eni("1", newA)],
      ["1"],
      [probe("far", b, { attachments: [] }), probe("near", a, { attachments: [] })],
      ["1"],
      { functionArn: "near", to: newA },
    ],
    [
      "a scout of no place goes to its own",
      [],
      [],
      [probe("scout", scout, { kind: "scout", attachments: [] })],
      [],
      { functionArn: "scout", to: scout },
    ],
    [
      "a scout of another place too",
      [],
      [],
      [probe("scout", scout, { kind: "scout", attachments: [b] })],
      [],
      { functionArn: "scout", to: scout },
    ],
    [
      "a probe that has followed its members stays when they have gone",
      [],
      [],
      [probe("p", a, { attachments: [newA] })],
      [],
      undefined,
    ],
    [
      "a probe of another zone changes",
      [eni("1", newA)],
      ["1"],
      [probe("p", a), probe("q", b, { status: "changing" })],
      ["1"],
      { functionArn: "p", to: newA },
    ],
    [
      "the subnet's own probe changes",
      [eni("1", newA)],
      ["1"],
      [probe("p", b), probe("q", a, { status: "changing" })],
      ["1"],
      undefined,
    ],
  ])("%s", (_, interfaces, held, probes, unprobed, move) => {
    const found = coverage(interfaces, held.map(address), probes);
    expect(found.unprobed.map((it) => it.networkInterfaceId)).toEqual(unprobed);
    expect([...found.follows, found.other].filter((it) => it !== undefined)).toEqual(move ? [move] : []);
  });

  it("lets the probes of all zones follow together", () => {
    const newB = attachment("b", "sg-2");
    const interfaces = [eni("1", a), eni("2", b), eni("3", newA), eni("4", newB)];
    const draining = ["1", "2"].map((id) => noted(id, "draining"));
    const { follows } = coverage(interfaces, [...draining, address("3"), address("4")], [probe("q", b), probe("p", a)]);
    expect(follows).toEqual([
      { functionArn: "p", to: newA },
      { functionArn: "q", to: newB },
    ]);
  });

  it("moves a probe into another subnet only when it is found due again, and none while another follows", () => {
    const found = coverage([eni("1", newA)], [address("1")], [probe("far", b)]);
    expect(found).toMatchObject({ follows: [], other: { functionArn: "far", to: newA } });
    const both = coverage([eni("1", newA), eni("2", attachment("c", "sg-1"))], ["1", "2"].map(address), [
      probe("near", a),
      probe("far", b),
    ]);
    expect(both).toMatchObject({ follows: [{ functionArn: "near", to: newA }], other: undefined });
  });

  it("does not depend on the order of what AWS lists, but for equal choices of probe", () => {
    const interfaces = [eni("1", a), eni("2", newA), eni("3", b)];
    const probes = [probe("p", a), probe("scout", scout, { kind: "scout" })];
    const held = ["2", "3"].map(address);
    const expected = coverage(interfaces, held, probes);
    fc.assert(
      fc.property(
        fc.shuffledSubarray(interfaces, { minLength: 3 }),
        fc.shuffledSubarray(probes, { minLength: 2 }),
        (i, p) => {
          expect(coverage(i, held, p)).toEqual(expected);
        },
      ),
    );
  });
});

describe("idleVantages", () => {
  const idle = (
    interfaces: readonly NetworkInterface[],
    addresses: readonly Address[],
    probes = [
      { ...probe("a", attachment("subnet-a")), vantage: "zone-1" },
      { ...probe("b", attachment("subnet-b")), vantage: "zone-2" },
      { ...probe("s", attachment("subnet-s"), { kind: "scout" }), vantage: "scout" },
    ],
  ) => [...idleVantages(probes, interfaces, addresses)];
  const waiting = (state: Use["state"], subnetId: string, more: Partial<Address> = {}): Address => ({
    ...noted("eni-gone", state, subnetId),
    networkInterfaceId: undefined,
    ...more,
  });
  const onScout = { networkInterfaceId: "eni-s" as NetworkInterfaceId };

  it.each([
    ["nobody has an address", [], [], ["zone-1", "zone-2", "scout"]],
    [
      "an address on the members' interface",
      [eni("eni-a", attachment("subnet-a"))],
      [address("eni-a")],
      ["zone-2", "scout"],
    ],
    [
      "an address that was taken away from members by mistake",
      [],
      [waiting("serving", "subnet-b")],
      ["zone-1", "scout"],
    ],
    ["an address that has drained", [], [waiting("draining", "subnet-b")], ["zone-1", "zone-2", "scout"]],
    [
      "a suspect that was swapped",
      [],
      [waiting("serving", "subnet-b", { blocked: true })],
      ["zone-1", "zone-2", "scout"],
    ],
    ["an address that is being tried out", [], [waiting("scouting", "subnet-a", onScout)], ["zone-1", "zone-2"]],
    [
      "an address that is now on another interface of the subnet",
      [eni("eni-a", attachment("subnet-a")), eni("eni-new", attachment("subnet-a", "sg-2"))],
      [noted("eni-new", "serving", "subnet-a")],
      ["zone-1", "zone-2", "scout"],
    ],
    [
      "an address that somebody else has associated with something",
      [eni("eni-a", attachment("subnet-a"))],
      [noted("eni-foreign", "serving", "subnet-a")],
      ["zone-2", "scout"],
    ],
    [
      "an address that drains",
      [eni("eni-a", attachment("subnet-a"))],
      [noted("eni-a", "draining", "subnet-a")],
      ["zone-1", "zone-2", "scout"],
    ],
    ["an address that was tried out", [], [waiting("scouting", "subnet-a")], ["zone-1", "zone-2", "scout"]],
  ])("%s", (_, interfaces, addresses, expected) => {
    expect(idle(interfaces, addresses)).toEqual(expected);
  });
});
