/** How far the index behind GetResources lags behind the tags of functions. */
import { TagResourceCommand, UntagResourceCommand } from "@aws-sdk/client-lambda";
import { GetResourcesCommand } from "@aws-sdk/client-resource-groups-tagging-api";
import { type Account, ask, until } from "./account.ts";
import { check, secondsOf, type Verdict } from "./check.ts";

interface Lags {
  /** Undefined: not within the limit. */
  readonly shownAfterMs: number | undefined;
  readonly goneAfterMs: number | undefined;
}

const tagKey = "holdfast:rehearsal-index";
const patience = { stepMs: 2_000, limitMs: 180_000 };
/** A member found by its tag joins with the sweep, a minute later at most; an index that is no slower costs nothing. */
const expectedMs = 60_000;

export const tagsCheck = check<Lags>({
  id: "tags",
  question: "How far does the index of tags lag behind?",
  needs: ["role"],
  makes: "",
  seconds: 30,
  async observe({ account, member }) {
    const { lambda } = account.clients;
    const { name } = await member();
    const { partition, region, accountId } = account.place;
    const Resource = `arn:${partition}:lambda:${region}:${accountId}:function:${name}`;
    account.say(
      "tagging a function, and waiting until the index of tags shows it, at most 3 min; then the same without the tag",
    );
    const tag = new TagResourceCommand({ Resource, Tags: { [tagKey]: "1" } });
    await ask(account, "lambda:TagResource", () => lambda.send(tag));
    const shownAfterMs = await timeUntil(account, Resource, true);
    const untag = new UntagResourceCommand({ Resource, TagKeys: [tagKey] });
    await ask(account, "lambda:UntagResource", () => lambda.send(untag));
    return { shownAfterMs, goneAfterMs: await timeUntil(account, Resource, false) };
  },
  judge: judgeTags,
});

async function timeUntil(account: Account, arn: string, shown: boolean): Promise<number | undefined> {
  const startMs = account.clock.now();
  const command = new GetResourcesCommand({ ResourceTypeFilters: ["lambda:function"], TagFilters: [{ Key: tagKey }] });
  return until(account, patience, async () => {
    const { ResourceTagMappingList = [] } = await ask(account, "tag:GetResources", () =>
      account.clients.tagging.send(command),
    );
    const there = ResourceTagMappingList.some(({ ResourceARN }) => ResourceARN === arn);
    return there === shown ? account.clock.now() - startMs : undefined;
  });
}

export function judgeTags({ shownAfterMs, goneAfterMs }: Lags): Verdict {
  const late = (ms: number | undefined) => ms === undefined || ms > expectedMs;
  const said = (ms: number | undefined) => (ms === undefined ? "not within 3 min" : `after ${secondsOf(ms)} s`);
  const seconds = {
    ...(shownAfterMs !== undefined && { "until a new tag is shown": secondsOf(shownAfterMs) }),
    ...(goneAfterMs !== undefined && { "until a removed tag is gone": secondsOf(goneAfterMs) }),
  };
  const found = `a new tag is shown ${said(shownAfterMs)}, a removed one is gone ${said(goneAfterMs)}`;
  if (!late(shownAfterMs) && !late(goneAfterMs)) return { outcome: "pass", found, seconds };
  return {
    outcome: "differs",
    found,
    meaning:
      "where tags make members and no event of theirs arrives, a member joins or leaves as late as this; it loses nothing meanwhile",
    remediation: "select members by name, or accept it",
    seconds,
  };
}
