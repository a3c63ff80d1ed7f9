import type { CallRecord } from "./call-log.ts";
import type { VirtualClock } from "./clock.ts";
import {
  ec2Parameters,
  ec2Response,
  eventNameOf,
  type Json,
  lambdaParameters,
  lambdaResponse,
  roleCallParts,
} from "./cloudtrail-shapes.ts";
import { type Delays, draw } from "./delays.ts";
import type { BusEvent, EventBridge } from "./eventbridge.ts";
import type { RoleCall } from "./hyperplane.ts";
import type { Identifiers } from "./identifiers.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

export interface CloudTrailOptions {
  readonly world: World;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly identifiers: Identifiers;
  readonly delays: Delays;
  readonly bus: EventBridge;
}

/** One CloudTrail record: the `detail` of the event. */
export type TrailRecord = Json & { readonly eventName: string; readonly eventSource: string; readonly eventID: string };

type Matching = (record: TrailRecord) => boolean;

/** A trail of management events. Nothing of what it stores is kept. */
export interface Trail {
  readonly name: string;
  logging: boolean;
  /** Records reads, writes or both; EventBridge gets events of writes. */
  readWriteType: "All" | "ReadOnly" | "WriteOnly";
}

export interface CloudTrail {
  /** By name. The account begins with one that logs; without one, EventBridge gets no event of a call. */
  readonly trails: Map<string, Trail>;
  /** The latest records, oldest first, delivered or not. */
  readonly records: readonly TrailRecord[];
  /** Records a call of the region's API. */
  record(call: CallRecord): void;
  /** Records a call that Lambda made with an execution role. */
  recordRoleCall(call: RoleCall): void;
  /** The next matching record is never delivered. */
  dropNext(matching?: Matching): void;
  /** The next matching record comes after exactly this long. */
  delayNext(ms: number, matching?: Matching): void;
  /** The next matching record is delivered twice. */
  duplicateNext(matching?: Matching): void;
}

interface Override {
  readonly matching: Matching;
  readonly copiesMs: (drawMs: () => number) => number[];
}

/** How many records are kept to be looked at. */
const KEPT = 5_000;

/**
 * CloudTrail as a source of EventBridge events: every write call of Lambda and EC2, successful or not, with delays drawn
 * one by one (hence out of order), rarely late, twice or not at all. Reads do not appear; invocations are data events.
 */
export function createCloudTrail(options: CloudTrailOptions): CloudTrail {
  const { world, clock, random, identifiers } = options;
  const drawn = random.fork("cloudtrail");
  const overrides: Override[] = [];
  const delivery = createDelivery(options, drawn, overrides);
  const any: Matching = () => true;
  return {
    trails: delivery.trails,
    records: delivery.records,
    record(call) {
      if (isRecorded(call)) delivery.deliver(recordOf(call, world, identifiers), call.atMs);
    },
    recordRoleCall(call) {
      const atMs = clock.now();
      const requestId = identifiers.uuid();
      const parts = roleCallParts(world, call, requestId);
      const session = roleSession(drawn, atMs);
      delivery.deliver(roleRecordOf(call, parts, session, { world, identifiers, atMs, requestId }), atMs);
    },
    dropNext: (matching = any) => void overrides.push({ matching, copiesMs: () => [] }),
    delayNext: (ms, matching = any) => void overrides.push({ matching, copiesMs: () => [ms] }),
    duplicateNext: (matching = any) => void overrides.push({ matching, copiesMs: (next) => [next(), next()] }),
  };
}

/** Takes records to EventBridge, each as late and as often as is drawn for it, or as the next override says. */
function createDelivery(
  { world, clock, delays, identifiers, bus }: CloudTrailOptions,
  random: Random,
  overrides: Override[],
) {
  const records: TrailRecord[] = [];
  const trails = new Map<string, Trail>([["management", { name: "management", logging: true, readWriteType: "All" }]]);

  function drawMs(): number {
    return draw(random, random.chance(delays.cloudTrailLateRate) ? delays.cloudTrailLate : delays.cloudTrail);
  }

  function fate(record: TrailRecord): number[] {
    const index = overrides.findIndex(({ matching }) => matching(record));
    const [override] = index < 0 ? [] : overrides.splice(index, 1);
    if (override) return override.copiesMs(drawMs);
    if (random.chance(delays.cloudTrailLossRate)) return [];
    return random.chance(delays.cloudTrailDuplicateRate) ? [drawMs(), drawMs()] : [drawMs()];
  }

  function deliver(record: TrailRecord, atMs: number): void {
    records.push(record);
    if (records.length > KEPT) records.splice(0, KEPT / 2);
    if (![...trails.values()].some(({ logging, readWriteType }) => logging && readWriteType !== "ReadOnly")) return;
    const event: BusEvent = {
      version: "0",
      id: identifiers.uuid(),
      "detail-type": "AWS API Call via CloudTrail",
      source: `aws.${record.eventSource.split(".")[0]}`,
      account: world.accountId,
      time: timeOf(atMs),
      region: world.region,
      resources: [],
      detail: record,
    };
    for (const ms of fate(record)) clock.after(ms, () => bus.emit(event));
  }

  return { trails, records, deliver };
}

