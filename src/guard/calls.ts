/** Calls of the handler that pass while the guard may still end the process, which never cuts one off. */

export type Callable = (...args: never[]) => unknown;

/** How a handler with a callback ends: Lambda's up to Node 22, and Google's background functions. */
export type Callback = (error: unknown, result?: unknown) => void;

export interface Calls {
  /** Calls the handler as its caller did, and counts the call until it has ended. */
  run(handler: Callable, self: unknown, args: readonly unknown[]): unknown;
  /** Waits until no call is in flight; returns false when that takes longer than this. */
  idleWithin(limitMs: number): Promise<boolean>;
}

export function createCalls(): Calls {
  const inFlight = new Set<Promise<unknown>>();

  function count(end: PromiseLike<unknown>): void {
    const counted = Promise.resolve(end)
      // Its caller has the failure; here only the end counts.
      .catch(() => {})
      .finally(() => inFlight.delete(counted));
    inFlight.add(counted);
  }

  /** Returns the arguments with a callback that also ends the count. */
  function withCounted(args: readonly unknown[], callback: Callback): unknown[] {
    let end: () => void = () => {};
    count(new Promise<void>((resolve) => (end = resolve)));
    return args.with(2, (...result: Parameters<Callback>) => {
      end();
      callback(...result);
    });
  }

  return {
    run(handler, self, args) {
      const callback = callbackOf(handler, args);
      for (const it of args) if (isResponse(it)) count(new Promise<void>((resolve) => it.once("close", resolve)));
      const result = Reflect.apply(handler, self, callback ? withCounted(args, callback) : args);
      if (isPromise(result)) count(result);
      return result;
    },
    async idleWithin(limitMs) {
      if (inFlight.size === 0) return true;
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<false>((resolve) => {
        timer = setTimeout(resolve, limitMs, false);
      });
      const idle = await Promise.race([late, Promise.all(inFlight).then(() => true)]);
      clearTimeout(timer);
      return idle;
    },
  };
}

/**
 * Returns the callback that ends this call, if the handler declares one. The third argument of a handler that streams
 * its response is the context (Lambda developer guide, "Response streaming for Lambda functions").
 */
export function callbackOf(handler: Callable, args: readonly unknown[]): Callback | undefined {
  const [, , callback] = args;
  return handler.length >= 3 && typeof callback === "function" ? (callback as Callback) : undefined;
}

export function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { readonly then?: unknown } | null | undefined)?.then === "function";
}

/** A response of Node's http module, as frameworks pass it: the call ends with it, whatever the handler returns. */
function isResponse(value: unknown): value is { once(event: "close", listener: () => void): unknown } {
  return typeof value === "object" && value !== null && "headersSent" in value && "once" in value;
}
