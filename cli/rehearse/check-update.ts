/** What an update of a function's security groups does: the new interface, what Lambda shows meanwhile, and a call that is under way. */
import { GetFunctionConfigurationCommand, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { ask, until } from "./account.ts";
import { check, secondsOf, type Verdict } from "./check.ts";
import type { Sample } from "./function-code.ts";
import { SceneError } from "./make.ts";
import { measureCreation } from "./measured.ts";
import { interfacesWith, memberInterface } from "./member-interface.ts";

interface Moment {
  readonly atMs: number;
  readonly status: string;
  /** Which groups Lambda shows. */
  readonly shows: "old" | "new" | "other";
  /** Of the interface with the new group; undefined while EC2 shows none. */
  readonly arriving: string | undefined;
}

interface Seen {
  readonly startMs: number;
  readonly moments: readonly Moment[];
  /** Of the call that was under way: where it had been before, and what it got. */
  readonly before: string | undefined;
  readonly samples: readonly Sample[];
}

const callSeconds = 120;

export const updateCheck = check<Seen>({
  id: "update",
  question: "Is the new interface there before an update has ended, and what becomes of a call of two minutes?",
  needs: ["role"],
  notAsked: ({ existing }) =>
    existing?.groupIds.length === 1 ? "only one --security-group was given, and an update needs another" : undefined,
  makes: "",
  seconds: 240,
  async observe(scene) {
    const { account, network, member, sample } = scene;
    const { lambda } = account.clients;
    await memberInterface(scene);
    const { subnetId, groupId, otherGroupId } = await network();
    if (otherGroupId === undefined) throw new SceneError("there is no other security group");
    const { name: FunctionName } = await member();
    const [first] = await sample(FunctionName, 0);
    const long = sample(FunctionName, callSeconds);
    long.catch(() => {});
    account.say("changing the function's security group while it is called for two minutes: usually 2 min, at most 15");
    const update = new UpdateFunctionConfigurationCommand({
      FunctionName,
      VpcConfig: { SubnetIds: [subnetId], SecurityGroupIds: [otherGroupId] },
    });
    await ask(account, "lambda:UpdateFunctionConfiguration", () => lambda.send(update));
    const startMs = account.clock.now();
    const moments: Moment[] = [];
    await until(account, { stepMs: 2_000, limitMs: 15 * 60_000 }, async () => {
      const get = new GetFunctionConfigurationCommand({ FunctionName });
      const { LastUpdateStatus: status = "", VpcConfig } = await ask(account, "lambda:GetFunctionConfiguration", () =>
        lambda.send(get),
      );
      const [group] = VpcConfig?.SecurityGroupIds ?? [];
      const shows = group === groupId ? "old" : group === otherGroupId ? "new" : "other";
      const [arriving] = await interfacesWith(scene, otherGroupId);
      moments.push({ atMs: account.clock.now(), status, shows, arriving: arriving?.Status });
      return status === "Successful" || status === "Failed" ? status : undefined;
    });
    return { startMs, moments, before: first?.address, samples: await long };
  },
  judge: judgeUpdate,
  measure: ({ startMs, moments }) =>
    measureCreation(
      startMs,
      moments.map(({ atMs, status, arriving }) => ({ atMs, status: arriving, ended: status === "Successful" })),
    ),
});

export function judgeUpdate({ startMs, moments, before, samples }: Seen): Verdict {
  const ended = moments.find(({ status }) => status === "Successful");
  const appeared = moments.find(({ arriving }) => arriving !== undefined);
  const usable = moments.find(({ arriving }) => arriving === "in-use");
  const meanwhile = [...new Set(moments.filter(({ status }) => status === "InProgress").map(({ shows }) => shows))];
  const kept = samples.filter(({ address }) => address !== undefined && address === before).length;
  const since = (it: Moment | undefined) => (it ? secondsOf(it.atMs - startMs) : undefined);
  const times = {
    "until the new interface appears": since(appeared),
    "until it is in use": since(usable),
    "until the update has ended": since(ended),
  };
  const seconds = Object.fromEntries(Object.entries(times).filter((it): it is [string, number] => it[1] !== undefined));
  const call =
    before === undefined
      ? "the call under way had no way out before"
      : `the call under way left by its address in ${kept} of ${samples.length} requests`;
  const found = `Lambda showed the ${meanwhile.join(" and the ") || "new"} groups meanwhile; ${call}`;
  if (!ended) {
    return {
      outcome: "fail",
      found: `the update had not succeeded after 15 min (${moments.at(-1)?.status})`,
      meaning:
        "a member keeps its old interface and address until an update ends; an update that never ends is reported",
      remediation: "look at the function's LastUpdateStatusReason; run the rehearsal again",
      seconds,
    };
  }
  if (!usable || usable.atMs > ended.atMs || (appeared?.atMs ?? 0) >= ended.atMs) {
    return {
      outcome: "differs",
      found: `EC2 showed the new interface no sooner than the update had ended; ${found}`,
      meaning:
        "no address can be on it beforehand: each update of a member's network has a gap of some seconds, spare or not",
      remediation: "have clients try again (the guard's fetchWithRetry does), and tell the maintainers",
      seconds,
    };
  }
  if (before !== undefined && kept < samples.length) {
    return {
      outcome: "differs",
      found,
      meaning:
        "a call that is under way loses its way out when its function is updated, though its old interface keeps the address",
      remediation: "have long calls try again, and tell the maintainers",
      seconds,
    };
  }
  return { outcome: "pass", found, seconds };
}
