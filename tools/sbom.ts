/**
 * `npm run --silent sbom`: what the package consists of, as CycloneDX. npm lists what the lock file has; kept of that are
 * dependencies and what the bundles hold, and not the tools that make and test them.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { type BuildOptions, build } from "esbuild";
import packageJson from "../package.json" with { type: "json" };
import { buildOptions, commandLineOptions, libraryOptions, pageOptions } from "./bundle.ts";

interface Component {
  readonly "bom-ref": string;
  readonly name: string;
  readonly version: string;
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly licenses?: readonly object[];
}

interface Sbom {
  readonly bomFormat: string;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

/** Returns the packages, as `name@version`, of which the functions, the libraries, the command line and the page hold code. */
export async function bundledPackages(): Promise<ReadonlySet<string>> {
  const functions = readdirSync("functions").map((file) => file.replace(/\.ts$/, ""));
  const bundles: BuildOptions[] = [
    ...functions.map((name) => buildOptions(name, `${name}.mjs`)),
    libraryOptions("src/guard/guard.ts", "guard.mjs", "esm"),
    libraryOptions("src/guard/fetch-with-retry.ts", "retry.mjs", "esm"),
    commandLineOptions("cli"),
    pageOptions("page"),
  ];
  const folders = new Set<string>();
  for (const options of bundles) {
    const { metafile } = await build({ ...options, write: false, metafile: true });
    const inputs = Object.values(metafile.outputs).flatMap((it) => Object.entries(it.inputs));
    for (const [path, { bytesInOutput }] of inputs) {
      const [folder] = /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? [];
      if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
    }
  }
  const described = [...folders].map((folder) => JSON.parse(readFileSync(`${folder}/package.json`, "utf8")));
  return new Set(described.map(({ name, version }) => `${name}@${version}`));
}

/** Returns the software bill of materials. */
export async function sbom(): Promise<Sbom> {
  const args = ["sbom", "--sbom-format=cyclonedx", "--package-lock-only"];
  const all = JSON.parse(execFileSync("npm", args, { encoding: "utf8", maxBuffer: 2 ** 26 })) as Sbom;
  const bundled = await bundledPackages();
  const isTool = ({ properties = [] }: Component) =>
    properties.some(({ name }) => name === "cdx:npm:package:development");
  const components = all.components.filter((it) => !isTool(it) || bundled.has(it["bom-ref"]));
  const { component } = all.metadata;
  const refs = new Set([component, ...components].map((it) => it["bom-ref"]));
  const dependencies = all.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((it) => refs.has(it)) }));
  // npm takes the folder's name.
  const metadata = { ...all.metadata, component: { ...component, name: packageJson.name } };
  return { ...all, metadata, components, dependencies };
}

if (process.argv[1]?.endsWith("sbom.ts")) console.log(JSON.stringify(await sbom(), null, 2));
