/**
 * Builds the functions, what users import, the command line with the schemas of its documents, and the console's page: `npm run build` →
 * dist/functions/<name>/index.mjs, dist/<name>.{mjs,cjs}, dist/cli/holdfast.mjs, dist/schemas, dist/console, and dist/sizes.json.
 * `npm run build -- functions` leaves out the command line and the page, as a deployment does.
 */
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { build, type Metafile } from "esbuild";
import { buildOptions, commandLineOptions, libraryOptions, type MeteredOptions, pageOptions } from "./bundle.ts";
import { writeSchemas } from "./schemas.ts";

const kilobyte = 1024;

/** Limits in bytes, minified, with everything in them. The build fails above. */
const functions: Record<string, number> = {
  // With the words of its findings, which its events carry.
  relocate: 350 * kilobyte,
  probe: 200 * kilobyte,
  canary: 345 * kilobyte,
  fallback: 340 * kilobyte,
  attach: 290 * kilobyte,
  teardown: 245 * kilobyte,
};
const libraries: Record<string, { entry: string; limit: number }> = {
  guard: { entry: "src/guard/guard.ts", limit: 43 * kilobyte },
  retry: { entry: "src/guard/fetch-with-retry.ts", limit: 15 * kilobyte },
};
/** What EC2's schemas may take of `relocate`, in bytes. */
const ec2SchemasLimit = 60 * kilobyte;

interface Size {
  readonly bytes: number;
  readonly ec2SchemaBytes: number;
  readonly largestInputs: readonly { readonly path: string; readonly bytes: number }[];
}

function sizeOf(metafile: Metafile, outfile: string): Size {
  const output = metafile.outputs[outfile];
  if (!output) throw new Error(`esbuild reported no output ${outfile}`);
  const inputs = Object.entries(output.inputs).map(([path, { bytesInOutput }]) => ({ path, bytes: bytesInOutput }));
  const schemas = inputs.filter(({ path }) => path.includes("client-ec2/dist-es/schemas/"));
  return {
    bytes: output.bytes,
    ec2SchemaBytes: schemas.reduce((sum, { bytes }) => sum + bytes, 0),
    largestInputs: inputs.sort((a, b) => b.bytes - a.bytes).slice(0, 5),
  };
}

const sizes: Record<string, Size> = {};
const failures: string[] = [];

async function make(name: string, limit: number, outfile: string, options: MeteredOptions): Promise<void> {
  const { metafile } = await build(options);
  const size = sizeOf(metafile, outfile);
  sizes[name] = size;
  console.log(`${name}: ${(size.bytes / kilobyte).toFixed(1)} KB of ${limit / kilobyte} KB`);
  if (size.bytes > limit) failures.push(`${name} is ${size.bytes} bytes, over its limit of ${limit}`);
  if (size.ec2SchemaBytes > ec2SchemasLimit) {
    failures.push(`${name} holds ${size.ec2SchemaBytes} bytes of EC2 schemas, over ${ec2SchemasLimit}`);
  }
}

for (const [name, limit] of Object.entries(functions)) {
  const outfile = `dist/functions/${name}/index.mjs`;
  await make(name, limit, outfile, buildOptions(name, outfile));
}
for (const [name, { entry, limit }] of Object.entries(libraries)) {
  for (const format of ["esm", "cjs"] as const) {
    const outfile = `dist/${name}.${format === "esm" ? "mjs" : "cjs"}`;
    await make(format === "esm" ? name : `${name} (CommonJS)`, limit, outfile, libraryOptions(entry, outfile, format));
  }
}

/** What a deployment does not need: the command line, the schemas of its documents, and the console's page. */
async function makeTools(): Promise<void> {
  // Chunks are named by their content: those of an earlier build would stay.
  const commandLine = "dist/cli";
  await rm(commandLine, { recursive: true, force: true });
  await build(commandLineOptions(commandLine));
  await chmod(`${commandLine}/holdfast.mjs`, 0o755);
  await build(pageOptions("dist/console"));
  await writeSchemas("dist/schemas");
}

if (process.argv[2] !== "functions") await makeTools();
await mkdir("dist", { recursive: true });
await writeFile("dist/sizes.json", `${JSON.stringify(sizes, null, 2)}\n`);
if (failures.length > 0) {
  console.error(failures.join("\n"));
  process.exitCode = 1;
}
