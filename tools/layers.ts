/** `npm run layers`: checks the layers, and that the check saw modules at all: without a parser it would see none and pass. */
import { checkLayers } from "./layer-rules.ts";

const folders = ["src", "functions", "stacks", "cli", "demo", "testing", "tools"];
const minimumModules = 400;

const { modules, dependencies, violations } = await checkLayers(process.cwd(), folders);
for (const violation of violations) console.error(violation);
console.log(`${modules} modules, ${dependencies} dependencies, ${violations.length} violations`);
if (modules < minimumModules) console.error(`fewer than ${minimumModules} modules were seen: the check is blind`);
process.exitCode = violations.length > 0 || modules < minimumModules ? 1 : 0;
