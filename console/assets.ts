/** The page's files: built ones where the package has them, else built now, which takes some milliseconds. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

export interface Asset {
  readonly type: string;
  readonly body: Buffer;
  readonly gzip: Buffer;
  readonly brotli: Buffer;
}

/** By the path under which it is served. */
export type Assets = ReadonlyMap<string, Asset>;

const pageFolder = join(import.meta.dirname, "page");
const builtFolder = join(import.meta.dirname, "../dist/console");

const files = [
  ["/", "index.html", "text/html; charset=utf-8"],
  ["/console.js", "console.js", "text/javascript; charset=utf-8"],
  ["/console.css", "console.css", "text/css; charset=utf-8"],
] as const;

/** @throws Error when the page is neither built nor can be */
export async function loadAssets(): Promise<Assets> {
  const contents = existsSync(join(pageFolder, "main.tsx")) ? await buildPage() : await readBuilt();
  return new Map(
    files.map(([path, name, type]) => {
      const body = contents.get(name) ?? Buffer.alloc(0);
      return [path, { type, body, gzip: gzipSync(body), brotli: brotliCompressSync(body) }];
    }),
  );
}

/** The page's files by name, as they are to be served. */
export async function buildPage(): Promise<ReadonlyMap<string, Buffer>> {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [
      { in: join(pageFolder, "main.tsx"), out: "console" },
      { in: join(pageFolder, "style.css"), out: "console" },
    ],
    outdir: builtFolder,
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    logLevel: "warning",
  });
  const built = outputFiles.map(
    ({ path, contents }) => [path.slice(builtFolder.length + 1), Buffer.from(contents)] as const,
  );
  return new Map([...built, ["index.html", await readFile(join(pageFolder, "index.html"))] as const]);
}

async function readBuilt(): Promise<ReadonlyMap<string, Buffer>> {
  const read = files.map(async ([, name]) => [name, await readFile(join(builtFolder, name))] as const);
  return new Map(await Promise.all(read));
}
