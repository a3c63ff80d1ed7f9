/** Pulumi's AWS provider, as the engine sees it: the plugin protocol in front of an account of the model. */
import { createHash } from "node:crypto";
import plugins from "@pulumi/pulumi/proto/plugin_pb.js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import type { Account } from "./account.ts";
import { lookUp } from "./lookups.ts";
import { subjectOf, type Tags } from "./provider-differences.ts";
import { type Operation, Resources } from "./provider-resources.ts";
import { type Kind, naming, randomCharacters } from "./schema.ts";
import { fromStruct, isKnown, type PluginServer, type Properties, servePlugin, toStruct } from "./wire.ts";

export interface Provider extends PluginServer {
  /** Returns what was done since the last call. */
  takeOperations(): Operation[];
}

/** Starts the provider for an account. Resources of other providers that SST uses are kept in it as they are. */
export async function serveProvider(account: Account): Promise<Provider> {
  const resources = new Resources(account);
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
    configure: (request: messages.ConfigureRequest) => configure(resources, request),
    invoke: (request: messages.InvokeRequest) => {
      const response = new messages.InvokeResponse();
      response.setReturn(toStruct(lookUp(account, request.getTok(), fromStruct(request.getArgs()))));
      return response;
    },
    check,
    diff: (request: messages.DiffRequest) => resources.diff(request),
    create: (request: messages.CreateRequest) => resources.create(request),
    update: (request: messages.UpdateRequest) => resources.update(request),
    delete: (request: messages.DeleteRequest) => resources.delete(request),
    read: (request: messages.ReadRequest) => resources.read(request),
    attach: () => new empty.Empty(),
    cancel: () => new empty.Empty(),
  });
  return { ...server, takeOperations: () => resources.takeOperations() };
}

function configure(resources: Resources, request: messages.ConfigureRequest): messages.ConfigureResponse {
  const given = fromStruct(request.getArgs())["defaultTags"];
  const parsed = typeof given === "string" ? JSON.parse(given) : given;
  if (parsed) resources.defaultTags = (parsed as { tags?: Tags }).tags ?? {};
  const response = new messages.ConfigureResponse();
  response.setAcceptsecrets(true);
  response.setSupportspreview(true);
  response.setAcceptresources(true);
  return response;
}

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
