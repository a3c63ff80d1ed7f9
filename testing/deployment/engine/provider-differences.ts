/** What a program wants of a resource against what its state has, as Pulumi's AWS provider compares them. */
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import { type Kind, kindOf, naming, replacedBy } from "./schema.ts";
import { fromStruct, isSame, type Properties } from "./wire.ts";

export type Tags = Record<string, string>;

interface Named {
  getUrn(): string;
}

export const subjectOf = (request: Named) => {
  const [, , type = "", name = ""] = request.getUrn().split("::");
  return { urn: request.getUrn(), kind: kindOf(type.split("$").at(-1) ?? ""), name };
};

export interface Difference {
  readonly changed: readonly string[];
  readonly replacing: readonly string[];
}

/** What the program wants against what the state has; what the program leaves out is left, as the provider does it. */
export function differences(
  kind: Kind,
  request: messages.DiffRequest,
  tagsAllOf: (inputs: Properties) => Properties,
): Difference {
  const [state, oldInputs, news] = [request.getOlds(), request.getOldInputs(), request.getNews()].map(fromStruct) as [
    Properties,
    Properties,
    Properties,
  ];
  const isIgnored = ignoredBy(request);
  const wanted: Properties = { ...news, ...tagsAllOf(news) };
  const keys = new Set([...Object.keys(wanted), ...Object.keys(oldInputs)].filter((key) => !key.startsWith("__")));
  const changed = [...keys].flatMap((key) => {
    if (isIgnored(key)) return [];
    if (key === "tags" || key === "tagsAll") return changedTags(key, state[key], wanted[key], isIgnored);
    return isSame(key in state ? state[key] : oldInputs[key], wanted[key]) ? [] : [key];
  });
  return { changed, replacing: changed.filter((key) => replaces(kind, key, news)) };
}

function changedTags(key: string, state: unknown, wanted: unknown, isIgnored: (path: string) => boolean): string[] {
  const [old, next] = [state ?? {}, wanted ?? {}] as [Tags, Tags];
  return [...new Set([...Object.keys(old), ...Object.keys(next)])].flatMap((tag) => {
    const path = `${key}["${tag}"]`;
    return old[tag] === next[tag] || isIgnored(path) ? [] : [path];
  });
}

/**
 * An invocation is made anew for other triggers, and for another input unless each change of it is an invocation by itself
 * (terraform-provider-aws, invocation.go).
 */
function replaces(kind: Kind, key: string, news: Properties): boolean {
  if (replacedBy[kind]?.includes(key)) return true;
  return kind === "lambda/invocation:Invocation" && key === "input" && news["lifecycleScope"] !== "CRUD";
}

function ignoredBy(request: { getIgnorechangesList(): string[] }): (path: string) => boolean {
  const paths = request.getIgnorechangesList();
  return (path) => paths.includes(path);
}

/** The provider writes what the program changes; what is ignored stays as the state has it. */
export function withIgnored(inputs: Properties, before: Properties, request: messages.UpdateRequest): Properties {
  const isIgnored = ignoredBy(request);
  const kept = Object.entries(inputs).map(([key, value]) => [key, isIgnored(key) ? before[key] : value] as const);
  const result = Object.fromEntries(kept.filter(([, value]) => value !== undefined));
  if (!result["tags"]) return result;
  const old = (before["tags"] ?? {}) as Tags;
  const left = Object.entries(old).filter(([key]) => isIgnored(`tags["${key}"]`));
  return { ...result, tags: { ...(result["tags"] as Tags), ...Object.fromEntries(left) } };
}

export function diffResponse(
  kind: Kind,
  request: messages.DiffRequest,
  { changed, replacing }: Difference,
): messages.DiffResponse {
  const response = new messages.DiffResponse();
  const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
  response.setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE);
  response.setDiffsList([...new Set(changed.map((path) => path.split("[")[0] ?? path))]);
  response.setReplacesList([...replacing]);
  // Two resources of one name cannot be there at the same time.
  const property = naming[kind]?.property;
  const [state, news] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
  const keepsName = property !== undefined && isSame(state[property], news[property]);
  response.setDeletebeforereplace(replacing.length > 0 && keepsName);
  const { UPDATE, UPDATE_REPLACE } = messages.PropertyDiff.Kind;
  for (const path of changed) {
    const detail = new messages.PropertyDiff();
    detail.setKind(replacing.includes(path) ? UPDATE_REPLACE : UPDATE);
    response.getDetaileddiffMap().set(path, detail);
  }
  response.setHasdetaileddiff(true);
  return response;
}
