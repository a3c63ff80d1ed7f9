/** What takes minutes to build or to download is kept in a folder of the user's cache. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Returns the path of a folder of the cache, which need not be there. Its name says what it was made from. */
export function cachePath(name: string): string {
  return join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "holdfast", name);
}

/**
 * Returns the path of a folder of the cache, and fills it unless it is there; under another name until it is whole.
 *
 * @throws Error that names the tools that are missing
 */
export function cached(name: string, tools: readonly string[], fill: (folder: string) => void): string {
  const folder = cachePath(name);
  if (existsSync(folder)) return folder;
  const missing = tools.filter((tool) => spawnSync("sh", ["-c", `command -v ${tool}`]).status !== 0);
  if (missing.length > 0) throw new Error(`${missing.join(", ")} is needed to make ${name}: install it and try again`);
  const unfinished = `${folder}-unfinished-${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    fill(unfinished);
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}
