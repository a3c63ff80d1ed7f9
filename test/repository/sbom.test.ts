import { expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { bundledPackages, sbom } from "../../tools/sbom.ts";

it("the bill of materials names each dependency and each package in the bundles, with hash and licence, and no tool", async () => {
  const { bomFormat, metadata, components } = await sbom();
  const names = components.map(({ name }) => name);
  expect([bomFormat, metadata.component.name, metadata.component.version]).toEqual([
    "CycloneDX",
    packageJson.name,
    packageJson.version,
  ]);
  const dependencies = Object.entries(packageJson.dependencies).map(([name, version]) => `${name}@${version}`);
  const refs = components.map((it) => it["bom-ref"]);
  expect([...dependencies, ...(await bundledPackages())].filter((it) => !refs.includes(it))).toEqual([]);
  // They are in the console's page and no dependency: whoever installs the package has them in it.
  expect(names).toEqual(expect.arrayContaining(["preact", "uplot"]));
  expect(names.filter((name) => ["esbuild", "vitest", "sst", "@cloud-copilot/iam-simulate"].includes(name))).toEqual(
    [],
  );
  for (const { name, version, hashes, licenses } of components) {
    expect(hashes, `${name} ${version}`).toEqual([expect.objectContaining({ alg: "SHA-512" })]);
    expect(licenses, `${name} ${version}`).not.toEqual([]);
  }
});
