import type { GetResourcesInput, GetResourcesOutput } from "@aws-sdk/client-resource-groups-tagging-api";
import * as sdk from "@aws-sdk/client-resource-groups-tagging-api";
import type { RegionContext } from "./region-context.ts";
import type { Service } from "./service.ts";

/** Resources per page unless the caller asks for fewer (SDK, `GetResourcesInput.ResourcesPerPage`). */
const PER_PAGE = 100;

/** What the index of tags knows, which is a store of its own: it lags behind the functions, and errs. */
export interface TagIndex {
  /** For this long it learns of no change (aws/aws-cli#4173: for 20 minutes). */
  stall(ms: number): void;
  /** For this long it leaves a function out (boto/boto3#3341). */
  leaveOut(functionName: string, ms: number): void;
  /** For this long every answer has each function twice. Assumed: pages that overlap while the index changes. */
  repeat(ms: number): void;
}

interface Entry {
  readonly functionName: string;
  readonly functionArn: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** The Resource Groups Tagging API, as far as it finds Lambda functions by tag. */
export function createTagging({ world, clock }: Pick<RegionContext, "world" | "clock">): Service & {
  readonly index: TagIndex;
} {
  let known: readonly Entry[] = [];
  let stalledUntilMs = 0;
  let repeatUntilMs = 0;
  const leftOutUntilMs = new Map<string, number>();
  const look = (): readonly Entry[] => {
    const now = [...world.functions.values()].map((it) => ({ ...it, tags: { ...it.tags } }));
    return now.sort((a, b) => (a.functionArn < b.functionArn ? -1 : 1));
  };
  const listed = () => {
    const entries = clock.now() < stalledUntilMs ? known : look();
    const shown = entries.filter(({ functionName }) => clock.now() >= (leftOutUntilMs.get(functionName) ?? 0));
    return clock.now() < repeatUntilMs ? shown.flatMap((it) => [it, it]) : shown;
  };
  return {
    name: "tagging",
    sdk,
    index: {
      stall(ms) {
        if (clock.now() >= stalledUntilMs) known = look();
        stalledUntilMs = Math.max(stalledUntilMs, clock.now() + ms);
      },
      leaveOut: (functionName, ms) => void leftOutUntilMs.set(functionName, clock.now() + ms),
      repeat(ms) {
        repeatUntilMs = clock.now() + ms;
      },
    },
    operations: {
      GetResources(input: GetResourcesInput): GetResourcesOutput {
        const wanted = input.TagFilters ?? [];
        const { ResourceTypeFilters: types = [] } = input;
        const functions = types.length === 0 || types.some((it) => it === "lambda" || it === "lambda:function");
        const found = (functions ? listed() : []).filter(({ tags }) =>
          wanted.every(({ Key = "", Values = [] }) => {
            const value = tags[Key];
            return value !== undefined && (Values.length === 0 || Values.includes(value));
          }),
        );
        const from = Number(input.PaginationToken || 0);
        const to = from + (input.ResourcesPerPage ?? PER_PAGE);
        return {
          PaginationToken: to < found.length ? String(to) : "",
          ResourceTagMappingList: found.slice(from, to).map(({ functionArn, tags }) => ({
            ResourceARN: functionArn,
            Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
          })),
        };
      },
    },
  };
}
