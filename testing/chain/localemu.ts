/**
 * LocalEmu, an emulator of AWS that others wrote (PyPI, Apache-2.0), with a plug-in that runs functions as processes instead
 * of containers and corrects what Holdfast cannot run without (testing/chain/localemu). It needs Python 3.13 and listens on
 * loopback only.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cached } from "../toolchain/cache.ts";
import { nodeFolder } from "../toolchain/node.ts";

const requirements = join(import.meta.dirname, "requirements.txt");
const plugin = join(import.meta.dirname, "localemu");
const startLimitMs = 60_000;

/** @throws Error that says what is missing */
function findPython(): string {
  const versions = join(process.env["PYENV_ROOT"] || join(homedir(), ".pyenv"), "versions");
  const ofPyenv = existsSync(versions) ? readdirSync(versions).filter((it) => /^3\.1[3-9]\./.test(it)) : [];
  const candidates = [
    "python3.13",
    "python3.14",
    "python3",
    ...ofPyenv.map((it) => join(versions, it, "bin", "python3")),
  ];
  const isNewEnough = "import sys, pip; sys.exit(sys.version_info < (3, 13))";
  const found = candidates.find((it) => spawnSync(it, ["-c", isNewEnough]).status === 0);
  if (found === undefined)
    throw new Error("Python 3.13 or later with pip is needed for LocalEmu: install it and try again");
  return found;
}

/** Installs the exact versions unless they are there: 600 MB, one to two minutes. */
export function installLocalEmu(): { readonly python: string; readonly modules: string } {
  const python = findPython();
  const hash = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 8);
  const modules = cached(`localemu-${hash}`, [python], (folder) => {
    console.log("installing LocalEmu, which takes a minute or two");
    const args = [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--root-user-action=ignore",
      "--no-deps",
      "--target",
      folder,
      "-r",
      requirements,
    ];
    execFileSync(python, args, { stdio: "inherit" });
  });
  return { python, modules };
}

export interface RunningEmulator {
  readonly url: string;
  stop(): void;
}

/** @param folder where it keeps its files @param variables what each function's process gets besides its own environment */
export async function startLocalEmu(
  port: number,
  folder: string,
  variables: Readonly<Record<string, string>>,
): Promise<RunningEmulator> {
  const { python, modules } = installLocalEmu();
  const log = openSync(join(folder, "localemu.log"), "w");
  const child: ChildProcess = spawn(python, ["-m", "localemu.runtime.main"], {
    stdio: ["ignore", log, log],
    env: {
      // Functions run on the first `node` of the path.
      PATH: `${nodeFolder(24)}:${process.env["PATH"]}`,
      HOME: folder,
      PYTHONPATH: `${modules}:${plugin}`,
      LAMBDA_RUNTIME_EXECUTOR: "process",
      // Any other server ignores the address and listens on every interface.
      GATEWAY_SERVER: "hypercorn",
      GATEWAY_LISTEN: `127.0.0.1:${port}`,
      FILESYSTEM_ROOT: folder,
      DISABLE_EVENTS: "1",
      SKIP_SSL_CERT_DOWNLOAD: "1",
      CHAIN_FUNCTION_VARIABLES: JSON.stringify(variables),
    },
  });
  closeSync(log);
  const url = `http://127.0.0.1:${port}`;
  for (const deadlineMs = Date.now() + startLimitMs; Date.now() < deadlineMs && child.exitCode === null; ) {
    const isReady = await fetch(`${url}/_localemu/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    // It answers a signal to end by waiting for its threads.
    if (isReady) return { url, stop: () => void child.kill("SIGKILL") };
    await sleep(200);
  }
  child.kill("SIGKILL");
  throw new Error(`LocalEmu did not start: ${readFileSync(join(folder, "localemu.log"), "utf8").slice(-2000)}`);
}