interface Moment {
  readonly world: World;
  readonly identifiers: Identifiers;
  readonly atMs: number;
  readonly requestId: string;
}

function skeleton(service: string, operation: string, { world, identifiers, atMs, requestId }: Moment) {
  return {
    eventVersion: "1.11",
    eventTime: timeOf(atMs),
    eventSource: `${service}.amazonaws.com`,
    eventName: eventNameOf(service, operation),
    awsRegion: world.region,
    requestID: requestId,
    eventID: identifiers.uuid(),
    readOnly: false,
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: world.accountId,
    eventCategory: "Management",
  };
}

/** Whether a call is a write of Lambda or EC2 that has reached AWS. */
function isRecorded({ service, operation, reached }: CallRecord): boolean {
  return reached && (service === "lambda" || service === "ec2") && !/^(Get|List|Describe|Invoke)/.test(operation);
}

function recordOf(call: CallRecord, world: World, identifiers: Identifiers): TrailRecord {
  const { service, operation, principal, atMs, requestId } = call;
  return {
    ...skeleton(service, operation, { world, identifiers, atMs, requestId }),
    userIdentity: identityOf(world, principal, atMs),
    sourceIPAddress: "198.51.100.1",
    userAgent: `aws-sdk-js/3 ua/2.1 api/${service}`,
    ...(service === "lambda" ? lambdaParts(call) : ec2Parts(call)),
    tlsDetails: {
      tlsVersion: "TLSv1.3",
      cipherSuite: "TLS_AES_128_GCM_SHA256",
      clientProvidedHostHeader: `${service}.${world.region}.amazonaws.com`,
    },
  };
}

/** Returns the session's name under which Lambda assumes a function's role. */
function roleSession(random: Random, atMs: number): string {
  return `awslambda_${random.integer(1, 999)}_${new Date(atMs).toISOString().replace(/\D/g, "")}`;
}

function roleRecordOf(
  call: RoleCall,
  [requestParameters, responseElements]: ReturnType<typeof roleCallParts>,
  session: string,
  moment: Moment,
): TrailRecord {
  const { world, atMs } = moment;
  const role = call.role.split("/").at(-1);
  return {
    ...skeleton("ec2", call.operation, moment),
    userIdentity: identityOf(world, `arn:aws:sts::${world.accountId}:assumed-role/${role}/${session}`, atMs),
    sourceIPAddress: "lambda.amazonaws.com",
    userAgent: "lambda.amazonaws.com",
    requestParameters,
    responseElements,
  };
}

/** Lambda's denied calls are recorded without their parameters; its other failures keep them. */
function lambdaParts({ operation, input, output, error }: CallRecord): Json {
  if (!error)
    return { requestParameters: lambdaParameters(operation, input), responseElements: lambdaResponse(output) };
  const denied = error.code === "AccessDeniedException";
  return {
    errorCode: denied ? "AccessDenied" : error.code,
    errorMessage: error.message,
    requestParameters: denied ? null : lambdaParameters(operation, input),
    responseElements: null,
  };
}

/** EC2's codes get the prefix of who is to blame; a dry run is a failed call. */
function ec2Parts({ operation, input, output, error, requestId }: CallRecord): Json {
  const requestParameters = ec2Parameters(operation, input);
  if (!error) return { requestParameters, responseElements: ec2Response(operation, output, requestId) };
  const server = ["InternalError", "InternalFailure", "ServiceUnavailable", "Unavailable"].includes(error.code);
  return {
    errorCode: `${server ? "Server" : "Client"}.${error.code}`,
    errorMessage: error.message,
    requestParameters,
    responseElements: null,
  };
}

function identityOf(world: World, principal: string | undefined, atMs: number): Json {
  const accountId = world.accountId;
  const [kind, ...path] = principal?.split(":").at(-1)?.split("/") ?? [];
  if (principal === undefined || kind === "user") {
    const userName = path.at(-1) ?? "operator";
    const arn = principal ?? `arn:aws:iam::${accountId}:user/operator`;
    return {
      type: "IAMUser",
      principalId: "AIDAEXAMPLEUSER",
      arn,
      accountId,
      accessKeyId: "AKIAIOSFODNN7EXAMPLE",
      userName,
    };
  }
  const assumed = kind === "assumed-role";
  const role = assumed ? path[0] : path.at(-1);
  const session = assumed ? path.at(-1) : role;
  return {
    type: "AssumedRole",
    principalId: `AROAEXAMPLEROLE:${session}`,
    arn: `arn:aws:sts::${accountId}:assumed-role/${role}/${session}`,
    accountId,
    accessKeyId: "ASIAIOSFODNN7EXAMPLE",
    sessionContext: {
      sessionIssuer: {
        type: "Role",
        principalId: "AROAEXAMPLEROLE",
        arn: `arn:aws:iam::${accountId}:role/${role}`,
        accountId,
        userName: role,
      },
      webIdFederationData: {},
      attributes: { creationDate: timeOf(atMs), mfaAuthenticated: "false" },
    },
  };
}

function timeOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
