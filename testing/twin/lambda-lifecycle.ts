import type { VirtualClock } from "./clock.ts";
import { type Delays, draw } from "./delays.ts";
import type { Hyperplane, NetworkFailure } from "./hyperplane.ts";
import type { Identifiers } from "./identifiers.ts";
import { conflict } from "./lambda-names.ts";
import type { ShownDuringUpdate } from "./lambda-shapes.ts";
import type { Random } from "./random.ts";
import type { FunctionVersion, LambdaFunction, World } from "./world.ts";

/** Why a version could not be made ready for reasons other than its network (SDK, `LastUpdateStatusReasonCode`). */
export type CodeFailure =
  | "ImageDeleted"
  | "ImageAccessDenied"
  | "InvalidImage"
  | "KMSKeyAccessDenied"
  | "KMSKeyNotFound"
  | "DisabledKMSKey"
  | "InvalidRuntime"
  | "InvalidZipFileException"
  | "FunctionError.InitTimeout";

export type UpdateFailure = NetworkFailure | CodeFailure;

/** What becomes of a function's next creation, update or restoration: it takes longer, fails, or both. */
export interface Upset {
  /** Added to the time that it takes anyway; updates have hung for hours (aws-controllers-k8s/community#2433). */
  readonly delayMs?: number;
  readonly failure?: UpdateFailure;
}

/** What all parts of the simulated Lambda share. */
export interface LambdaContext {
  readonly world: World;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly identifiers: Identifiers;
  readonly delays: Delays;
  readonly hyperplane: Hyperplane;
  readonly showsDuringUpdate: ShownDuringUpdate;
  /** Called after every change of a function. */
  readonly onChange: () => void;
}

/**
 * The states of a version (Lambda developer guide, function states): a new one is Pending until its network is there;
 * an existing one stays Active with `LastUpdateStatus` InProgress, and is served by its previous configuration until
 * the update has succeeded; a failed update keeps the previous one.
 */
export class Lifecycle {
  readonly #context: LambdaContext;
  /** By function name, in turn. */
  readonly #upsets = new Map<string, Upset[]>();

  constructor(context: LambdaContext) {
    this.#context = context;
  }

  /** Makes the function's next creation, update or restoration go wrong. Returns the function that withdraws it. */
  upsetNext(functionName: string, upset: Upset): () => void {
    const upsets = this.#upsets.get(functionName) ?? [];
    this.#upsets.set(functionName, upsets);
    upsets.push(upset);
    return () => {
      if (upsets.includes(upset)) upsets.splice(upsets.indexOf(upset), 1);
    };
  }

  /**
   * A version that cannot be invoked yet: new (`Creating`), or idle and woken (`Restoring`), which returns to `Inactive`
   * when its network cannot be had (Lambda developer guide, function states).
   */
  start(fn: LambdaFunction, version: FunctionVersion, reasonCode: "Creating" | "Restoring"): void {
    version.state = "Pending";
    version.stateReasonCode = reasonCode;
    this.#prepare(fn, version, (failure) => {
      version.state = failure ? (reasonCode === "Restoring" ? "Inactive" : "Failed") : "Active";
      version.stateReasonCode = failure;
      if (version.state === "Inactive") return;
      version.lastUpdateStatus = failure ? "Failed" : "Successful";
      version.lastUpdateStatusReasonCode = failure;
      if (failure) return;
      version.servedBy = version.vpcConfig;
      this.#reclaimWhenIdle(fn, version);
    });
  }

  /** An update of `$LATEST`, already written to its `vpcConfig` and `settings`. One that does not run starts anew. */
  update(fn: LambdaFunction, version: FunctionVersion): void {
    if (version.state !== "Active") {
      this.start(fn, version, "Creating");
      return;
    }
    version.lastUpdateStatus = "InProgress";
    version.lastUpdateStatusReasonCode = "Creating";
    const previous = version.servedBy;
    this.#prepare(fn, version, (failure) => {
      version.lastUpdateStatus = failure ? "Failed" : "Successful";
      version.lastUpdateStatusReasonCode = failure;
      if (failure) version.vpcConfig = previous;
      // Nothing serves what Lambda found idle meanwhile.
      else if (version.state === "Active") version.servedBy = version.vpcConfig;
      if (!previous) this.#reclaimWhenIdle(fn, version);
    });
  }

  /** Throws `ResourceConflictException` while the function is Pending or being updated. */
  demandSettled(fn: LambdaFunction, version: FunctionVersion): void {
    if (version.lastUpdateStatus === "InProgress") {
      throw conflict(
        `The operation cannot be performed at this time. An update is in progress for resource: ${fn.functionArn}`,
      );
    }
    if (version.state === "Pending") {
      throw conflict(
        "The operation cannot be performed at this time. The function is currently in the following state: Pending",
      );
    }
  }

  #prepare(fn: LambdaFunction, version: FunctionVersion, done: (failure?: UpdateFailure) => void): void {
    const { clock, delays, hyperplane, random, onChange } = this.#context;
    const upset = this.#upsets.get(fn.functionName)?.shift();
    const finish = (failure?: NetworkFailure) =>
      clock.after(draw(random, delays.functionSettle) + (upset?.delayMs ?? 0), () => {
        if (fn.versions.get(version.version) !== version) return;
        done(failure ?? upset?.failure);
        version.revisionId = this.#context.identifiers.uuid();
        hyperplane.reconsider();
        onChange();
      });
    if (version.vpcConfig) hyperplane.acquire(version.vpcConfig, fn, version.settings.role, finish);
    else finish();
    hyperplane.reconsider();
    onChange();
  }

  /** After 14 days without an invocation a version in a VPC loses its interfaces and becomes Inactive. */
  #reclaimWhenIdle(fn: LambdaFunction, version: FunctionVersion): void {
    const { clock, delays, hyperplane, onChange } = this.#context;
    if (!version.vpcConfig) return;
    const dueMs = () => Math.max(version.lastInvokedMs, version.lastModifiedMs) + delays.idleReclaimMs;
    clock.after(dueMs() - clock.now(), () => {
      const exists = fn.versions.get(version.version) === version;
      if (!exists || !version.vpcConfig || version.state !== "Active") return;
      if (dueMs() > clock.now()) {
        this.#reclaimWhenIdle(fn, version);
        return;
      }
      version.state = "Inactive";
      version.stateReasonCode = "Idle";
      version.servedBy = undefined;
      hyperplane.reconsider();
      onChange();
    });
  }
}
