import type { InvocationRequest, InvocationResponse } from "@aws-sdk/client-lambda";
import { draw } from "./delays.ts";
import { type Ending, type Handler, type InvocationContext, runInvocation } from "./lambda-invocation.ts";
import type { LambdaContext, Lifecycle } from "./lambda-lifecycle.ts";
import { conflict, findTarget, type Target } from "./lambda-names.ts";
import type { Random } from "./random.ts";
import { AwsError } from "./service.ts";
import type { FunctionVersion } from "./world.ts";

/** Runs registered handlers, synchronously and asynchronously. */
export class Invoker {
  readonly #context: LambdaContext;
  readonly #lifecycle: Lifecycle;
  readonly #random: Random;
  readonly #handlers = new Map<string, Handler>();

  constructor(context: LambdaContext, lifecycle: Lifecycle) {
    this.#context = context;
    this.#lifecycle = lifecycle;
    this.#random = context.random.fork("invoke");
  }

  /** The code of a function, all its versions. Without one, invocations answer `null`. */
  register(functionName: string, handler: Handler): void {
    this.#handlers.set(functionName, handler);
  }

  /** The API operation. `Event` is accepted at once and runs later; `DryRun` only checks. */
  async invoke(input: InvocationRequest): Promise<InvocationResponse> {
    const target = this.#invocable(input.FunctionName, input.Qualifier);
    if (input.InvocationType === "DryRun") return { StatusCode: 204 };
    const event = readPayload(input.Payload);
    if (input.InvocationType === "Event") {
      this.#later(input.FunctionName ?? "", input.Qualifier, event, 0);
      return { StatusCode: 202 };
    }
    const { ending, requestId } = await this.#run(target, event);
    return {
      StatusCode: 200,
      ExecutedVersion: target.version.version,
      ...(ending.kind !== "returned" && { FunctionError: "Unhandled" }),
      Payload: Buffer.from(JSON.stringify(payloadOf(ending, requestId, target)) ?? "null"),
    };
  }

  /** As an event source does: the parsed event in, the ending out. Throws what `Invoke` throws. */
  async call(functionName: string, event: unknown, qualifier?: string): Promise<Ending> {
    return (await this.#run(this.#invocable(functionName, qualifier), event)).ending;
  }

  /** As EventBridge and Scheduler do. Throws what `Invoke` throws for a function that is not there. */
  callAsync(functionName: string, event: unknown): void {
    findTarget(this.#context.world, { FunctionName: functionName });
    this.#later(functionName, undefined, event, 0);
  }

  /** Two retries, one and two minutes later (Lambda developer guide, asynchronous invocation); then the event is dropped. */
  #later(functionName: string, qualifier: string | undefined, event: unknown, attempt: number): void {
    const { clock, delays } = this.#context;
    const retry = () => {
      const pauseMs = delays.asyncRetryMs[attempt];
      if (pauseMs !== undefined) clock.after(pauseMs, () => this.#later(functionName, qualifier, event, attempt + 1));
    };
    clock.after(draw(this.#random, delays.invokeOverhead), () => {
      this.call(functionName, event, qualifier).then((ending) => {
        if (ending.kind !== "returned") retry();
      }, retry);
    });
  }

  /** An inactive version wakes up, but fails the invocation that woke it (SDK, `ResourceNotReadyException`). */
  #invocable(functionName: string | undefined, qualifier: string | undefined): Target {
    const found = findTarget(this.#context.world, { FunctionName: functionName, Qualifier: qualifier });
    if (found.fn.reservedConcurrency === 0) throw new AwsError("TooManyRequestsException", "Rate Exceeded.", 429);
    const target = { ...found, version: this.#route(found) };
    const { fn, version } = target;
    if (version.state === "Inactive") {
      version.lastInvokedMs = this.#context.clock.now();
      this.#lifecycle.start(fn, version, "Restoring");
      throw new AwsError(
        "ResourceNotReadyException",
        "The function is inactive and its VPC connection is no longer available. Wait for the VPC connection to reestablish and try again.",
        502,
      );
    }
    if (version.state !== "Active") {
      throw conflict(
        `The operation cannot be performed at this time. The function is currently in the following state: ${version.state}`,
      );
    }
    return target;
  }

  /** An alias with a second version gives it its share of the traffic. */
  #route({ fn, alias, version }: Target): FunctionVersion {
    let drawn = this.#random.next();
    for (const [name, weight] of Object.entries(alias?.additionalVersionWeights ?? {})) {
      drawn -= weight;
      if (drawn < 0) return fn.versions.get(name) ?? version;
    }
    return version;
  }

  async #run(target: Target, event: unknown): Promise<{ ending: Ending; requestId: string }> {
    const { clock, delays, hyperplane, identifiers } = this.#context;
    const { fn, version, qualifier } = target;
    const requestId = identifiers.uuid();
    await clock.sleep(draw(this.#random, delays.invokeOverhead));
    version.lastInvokedMs = clock.now();
    const deadlineMs = clock.now() + version.settings.timeoutSeconds * 1_000;
    const context: InvocationContext = {
      functionName: fn.functionName,
      functionVersion: version.version,
      invokedFunctionArn: qualifier === undefined ? fn.functionArn : `${fn.functionArn}:${qualifier}`,
      memoryLimitInMB: String(version.settings.memorySizeMb),
      awsRequestId: requestId,
      logGroupName: `/aws/lambda/${fn.functionName}`,
      logStreamName: `${new Date(clock.now()).toISOString().slice(0, 10).replaceAll("-", "/")}/[${version.version}]${requestId}`,
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => Math.max(0, deadlineMs - clock.now()),
    };
    const handler = this.#handlers.get(fn.functionName) ?? (() => null);
    const environment = { version, network: version.servedBy };
    const leave = hyperplane.enter(environment);
    const ending = await runInvocation(clock, handler, event, context, environment);
    leave();
    return { ending, requestId };
  }
}

function readPayload(payload: Uint8Array | undefined): unknown {
  if (!payload || payload.length === 0) return {};
  try {
    return JSON.parse(Buffer.from(payload).toString());
  } catch {
    throw new AwsError("InvalidRequestContentException", "Could not parse request body into json", 400);
  }
}

/** What the caller gets: the value, or the runtime's description of the error (Lambda developer guide, Node.js errors). */
function payloadOf(ending: Ending, requestId: string, { version }: Target): unknown {
  if (ending.kind === "returned") return ending.value ?? null;
  if (ending.kind === "died") {
    return ending.reason === "timeout"
      ? {
          errorType: "Sandbox.Timedout",
          errorMessage: `RequestId: ${requestId} Error: Task timed out after ${version.settings.timeoutSeconds.toFixed(2)} seconds`,
        }
      : {
          errorType: "Runtime.ExitError",
          errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: exit status 1`,
        };
  }
  const { error } = ending;
  return error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: [] }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };
}
