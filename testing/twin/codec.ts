import { jsonRpcCodec } from "./codec-json.ts";
import { type Codec, readModel, type ServiceModel } from "./codec-model.ts";
import { awsQueryCodec, ec2QueryCodec } from "./codec-query.ts";
import { restJsonCodec } from "./codec-rest.ts";

const PROTOCOLS: Readonly<Record<string, (model: ServiceModel) => Codec>> = {
  "aws.protocols#ec2Query": ec2QueryCodec,
  "aws.protocols#awsQuery": awsQueryCodec,
  "aws.protocols#awsJson1_0": (model) => jsonRpcCodec(model, "1.0"),
  "aws.protocols#awsJson1_1": (model) => jsonRpcCodec(model, "1.1"),
  "aws.protocols#restJson1": restJsonCodec,
};

/** Returns the codec of a client package, by the protocol that its client speaks. Throws for a protocol not known here. */
export function createCodec(sdk: Record<string, unknown>): Codec {
  const model = readModel(sdk);
  const create = PROTOCOLS[model.protocol];
  if (!create) throw new Error(`${model.signingName} speaks ${model.protocol}, which the twin does not`);
  return create(model);
}
