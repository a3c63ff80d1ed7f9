/**
 * The types of what users import, once for `import` and once for `require`: TypeScript takes a declaration for what its
 * nearest package.json says (TypeScript handbook, "Modules: reference").
 */
import { execFileSync } from "node:child_process";
import { cpSync, rmSync, writeFileSync } from "node:fs";

const folder = "dist/types";
rmSync(folder, { recursive: true, force: true });
execFileSync("node_modules/.bin/tsc", ["-p", "tsconfig.types.json"], { stdio: "inherit" });
cpSync(`${folder}/esm`, `${folder}/cjs`, { recursive: true });
writeFileSync(`${folder}/cjs/package.json`, '{ "type": "commonjs" }\n');
