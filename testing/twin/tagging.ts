import type { GetResourcesInput, GetResourcesOutput } from "@aws-sdk/client-resource-groups-tagging-api";
import * as sdk from "@aws-sdk/client-resource-groups-tagging-api";
import type { Service } from "./service.ts";
import type { World } from "./world.ts";

/** Resources per page unless the caller asks for fewer (SDK, `GetResourcesInput.ResourcesPerPage`). */
const PER_PAGE = 100;

/** The Resource Groups Tagging API, as far as it finds Lambda functions by tag. */
export function createTagging(world: World): Service {
  return {
    name: "tagging",
    sdk,
    operations: {
      GetResources(input: GetResourcesInput): GetResourcesOutput {
        const wanted = input.TagFilters ?? [];
        const { ResourceTypeFilters: types = [] } = input;
        const functions = types.length === 0 || types.some((it) => it === "lambda" || it === "lambda:function");
        const found = [...(functions ? world.functions.values() : [])]
          .filter(({ tags }) =>
            wanted.every(({ Key = "", Values = [] }) => {
              const value = tags[Key];
              return value !== undefined && (Values.length === 0 || Values.includes(value));
            }),
          )
          .sort((a, b) => (a.functionArn < b.functionArn ? -1 : 1));
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
