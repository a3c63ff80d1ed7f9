/** One address or one interface that AWS refuses for a while, whatever else may be associated. */
import type { Random } from "../twin/random.ts";
import { AwsError } from "../twin/service.ts";
import type { SimulatedAccount } from "./account.ts";
import type { ScheduledFault } from "./fault-schedule.ts";
import { hasAddresses, type SimulatedPool } from "./settle-in.ts";

const minuteMs = 60_000;
const operation = "AssociateAddress";
/** What AWS has refused rests for a quarter of an hour, and is then tried again (docs/how-it-works.md). */
export const refusalMs = 16 * minuteMs;

/** The addresses and interfaces that AWS refuses, or has lately. */
export interface Refusals {
  refuse(id: string): void;
  /** One refusal has ended; of two at once the other goes on. */
  accept(id: string, code: string): void;
  /** AWS has refused it once. With the code of a refusal that has ended lately, nothing tells it from one more of those. */
  refuseOnce(id: string, code: string): void;
  /** Whether it may be left alone for the moment. */
  isRefused(id: string): boolean;
  /** Whether anything is. */
  readonly any: boolean;
}

export function createRefusals(now: () => number): Refusals {
  const inForce = new Map<string, number>();
  const untilMs = new Map<string, number>();
  /** By id and code: as long as Holdfast remembers how often that came (src/relocation/refusals.ts). */
  const rememberedMs = new Map<string, number>();
  const add = (id: string, change: 1 | -1) => inForce.set(id, (inForce.get(id) ?? 0) + change);
  const isRefused = (id: string) => (inForce.get(id) ?? 0) > 0 || now() < (untilMs.get(id) ?? 0);
  return {
    refuse: (id) => void add(id, 1),
    accept(id, code) {
      add(id, -1);
      untilMs.set(id, now() + refusalMs);
      rememberedMs.set(`${id} ${code}`, now() + 2 * refusalMs);
    },
    refuseOnce(id, code) {
      if (now() < (rememberedMs.get(`${id} ${code}`) ?? 0)) untilMs.set(id, now() + refusalMs);
    },
    isRefused,
    get any() {
      return [...inForce.keys()].some(isRefused);
    },
  };
}

export function refusalFaults(
  { draw, region, roles }: SimulatedAccount,
  pool: SimulatedPool,
  refusals: Refusals,
): ScheduledFault[] {
  const { name } = pool.draw;
  const { clock, faults, world } = region;
  const perDay = draw.paces.refusals / 3;
  const calls = { operation, principal: roles.get("relocate") ?? "", when: "before" } as const;
  const refuse = async (input: Readonly<Record<string, string>>, error: AwsError, ms: number) => {
    const [id = ""] = Object.values(input);
    const withdraw = faults.inject({ ...calls, input, error, times: Number.POSITIVE_INFINITY });
    refusals.refuse(id);
    await clock.sleep(ms);
    withdraw();
    refusals.accept(id, error.code);
  };
  region.calls.onCall(({ operation: called, principal, input: { AllocationId: id }, error }) => {
    if (called !== operation || principal !== calls.principal || !error) return;
    if (pool.allocationIds.some((it) => it === id)) refusals.refuseOnce(id as string, error.code);
  });
  const lasting = (random: Random) => random.integer(10 * minuteMs, 90 * minuteMs);
  return [
    {
      name: `${name} address refused`,
      perDay,
      applies: () => hasAddresses(pool),
      inject(random) {
        const AllocationId = random.pick(pool.allocationIds);
        const code = random.pick([
          "InvalidAddress.Locked",
          "InvalidAllocationID.NotFound",
          "AuthFailure",
          "NewRefusal",
        ]);
        return refuse({ AllocationId }, new AwsError(code, "The address is refused."), lasting(random));
      },
    },
    {
      name: `${name} interface refused`,
      perDay,
      async inject(random) {
        const found = [...world.networkInterfaces.values()].filter(
          (it) => it.status === "in-use" && pool.network.subnetIds.includes(it.subnetId),
        );
        if (found.length === 0) return;
        const NetworkInterfaceId = random.pick(found).networkInterfaceId;
        const error = new AwsError("OperationNotPermitted", "The network interface is refused.");
        await refuse({ NetworkInterfaceId }, error, lasting(random));
      },
    },
    {
      name: `${name} association refused once`,
      perDay,
      inject: () => faults.inject({ ...calls, error: new AwsError("AuthFailure", "Not permitted.") }),
    },
  ];
}
