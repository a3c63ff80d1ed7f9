/** A rehearsal in the simulated region, with the times that one in an account has measured. */
import { checks } from "../../cli/rehearse/checks.ts";
import { type Fixtures, fixturesOf } from "../../cli/rehearse/fixtures.ts";
import { defaultEcho } from "../../cli/rehearse/function-code.ts";
import { record } from "../../cli/rehearse/recording.ts";
import { rehearse } from "../../cli/rehearse/run.ts";
import type { Delays } from "../twin/delays.ts";
import { addEventPath } from "../twin/event-path.ts";
import { createRegion, type RegionOptions } from "../twin/region.ts";
import { rehearsalAccount } from "./account.ts";

const caller = "arn:aws:iam::123456789012:role/rehearser";

/** Lets a whole rehearsal run in an empty region. Returns what it leaves. */
export async function rehearseInTwin(
  options: Omit<RegionOptions, "delays">,
  delays: Partial<Delays>,
): Promise<Fixtures> {
  const region = createRegion({ ...options, delays });
  addEventPath(region);
  const recorder = record(rehearsalAccount(region, caller));
  const run = rehearse(recorder.account, {
    checks,
    choices: { nat: false },
    echo: defaultEcho,
    newId: () => "00000000",
  });
  const rehearsal = await region.clock.run(run);
  return fixturesOf({ version: "the twin", region: region.world.region }, rehearsal, recorder.recording());
}
