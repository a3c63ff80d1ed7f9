/** What a visitor's buttons and the story do to the region. Each tells what it did. */
import type { Act } from "../console/model.ts";
import type { Stage, Tell } from "./stage.ts";

export type RegionAct = Exclude<Act, "restart">;

/** The function that is changed, and the partner that blocks. */
export const changing = "orders";
const blocking = "bank";

type Perform = (stage: Stage, tell: Tell) => Promise<void> | void;

export const performers: Readonly<Record<RegionAct, Perform>> = {
  subnets: (stage, tell) => changeSubnets(stage, tell, "The function's configuration names other subnets now."),

  async "lose-event"(stage, tell) {
    stage.path.cloudTrail.dropNext(({ eventName }) => eventName.startsWith("UpdateFunctionConfiguration"));
    await changeSubnets(stage, tell, "CloudTrail's event of it is lost: only the sweep, every minute, can notice.");
  },

  async "kill-run"(stage, tell) {
    const { faults } = stage.region;
    const principal = stage.roleOf("relocate");
    faults.inject({ service: "ec2", operation: "AssociateAddress", principal, when: "after", crash: true });
    const stop = faults.onCrash(() => {
      stop();
      const why = "Nothing of the run is left but what AWS shows: the next run goes on from there.";
      tell({ who: "lambda", tone: "bad", what: "Relocation died right after it had moved an address", why });
    });
    await changeSubnets(stage, tell, "Relocation's run will be killed in the middle.");
  },

  block(stage, tell) {
    const serving = servingAddress(stage);
    if (!serving) return tell({ who: "partner", tone: "plain", what: "There is no serving address to block", why: "" });
    blockAt(stage, [serving]);
    const why = "Its firewall answers 403 from now on. Nobody has told Holdfast.";
    tell({ who: "partner", tone: "bad", what: `The ${blocking} blocks ${serving}`, why });
  },

  "block-all"(stage, tell) {
    const ips = stage.egressAddresses().map(({ publicIp }) => publicIp);
    blockAt(stage, ips);
    const why = "No spare can help any more. Nobody has told Holdfast.";
    tell({ who: "partner", tone: "bad", what: `The ${blocking} blocks all ${ips.length} addresses`, why });
  },

  unblock(stage, tell) {
    for (const { rules } of stage.partners.values()) rules.length = 0;
    tell({
      who: "partner",
      tone: "good",
      what: "The partners accept every address again",
      why: "They forgive, or were asked.",
    });
  },
};

async function changeSubnets(stage: Stage, tell: Tell, why: string): Promise<void> {
  const next = stage.zonesOf(changing).map((zone) => (zone + 1) % 3);
  const zones = next.length > 0 ? next.sort() : [0, 1];
  const names = zones.map((zone) => "abc"[zone]).join(" and ");
  if (await stage.place(changing, zones)) {
    return tell({ who: "operator", tone: "plain", what: `${changing} is moved to zones ${names}`, why });
  }
  const what = `${changing} cannot be changed now`;
  tell({
    who: "operator",
    tone: "plain",
    what,
    why: "Its last update is still in progress, and Lambda takes one at a time.",
  });
}

/** An address by which the changing function leaves, and which is not blocked yet. */
function servingAddress(stage: Stage): string | undefined {
  const { networkInterfaces, functions } = stage.region.world;
  const subnetIds = functions.get(changing)?.versions.get("$LATEST")?.servedBy?.subnetIds ?? [];
  const refused = refusedIps(stage).get(blocking) ?? [];
  return stage
    .egressAddresses()
    .filter(({ networkInterfaceId: id }) => subnetIds.includes(networkInterfaces.get(id ?? "")?.subnetId ?? ""))
    .map(({ publicIp }) => publicIp)
    .find((ip) => !refused.includes(ip));
}

function blockAt({ partners }: Stage, ips: readonly string[]): void {
  partners.get(blocking)?.rules.push({ kind: "block", ips });
}

/** The addresses that each partner refuses now: what only the simulated region can know for certain. */
export function refusedIps({ partners }: Pick<Stage, "partners">): ReadonlyMap<string, readonly string[]> {
  return new Map(
    [...partners].map(([name, { rules }]) => [
      name,
      [...new Set(rules.flatMap((rule) => (rule.kind === "block" && rule.ips !== "all" ? rule.ips : [])))],
    ]),
  );
}
