/** The page's files, as `npm run build` makes them. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { packageRoot } from "../support/package-root.ts";

export interface Asset {
  readonly type: string;
  readonly body: Buffer;
  readonly gzip: Buffer;
  readonly brotli: Buffer;
}

/** By the path under which it is served. */
export type Assets = ReadonlyMap<string, Asset>;

const files = [
  ["/", "index.html", "text/html; charset=utf-8"],
  ["/console.js", "console.js", "text/javascript; charset=utf-8"],
  ["/console.css", "console.css", "text/css; charset=utf-8"],
] as const;

/** @throws Error when the page has not been built */
export async function loadAssets(): Promise<Assets> {
  const read = files.map(async ([path, name, type]) => {
    const body = await readFile(join(packageRoot, "dist/console", name));
    return [path, { type, body, gzip: gzipSync(body), brotli: brotliCompressSync(body) }] as const;
  });
  return new Map(await Promise.all(read));
}
