/** Checks the layers, and that the check saw modules at all: without a parser it would see none and pass. */
import { cruise, type ICruiseResult } from "dependency-cruiser";
import { layers } from "./layer-rules.ts";

const folders = ["src", "functions", "cli", "demo", "testing", "tools"];
const minimumModules = 50;

const { output } = await cruise(folders, { ...layers.options, ruleSet: layers, validate: true });
const { summary } = output as ICruiseResult;
for (const { rule, from, to } of summary.violations) console.error(`${rule.severity} ${rule.name}: ${from} → ${to}`);
console.log(
  `${summary.totalCruised} modules, ${summary.totalDependenciesCruised} dependencies, ${summary.violations.length} violations`,
);
if (summary.totalCruised < minimumModules)
  console.error(`fewer than ${minimumModules} modules were seen: the check is blind`);
process.exitCode = summary.violations.length > 0 || summary.totalCruised < minimumModules ? 1 : 0;
