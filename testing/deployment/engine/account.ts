/**
 * An AWS account as Pulumi's provider sees it. What the twin simulates lives in the twin, where Holdfast's own functions run
 * with the roles that they were given; of all else the account keeps that it exists and what it was given.
 */

import type { Delays } from "../../twin/delays.ts";
import { addEventPath, type EventPath } from "../../twin/event-path.ts";
import { createPartner, type Partner } from "../../twin/partners.ts";
import { createRegion, type Region } from "../../twin/region.ts";
import { AwsError } from "../../twin/service.ts";
import { operatorOf } from "../operator.ts";
import { type Making, patient } from "../recorded-deployment.ts";
import type { RecordedResource } from "../recorded-resource.ts";
import { enforceRoles, type Roles } from "../recorded-roles.ts";
import { create as describeNew } from "../stand-in/resources.ts";
import { deletionMinutes, type Kind, naming } from "./schema.ts";
import { type Made, type TwinAccess, twinKinds, untilSettled } from "./twin-kinds.ts";
import { type Properties, Refusal } from "./wire.ts";

export interface AccountOptions {
  /** Elastic IPs that the account may have. Default 5. */
  readonly addressQuota?: number;
  readonly vpcQuota?: number;
  readonly delays?: Partial<Delays>;
  /** Letters of the zones that AWS lists, in its order. Default a, b, c. */
  readonly zones?: readonly string[];
}

/** What exists, as Pulumi names it. */
export interface Resource {
  readonly kind: Kind;
  readonly name: string;
  readonly urn: string;
  readonly id: string;
  readonly state: Properties;
}

/** Fails once, at an operation on a resource whose logical name ends like this. */
export interface Fault {
  readonly operation: "create" | "update" | "delete";
  readonly nameEnds: string;
  readonly message: string;
}

const retryMs = 10_000;

export class Account implements TwinAccess {
  readonly region: Region;
  readonly path: EventPath;
  /** The partner that answers the probes, whatever the target. */
  readonly partner: Partner;
  readonly zones: string[];
  readonly making: Making;
  readonly faults: Fault[] = [];
  /** Called when an operation on a resource begins. */
  onOperation: ((operation: Fault["operation"], name: string) => void) | undefined;
  /** The errors of failed functions, by name: they are seen nowhere else. */
  readonly troubles: string[] = [];
  vpcQuota: number;

  readonly #resources = new Map<string, Resource>();
  readonly #logGroups = new Set<unknown>();
  #roles: Roles;
  #waiting = 0;
  #isPumping = false;

