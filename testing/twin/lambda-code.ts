import { createContext, runInContext } from "node:vm";
import type { VirtualClock } from "./clock.ts";
import type { Delays } from "./delays.ts";
import { egressBy } from "./egress.ts";
import { currentInvocation, type Handler } from "./lambda-invocation.ts";
import type { RegionContext } from "./region-context.ts";
import type { World } from "./world.ts";

/**
 * By which address functions outside a VPC leave: one of Lambda's own for each sandbox. Of 198.51.100.0/24, which is for
 * documentation (RFC 5737).
 */
const SHARED_PREFIX = "198.51.100.";
const FIRST_SHARED = 200;
const SHARED_ADDRESSES = 50;

/** Where processes run, one after the other: files in /tmp outlive them (Lambda developer guide, execution environments). */
interface Sandbox {
  readonly address: string;
  readonly files: Map<string, string>;
}

interface Process {
  readonly exports: { handler?: Handler };
}

/** What the code runs on. */
export interface Machine extends Pick<RegionContext, "world" | "clock" | "random"> {
  readonly delays: Pick<Delays, "sandboxAfterExitRate">;
}

/**
 * Returns the handler of code that was given as an archive: one CommonJS file `index.js`, stored without compression.
 * Nothing for any other archive. The code sees the virtual clock, files in /tmp, and an internet on which every page says
 * by which address it was asked; it waits in vain where there is no way out. All calls go to one process until it exits;
 * the next one starts in the same sandbox, or in another with another address.
 */
export function inlineHandler(machine: Machine, zip: Uint8Array | undefined): Handler | undefined {
  const source = zip && storedFile(Buffer.from(zip), "index.js");
  if (source === undefined) return undefined;
  const random = machine.random.fork("sandboxes");
  let sandboxes = 0;
  const nextSandbox = (): Sandbox => {
    return { address: `${SHARED_PREFIX}${FIRST_SHARED + (sandboxes++ % SHARED_ADDRESSES)}`, files: new Map() };
  };
  let sandbox = nextSandbox();
  let process: Process | undefined;
  const exit = () => {
    process = undefined;
    if (random.chance(machine.delays.sandboxAfterExitRate)) sandbox = nextSandbox();
    currentInvocation()?.kill();
    throw new Error("the process has exited");
  };
  return (event, context) => {
    process ??= startProcess(machine, source, sandbox, exit);
    return process.exports.handler?.(event, context);
  };
}

function startProcess(
  { world, clock }: Machine,
  source: string,
  { address, files }: Sandbox,
  exit: () => void,
): Process {
  const exports = {};
  const fs = {
    readFileSync(path: string) {
      const text = files.get(path);
      if (text === undefined) throw Object.assign(new Error(`no such file: ${path}`), { code: "ENOENT" });
      return text;
    },
    writeFileSync: (path: string, text: string) => files.set(path, text),
  };
  const globals = {
    exports,
    require: (name: string) => (name === "node:fs" ? fs : {}),
    process: { exit },
    fetch: createInternet(world, clock, address),
    AbortSignal: { timeout: (ms: number) => ms },
    Date: { now: clock.now },
    setTimeout: (fire: () => void, ms: number) => clock.after(ms, fire),
  };
  runInContext(source, createContext(globals));
  return { exports };
}

interface Init {
  /** Milliseconds, as this sandbox's `AbortSignal.timeout` has it. */
  readonly signal?: number;
}

/** @param shared by which functions outside a VPC leave */
function createInternet(world: World, clock: VirtualClock, shared: string) {
  return async (_url: string, { signal = 300_000 }: Init = {}) => {
    const network = currentInvocation()?.environment.network;
    const ways = network ? egressBy(world, network) : undefined;
    const address = ways ? ways.find(({ open }) => open)?.publicIps[0] : shared;
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
