/**
 * What every command prints under `--json`, and so the one definition of it: the commands' types, the JSON Schemas of the
 * package (`dist/schemas`) and the tests' checks are all made of these.
 */
import { z } from "zod";
import { headlines } from "../../src/telemetry/headline.ts";
import { schemaVersion } from "./json.ts";

const { boolean, number, record, string, unknown } = z;
/** Exactly these fields, for the tests. The JSON Schemas allow more, so that a field may be added. */
const exactly = z.strictObject;
const list = <Item extends z.ZodType>(item: Item) => z.array(item).readonly();
const text = string();
const maybeText = text.optional();
/** UTC, ISO 8601. */
const time = z.iso.datetime();
const maybeTime = time.optional();
const count = z.int().nonnegative();

const head = { schemaVersion: z.literal(schemaVersion) };
const deployment = { stage: text, region: text, accountId: text };
const document = <Fields extends z.core.$ZodLooseShape>(fields: Fields) => exactly({ ...head, ...fields });
/** About a deployment. */
const answer = <Fields extends z.core.$ZodLooseShape>(fields: Fields) => exactly({ ...head, ...deployment, ...fields });

const finding = exactly({
  id: text,
  severity: z.enum(["error", "warning", "note"]),
  pool: maybeText,
  text,
  remediation: text,
  section: text,
  target: maybeText,
  vantage: maybeText,
  publicIp: maybeText,
}).meta({ id: "Finding" });
const findings = list(finding);

const action = exactly({
  kind: text,
  row: count,
  text,
  allocationId: maybeText,
  networkInterfaceId: maybeText,
  subnetId: maybeText,
  routeTableId: maybeText,
  natGatewayId: maybeText,
  functionName: maybeText,
}).meta({ id: "Action" });
const wait = exactly({ kind: text, text, until: maybeTime }).meta({ id: "Wait" });
const part = exactly({ actions: list(action), waits: list(wait) }).meta({ id: "PartPlan" });
const parts = { relocation: part, fallback: part.optional(), attach: part.optional() };

const health = exactly({
  pool: maybeText,
  headline: z.enum(headlines),
  row: count,
  summary: text,
  functions: list(text),
  partners: list(text),
  why: text,
  since: maybeTime,
  sinceOrBefore: z.literal(true).optional(),
  doing: maybeText,
  until: maybeTime,
  todo: maybeText,
}).meta({ id: "Health" });

const address = exactly({
  allocationId: text,
  publicIp: text,
  state: text,
  blocked: boolean(),
  networkInterfaceId: maybeText,
  since: maybeTime,
}).meta({ id: "Address" });

const networkInterface = exactly({
  networkInterfaceId: text,
  subnetId: text,
  zone: text,
  role: text,
  inUse: boolean(),
  publicIp: maybeText,
  members: list(text),
}).meta({ id: "Interface" });

const member = exactly({
  name: text,
  versions: list(exactly({ version: text, status: text, reason: maybeText })),
}).meta({ id: "Member" });

const routes = exactly({
  state: z.enum(["direct", "mixed", "fallback"]),
  alarm: text,
  since: maybeTime,
  publicIp: maybeText,
  natGateways: list(exactly({ natGatewayId: text, state: text })),
  hours: number(),
  costUsd: number(),
}).meta({ id: "Routes" });

const status = answer({
  health: exactly({ headline: z.enum(headlines), pools: list(health) }),
  pools: list(
    exactly({
      name: text,
      override: text,
      members: list(member),
      interfaces: list(networkInterface),
      addresses: list(address),
      fallback: routes.optional(),
      probes: list(exactly({ vantage: text, blockedRate: number(), egress: boolean() })),
      lastActions: list(exactly({ at: time, what: text })),
      findings,
    }),
  ),
  alarms: list(exactly({ name: text, since: maybeTime })),
});

const plan = answer({
  pools: list(exactly({ name: text, ...parts, findings, ifResumed: exactly(parts).optional() })),
});

const deviation = exactly({ name: text, found: text });
const doctor = answer({
  pools: list(exactly({ name: text })),
  findings,
  /** The last one, as far as it is known. */
  rehearsal: exactly({ file: text, region: text, startedAt: time, holdfast: text }).nullable(),
  assumptions: exactly({
    confirmed: list(text),
    differs: list(deviation),
    fails: list(deviation),
    unchecked: list(text),
  }),
});

const explain = answer({
  kind: z.enum(["address", "interface", "function"]),
  title: text,
  ids: list(text),
  reason: text,
  findings,
  history: list(exactly({ at: time, who: text, what: text })),
  truncated: boolean(),
});

const cost = answer({
  inventory: exactly({
    addresses: count,
    endpointZones: count,
    accelerators: count,
    metrics: count,
    alarmMetrics: count,
    dashboards: count,
    trailEvents: count,
    natGateways: list(
      exactly({ natGatewayId: text, createdAt: time, deletedAt: maybeTime, zones: count, gb: number() }),
    ),
  }),
  items: list(exactly({ item: text, soFarUsd: number(), monthUsd: number() })),
  soFarUsd: number(),
  monthUsd: number(),
  freeUsd: number(),
  traffic: exactly({ gb: number(), source: z.enum(["given", "NAT gateway"]) }).optional(),
  compared: list(exactly({ way: text, monthUsd: number(), savedUsd: number() })),
});

