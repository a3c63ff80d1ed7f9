/** Pulumi's plugin protocol: gRPC servers on the loopback interface, and values as they travel. */
import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import structs from "google-protobuf/google/protobuf/struct_pb.js";

/** A resource's properties as JSON, without the wrappers of secrets and outputs. */
export type Properties = Record<string, unknown>;

/** AWS refuses what was asked; the engine shows the text. Anything else that is thrown is a bug of the model. */
export class Refusal extends Error {}

/** Requests carry whole programs' states: 400 MB, as Pulumi's own plugins allow. */
const messageBytes = 400 * 1024 * 1024;

export interface PluginServer {
  readonly port: number;
  close(): void;
}

/** Starts a plugin; methods of the service without a handler answer that they are not implemented. */
export async function servePlugin(
  service: ServiceDefinition,
  // biome-ignore lint/suspicious/noExplicitAny: each handler names the messages of its method.
  handlers: Readonly<Record<string, (request: any) => unknown>>,
): Promise<PluginServer> {
  const server = new Server({
    "grpc.max_receive_message_length": messageBytes,
    "grpc.max_send_message_length": messageBytes,
  });
  const methods = Object.keys(service).map((name) => [name, answerWith(handlers[name])] as const);
  server.addService(service, Object.fromEntries(methods));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { port, close: () => server.forceShutdown() };
}

function answerWith(handler: ((request: unknown) => unknown) | undefined): handleUnaryCall<unknown, unknown> {
  return async ({ request }, done: sendUnaryData<unknown>) => {
    if (!handler) return done({ code: status.UNIMPLEMENTED, details: "not implemented" });
    try {
      done(null, await handler(request));
    } catch (error) {
      if (!(error instanceof Refusal)) console.error(error);
      done({ code: status.UNKNOWN, details: error instanceof Error ? error.message : String(error) });
    }
  };
}

/** The mark of a value that is not known before something else has been made. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** Under this key a wrapped value says what it is (sdk/go/common/resource/sig). */
const signatureKey = "4dabf18193072939515e22adb298388d";
const signatures = { secret: "1b47061264138c4ac30d75fd1eb44270", output: "d0e6a833031e9bbcd3f4e8bde6ca49a4" } as const;

/** Returns what a message holds, unwrapped. Values that are not known yet stay as their mark. */
export function fromStruct(struct: structs.Struct | undefined): Properties {
  return unwrap(struct?.toJavaScript() ?? {}) as Properties;
}

/** @param properties may hold marks of unknown values */
export function toStruct(properties: Properties): structs.Struct {
  return structs.Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)));
}

export function isKnown(value: unknown): boolean {
  return !JSON.stringify(value ?? null).includes(unknown);
}

/** The mark of an unknown value, for properties that a preview cannot know. */
export const unknownValue: string = unknown;

function unwrap(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrap);
  if (typeof value !== "object" || value === null) return value;
  const wrapper = value as { [signatureKey]?: unknown; value?: unknown };
  if (wrapper[signatureKey] === signatures.secret) return unwrap(wrapper.value);
  if (wrapper[signatureKey] === signatures.output) return "value" in wrapper ? unwrap(wrapper.value) : unknown;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, unwrap(part)]));
}

/** Returns whether two values are the same, whatever the order of their keys. */
export function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  );
}
