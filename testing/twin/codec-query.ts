import type { NormalizedSchema } from "@smithy/core/schema";
import type { Codec, DecodedCall, ServiceModel, WireRequest, WireResponse } from "./codec-model.ts";
import { DEFAULT_TIMESTAMP, fieldsOf, readText, traitsOf, writeText } from "./codec-values.ts";
import { AwsError } from "./service.ts";

/** Form fields as a tree: `Filter.1.Value.2` is a path of four steps. */
interface Node {
  text: string | undefined;
  readonly children: Map<string, Node>;
}

/**
 * EC2's protocol: a form with flattened lists in, XML out.
 * Naming rules: https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
 */
export function ec2QueryCodec(model: ServiceModel): Codec {
  return {
    model,
    decode: (request) => decodeForm(model, request),
    encode(name, output, requestId) {
      const members = model.operations.get(name)?.output;
      const inner = members?.isStructSchema() ? writeMembers(members, fieldsOf(output)) : "<return>true</return>";
      const xml = `<${name}Response xmlns="${model.xmlNamespace}"><requestId>${requestId}</requestId>${inner}</${name}Response>`;
      return respond(200, xml, requestId);
    },
    encodeError(error, requestId) {
      const inner = `<Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message>`;
      const xml = `<Response><Errors><Error>${inner}</Error></Errors><RequestID>${requestId}</RequestID></Response>`;
      return respond(error.status, xml, requestId);
    },
  };
}

/**
 * The older protocol that EC2's comes from.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export function awsQueryCodec(model: ServiceModel): Codec {
  return {
    model,
    decode: (request) => decodeForm(model, request),
    encode(name, output, requestId) {
      const members = model.operations.get(name)?.output;
      const inner = members?.isStructSchema() ? writeMembers(members, fieldsOf(output)) : "";
      const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
      const result = `<${name}Result>${inner}</${name}Result>${metadata}`;
      return respond(200, `<${name}Response xmlns="${model.xmlNamespace}">${result}</${name}Response>`, requestId);
    },
    encodeError(error, requestId) {
      const type = error.status < 500 ? "Sender" : "Receiver";
      const inner = `<Type>${type}</Type><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message>`;
      const xml = `<ErrorResponse><Error>${inner}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
      return respond(error.status, xml, requestId);
    },
  };
}

function respond(status: number, xml: string, requestId: string): WireResponse {
  return {
    status,
    headers: { "content-type": "text/xml;charset=UTF-8", "x-amzn-requestid": requestId },
    body: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}`),
  };
}

function decodeForm(model: ServiceModel, request: WireRequest): DecodedCall {
  const form = parseForm(Buffer.from(request.body).toString());
  const action = form.children.get("Action")?.text ?? "";
  const operation = model.operations.get(action);
  if (!operation) throw new AwsError("InvalidAction", `The action ${action} is not valid for this web service.`);
  return { operation: action, input: fieldsOf(readNode(operation.input, form)) };
}

function parseForm(form: string): Node {
  const root: Node = { text: undefined, children: new Map() };
  for (const [key, value] of new URLSearchParams(form)) {
    let node = root;
    for (const step of key.split(".")) {
      let child = node.children.get(step);
      if (!child) {
        child = { text: undefined, children: new Map() };
        node.children.set(step, child);
      }
      node = child;
    }
    node.text = value;
  }
  return root;
}

function readNode(schema: NormalizedSchema, node: Node): unknown {
  if (schema.isStructSchema()) {
    const fields: Record<string, unknown> = {};
    for (const [name, member] of schema.structIterator()) {
      const child = node.children.get(requestName(name, member));
      if (child) fields[name] = readNode(member, child);
    }
    return fields;
  }
  if (schema.isListSchema()) {
    const member = schema.getValueSchema();
    // The older protocol numbers the items below `member`.
    const items = node.children.get("member") ?? node;
    return [...items.children].sort(([a], [b]) => Number(a) - Number(b)).map(([, child]) => readNode(member, child));
  }
  return readText(schema, node.text ?? "", DEFAULT_TIMESTAMP.query);
}

/** `ec2QueryName` wins, then `xmlName` capitalised, then the member's name capitalised. */
function requestName(name: string, member: NormalizedSchema): string {
  const { ec2QueryName, xmlName } = traitsOf(member);
  if (ec2QueryName) return ec2QueryName;
  const plain = xmlName ?? name;
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

function writeMembers(schema: NormalizedSchema, value: Record<string, unknown>): string {
  let xml = "";
  for (const [name, member] of schema.structIterator()) {
    const field = value[name];
    if (field !== undefined && field !== null) xml += writeElement(traitsOf(member).xmlName ?? name, member, field);
  }
  return xml;
}

function writeElement(tag: string, schema: NormalizedSchema, value: unknown): string {
  return `<${tag}>${writeContent(schema, value)}</${tag}>`;
}

function writeContent(schema: NormalizedSchema, value: unknown): string {
  if (schema.isStructSchema()) return writeMembers(schema, fieldsOf(value));
  if (schema.isListSchema() && Array.isArray(value)) {
    const member = schema.getValueSchema();
    const tag = traitsOf(member).xmlName ?? "member";
    return value.map((item) => writeElement(tag, member, item)).join("");
  }
  return escapeXml(writeText(schema, value, DEFAULT_TIMESTAMP.xml));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#xD;",
};

function escapeXml(text: string): string {
  return text.replace(/[&<>"\r]/g, (character) => ENTITIES[character] ?? character);
}