const outcome = { status: count.optional(), failure: maybeText, ids: record(text, text) };
const refusal = { at: time, ...outcome };
const others = list(exactly({ address: text, ours: boolean(), accepted: boolean(), ...outcome }));
const report = answer({
  from: time,
  to: time,
  partners: list(
    exactly({
      name: text,
      refused: list(
        exactly({
          address: text,
          method: text,
          url: text,
          firstRefused: time,
          maybeEarlier: boolean(),
          lastRefused: time,
          refusedRequests: count,
          latest: exactly({ ...refusal, headers: record(text, text), others }),
          earlier: list(exactly(refusal)),
        }),
      ),
    }),
  ),
});

const steering = answer({
  changed: boolean(),
  changes: list(exactly({ pool: text, from: text, to: text, allocationIds: list(text), effect: text })),
});

const addresses = answer({
  pools: list(
    exactly({
      name: text,
      addresses: list(exactly({ publicIp: text, allocationId: text, role: z.enum(["egress", "fallback"]) })),
      findings,
    }),
  ),
});

const usd = number();
const gatewayAdvice = exactly({
  natGatewayId: text,
  publicIps: list(text),
  allocationIds: list(text),
  gbPerMonth: number().optional(),
  usdPerMonth: usd,
  functions: list(text),
  others: list(text),
  fate: z.enum(["goes", "stays", "unused", "of another account"]),
});
const functionAdvice = exactly({
  name: text,
  subnetIds: list(text),
  securityGroupIds: list(text),
  ipv6: boolean(),
  obstacle: exactly({ id: text, text, remediation: text }).optional(),
});
const networkAdvice = exactly({
  vpcId: text,
  verdict: z.enum(["no-function", "shared-vpc", "no-member", "ipv6", "gateways-stay", "little-saved", "worth-it"]),
  gateways: list(gatewayAdvice),
  functions: list(functionAdvice),
  todayUsd: usd,
  staysUsd: usd,
  holdfastUsd: usd.optional(),
  savedUsd: usd.optional(),
  compared: list(exactly({ way: text, usdPerMonth: usd })),
  /** A pool, or why there can be none. */
  proposal: z.union([
    exactly({ pool: text, input: unknown(), zones: list(text), otherGroups: list(text) }),
    exactly({ because: text, remediation: text }),
  ]),
});
const advice = document({
  accountId: text,
  at: time,
  regions: list(
    exactly({
      region: text,
      today: list(exactly({ item: text, usdPerMonth: usd })),
      todayUsd: usd,
      networks: list(networkAdvice),
      idleAddresses: list(exactly({ allocationId: text, publicIp: text })),
      ofHoldfast: list(text),
      holdfastUsd: usd.optional(),
      outside: count,
      unreadable: list(exactly({ action: text, reason: text })),
      configuration: maybeText,
      migration: maybeText,
    }),
  ),
});

const runbook = document({ section: text, url: z.url(), text });

const validation = document({
  file: text,
  valid: boolean(),
  pools: list(
    exactly({ name: text, addresses: exactly({ serving: count, spares: count, nat: count, own: boolean() }) }),
  ),
  problems: list(text),
});

const left = list(exactly({ what: text, why: text }));
/** A report; with `--dry-run` what would be done; with `--clean` what is left. */
const rehearsal = z.union([
  document({
    holdfast: text,
    region: text,
    startedAt: time,
    minutes: number(),
    interrupted: boolean(),
    checks: list(
      exactly({
        id: text,
        question: text,
        verdict: exactly({
          outcome: z.enum(["pass", "differs", "fail", "skipped"]),
          found: text,
          meaning: maybeText,
          remediation: maybeText,
          seconds: record(text, number()).optional(),
        }),
        raw: unknown().optional(),
      }),
    ),
    left,
  }),
  document({
    region: text,
    checks: list(exactly({ id: text, question: text, makes: text, seconds: number() })),
    seconds: number(),
    cleanSeconds: number(),
    mostUsd: number(),
  }),
  document({ left }),
]);

const failure = document({ error: exactly({ exitCode: count, message: text, remediation: text }) }).meta({
  id: "Failure",
});

/** By the command's first word. */
export const answers = {
  status,
  plan,
  doctor,
  explain,
  cost,
  report,
  addresses,
  advise: advice,
  runbook,
  validate: validation,
  fallback: steering,
  pause: steering,
  resume: steering,
  rehearse: rehearsal,
} as const;

export type Command = keyof typeof answers;
type Document<Name extends Command> = z.input<(typeof answers)[Name]>;
/** What a command gives; the version, and the deployment where it reads one, are put before it. */
export type Json<Name extends Command> = Omit<
  Document<Name>,
  keyof typeof head | (Document<Name> extends { stage: string } ? keyof typeof deployment : never)
>;

/** Returns what a command may print: its answer, or an error. */
export function documentOf(command: Command): z.ZodType {
  return z.union([answers[command], failure]);
}
