import type { VirtualClock } from "./clock.ts";
import { egressBy } from "./egress.ts";
import { currentInvocation } from "./lambda-invocation.ts";
import { AwsError } from "./service.ts";
import type { FunctionVersion, World } from "./world.ts";

/** What comes back over the wire, or why nothing did and in which phase of the exchange. */
export type PartnerAnswer =
  | {
      readonly kind: "http";
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | { readonly kind: "failure"; readonly phase: "dns" | "connect" | "tls" | "first-byte"; readonly code: string };

/** Who asks: the address that the partner sees, and the subnet that the request leaves from, whose resolver it used. */
export interface Asker {
  readonly sourceIp: string;
  /** Undefined outside a VPC. */
  readonly subnetId?: string | undefined;
  /** GET unless given. */
  readonly method?: string;
}

/** What a partner gives to one request. */
export interface Given {
  readonly answer: PartnerAnswer;
  /** The partner's address that was connected to; its only one unless given. */
  readonly partnerIp?: string;
  /** The host that answered after redirects, where that is another. */
  readonly host?: string;
  /** The echo does not tell the caller its address. */
  readonly withoutEcho?: true;
}

/** One exchange, as the partner's own log has it. */
export interface Exchange extends Given {
  readonly partnerIp: string;
  /** The rule that answered; undefined where nothing is wrong. */
  readonly rule: PartnerRule | undefined;
  /** The answer is worse than others get, for who the caller is. */
  readonly worse: boolean;
  /** Some rule in force would give such an answer, if another had not answered before it. */
  readonly meant: boolean;
}

/** A refusal with the text of a firewall, or of the partner's application. */
export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Refusals whose shapes are published (developers.cloudflare.com, "Error 1xxx"), and an application's own. */
export const refusals = {
  /** Cloudflare 1006: this address is banned. */
  address: cloudflare(1006),
  /** Cloudflare 1009: this country is banned. */
  country: cloudflare(1009),
  /** The application knows the caller, and says no. */
  application: {
    status: 403,
    headers: { "content-type": "application/json" },
    body: '{"error":"forbidden","message":"The API key may not use this resource"}',
  },
} as const satisfies Record<string, Refusal>;

function cloudflare(code: number): Refusal {
  const headers = {
    server: "cloudflare",
    "cf-ray": "8f1d2c3b4a596877-IAD",
    "content-type": "text/plain; charset=UTF-8",
  };
  return { status: 403, headers, body: `error code: ${code}` };
}

/** One rule, in force between its times (virtual milliseconds since the epoch; unless given: always). */
export type PartnerRule = { readonly fromMs?: number; readonly toMs?: number } & (
  | { readonly kind: "block"; readonly ips: readonly string[] | "all"; readonly refusal?: Refusal }
  /** Blocks for `onMs`, lets through for `offMs`, and again. */
  | { readonly kind: "flap"; readonly ips: readonly string[] | "all"; readonly onMs: number; readonly offMs: number }
  | { readonly kind: "country" }
  | { readonly kind: "application" }
  | { readonly kind: "outage"; readonly how: "refused" | "silent" | "error" }
  | { readonly kind: "slow"; readonly byMs: number }
  /** Something in front of the API answers OPTIONS, whoever asks; put before the others. */
  | { readonly kind: "edge" }
  /** Whatever `give` says; undefined: as if there were no such rule. */
  | {
      readonly kind: "behavior";
      readonly name: string;
      readonly give: (asker: Asker, nowMs: number) => (Given & { readonly worse: boolean }) | undefined;
    }
);

export interface Partner {
  /** The rules now in force or to come; the first that applies answers. May be changed while time stands still. */
  readonly rules: PartnerRule[];
  /** Answers a request, after its time. The caller gives up after `timeoutMs`. */
  ask(asker: Asker, timeoutMs?: number): Promise<Exchange>;
}

/** The partner's address, unless a rule says otherwise. */
const endpoint = "203.0.113.80";
/** What a partner answers when nothing is wrong. */
export const usualAnswer: PartnerAnswer = {
  kind: "http",
  status: 200,
  headers: { "content-type": "application/json" },
  body: '{"status":"UP","version":"1.2"}',
};

/** A partner's round trip when nothing is wrong. Assumed. */
const ROUND_TRIP_MS = 80;
const DEFAULT_TIMEOUT_MS = 5_000;

/** A partner's API that looks at where requests come from. */
export function createPartner(clock: VirtualClock, rules: readonly PartnerRule[] = []): Partner {
  const list = [...rules];
  return {
    rules: list,
    async ask(asker, timeoutMs = DEFAULT_TIMEOUT_MS) {
      const atEdge = ({ kind }: PartnerRule) => kind !== "edge" || asker.method === "OPTIONS";
      const inForce = list.filter((rule) => atEdge(rule) && applies(rule, asker.sourceIp, clock.now()));
      const delayMs = inForce.reduce((sum, rule) => sum + (rule.kind === "slow" ? rule.byMs : 0), ROUND_TRIP_MS);
      const exchange = answerOf(inForce, asker, clock.now());
      const { answer } = exchange;
      const silent = answer.kind === "failure" && /TIMED?OUT$/.test(answer.code);
      await clock.sleep(silent ? timeoutMs : Math.min(delayMs, timeoutMs));
      if (delayMs <= timeoutMs) return exchange;
      return { ...exchange, answer: { kind: "failure", phase: "first-byte", code: "ETIMEDOUT" } };
    },
  };
}

function applies(rule: PartnerRule, sourceIp: string, nowMs: number): boolean {
  const { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY } = rule;
  if (nowMs < fromMs || nowMs >= toMs) return false;
  if (rule.kind !== "block" && rule.kind !== "flap") return true;
  if (rule.ips !== "all" && !rule.ips.includes(sourceIp)) return false;
  return rule.kind === "block" || (nowMs - (rule.fromMs ?? 0)) % (rule.onMs + rule.offMs) < rule.onMs;
}

/** The first rule that has an answer gives it. */
function answerOf(rules: readonly PartnerRule[], asker: Asker, nowMs: number): Exchange {
  const all = rules.flatMap((rule) => {
    const given = givenBy(rule, asker, nowMs);
    return given ? [{ partnerIp: endpoint, ...given, rule }] : [];
  });
  const [first = { answer: usualAnswer, partnerIp: endpoint, rule: undefined, worse: false }] = all;
  return { ...first, meant: all.some(({ worse }) => worse) };
}

function givenBy(rule: PartnerRule, asker: Asker, nowMs: number): (Given & { worse: boolean }) | undefined {
  switch (rule.kind) {
    case "block":
      return { answer: { kind: "http", ...(rule.refusal ?? refusals.address) }, worse: rule.ips !== "all" };
    case "flap":
      return { answer: { kind: "http", ...refusals.address }, worse: rule.ips !== "all" };
    case "country":
      return { answer: { kind: "http", ...refusals.country }, worse: false };
    case "application":
      return { answer: { kind: "http", ...refusals.application }, worse: false };
    case "edge": {
      const answer = { kind: "http", status: 204, headers: { allow: "GET, OPTIONS" }, body: "" } as const;
      return { answer, worse: false };
    }
    case "outage":
      return { answer: outage(rule.how), worse: false };
    case "slow":
      return undefined;
    case "behavior":
      return rule.give(asker, nowMs);
  }
}

function outage(how: "refused" | "silent" | "error"): PartnerAnswer {
  if (how === "refused") return { kind: "failure", phase: "connect", code: "ECONNREFUSED" };
  if (how === "silent") return { kind: "failure", phase: "connect", code: "ETIMEDOUT" };
  return { kind: "http", status: 503, headers: { "content-type": "text/plain" }, body: "Service Unavailable" };
}

/** Functions outside a VPC leave by these addresses of a shared pool (203.0.113.0/24 is for documentation, RFC 5737). */
export const sharedPool = ["203.0.113.10", "203.0.113.11", "203.0.113.12"] as const;

/** How one request of a function leaves: by which public address and from which subnet, or not at all. */
export type WayOut = Asker | { readonly sourceIp: undefined };

/**
 * The way out of a version's next request. Which subnet an environment stands in is not to be chosen in AWS; `turn`
 * (a counter of the caller's) goes through them. A subnet that is not open for every packet counts as shut. An
 * invocation of the version that makes the request leaves from its own environment.
 */
export function wayOut(world: World, version: FunctionVersion, turn = 0): WayOut {
  const environment = currentInvocation()?.environment;
  const isOwn = environment?.version === version;
  const network = isOwn ? environment.network : version.servedBy;
  if (!network && (isOwn || !version.vpcConfig)) return { sourceIp: sharedPool[turn % sharedPool.length] };
  const subnets = network ? egressBy(world, network) : [];
  const egress = subnets[turn % Math.max(1, subnets.length)];
  if (!egress?.open) return { sourceIp: undefined };
  const sourceIp = egress.publicIps[Math.floor(turn / subnets.length) % egress.publicIps.length];
  return sourceIp === undefined ? { sourceIp } : { sourceIp, subnetId: egress.subnetId };
}

/**
 * One request of a function's version to a partner: what a simulated probe calls. Without a way out the connection
 * times out, since packets are dropped silently. Throws `AwsError` `ResourceNotFoundException`.
 */
export async function askFrom(
  { world, clock }: { readonly world: World; readonly clock: VirtualClock },
  from: { readonly functionName: string; readonly version?: string; readonly turn?: number },
  partner: Partner,
  timeoutMs = DEFAULT_TIMEOUT_MS,
): Promise<{ readonly sourceIp: string | undefined; readonly answer: PartnerAnswer }> {
  const version = world.functions.get(from.functionName)?.versions.get(from.version ?? "$LATEST");
  if (!version) throw new AwsError("ResourceNotFoundException", `Function not found: ${from.functionName}`, 404);
  const way = wayOut(world, version, from.turn);
  if (way.sourceIp !== undefined) {
    return { sourceIp: way.sourceIp, answer: (await partner.ask(way, timeoutMs)).answer };
  }
  await clock.sleep(timeoutMs);
  return { sourceIp: undefined, answer: { kind: "failure", phase: "connect", code: "ETIMEDOUT" } };
}
