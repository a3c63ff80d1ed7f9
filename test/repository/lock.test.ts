import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  /** Where it was found. The file names no place, so that npm asks the registry that is configured. */
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as { packages: Record<string, Locked> };

it("the lock file pins the bytes of each package, wherever it is fetched from", () => {
  const installed = Object.entries(packages).filter(([path]) => path !== "");
  expect(installed.length).toBeGreaterThan(100);
  expect(installed.filter(([, { integrity = "" }]) => !/^sha512-[\w+/]{86}==$/.test(integrity))).toEqual([]);
  const registry = "https://registry.npmjs.org/";
  expect(installed.filter(([, { resolved = registry }]) => !resolved.startsWith(registry))).toEqual([]);
});

it("dependencies are pinned to one version each", () => {
  const { dependencies, devDependencies } = packageJson;
  const pinned = Object.entries({ ...dependencies, ...devDependencies });
  expect(pinned.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});

it("the lock file names every platform's package, or npm ci refuses it where one cannot be looked up", () => {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`],
    ),
  );
  expect(missing).toEqual([]);
});

it("no documentation tells to install the name from a registry, where it is not ours", () => {
  const files = [
    "README.md",
    "CONTRIBUTING.md",
    ...readdirSync("docs")
      .filter((it) => it.endsWith(".md"))
      .map((it) => `docs/${it}`),
  ];
  const texts = files.map((file) => [file, readFileSync(file, "utf8")] as const);
  const fromRegistry = /npm (?:i|install|add|exec) (?:-\S+ )*holdfast\b|"holdfast": "(?!file:)/;
  expect(texts.filter(([, text]) => fromRegistry.test(text)).map(([file]) => file)).toEqual([]);
});
