import type { VirtualClock } from "./clock.ts";
import { type Delays, draw } from "./delays.ts";
import type { Hyperplane, NetworkFailure } from "./hyperplane.ts";
import type { Identifiers } from "./identifiers.ts";
import { conflict } from "./lambda-names.ts";
import type { ShownDuringUpdate } from "./lambda-shapes.ts";
import type { Random } from "./random.ts";
import type { FunctionVersion, LambdaFunction, World } from "./world.ts";

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

  constructor(context: LambdaContext) {
    this.#context = context;
  }

  /** A version that cannot be invoked yet: new (`Creating`), or idle and woken (`Restoring`). */
  start(fn: LambdaFunction, version: FunctionVersion, reasonCode: "Creating" | "Restoring"): void {
    version.state = "Pending";
    version.stateReasonCode = reasonCode;
    this.#prepare(fn, version, (failure) => {
      version.state = failure ? "Failed" : "Active";
      version.stateReasonCode = failure;
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
    const wasInVpc = version.servedBy !== undefined;
    this.#prepare(fn, version, (failure) => {
      version.lastUpdateStatus = failure ? "Failed" : "Successful";
      version.lastUpdateStatusReasonCode = failure;
      if (failure) version.vpcConfig = version.servedBy;
      else version.servedBy = version.vpcConfig;
      if (!wasInVpc) this.#reclaimWhenIdle(fn, version);
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

  #prepare(fn: LambdaFunction, version: FunctionVersion, done: (failure?: NetworkFailure) => void): void {
    const { clock, delays, hyperplane, random, onChange } = this.#context;
    const finish = (failure?: NetworkFailure) =>
      clock.after(draw(random, delays.functionSettle), () => {
        if (fn.versions.get(version.version) !== version) return;
        done(failure);
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
