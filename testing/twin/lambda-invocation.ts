import { AsyncLocalStorage } from "node:async_hooks";
import type { VirtualClock } from "./clock.ts";
import type { FunctionVersion, VpcConfig } from "./world.ts";

/** What a handler gets as its second argument: the part of Lambda's context object that handlers use. */
export interface InvocationContext {
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  readonly memoryLimitInMB: string;
  readonly awsRequestId: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly callbackWaitsForEmptyEventLoop: boolean;
  getRemainingTimeInMillis(): number;
}

export type Handler = (event: unknown, context: InvocationContext) => unknown;

/** How an invocation ended: a value, an error thrown by the handler, or a death that the handler could not notice. */
export type Ending =
  | { readonly kind: "returned"; readonly value: unknown }
  | { readonly kind: "threw"; readonly error: unknown }
  | { readonly kind: "died"; readonly reason: "timeout" | "crash" };

/** Where an invocation runs. What Lambda updates meanwhile is for new environments (Lambda developer guide, function states). */
export interface Environment {
  readonly version: FunctionVersion;
  /** The network in which it stands, decided as it starts. */
  readonly network: VpcConfig | undefined;
}

/** One run of a handler. Once dead, whatever its code still does must have no effect. */
export interface Invocation {
  readonly awsRequestId: string;
  readonly functionName: string;
  readonly environment: Environment;
  readonly dead: boolean;
  /** Ends it as a crash of its process would. */
  kill(): void;
}

const running = new AsyncLocalStorage<Invocation>();

/**
 * Returns the invocation on whose behalf the current code runs, if any. `Region.call` asks it: calls of a dead invocation
 * never reach a service and never answer, since a dead process makes no calls.
 */
export function currentInvocation(): Invocation | undefined {
  return running.getStore();
}

/** Runs a handler until it ends, is killed, or its time is up on the virtual clock. Never rejects. */
export function runInvocation(
  clock: VirtualClock,
  handler: Handler,
  event: unknown,
  context: InvocationContext,
  environment: Environment,
): Promise<Ending> {
  const timeoutMs = environment.version.settings.timeoutSeconds * 1_000;
  return new Promise((resolve) => {
    let dead = false;
    let over = false;
    const end = (ending: Ending) => {
      if (over) return;
      over = true;
      timer.cancel();
      resolve(ending);
    };
    const die = (reason: "timeout" | "crash") => {
      if (over) return;
      dead = true;
      end({ kind: "died", reason });
    };
    const timer = clock.after(timeoutMs, () => die("timeout"));
    const invocation: Invocation = {
      awsRequestId: context.awsRequestId,
      functionName: context.functionName,
      environment,
      get dead() {
        return dead;
      },
      kill: () => die("crash"),
    };
    const body = async () => handler(event, context);
    running.run(invocation, body).then(
      (value) => end({ kind: "returned", value }),
      (error: unknown) => end({ kind: "threw", error }),
    );
  });
}
