/**
 * Before the wire tests: an emulator that nobody here wrote (moto, in a virtual environment of its own), and the
 * built function. Both are made when they are missing or older than what they are made from.
 */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { TestProject } from "vitest/node";
import { freePort } from "../free-port.ts";

declare module "vitest" {
  interface ProvidedContext {
    motoUrl: string;
  }
}

const requirements = "test/wire/requirements.txt";
const python = ".venv/bin/python";
const startLimitMs = 20_000;

export default async function setup(project: TestProject): Promise<() => void> {
  execFileSync("npm", ["run", "--silent", "build"], { stdio: ["ignore", "ignore", "inherit"] });
  installMoto();
  const port = await freePort();
  const moto = spawn(python, ["test/wire/moto_server.py", "-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  await answers(`${url}/moto-api/data.json`, () => moto.exitCode === null);
  project.provide("motoUrl", url);
  return () => {
    moto.kill();
  };
}

/** The installed set is remembered next to it, so that a changed pin is noticed. */
function installMoto(): void {
  const wanted = readFileSync(requirements, "utf8");
  const installed = ".venv/requirements.txt";
  if (existsSync(installed) && readFileSync(installed, "utf8") === wanted) return;
  console.log("installing moto into .venv");
  execFileSync("python3", ["-m", "venv", "--clear", ".venv"], { stdio: "inherit" });
  execFileSync(python, ["-m", "pip", "install", "--quiet", "--no-deps", "-r", requirements], { stdio: "inherit" });
  writeFileSync(installed, wanted);
}

async function answers(url: string, isRunning: () => boolean): Promise<void> {
  const deadlineMs = Date.now() + startLimitMs;
  while (Date.now() < deadlineMs && isRunning()) {
    try {
      if ((await fetch(url)).ok) return;
    } catch {
      await sleep(50);
    }
  }
  throw new Error(`moto did not start at ${url}`);
}
