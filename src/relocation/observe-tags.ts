/**
 * The tags of functions that changed, where only they tell which of several pools a change concerns: from the change itself,
 * from changes before it, or from the function, which is asked once. They are never a reason to act, only to look.
 */
import { type LambdaClient, ListTagsCommand } from "@aws-sdk/client-lambda";
import type { Clock } from "../aws/clock.ts";
import { call, readable } from "../aws/errors.ts";
import type { PoolSettings } from "../config/settings.ts";
import type { Change, FunctionChange } from "./changes.ts";
import { isMember } from "./membership.ts";

type Tags = Readonly<Record<string, string>>;

/** So long a function's tags are believed without an event that says otherwise, which can get lost. */
const rememberedMs = 10 * 60_000;
const rememberedFunctions = 10_000;

export class FunctionTags {
  readonly #remembered = new Map<string, { readonly tags: Tags; readonly atMs: number }>();

  constructor(
    private readonly lambda: LambdaClient,
    private readonly clock: Clock,
    private readonly pools: readonly Pick<PoolSettings, "members">[],
  ) {}

  /**
   * Returns the change with all tags of its function, where only tags could make it a pool's member. `ListTags` and not
   * `GetFunction`, though that has a limit of its own: who may call it may read the function's code.
   */
  async complete(change: Change, queueArn: string): Promise<Change> {
    if (change.kind !== "function" || change.functionName === undefined) return change;
    const { functionName } = change;
    if (this.pools.every(({ members }) => isMember(members, functionName) !== "maybe")) return change;
    const isWhole = change.tags?.kind === "all";
    const before = isWhole ? {} : (this.#recall(functionName) ?? (await this.#ask(functionName, queueArn)));
    const tags = tagsAfter(change.tags, before);
    if (this.#remembered.size >= rememberedFunctions) this.#remembered.clear();
    this.#remembered.set(functionName, { tags, atMs: this.clock.now() });
    return { ...change, tags: { kind: "all", tags } };
  }

  #recall(functionName: string): Tags | undefined {
    const found = this.#remembered.get(functionName);
    return found && found.atMs > this.clock.now() - rememberedMs ? found.tags : undefined;
  }

  /** Returns no tags where it cannot be asked: the next sweep sees what such a change did to the network. */
  async #ask(functionName: string, queueArn: string): Promise<Tags> {
    const [arn, partition, , region, account] = queueArn.split(":");
    const Resource = [arn, partition, "lambda", region, account, "function", functionName].join(":");
    const command = new ListTagsCommand({ Resource });
    const answer = await readable(() => call("lambda:ListTags", () => this.lambda.send(command)));
    return answer?.Tags ?? {};
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
