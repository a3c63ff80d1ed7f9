/** `npm run compare`: lists what the twin does otherwise than an account did, by the fixtures of a rehearsal there. */
import { parseArgs } from "node:util";
import { readFixtures } from "../cli/rehearse/read.ts";
import { UsageError } from "../cli/support/usage-error.ts";
import { differencesBetween } from "../testing/rehearsal/differences.ts";
import { rehearseInTwin } from "../testing/rehearsal/rehearse.ts";
import { readMeasured } from "../testing/twin/measured.ts";

const usage = `npm run compare -- FILE [--json]

FILE is what npx holdfast rehearse --fixtures FILE wrote. The same rehearsal is
run in the twin, with the times measured, and every field that differs is
listed. Exit codes: 0 none differs, 1 some do, 2 wrong arguments or file.`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { help: { type: "boolean" }, json: { type: "boolean" } },
    allowPositionals: true,
  });
  const [file, ...more] = positionals;
  if (values.help) {
    console.log(usage);
    return 0;
  }
  if (file === undefined || more.length > 0) throw new UsageError("one file is compared", "name it");
  const account = readFixtures(file);
  const twin = await rehearseInTwin({ seed: 1, name: account.region }, readMeasured(file));
  const differences = differencesBetween(account, twin);
  if (values.json) console.log(JSON.stringify(differences, null, 2));
  else {
    for (const { field, account: one, twin: other } of differences) {
      console.log(`${field}\n  account  ${one}\n  twin     ${other}`);
    }
    const skipped = account.checks.filter(({ verdict }) => verdict.outcome === "skipped").map(({ id }) => id);
    const rest = skipped.length > 0 ? `; not found out in the account: ${skipped.join(", ")}` : "";
    console.log(`${account.region}, ${account.startedAt}: ${differences.length} fields differ${rest}.`);
  }
  return differences.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  const remedy = error instanceof UsageError ? `: ${error.remediation}` : "";
  console.error(`${error instanceof Error ? error.message : error}${remedy}\n\n${usage}`);
  process.exitCode = 2;
}
