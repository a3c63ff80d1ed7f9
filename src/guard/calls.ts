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

  function count(end: Promise<unknown>): void {
    const ended = end
      // Its caller has the failure; here only the end counts.
      .catch(() => {})
      .finally(() => inFlight.delete(ended));
    inFlight.add(ended);
  }

  /** Returns a promise in place of a thenable, which may do its work each time that it is asked for the result. */
  function counted(result: unknown): unknown {
    if (!isPromise(result)) return result;
    const end = Promise.resolve(result);
    count(end);
    return end;
  }

  return {
    run(handler, self, args) {
      const callback = callbackOf(handler, args);
      for (const it of args) if (isOpenResponse(it)) count(new Promise<void>((resolve) => it.once("close", resolve)));
      if (!callback) return counted(Reflect.apply(handler, self, args));
      let end: () => void = () => {};
      const called = new Promise<void>((resolve) => (end = resolve));
      const calling = (...outcome: Parameters<Callback>) => {
        end();
        callback(...outcome);
      };
      const result = counted(Reflect.apply(handler, self, args.with(2, calling)));
      // A handler that throws has ended, and one that returns a promise ends with it.
      if (!isPromise(result)) count(called);
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

/**
 * A response of Node's http module, as frameworks pass it: the call ends with it, whatever the handler returns. One whose
 * client has gone during the test is closed already.
 */
function isOpenResponse(value: unknown): value is { once(event: "close", listener: () => void): unknown } {
  if (typeof value !== "object" || value === null || !("headersSent" in value && "once" in value)) return false;
  return !("destroyed" in value && value.destroyed);
}
