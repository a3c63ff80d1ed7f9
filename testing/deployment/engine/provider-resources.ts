/** What the provider does with resources: the engine's requests, answered from an account of the model. */
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import type { Account } from "./account.ts";
import { differences, diffResponse, subjectOf, type Tags, withIgnored } from "./provider-differences.ts";
import { bearsTags, type Kind } from "./schema.ts";
import { fromStruct, isKnown, type Properties, Refusal, toStruct, unknownValue } from "./wire.ts";

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

export class Resources {
  readonly #account: Account;
  #operations: Operation[] = [];
  /** The provider adds them to those of the program. */
  defaultTags: Tags = {};

  constructor(account: Account) {
    this.#account = account;
  }

  /** Returns what was done since the last call. */
  takeOperations(): Operation[] {
    const taken = this.#operations;
    this.#operations = [];
    return taken;
  }

  create(request: messages.CreateRequest) {
    const { kind, name, urn } = subjectOf(request);
    const inputs = fromStruct(request.getProperties());
    const response = new messages.CreateResponse();
    if (request.getPreview()) {
      response.setProperties(toStruct({ ...inputs, ...unknownOutputs, ...this.#tagsAll(kind, inputs) }));
      return response;
    }
    return this.#noting("create", request, async () => {
      if (!isKnown(inputs)) throw new Refusal(`unknown values in ${name}`);
      const made = { urn, name, inputs: this.#withDefaultTags(kind, inputs) };
      const { id, state } = await this.#account.create(kind, made);
      response.setId(id);
      response.setProperties(toStruct(this.#shown(kind, state)));
      return { id, result: response };
    });
  }

  update(request: messages.UpdateRequest) {
    const { kind, name, urn } = subjectOf(request);
    const [before, inputs] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
    const response = new messages.UpdateResponse();
    if (request.getPreview()) {
      response.setProperties(toStruct({ ...before, ...inputs, ...this.#tagsAll(kind, inputs) }));
      return response;
    }
    return this.#noting("update", request, async () => {
      const id = request.getId();
      const made = { urn, name, inputs: withIgnored(this.#withDefaultTags(kind, inputs), before, request) };
      response.setProperties(toStruct(this.#shown(kind, await this.#account.update(kind, id, made, before))));
      return { id, result: response };
    });
  }

  delete(request: messages.DeleteRequest) {
    const { kind, name } = subjectOf(request);
    const state = fromStruct(request.getProperties());
    return this.#noting("delete", request, async () => {
      await this.#account.delete(kind, request.getId(), name, state, request.getTimeout());
      return { id: request.getId(), result: new empty.Empty() };
    });
  }

  read(request: messages.ReadRequest): messages.ReadResponse {
    const { kind, name, urn } = subjectOf(request);
    const id = request.getId();
    const response = new messages.ReadResponse();
    const now = this.#account.read(kind, id);
    this.#operations.push({ operation: "read", kind, name, id });
    if (!now) return response;
    const [old, oldInputs] = [fromStruct(request.getProperties()), fromStruct(request.getInputs())];
    const isImport = Object.keys(oldInputs).length === 0;
    if (isImport) this.#account.adopt({ kind, name, urn, id, state: now });
    const state = { ...old, ...this.#shown(kind, now) };
    // Of what the program gave, what AWS says of it now; of what is imported, all that a program can give.
    const inputs = isImport ? importable(state) : pick(state, oldInputs);
    response.setId(id);
    response.setProperties(toStruct(state));
    response.setInputs(toStruct(inputs));
    return response;
  }

  diff(request: messages.DiffRequest): messages.DiffResponse {
    const { kind, name } = subjectOf(request);
    const found = differences(kind, request, (inputs) => this.#tagsAll(kind, inputs));
    if (found.changed.length > 0) this.#operations.push({ operation: "diff", kind, name, ...found });
    return diffResponse(kind, request, found);
  }

  async #noting<Result>(
    operation: "create" | "update" | "delete",
    request: Parameters<typeof subjectOf>[0],
    work: () => Promise<{ id: string; result: Result }>,
  ): Promise<Result> {
    const { kind, name } = subjectOf(request);
    try {
      const { id, result } = await work();
      this.#operations.push({ operation, kind, name, id });
      return result;
    } catch (error) {
      if (error instanceof Refusal) {
        this.#operations.push({ operation: "refused", kind, name, message: error.message });
      }
      throw error;
    }
  }

  #withDefaultTags(kind: Kind, inputs: Properties): Properties {
    return bearsTags(kind) ? { ...inputs, tags: { ...this.defaultTags, ...(inputs["tags"] as Tags) } } : inputs;
  }

  #tagsAll(kind: Kind, inputs: Properties): Properties {
    return bearsTags(kind) ? { tagsAll: this.#withDefaultTags(kind, inputs)["tags"] } : {};
  }

  /** As the provider shows it: the program's tags, and beside them all that are there. */
  #shown(kind: Kind, state: Properties): Properties {
    if (!bearsTags(kind)) return state;
    const all = (state["tags"] ?? {}) as Tags;
    const own = Object.entries(all).filter(([key, value]) => this.defaultTags[key] !== value);
    return { ...state, tags: Object.fromEntries(own), tagsAll: all };
  }
}

/** Outputs that no preview can know, whatever the kind. */
const unknownOutputs = Object.fromEntries(
  ["arn", "url", "publicIp", "allocationId", "executionArn", "ipSets", "qualifiedArn", "uuid", "targetId"].map(
    (key) => [key, unknownValue],
  ),
);

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
