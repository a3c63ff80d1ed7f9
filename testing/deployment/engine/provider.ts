/** Pulumi's AWS provider, as the engine sees it: the plugin protocol in front of an account of the model. */
import { createHash } from "node:crypto";
import plugins from "@pulumi/pulumi/proto/plugin_pb.js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import type { Account } from "./account.ts";
import { lookUp } from "./lookups.ts";
import { bearsTags, type Kind, kindOf, naming, randomCharacters, replacedBy } from "./schema.ts";
import {
  fromStruct,
  isKnown,
  isSame,
  type PluginServer,
  type Properties,
  Refusal,
  servePlugin,
  toStruct,
  unknownValue,
} from "./wire.ts";

/** What the engine had the provider do. */
export interface Operation {
  readonly operation: "create" | "update" | "delete" | "read" | "diff" | "refused";
  readonly kind: Kind;
  /** Logical name. */
  readonly name: string;
  readonly id?: string;
  /** Of a diff: what changes, and what of it replaces the resource. */
  readonly changed?: readonly string[];
  readonly replacing?: readonly string[];
  readonly message?: string;
}

export interface Provider extends PluginServer {
  /** Returns what was done since the last call. */
  takeOperations(): Operation[];
}

type Tags = Record<string, string>;

interface Named {
  getUrn(): string;
}

const subjectOf = (request: Named) => {
  const [, , type = "", name = ""] = request.getUrn().split("::");
  return { urn: request.getUrn(), kind: kindOf(type.split("$").at(-1) ?? ""), name };
};

/** Starts the provider for an account. Resources of other providers that SST uses are kept in it as they are. */
export async function serveProvider(account: Account): Promise<Provider> {
  let operations: Operation[] = [];
  let defaultTags: Tags = {};

  const note = (operation: Operation) => {
    operations.push(operation);
  };
  /** The provider adds its default tags to those of the program. */
  const withDefaultTags = (kind: Kind, inputs: Properties): Properties =>
    bearsTags(kind) ? { ...inputs, tags: { ...defaultTags, ...(inputs["tags"] as Tags) } } : inputs;
  /** As the provider shows it: the program's tags, and beside them all that are there. */
  const shown = (kind: Kind, state: Properties): Properties => {
    if (!bearsTags(kind)) return state;
    const all = (state["tags"] ?? {}) as Tags;
    const own = Object.entries(all).filter(([key, value]) => defaultTags[key] !== value);
    return { ...state, tags: Object.fromEntries(own), tagsAll: all };
  };

  async function noting<Result>(
    operation: "create" | "update" | "delete",
    request: Named,
    work: () => Promise<{ id: string; result: Result }>,
  ): Promise<Result> {
    const { kind, name } = subjectOf(request);
    try {
      const { id, result } = await work();
      note({ operation, kind, name, id });
      return result;
    } catch (error) {
      if (error instanceof Refusal) note({ operation: "refused", kind, name, message: error.message });
      throw error;
    }
  }

  function create(request: messages.CreateRequest) {
    const { kind, name, urn } = subjectOf(request);
    const inputs = fromStruct(request.getProperties());
    const response = new messages.CreateResponse();
    if (request.getPreview()) {
      response.setProperties(toStruct({ ...inputs, ...unknownOutputs, ...tagsAll(kind, inputs) }));
      return response;
    }
    return noting("create", request, async () => {
      if (!isKnown(inputs)) throw new Refusal(`unknown values in ${name}`);
      const { id, state } = await account.create(kind, { urn, name, inputs: withDefaultTags(kind, inputs) });
      response.setId(id);
      response.setProperties(toStruct(shown(kind, state)));
      return { id, result: response };
    });
  }

  const tagsAll = (kind: Kind, inputs: Properties): Properties =>
    bearsTags(kind) ? { tagsAll: withDefaultTags(kind, inputs)["tags"] } : {};

  function update(request: messages.UpdateRequest) {
    const { kind, name, urn } = subjectOf(request);
    const [before, inputs] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
    const response = new messages.UpdateResponse();
    if (request.getPreview()) {
      response.setProperties(toStruct({ ...before, ...inputs, ...tagsAll(kind, inputs) }));
      return response;
    }
    return noting("update", request, async () => {
      const id = request.getId();
      const made = { urn, name, inputs: withIgnored(withDefaultTags(kind, inputs), before, request) };
      response.setProperties(toStruct(shown(kind, await account.update(kind, id, made, before))));
      return { id, result: response };
    });
  }

  function remove(request: messages.DeleteRequest) {
    const { kind, name } = subjectOf(request);
    const state = fromStruct(request.getProperties());
    return noting("delete", request, async () => {
      await account.delete(kind, request.getId(), name, state, request.getTimeout());
      return { id: request.getId(), result: new empty.Empty() };
    });
  }

  function read(request: messages.ReadRequest): messages.ReadResponse {
    const { kind, name, urn } = subjectOf(request);
    const id = request.getId();
    const response = new messages.ReadResponse();
    const now = account.read(kind, id);
    note({ operation: "read", kind, name, id });
    if (!now) return response;
    const [old, oldInputs] = [fromStruct(request.getProperties()), fromStruct(request.getInputs())];
    const isImport = Object.keys(oldInputs).length === 0;
    if (isImport) account.adopt({ kind, name, urn, id, state: now });
    const state = { ...old, ...shown(kind, now) };
    // Of what the program gave, what AWS says of it now; of what is imported, all that a program can give.
    const inputs = isImport ? importable(state) : pick(state, oldInputs);
    response.setId(id);
    response.setProperties(toStruct(state));
    response.setInputs(toStruct(inputs));
    return response;
  }

  function diff(request: messages.DiffRequest): messages.DiffResponse {
    const { kind, name } = subjectOf(request);
    const found = differences(kind, request, (inputs) => tagsAll(kind, inputs));
    if (found.changed.length > 0) note({ operation: "diff", kind, name, ...found });
    return diffResponse(kind, request, found);
  }

  const server = await servePlugin(services.ResourceProviderService, {
    getPluginInfo: () => {
      const info = new plugins.PluginInfo();
      info.setVersion("7.20.0");
      return info;
    },
    checkConfig: (request: messages.CheckRequest) => {
      const response = new messages.CheckResponse();
      response.setInputs(request.getNews());
      return response;
    },
    diffConfig: () => {
      const response = new messages.DiffResponse();
      response.setChanges(messages.DiffResponse.DiffChanges.DIFF_NONE);
      return response;
    },
    configure: (request: messages.ConfigureRequest) => {
      const given = fromStruct(request.getArgs())["defaultTags"];
      const parsed = typeof given === "string" ? JSON.parse(given) : given;
      if (parsed) defaultTags = (parsed as { tags?: Tags }).tags ?? {};
      const response = new messages.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      response.setAcceptresources(true);
      return response;
    },
    invoke: (request: messages.InvokeRequest) => {
      const response = new messages.InvokeResponse();
      response.setReturn(toStruct(lookUp(account, request.getTok(), fromStruct(request.getArgs()))));
      return response;
    },
    check,
    diff,
    create,
    update,
    delete: remove,
    read,
    attach: () => new empty.Empty(),
    cancel: () => new empty.Empty(),
  });
  return {
    ...server,
    takeOperations() {
      const taken = operations;
      operations = [];
      return taken;
    },
  };
}

