import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { EgressBlockedError, type GuardOptions, withEgressGuard } from "../../src/guard/guard.ts";
import { Exited, useGuardScene } from "./scene.ts";

describe("withEgressGuard, with handlers of every kind", () => {
  const scene = useGuardScene();
  const { effects, guard } = scene;

  describe("never cuts off a call in flight", () => {
    const slow = (options: Partial<GuardOptions>) => {
      const ends: (() => void)[] = [];
      const handler = withEgressGuard(
        (_event: string) => new Promise<void>((resolve) => ends.push(resolve)),
        {
          url: scene.partner.url,
          statePath: join(scene.sandbox, "state.json"),
          confirmAfterMs: 1,
          jitterMs: 0,
          spacingMs: 5000,
          ...options,
        },
        effects,
      );
      return { handler, ends };
    };

    beforeEach(async () => {
      scene.partner.play = "block";
      await expect(guard({ spacingMs: 5000 })("a", 1)).rejects.toThrow(Exited);
    });

    it("but waits until it has ended", async () => {
      const { handler, ends } = slow({});
      const first = handler("a");
      await vi.waitFor(() => expect(ends).toHaveLength(1));
      scene.nowMs += 5000;
      const second = handler("b");
      await vi.waitFor(() => expect(scene.partner.tests).toBe(6));
      expect(scene.written).toHaveLength(2);
      ends[0]?.();
      await first;
      await expect(second).rejects.toThrow(Exited);
    });

    type Ending = (event: string, context: object, callback: (error: unknown) => void) => unknown;
    it.each<[string, Ending]>([
      ["returns a promise, though it declares a callback", async (_event, _context, _callback) => {}],
      [
        "throws, though it declares a callback",
        (_event, _context, _callback) => {
          throw new RangeError("own");
        },
      ],
      ["calls back before it returns", (_event, _context, callback) => callback(null)],
      ["calls back later", (_event, _context, callback) => void setTimeout(callback, 5, null)],
    ])("and waits no longer for one that %s", async (_, ending) => {
      const handler = withEgressGuard(
        ending,
        {
          url: scene.partner.url,
          statePath: join(scene.sandbox, "state.json"),
          confirmAfterMs: 1,
          jitterMs: 0,
          timeoutMs: 400,
        },
        effects,
      );
      const ended = (event: string) => new Promise((resolve) => void handler(event, {}, resolve));
      await ended("a");
      scene.nowMs += 5000;
      expect(await ended("b")).toBeInstanceOf(Exited);
    });

    it("and waits no longer for a response that was closed before the call", async () => {
      const answer = (_request: object, _response: object) => undefined;
      const handler = withEgressGuard(
        answer,
        {
          url: scene.partner.url,
          statePath: join(scene.sandbox, "state.json"),
          confirmAfterMs: 1,
          jitterMs: 0,
          timeoutMs: 400,
        },
        effects,
      );
      await handler({}, { headersSent: false, destroyed: true, once: () => {} });
      scene.nowMs += 5000;
      await expect(handler({}, { headersSent: false, destroyed: false, once: () => {} })).rejects.toThrow(Exited);
    });

    it("and lets calls pass when that takes too long", async () => {
      const { handler, ends } = slow({ timeoutMs: 100 });
      void handler("a");
      await vi.waitFor(() => expect(ends).toHaveLength(1));
      scene.nowMs += 5000;
      void handler("b");
      await vi.waitFor(() => expect(ends).toHaveLength(2));
      expect(scene.written.at(-1)).toMatchObject({ decision: "busy" });
    });
  });

  describe("leaves the handler as it is", () => {
    const options = () => ({
      url: scene.partner.url,
      statePath: join(scene.sandbox, "state.json"),
      confirmAfterMs: 1,
      jitterMs: 0,
    });
    const streaming = Symbol.for("aws.lambda.runtime.handler.streaming");

    it("in what it is called with: every argument and its own this", async () => {
      const owner = {
        name: "owner",
        handler: withEgressGuard(
          async function (this: { name: string }, ...all: number[]) {
            return [this.name, ...all];
          },
          options(),
          effects,
        ),
      };
      expect(await owner.handler(1, 2, 3, 4)).toEqual(["owner", 1, 2, 3, 4]);
      expect(await owner.handler(1, 2, 3, 4)).toEqual(["owner", 1, 2, 3, 4]);
    });

    it("in what it has: its length, the mark of a response stream, the methods of a framework", async () => {
      const used: string[] = [];
      const handler = Object.assign(async (_event: string, _stream: object, _context: object) => "streamed", {
        [streaming]: "response",
        use: (it: string) => used.push(it),
      });
      const guarded = withEgressGuard(handler, options(), effects);
      guarded.use("middleware");
      expect(used).toEqual(["middleware"]);
      expect([guarded.length, guarded[streaming], Object.keys(guarded)]).toEqual([3, "response", ["use"]]);
      expect(await guarded("a", {}, {})).toBe("streamed");
    });

    it("in what it returns: a thenable that does its work when it is asked for, which happens once", async () => {
      let queries = 0;
      const query = {
        // biome-ignore lint/suspicious/noThenProperty: as query builders have it.
        then(resolve: (rows: string) => void) {
          queries++;
          resolve("rows");
        },
      };
      expect(await withEgressGuard(() => query, options(), effects)()).toBe("rows");
      expect(queries).toBe(1);
    });

    type Callback = (error: unknown, result?: string) => void;
    const called = (handler: (event: string, context: object, callback: Callback) => unknown) =>
      new Promise<string>((resolve, reject) => {
        const guarded = withEgressGuard(handler, { ...options(), maxExits: 0, onExhausted: "throw" }, effects);
        const result = guarded("a", {}, (error, value = "") => (error ? reject(error) : resolve(value)));
        // What Lambda's runtime client takes for the end of the call.
        if (result instanceof Promise) result.then(() => resolve("ended before it called back"));
      });

    it("in how it ends: by its callback, later than it returns", async () => {
      const handler = (event: string, _: object, callback: Callback) => {
        setTimeout(callback, 20, null, `called ${event}`);
      };
      expect(await called(handler)).toBe("called a");
    });

    it("in how it ends: by a promise, though it declares a callback", async () => {
      expect(await called(async (event, _context, _callback) => `resolved ${event}`)).toBe("resolved a");
      await expect(called((_event, _context, _callback) => Promise.reject(new RangeError("own")))).rejects.toThrow(
        "own",
      );
    });

    it("in how it fails: by its callback, by throwing, and by the guard's refusal", async () => {
      await expect(called((_event, _context, callback) => callback(new RangeError("own")))).rejects.toThrow("own");
      const throws = (_event: string, _context: object, _callback: Callback): void => {
        throw new RangeError("own");
      };
      await expect(called(throws)).rejects.toThrow("own");
      scene.partner.play = "block";
      await expect(called(throws)).rejects.toThrow(EgressBlockedError);
    });
  });
});
