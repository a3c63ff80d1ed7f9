import { type CallLog, createCallLog, type Delivery } from "./call-log.ts";
import { VirtualClock } from "./clock.ts";
import { createCodec } from "./codec.ts";
import type { Codec } from "./codec-model.ts";
import { type Delays, resolveDelays } from "./delays.ts";
import { createEc2 } from "./ec2.ts";
import type { Ec2Store } from "./ec2-store.ts";
import { createFaults, type Faults, NoAnswer } from "./faults.ts";
import { createIdentifiers } from "./identifiers.ts";
import { currentInvocation } from "./lambda-invocation.ts";
import { createRandom } from "./random.ts";
import type { RegionContext } from "./region-context.ts";
import { AwsError, type Call, type Service } from "./service.ts";
import { createThrottle } from "./throttle.ts";
import { createWorld } from "./world.ts";

export interface RegionOptions {
  readonly seed: number;
  readonly clock?: VirtualClock;
  readonly accountId?: string;
  /** The region's name, `us-east-1` unless given. */
  readonly name?: string;
  /** Describe calls see every change at once. Default false. */
  readonly consistent?: boolean;
  /** Token buckets refuse what AWS would refuse. Default true. */
  readonly throttling?: boolean;
  /** Elastic IPs that the account may have. Default 5, as in a new account (EC2 quotas). */
  readonly addressQuota?: number;
  /** NAT gateways per availability zone. Default 5, as in a new account (VPC quotas). */
  readonly natGatewayQuota?: number;
  /**
   * Whether EC2 associates an address with an interface that is still being made. Default true: lambdaeip does it when the
   * creation's event comes (glassechidna/lambdaeip, create.go), and Lambda takes a minute more. AWS does not document it.
   */
  readonly associatesPending?: boolean;
  readonly delays?: Partial<Delays>;
}

/** IAM's place: answers the error with which a call is refused, or nothing. */
export type Authorizer = (call: Call) => AwsError | undefined;

/** A simulated AWS region: one clock, one seed, one world, and the services that change it. */
export interface Region extends RegionContext {
  readonly ec2: Ec2Store;
  /** Elastic IPs that the account may have. */
  readonly addressQuota: number;
  /** How long things take. Shared by all services; may be changed while time stands still. */
  readonly delays: Delays;
  readonly faults: Faults;
  readonly calls: CallLog;
  /** Codecs by signing name (`ec2`, `lambda`, `events`, …): how the wire finds a service. */
  readonly codecs: ReadonlyMap<string, Codec>;
  /** Unset: every caller may do everything. */
  authorize: Authorizer | undefined;
  /** Later services of the same name replace earlier ones. */
  addService(service: Service): void;
  /**
   * Makes a call as the wire would: throttling, authorisation, faults, the operation, the call log.
   * Throws `AwsError` as the service answers it, and `NoAnswer` when an injected fault keeps the answer back.
   * `call.service` is the signing name. A dead process makes no calls: an invocation that has ended by a crash or
   * a time-out reaches nothing, and gets no answer to what it called before.
   */
  call(call: Call, requestId?: string): Promise<unknown>;
}

export function createRegion(options: RegionOptions): Region {
  const root = createRandom(options.seed);
  const context: RegionContext = {
    clock: options.clock ?? new VirtualClock(),
    random: root,
    identifiers: createIdentifiers(root.fork("identifiers")),
    world: createWorld(options.accountId, options.name),
    consistent: options.consistent ?? false,
  };
  let requests = 0;
  // Counted: drawing one takes longer than many a call.
  const nextRequestId = () => `00000000-0000-4000-8000-${(++requests).toString(16).padStart(12, "0")}`;
  const throttle = options.throttling === false ? undefined : createThrottle();
  const services = new Map<string, Service>();
  const codecs = new Map<string, Codec>();
  const delays = resolveDelays(options.delays);
  const { addressQuota = 5, natGatewayQuota = 5, associatesPending = true } = options;
  const ec2 = createEc2(context, { addressQuota, natGatewayQuota, associatesPending, delays });

  const region: Region = {
    ...context,
    ec2: ec2.store,
    addressQuota,
    delays,
    faults: createFaults(),
    calls: createCallLog(),
    codecs,
    authorize: undefined,
    addService(service) {
      const codec = createCodec(service.sdk);
      services.set(codec.model.signingName, service);
      codecs.set(codec.model.signingName, codec);
    },
    async call(call, requestId = nextRequestId()) {
      const { calls, faults } = region;
      const invocation = currentInvocation();
      if (invocation?.dead) throw new NoAnswer("crash");
      const facts = { ...call, atMs: context.clock.now(), requestId };
      const note = (reached: boolean, output: unknown, error: AwsError | undefined, delivery: Delivery) =>
        calls.add({ ...facts, reached, output, error, delivery });
      const strike = (when: "before" | "after") => {
        const outcome = faults.strike(call, when);
        if (!outcome) return undefined;
        if ("crash" in outcome) return new NoAnswer("crash");
        return "connection" in outcome
          ? new NoAnswer(outcome.connection)
          : outcome.error === "timeout"
            ? new NoAnswer("timeout")
            : outcome.error;
      };
      const die = (end: NoAnswer | AwsError): never => {
        if (end instanceof NoAnswer && end.reason === "crash") faults.crashed(call);
        throw end;
      };

      const refused = throttle?.admit(call, facts.atMs) ?? region.authorize?.(call);
      const early = refused ?? strike("before");
      if (early instanceof NoAnswer) note(false, undefined, undefined, early.reason);
      else if (early) note(true, undefined, early, "answered");
      if (early) return die(early);

      const result = await perform(services.get(call.service), call);
      const late = strike("after");
      note(true, result.output, result.error, late instanceof NoAnswer ? late.reason : "answered");
      if (late) return die(late);
      if (invocation?.dead) throw new NoAnswer("crash");
      if (result.error) throw result.error;
      return result.output;
    },
  };
  region.addService(ec2.service);
  return region;
}

interface Result {
  readonly output?: unknown;
  readonly error?: AwsError;
}

/** Runs the operation. Only `AwsError` is an answer; anything else is a bug of the twin and passes through. */
async function perform(service: Service | undefined, call: Call): Promise<Result> {
  const operation = service?.operations[call.operation];
  if (!operation) {
    return {
      error: new AwsError("UnknownOperationException", `The twin has no ${call.service}:${call.operation}.`, 404),
    };
  }
  try {
    return { output: await operation(call.input, call) };
  } catch (error) {
    if (error instanceof AwsError) return { error };
    throw error;
  }
}
