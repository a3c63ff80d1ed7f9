/** `holdfast fallback enter|leave|auto`, `pause` and `resume`: the override, a tag on the pool's addresses. */
import { CreateTagsCommand, DeleteTagsCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { call } from "../src/aws/errors.ts";
import { priceUsdPerHour } from "../src/fallback/cost.ts";
import { describePoolAddresses, tagOf } from "../src/pool/addresses.ts";
import { type Override, readOverride } from "../src/pool/override.ts";
import { tagKeys } from "../src/pool/tags.ts";
import { confirm } from "./support/confirm.ts";
import { poolsOf, readSettings } from "./support/deployment.ts";
import type { Pool } from "./support/deployment-model.ts";
import { exitCodes } from "./support/exit-codes.ts";
import type { Json } from "./support/schemas.ts";
import type { Answer, Session } from "./support/session.ts";
import { wrap } from "./support/style.ts";
import { UsageError } from "./support/usage-error.ts";

/** `auto` and `resume` both remove the override; each only its own. */
export type Wanted = "direct" | "fallback" | "paused" | "auto" | "resume";

export interface SteerOptions {
  readonly pool?: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

export interface Change {
  readonly pool: string;
  readonly from: string;
  /** `none`: the tag is removed. */
  readonly to: "direct" | "fallback" | "paused" | "none";
  readonly allocationIds: readonly string[];
  /** What follows, and when. */
  readonly effect: string;
}

/** Returns the change of one pool's override; undefined when it has the wanted value already. Pure. */
export function changeOf(
  pool: Pick<Pool, "name" | "fallback">,
  wanted: Wanted,
  override: Override,
  allocationIds: readonly string[],
): Change | undefined {
  const from = override.kind === "unknown" ? override.text : override.kind;
  const to = wanted === "auto" || wanted === "resume" ? "none" : wanted;
  if ((wanted === "fallback" || wanted === "direct") && !pool.fallback) {
    throw new UsageError(
      `pool ${pool.name} is deployed without fallback`,
      "set fallback.standby to cold or warm in holdfast.config.ts and deploy",
    );
  }
  if (wanted === "auto" && from === "paused") {
    throw new UsageError(`pool ${pool.name} is paused`, "end the pause with holdfast resume");
  }
  if (wanted === "resume" && (from === "direct" || from === "fallback")) {
    throw new UsageError(
      `pool ${pool.name} is not paused: its override is ${from}`,
      "end it with holdfast fallback auto",
    );
  }
  if (allocationIds.length === 0) {
    throw new UsageError(
      `pool ${pool.name} has no address whose tag could hold the override`,
      "tag its addresses with holdfast:pool, or run npx sst refresh and then npx sst deploy, both with --stage",
    );
  }
  return from === to ? undefined : { pool: pool.name, from, to, allocationIds, effect: effectOf(pool, to) };
}

function effectOf({ fallback }: Pick<Pool, "fallback">, to: Change["to"]): string {
  switch (to) {
    case "fallback": {
      const price = `$${priceUsdPerHour} an hour and as much again per GB`;
      return (
        "within a minute Holdfast creates a NAT gateway if there is none (about two minutes), then points the members' " +
        `default routes to it; open connections break, partners see the fallback address, and it costs ${price}`
      );
    }
    case "direct":
      return "within a minute the default routes point to the internet gateway again; open connections break, and a block does not trigger a failover any more";
    case "paused":
      return "from the next run, within a minute, Holdfast moves no address, changes no route and attaches no function, whatever fails; a run in progress is completed";
    case "none":
      return fallback
        ? "within a minute Holdfast moves addresses again, and the alarm triggers failover and failback"
        : "within a minute Holdfast moves addresses again";
  }
}

export async function steer(session: Session, wanted: Wanted, options: SteerOptions): Promise<Answer> {
  const { clients, deployment, progress } = session;
  const pools = poolsOf(await readSettings(clients, deployment), options.pool);
  progress.step("reading addresses");
  const changes: Change[] = [];
  for (const pool of pools) {
    const addresses = await describePoolAddresses(clients.ec2, [pool.name]);
    const override = readOverride(addresses.map(({ Tags }) => tagOf(Tags, tagKeys.override)));
    const ids = addresses.flatMap(({ AllocationId }) => AllocationId ?? []);
    const change = changeOf(pool, wanted, override, ids);
    if (change) changes.push(change);
  }
  const announced = changes.map(({ pool, from, to, effect }) =>
    wrap(`Pool ${pool}: override ${from} → ${to}. ${upper(effect)}.`, "  "),
  );
  const answer = (done: boolean, text: string, exitCode: Answer["exitCode"] = exitCodes.fine): Answer => {
    return { exitCode, json: { changed: done, changes } satisfies Json<"fallback">, text };
  };
  if (changes.length === 0)
    return answer(
      false,
      `${pools.length === 1 ? "The pool has" : "The pools have"} this setting already. Nothing was changed.`,
    );
  if (options.dryRun) return answer(false, [...announced, "Dry run: nothing was changed."].join("\n"));
  if (!options.yes) {
    progress.end();
    process.stderr.write(`${announced.join("\n")}\n`);
    if (!(await confirm("Continue?"))) return answer(false, "Nothing was changed.", exitCodes.attention);
  }
  for (const change of changes) await write(clients.ec2, change);
  const follow = `Watch it with: holdfast status${options.pool ? ` --pool ${options.pool}` : ""}`;
  return answer(true, [...(options.yes ? announced : []), "Done.", follow].join("\n"));
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** One call for all addresses of a pool, so that they never contradict each other for long. */
async function write(ec2: EC2Client, { to, allocationIds }: Change): Promise<void> {
  const Resources = [...allocationIds];
  if (to === "none") {
    const command = new DeleteTagsCommand({ Resources, Tags: [{ Key: tagKeys.override }] });
    await call("ec2:DeleteTags", () => ec2.send(command));
    return;
  }
  const command = new CreateTagsCommand({ Resources, Tags: [{ Key: tagKeys.override, Value: to }] });
  await call("ec2:CreateTags", () => ec2.send(command));
}
