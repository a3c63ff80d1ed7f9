/** What a plan is made of. */
import type { Plan as PoolPlan } from "../actuator/run.ts";
import type { AllocationId, AssociationId, FunctionArn, NetworkInterfaceId, SubnetId } from "../aws/identifiers.ts";
import type { LostAddress } from "../pool/lost-addresses.ts";
import type { Refusal, Use } from "./model.ts";
import type { Tally } from "./scout-verification.ts";

interface Target {
  readonly networkInterfaceId: NetworkInterfaceId;
  readonly subnetId: SubnetId;
}

/** One write to AWS (and the note on the address's tag that goes with it). `row` is the row of the table above. */
export type Action =
  | (Target & {
      readonly kind: "associate";
      readonly row: 2 | 7;
      readonly allocationId: AllocationId;
      /** The scout's interface, when the spare waits there. */
      readonly from?: NetworkInterfaceId;
      /** Lambda is still making the interface. */
      readonly inMaking?: true;
    })
  | (Target & {
      readonly kind: "move";
      readonly row: 3;
      readonly allocationId: AllocationId;
      readonly from: NetworkInterfaceId;
      /** Versions that are invoked by their number and lose their address by it, as nothing else was left to take. */
      readonly cutsOff?: readonly string[];
      /** How long a call that began on the other interface may go on without egress. */
      readonly openCallSeconds?: number;
    })
  | (Target & {
      readonly kind: "swap";
      readonly row: 5;
      readonly allocationId: AllocationId;
      readonly replaces: AllocationId;
      readonly replacesAssociation: AssociationId;
      readonly from?: NetworkInterfaceId;
    })
  | (Target & {
      readonly kind: "disassociate";
      readonly row: 9 | 14;
      readonly allocationId: AllocationId;
      readonly associationId: AssociationId;
    })
  | (Target & {
      readonly kind: "scout";
      readonly row: 13;
      readonly allocationId: AllocationId;
      readonly tally: Tally;
    })
  | (Target & {
      readonly kind: "note";
      readonly row: 1 | 9;
      readonly allocationId: AllocationId;
      readonly state: Use["state"];
    });

/** Returns whether an action gives an address to an interface of members. */
export function isHeal({ kind }: Action): boolean {
  return kind === "associate" || kind === "move" || kind === "swap";
}

/** What Holdfast cannot cure by an action of its own, and the operator should know. */
export type Finding =
  | { readonly kind: "shortage"; readonly row: 4; readonly networkInterfaceId: NetworkInterfaceId }
  | { readonly kind: "blocked"; readonly row: 5; readonly networkInterfaceId: NetworkInterfaceId }
  | { readonly kind: "conflict"; readonly row: 6; readonly networkInterfaceId: NetworkInterfaceId }
  | { readonly kind: "displaced"; readonly allocationId: AllocationId; readonly networkInterfaceId: NetworkInterfaceId }
  /** The deployment gave it to the pool, and it is not the pool's any more. */
  | ({ readonly kind: "address-lost" } & LostAddress)
  | { readonly kind: "failed-update"; readonly row: 10; readonly functionArn: FunctionArn; readonly reason: string }
  /** Its update takes longer than updates do; it holds up no other member. */
  | { readonly kind: "update-overdue"; readonly functionArn: FunctionArn; readonly sinceMs: number }
  /** Lambda could not wake it. */
  | { readonly kind: "inactive"; readonly functionArn: FunctionArn; readonly reason: string }
  | { readonly kind: "outside-network"; readonly functionArn: FunctionArn; readonly subnetId: SubnetId }
  /** In no VPC: it leaves by Lambda's shared addresses. */
  | { readonly kind: "outside-vpc"; readonly functionArn: FunctionArn; readonly versions: readonly string[] }
  /** Versions that may leave by IPv6, past the pool's addresses. */
  | { readonly kind: "dual-stack"; readonly functionArn: FunctionArn; readonly versions: readonly string[] }
  /** AWS refused to associate an address (`allocationId`: whatever the interface) or with an interface; it rests. */
  | ({ readonly kind: "refused" } & Pick<Refusal, "permission" | "code" | "reason"> &
      Partial<Pick<Refusal, "allocationId" | "networkInterfaceId">>)
  | { readonly kind: "missing-member"; readonly member: string }
  /** The operator has paused the pool; whatever else is found stays as it is. */
  | { readonly kind: "paused" };

/** What has to happen elsewhere before more can be done. */
export type Wait =
  /** An update in progress; when it ends, addresses may have to move or may drain. */
  | { readonly kind: "update"; readonly functionArn: FunctionArn; readonly version: string; readonly urgent: boolean }
  /** An attachment whose interface is not there yet. `inMaking`: Lambda is making one, for which no spare is left or which took none. */
  | { readonly kind: "interface"; readonly attachment: string; readonly arriving: boolean; readonly inMaking?: true }
  /** Something would be taken from an interface in use, if the members said that none of their versions uses it. */
  | { readonly kind: "proof" }
  /** What AWS refused a moment ago is tried again. */
  | { readonly kind: "refusal"; readonly untilMs: number }
  /** A leaving interface whose drain time is not over. */
  | { readonly kind: "drain"; readonly allocationId: AllocationId; readonly untilMs: number };

export type Plan = PoolPlan<Action, Finding, Wait>;
