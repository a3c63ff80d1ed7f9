/** How the functions are bundled: one ESM file each, without what they cannot reach. */
import { readFile } from "node:fs/promises";
import type { BuildOptions, Plugin } from "esbuild";

/**
 * The SDK's schema modules hold every shape of a service. Each is an array literal with computed parts, which a
 * bundler has to keep; wrapped in a pure call, those that no command refers to fall away. So do
 * the classes of modelled errors: unregistered, an error is the service's base exception under its own name, and names
 * are all that src/aws/errors.ts reads.
 */
const dropUnusedSchemas: Plugin = {
  name: "drop-unused-schemas",
  setup({ onLoad }) {
    onLoad({ filter: /@aws-sdk\/[^/]+\/dist-es\/schemas\/schemas_\d+\.js$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const contents = source
        .replace(/^((?:export )?(?:var|const) \S+ = )(\[[^;]*\]);$/gm, "$1/* @__PURE__ */ (() => ($2))();")
        .replace(/^n0_registry\.registerError\(.*\);$/gm, "");
      return { contents, loader: "js" };
    });
  },
};

/** In Lambda, credentials are environment variables; the chain of files, SSO and metadata services is never asked. */
const environmentCredentials: Plugin = {
  name: "environment-credentials",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ resolveDir, kind }) =>
      resolve("./src/aws/environment-credentials.ts", { resolveDir: process.cwd(), kind, importer: resolveDir }),
    );
  },
};

/** No command that we send streams events; the SDK loads the codec for them all the same. */
const noEventStreams: Plugin = {
  name: "no-event-streams",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@smithy\/core\/event-streams$/ }, () => ({ path: "event-streams", namespace: "absent" }));
    onLoad({ filter: /.*/, namespace: "absent" }, () => ({
      contents: `
        export const eventStreamSerdeProvider = () => undefined;
        export const resolveEventStreamSerdeConfig = (config) => config;
        export const EventStreamSerde = undefined;
      `,
    }));
  },
};

/** A client reads its own version from its package.json; the rest of that file is of no use at run time. */
const versionsOnly: Plugin = {
  name: "versions-only",
  setup({ onLoad }) {
    onLoad({ filter: /@aws-sdk\/client-[^/]+\/package\.json$/ }, async ({ path }) => {
      const { version } = JSON.parse(await readFile(path, "utf8"));
      return { contents: JSON.stringify({ version }), loader: "json" };
    });
  },
};

export type MeteredOptions = BuildOptions & { metafile: true };

const common = {
  bundle: true,
  minify: true,
  charset: "utf8",
  metafile: true,
  sourcemap: "external",
  legalComments: "external",
  platform: "node",
  format: "esm",
  logLevel: "warning",
} as const;

/** CommonJS inside of a module asks for `require`. */
const banner = { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" };

/** Returns how a function is built. */
export function buildOptions(name: string, outfile: string): MeteredOptions {
  return {
    ...common,
    entryPoints: [`functions/${name}.ts`],
    outfile,
    target: "node22",
    mainFields: ["module", "main"],
    banner,
    plugins: [dropUnusedSchemas, environmentCredentials, noEventStreams, versionsOnly],
  };
}

/** Returns how the command line is built: an entry that loads little, and a chunk for each command. The whole chain of credentials stays. */
export function commandLineOptions(outdir: string): MeteredOptions {
  return {
    ...common,
    entryPoints: { holdfast: "cli/main.ts" },
    outdir,
    splitting: true,
    chunkNames: "[name]-[hash]",
    outExtension: { ".js": ".mjs" },
    sourcemap: false,
    target: "node20",
    mainFields: ["module", "main"],
    banner,
    // It loads its compiler by a path of its own.
    external: ["jiti"],
    plugins: [dropUnusedSchemas, noEventStreams, versionsOnly],
  };
}

/** Returns how the console's page is built. */
export function pageOptions(outdir: string): BuildOptions {
  return {
    entryPoints: [
      { in: "cli/console/page/main.tsx", out: "console" },
      { in: "cli/console/page/style.css", out: "console" },
      { in: "cli/console/page/index.html", out: "index" },
    ],
    outdir,
    loader: { ".html": "copy" },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "external",
    logLevel: "warning",
  };
}

/** Returns how what users import is built: for any Node that the package supports. */
export function libraryOptions(entry: string, outfile: string, format: "esm" | "cjs"): MeteredOptions {
  return { ...common, entryPoints: [entry], outfile, format, target: "node20" };
}
