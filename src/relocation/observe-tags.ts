/**
 * The tags of functions that changed, where only they tell which of several pools a change concerns: from the change itself,
 * from changes before it, or from the function, which is asked once. They are never a reason to act, only to look.
 */
import { type LambdaClient, ListTagsCommand } from "@aws-sdk/client-lambda";
import type { Clock } from "../aws/clock.ts";
import { AwsCallError, call } from "../aws/errors.ts";
import type { PoolSettings } from "../config/settings.ts";
import type { Change, FunctionChange } from "./changes.ts";
import { isMember } from "./membership.ts";

type Tags = Readonly<Record<string, string>>;

/** So long a function's tags are believed without an event that says otherwise, which can get lost. */
const rememberedMs = 10 * 60_000;
const rememberedFunctions = 10_000;

interface Remembered {
  readonly tags: Tags;
  /** When they were asked or said whole. */
  readonly atMs: number;
  /** Of the newest change. */
  readonly timeMs: number;
}

export class FunctionTags {
  readonly #remembered = new Map<string, Remembered>();

  constructor(
    private readonly lambda: LambdaClient,
    private readonly clock: Clock,
    private readonly pools: readonly Pick<PoolSettings, "members">[],
  ) {}

  /**
   * Returns the change with all tags of its function, where only tags could make it a pool's member, or as it is where AWS
   * does not say them. `ListTags` and not `GetFunction`, though that has a limit of its own: who may call it may read the
   * function's code.
   */
  async complete(change: Change, queueArn: string): Promise<Change> {
    if (change.kind !== "function" || change.functionName === undefined) return change;
    const { functionName } = change;
    if (this.pools.every(({ members }) => isMember(members, functionName) !== "maybe")) return change;
    const before = this.#recall(functionName);
    const found = await this.#after(change, before, functionName, queueArn);
    this.#remembered.delete(functionName);
    if (!found) return change;
    if (this.#remembered.size >= rememberedFunctions) this.#remembered.clear();
    this.#remembered.set(functionName, found);
    return { ...change, tags: { kind: "all", tags: found.tags } };
  }

  /** Returns what the function bears after the change; undefined where it cannot be asked. */
  async #after(
    { tags, timeMs }: FunctionChange,
    before: Remembered | undefined,
    functionName: string,
    queueArn: string,
  ): Promise<Remembered | undefined> {
    // Events come in any order: what a newer one has changed, an older one must not change back.
    const isLate = before !== undefined && timeMs < before.timeMs;
    if (before && !isLate) return { ...before, tags: tagsAfter(tags, before.tags), timeMs };
    const atMs = this.clock.now();
    if (!isLate && tags?.kind === "all") return { tags: tags.tags, atMs, timeMs };
    const asked = await this.#ask(functionName, queueArn);
    if (!asked) return undefined;
    return isLate ? { tags: asked, atMs, timeMs: before.timeMs } : { tags: tagsAfter(tags, asked), atMs, timeMs };
  }

  #recall(functionName: string): Remembered | undefined {
    const found = this.#remembered.get(functionName);
    return found && found.atMs > this.clock.now() - rememberedMs ? found : undefined;
  }

  /** Returns no tags of a function that is gone, and undefined where AWS does not answer. */
  async #ask(functionName: string, queueArn: string): Promise<Tags | undefined> {
    const [arn, partition, , region, account] = queueArn.split(":");
    const Resource = [arn, partition, "lambda", region, account, "function", functionName].join(":");
    const command = new ListTagsCommand({ Resource });
    try {
      const { Tags = {} } = await call("lambda:ListTags", () => this.lambda.send(command));
      return Tags;
    } catch (error) {
      if (!(error instanceof AwsCallError)) throw error;
      return error.errorClass === "gone" ? {} : undefined;
    }
  }
}

function tagsAfter(change: FunctionChange["tags"], before: Tags): Tags {
  switch (change?.kind) {
    case "all":
      return change.tags;
    case "set":
      return { ...before, ...change.tags };
    case "removed":
      return Object.fromEntries(Object.entries(before).filter(([key]) => !change.keys.includes(key)));
    case undefined:
      return before;
  }
}