  constructor({ addressQuota = 5, vpcQuota = 5, delays, zones = ["a", "b", "c"] }: AccountOptions = {}) {
    this.region = createRegion({ seed: 1, addressQuota, ...(delays && { delays }) });
    this.path = addEventPath(this.region, delays ? { delays } : {});
    this.partner = createPartner(this.region.clock);
    this.zones = [...zones];
    this.vpcQuota = vpcQuota;
    this.#roles = enforceRoles(this.region, [], new Map());
    this.making = {
      options: {
        region: this.region,
        path: this.path,
        partnerOf: () => this.partner,
        log: { info: () => {}, error: () => {} },
        onTrouble: (functionName, trouble) => this.troubles.push(`${functionName}: ${trouble}`),
      },
      operator: patient(this.region, operatorOf(this.region)),
      roles: { allows: (roleArn, action, resource) => this.#roles.allows(roleArn, action, resource) },
      logGroups: this.#logGroups,
    };
  }

  get resources(): readonly Resource[] {
    return [...this.#resources.values()];
  }

  /** @throws Error when none or several resources end like this */
  find(nameEnds: string, kind?: Kind): Resource {
    const found = this.resources.filter((it) => it.name.endsWith(nameEnds) && (!kind || it.kind === kind));
    const [resource, ...more] = found;
    if (!resource || more.length > 0) throw new Error(`${found.length} resources end with ${nameEnds}`);
    return resource;
  }

  /** Lets virtual time pass until `ms` from now, together with all others that wait. */
  readonly wait = async (ms: number): Promise<void> => {
    this.#waiting++;
    try {
      const over = this.region.clock.sleep(ms);
      void this.#pump();
      await over;
    } finally {
      this.#waiting--;
    }
  };

  async #pump(): Promise<void> {
    if (this.#isPumping) return;
    this.#isPumping = true;
    while (this.#waiting > 0) await this.region.clock.advance(1000);
    this.#isPumping = false;
  }

  /** @throws Refusal as AWS or the provider would refuse it */
  async create(kind: Kind, made: Made): Promise<Resource> {
    this.#begin("create", made.name);
    this.#demandFreeName(kind, made.inputs);
    const described = describeNew(`aws:${kind}`, made.name, made.inputs);
    const { name, ...known } = described.state;
    // A name that the provider makes, of a prefix too, or that AWS gives is known by now.
    const isNamed = naming[kind]?.property === "name" || kind === "iam/serviceLinkedRole:ServiceLinkedRole";
    const named = { ...(isNamed && { name }), ...made.inputs };
    const asked = { ...made, inputs: named };
    const { id = described.id, outputs = {} } = (await this.#ask(() => twinKinds[kind]?.create(this, asked))) ?? {};
    const given = { ...known, ...named, ...outputs };
    const resource = (state: Properties): Resource => ({ kind, name: made.name, urn: made.urn, id, state });
    this.#keep(resource(given));
    if (kind === "lambda/function:Function") await untilSettled(this, id);
    if (kind === "lambda/invocation:Invocation") await this.#invoke("create", given, undefined);
    return resource({ ...given, ...twinKinds[kind]?.look?.(this, id, given) });
  }

  /** @param before the state that Pulumi has */
  async update(kind: Kind, id: string, made: Made, before: Properties): Promise<Properties> {
    this.#begin("update", made.name);
    const known = this.#resources.get(keyOf(kind, id));
    if (!known) throw new Refusal(`NotFound: ${kind} ${id} does not exist`);
    const more = await this.#ask(async () => twinKinds[kind]?.update?.(this, id, made, before));
    const state = { ...known.state, ...made.inputs, ...more };
    this.#keep({ ...known, state });
    if (kind === "lambda/invocation:Invocation") await this.#invoke("update", state, before["input"]);
    return { ...state, ...twinKinds[kind]?.look?.(this, id, state) };
  }

  /** Tries again for as long as the provider does while something depends on the resource. What is gone is gone. */
  async delete(kind: Kind, id: string, name: string, state: Properties, timeoutSeconds: number): Promise<void> {
    this.#begin("delete", name);
    if (kind === "lambda/invocation:Invocation") await this.#invoke("delete", state, state["input"]);
    const { clock } = this.region;
    const untilMs = clock.now() + (timeoutSeconds || (deletionMinutes[kind] ?? 0) * 60) * 1000;
    for (;;) {
      const refusal = await this.#tryDelete(kind, id, state);
      if (refusal === undefined) break;
      if (refusal.code !== "DependencyViolation" || clock.now() >= untilMs)
        throw new Refusal(`${refusal.code}: ${refusal.message}`);
      await this.wait(retryMs);
    }
    this.#resources.delete(keyOf(kind, id));
    if (kind === "cloudwatch/logGroup:LogGroup") this.#logGroups.delete(state["name"]);
    this.#enforce(kind);
  }

  async #tryDelete(kind: Kind, id: string, state: Properties): Promise<AwsError | undefined> {
    try {
      await twinKinds[kind]?.delete(this, id, state);
      return undefined;
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return /NotFound|NotAttached|DoesNotExist/.test(error.code) ? undefined : error;
    }
  }

  /** Returns what is there now; undefined if it is gone. An id that Pulumi did not make is looked up in the twin. */
  read(kind: Kind, id: string): Properties | undefined {
    const known = this.#resources.get(keyOf(kind, id));
    const look = twinKinds[kind]?.look;
    const seen = look?.(this, id, known?.state ?? {});
    if (look && !seen) return undefined;
    if (!known && !seen) return undefined;
    return { ...known?.state, ...seen };
  }

  /** Pulumi imports what it did not make: from now on it is one of the account's resources. */
  adopt(resource: Resource): void {
    this.#keep(resource);
  }

  /** Deletes it outside of the deployment, as a manual change does. */
  async damage(nameEnds: string, kind?: Kind): Promise<void> {
    const { kind: found, id, name, state } = this.find(nameEnds, kind);
    await this.delete(found, id, name, state, 0);
  }

  /** Changes it outside of the deployment, as a manual change does. */
  async change(nameEnds: string, changes: Properties, kind?: Kind): Promise<void> {
    const { kind: found, id, name, urn, state } = this.find(nameEnds, kind);
    await this.update(found, id, { name, urn, inputs: { ...state, ...changes } }, state);
  }

  #keep(resource: Resource): void {
    this.#resources.set(keyOf(resource.kind, resource.id), resource);
    if (resource.kind === "cloudwatch/logGroup:LogGroup") this.#logGroups.add(resource.state["name"]);
    this.#enforce(resource.kind);
  }

  #enforce(kind: Kind): void {
    if (!kind.startsWith("iam/role")) return;
    const records = this.resources.map(({ kind: it, name, urn, id, state }): RecordedResource => {
      return { type: `aws:${it}`, name, urn, id, inputs: state, outputs: state };
    });
    this.#roles = enforceRoles(this.region, records, new Map());
  }

  #begin(operation: Fault["operation"], name: string): void {
    this.onOperation?.(operation, name);
    const index = this.faults.findIndex((it) => it.operation === operation && name.endsWith(it.nameEnds));
    if (index < 0) return;
    const [fault] = this.faults.splice(index, 1);
    throw new Refusal(fault?.message);
  }

