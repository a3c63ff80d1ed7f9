/** A simulated day of a hundred pools: `npm run day`, or `npm run day -- --hours 1 --pools 20`. Ends with exit code 1 when a heal was late. */
import { parseArgs } from "node:util";
import { simulatePoolsDay } from "../../testing/deployment/pools-day.ts";

const { values } = parseArgs({
  options: { hours: { type: "string", default: "24" }, pools: { type: "string", default: "100" } },
});
const startedMs = performance.now();
const day = await simulatePoolsDay(Number(values.pools), Number(values.hours));
console.log(JSON.stringify({ ...day, wallSeconds: Math.round((performance.now() - startedMs) / 1000) }, null, 2));
process.exitCode = day.late + day.failedRuns > 0 ? 1 : 0;