/** Outputs that no preview can know, whatever the kind. */
const unknownOutputs = Object.fromEntries(
  ["arn", "url", "publicIp", "allocationId", "executionArn", "ipSets", "qualifiedArn", "uuid", "targetId"].map(
    (key) => [key, unknownValue],
  ),
);

/** Gives a name where the program gives none, and refuses one that is too long. */
function check(request: messages.CheckRequest): messages.CheckResponse {
  const { kind, name: logicalName } = subjectOf(request);
  // The wrappers of secrets and unknown values are to reach the engine again as they are.
  const news = (request.getNews()?.toJavaScript() ?? {}) as Properties;
  const failures: { property: string; reason: string }[] = [];
  const rule = naming[kind];
  if (rule) {
    const { property, longest, made = true } = rule;
    if (made && news[property] === undefined && news[`${property}Prefix`] === undefined) {
      news[property] = fromStruct(request.getOlds())[property] ?? makeName(kind, logicalName, request);
    }
    const name = fromStruct(toStruct({ name: news[property] ?? "" }))["name"];
    if (typeof name === "string" && isKnown(name) && name.length > longest) {
      failures.push({ property, reason: `expected length of ${property} to be at most ${longest}, got ${name}` });
    }
  }
  const response = new messages.CheckResponse();
  response.setInputs(toStruct(news));
  response.setFailuresList(
    failures.map(({ property, reason }) => {
      const failure = new messages.CheckFailure();
      failure.setProperty(property);
      failure.setReason(reason);
      return failure;
    }),
  );
  return response;
}

function makeName(kind: Kind, logicalName: string, request: messages.CheckRequest): string {
  const hash = createHash("sha256").update(request.getRandomseed_asU8()).digest("hex");
  const name = `${logicalName}-${hash.slice(0, randomCharacters - 1)}`;
  return kind.startsWith("s3/") ? name.toLowerCase() : name;
}

interface Difference {
  readonly changed: readonly string[];
  readonly replacing: readonly string[];
}

/** What the program wants against what the state has; what the program leaves out is left, as the provider does it. */
function differences(
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
function withIgnored(inputs: Properties, before: Properties, request: messages.UpdateRequest): Properties {
  const isIgnored = ignoredBy(request);
  const kept = Object.entries(inputs).map(([key, value]) => [key, isIgnored(key) ? before[key] : value] as const);
  const result = Object.fromEntries(kept.filter(([, value]) => value !== undefined));
  if (!result["tags"]) return result;
  const old = (before["tags"] ?? {}) as Tags;
  const left = Object.entries(old).filter(([key]) => isIgnored(`tags["${key}"]`));
  return { ...result, tags: { ...(result["tags"] as Tags), ...Object.fromEntries(left) } };
}

function diffResponse(
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

function pick(state: Properties, inputs: Properties): Properties {
  const picked = Object.keys(inputs).map((key) => [
    key,
    key in state && !key.startsWith("__") ? state[key] : inputs[key],
  ]);
  return Object.fromEntries(picked);
}

/** Outputs that no program can give. */
const computed = ["arn", "tagsAll", "allocationId", "associationId", "publicIp", "id"];

function importable(state: Properties): Properties {
  return Object.fromEntries(Object.entries(state).filter(([key, value]) => !computed.includes(key) && value !== ""));
}
