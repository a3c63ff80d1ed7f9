import { createContext, runInContext } from "node:vm";
import type { VirtualClock } from "./clock.ts";
import { egressBy } from "./egress.ts";
import { currentInvocation, type Handler } from "./lambda-invocation.ts";
import type { World } from "./world.ts";

/** By which address functions outside a VPC leave: one of Lambda's own. Of 198.51.100.0/24, which is for documentation (RFC 5737). */
const SHARED_ADDRESS = "198.51.100.200";

/**
 * Returns the handler of code that was given as an archive: one CommonJS file `index.js`, stored without compression.
 * Nothing for any other archive. The code sees the virtual clock, and an internet on which every page says by which
 * address it was asked; it waits in vain where there is no way out.
 */
export function inlineHandler(world: World, clock: VirtualClock, zip: Uint8Array | undefined): Handler | undefined {
  const source = zip && storedFile(Buffer.from(zip), "index.js");
  if (source === undefined) return undefined;
  const internet = createInternet(world, clock);
  return (event, context) => {
    const exports: { handler?: Handler } = {};
    const timers = { setTimeout: (fire: () => void, ms: number) => clock.after(ms, fire) };
    const globals = {
      exports,
      fetch: internet,
      AbortSignal: { timeout: (ms: number) => ms },
      Date: { now: clock.now },
      ...timers,
    };
    runInContext(source, createContext(globals));
    return exports.handler?.(event, context);
  };
}

interface Init {
  /** Milliseconds, as this sandbox's `AbortSignal.timeout` has it. */
  readonly signal?: number;
}

function createInternet(world: World, clock: VirtualClock) {
  return async (_url: string, { signal = 300_000 }: Init = {}) => {
    const network = currentInvocation()?.environment.network;
    const ways = network ? egressBy(world, network) : undefined;
    const address = ways ? ways.find(({ open }) => open)?.publicIps[0] : SHARED_ADDRESS;
    if (address === undefined) {
      await clock.sleep(signal);
      throw Object.assign(new Error("The operation was aborted due to timeout"), { name: "TimeoutError" });
    }
    return { ok: true, status: 200, text: async () => `${address}\n` };
  };
}

const FILE_HEADER = 0x04034b50;

/** Source of the layout: PKWARE's APPNOTE.TXT, "Local file header". */
function storedFile(zip: Buffer, name: string): string | undefined {
  for (let at = 0; at + 30 <= zip.length && zip.readUInt32LE(at) === FILE_HEADER; ) {
    const [method, size, nameLength, extra] = [at + 8, at + 18, at + 26, at + 28].map((it, index) =>
      index === 1 ? zip.readUInt32LE(it) : zip.readUInt16LE(it),
    ) as [number, number, number, number];
    const from = at + 30 + nameLength + extra;
    const isIt = zip.toString("utf8", at + 30, at + 30 + nameLength) === name;
    if (isIt && method === 0) return zip.toString("utf8", from, from + size);
    at = from + size;
  }
  return undefined;
}