  #demandFreeName(kind: Kind, inputs: Properties): void {
    const rule = naming[kind];
    if (!rule || rule.shared) return;
    const { property } = rule;
    const isTaken = this.resources.some(
      (it) =>
        it.kind === kind && it.state[property] === inputs[property] && it.state["groupName"] === inputs["groupName"],
    );
    if (isTaken) throw new Refusal(`AlreadyExists: ${kind} ${inputs[property]}`);
  }

  async #ask<Answer>(call: () => Promise<Answer> | undefined): Promise<Answer | undefined> {
    try {
      return await call();
    } catch (error) {
      if (error instanceof AwsError) throw new Refusal(`${error.code}: ${error.message}`);
      throw error;
    }
  }

  /**
   * As the provider does it (terraform-provider-aws, invocation.go): with `lifecycleScope: CRUD` each change of the
   * resource is an invocation that says which one it is, otherwise its creation alone.
   */
  async #invoke(action: "create" | "update" | "delete", state: Properties, before: unknown): Promise<void> {
    const isCrud = state["lifecycleScope"] === "CRUD";
    if (!isCrud && action !== "create") return;
    const parse = (text: unknown) => (text === undefined ? null : JSON.parse(String(text)));
    const input = parse(state["input"]);
    const payload = isCrud ? { ...input, tf: { action, prev_input: parse(before) } } : input;
    const { functionName: FunctionName } = state;
    const Payload = Buffer.from(JSON.stringify(payload));
    const invoked = this.making.operator<{ FunctionError?: string; Payload: Uint8Array }>("lambda", "Invoke", {
      FunctionName,
      Payload,
    });
    const { FunctionError, Payload: answer } = await this.#whileTimePasses(invoked);
    if (!FunctionError) return;
    throw new Refusal(`Lambda function (${FunctionName}) returned error: ${Buffer.from(answer).toString()}`);
  }

  async #whileTimePasses<Answer>(promise: Promise<Answer>): Promise<Answer> {
    this.#waiting++;
    try {
      void this.#pump();
      return await promise;
    } finally {
      this.#waiting--;
    }
  }
}

function keyOf(kind: Kind, id: string): string {
  return `${kind} ${id}`;
}
