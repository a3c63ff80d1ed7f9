/** What a visitor's buttons and the tour do to the region. Each action logs what it did. */
import type { Action } from "../cli/console/model.ts";
import type { DemoRegion, Log } from "./region.ts";

/** An action on the running region; `restart` replaces it. */
export type RegionAction = Exclude<Action, "restart">;

/** The function that is changed, and the partner that blocks. */
export const changing = "orders";
export const blocking = "bank";

type Run = (demo: DemoRegion, log: Log) => Promise<void> | void;

export const regionActions: Readonly<Record<RegionAction, Run>> = {
  subnets: (demo, log) => changeSubnets(demo, log, "The function's configuration names other subnets now."),

  async "lose-event"(demo, log) {
    demo.path.cloudTrail.dropNext(({ eventName }) => eventName.startsWith("UpdateFunctionConfiguration"));
    await changeSubnets(demo, log, "CloudTrail's event of it is lost: only the sweep, every minute, can detect it.");
  },

  async "kill-run"(demo, log) {
    await changeSubnets(demo, log, "Relocation's run will be killed in the middle.");
    const { faults } = demo.region;
    const principal = demo.roleOf("relocate");
    // What it writes first depends on the world: it associates an address, or tags one that serves again where it drained.
    const injected = ["AssociateAddress", "CreateTags"].map((operation) =>
      faults.inject({ service: "ec2", operation, principal, when: "after", crash: true }),
    );
    const stop = faults.onCrash(({ operation }) => {
      for (const withdraw of [stop, ...injected]) withdraw();
      const why = "The run left no state but what AWS shows: the next run continues from there.";
      log({ who: "lambda", tone: "bad", what: `Relocation was killed right after its call of ${operation}`, why });
    });
  },

  block(demo, log) {
    const serving = servingAddress(demo);
    if (!serving) return;
    blockAt(demo, [serving]);
    const why = "Its firewall answers 403 from now on. Holdfast is not informed: it has to detect that.";
    log({ who: "partner", tone: "bad", what: `The ${blocking} blocks ${serving}`, why });
  },

  "block-all"(demo, log) {
    const ips = demo.egressAddresses().map(({ publicIp }) => publicIp);
    blockAt(demo, ips);
    const why = "No spare can help any more. Holdfast is not informed: it has to detect that.";
    log({ who: "partner", tone: "bad", what: `The ${blocking} blocks all ${ips.length} addresses`, why });
  },

  unblock(demo, log) {
    for (const { rules } of demo.partners.values()) rules.length = 0;
    log({
      who: "partner",
      tone: "good",
      what: "The partners accept every address again",
      why: "They unblocked all addresses.",
    });
  },
};

async function changeSubnets(demo: DemoRegion, log: Log, why: string): Promise<void> {
  const zones = await demo.place(changing, (now) => now.map((zone) => (zone + 1) % 3).sort());
  const names = zones.map((zone) => "abc"[zone]).join(" and ");
  log({ who: "operator", tone: "plain", what: `${changing} is moved to zones ${names}`, why });
}

/** Returns the actions that would do nothing now, each with the reason. */
export function reasonsAgainst(demo: DemoRegion): Partial<Record<RegionAction, string>> {
  const reasons: Partial<Record<RegionAction, string>> = {};
  const refused = [...refusedIps(demo).values()].flat();
  if (!demo.isSettled(changing)) {
    const why = `${changing} is being updated, and Lambda takes one change at a time`;
    for (const action of ["subnets", "lose-event", "kill-run"] as const) reasons[action] = why;
  }
  if (!servingAddress(demo)) reasons.block = `the ${blocking} refuses every address that ${changing} uses`;
  if (demo.egressAddresses().every(({ publicIp }) => refused.includes(publicIp))) {
    reasons["block-all"] = `the ${blocking} refuses all addresses already`;
  }
  if (refused.length === 0) reasons.unblock = "no partner refuses an address";
  return reasons;
}

/** Returns an address that carries the changing function's traffic and that the partner does not refuse. */
function servingAddress(demo: DemoRegion): string | undefined {
  const { networkInterfaces, functions } = demo.region.world;
  const subnetIds = functions.get(changing)?.versions.get("$LATEST")?.servedBy?.subnetIds ?? [];
  const refused = refusedIps(demo).get(blocking) ?? [];
  return demo
    .egressAddresses()
    .filter(({ networkInterfaceId: id }) => subnetIds.includes(networkInterfaces.get(id ?? "")?.subnetId ?? ""))
    .map(({ publicIp }) => publicIp)
    .find((ip) => !refused.includes(ip));
}

function blockAt({ partners }: DemoRegion, ips: readonly string[]): void {
  partners.get(blocking)?.rules.push({ kind: "block", ips });
}

/** Returns the addresses that each partner refuses now: what only the simulated region can know for certain. */
export function refusedIps({ partners }: Pick<DemoRegion, "partners">): ReadonlyMap<string, readonly string[]> {
  return new Map(
    [...partners].map(([name, { rules }]) => [
      name,
      [...new Set(rules.flatMap((rule) => (rule.kind === "block" && rule.ips !== "all" ? rule.ips : [])))],
    ]),
  );
}
