import { NormalizedSchema } from "@smithy/core/schema";

/** One operation as the SDK's runtime schemas describe it. `http` is set for REST protocols only. */
export interface OperationModel {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  readonly http: { readonly method: string; readonly path: string; readonly status: number } | undefined;
}

/** What a client package tells about its service. */
export interface ServiceModel {
  /** The service's name in a signature's credential scope, e.g. `events` for EventBridge. */
  readonly signingName: string;
  /** Smithy shape id, e.g. `aws.protocols#ec2Query`. */
  readonly protocol: string;
  /** First half of `X-Amz-Target`. */
  readonly serviceTarget: string;
  readonly xmlNamespace: string;
  readonly namespace: string;
  readonly operations: ReadonlyMap<string, OperationModel>;
  readonly errors: ReadonlyMap<string, NormalizedSchema>;
}

interface ClientConfig {
  readonly defaultSigningName: string;
  readonly protocol: { getShapeId(): string };
  readonly protocolSettings: { serviceTarget?: string; xmlNamespace?: string; defaultNamespace: string };
}

type ClientConstructor = new (settings: Record<string, unknown>) => { config: ClientConfig };

/** Static schemas are tuples `[kind, namespace, name, traits, …]`; these are the kinds that matter here. */
const KIND_OPERATION = 9;
const KIND_ERROR = -3;

/**
 * Reads the model out of a client package's exports (`import * as ec2 from "@aws-sdk/client-ec2"`).
 * Throws when the package exports no client or no schemas.
 */
export function readModel(sdk: Record<string, unknown>): ServiceModel {
  const { config } = new (findClient(sdk))({ region: "us-east-1", endpoint: "http://twin.invalid" });
  const operations = new Map<string, OperationModel>();
  const errors = new Map<string, NormalizedSchema>();
  for (const value of Object.values(sdk)) {
    if (!Array.isArray(value)) continue;
    if (value[0] === KIND_OPERATION) operations.set(value[2], readOperation(value));
    if (value[0] === KIND_ERROR) errors.set(value[2], NormalizedSchema.of(value as never));
  }
  if (operations.size === 0)
    throw new Error(`no operation schemas exported by the package of ${config.defaultSigningName}`);
  return {
    signingName: config.defaultSigningName,
    protocol: config.protocol.getShapeId(),
    serviceTarget: config.protocolSettings.serviceTarget ?? "",
    xmlNamespace: config.protocolSettings.xmlNamespace ?? "",
    namespace: config.protocolSettings.defaultNamespace,
    operations,
    errors,
  };
}

/** `EC2Client` and its like; packages also export the base class as `__Client`. */
function findClient(sdk: Record<string, unknown>): ClientConstructor {
  const name = Object.keys(sdk).find((key) => /^[A-Z]\w*Client$/.test(key));
  if (!name) throw new Error("the package exports no client");
  return sdk[name] as ClientConstructor;
}

function readOperation(schema: unknown[]): OperationModel {
  const traits = (schema[3] || {}) as { http?: [string, string, number] };
  return {
    name: schema[2] as string,
    input: NormalizedSchema.of(schema[4] as never),
    output: NormalizedSchema.of(schema[5] as never),
    http: traits.http && { method: traits.http[0], path: traits.http[1], status: traits.http[2] },
  };
}
