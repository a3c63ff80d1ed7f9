/** What a visitor's buttons and the story do to the region. Each tells what it did. */
import type { Act } from "../cli/console/model.ts";
import type { Stage, Tell } from "./region.ts";

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
    await changeSubnets(stage, tell, "Relocation's run will be killed in the middle.");
    const { faults } = stage.region;
    const principal = stage.roleOf("relocate");
    // What it writes first depends on what is there: an address to move, or one that serves again where it drained.
    const withdrawals = ["AssociateAddress", "CreateTags"].map((operation) =>
      faults.inject({ service: "ec2", operation, principal, when: "after", crash: true }),
    );
    const stop = faults.onCrash(({ operation }) => {
      for (const withdraw of [stop, ...withdrawals]) withdraw();
      const why = "Nothing of the run is left but what AWS shows: the next run goes on from there.";
      tell({ who: "lambda", tone: "bad", what: `Relocation died right after its call of ${operation}`, why });
    });
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
  if (!stage.isSettled(changing)) {
    const patience = "Lambda takes one change at a time: this one follows.";
    tell({ who: "operator", tone: "plain", what: `${changing} is still being updated`, why: patience });
  }
  const zones = await stage.place(changing, (now) => now.map((zone) => (zone + 1) % 3).sort());
  const names = zones.map((zone) => "abc"[zone]).join(" and ");
  tell({ who: "operator", tone: "plain", what: `${changing} is moved to zones ${names}`, why });
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
