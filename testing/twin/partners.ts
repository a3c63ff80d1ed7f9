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
  | { readonly kind: "failure"; readonly phase: "connect" | "first-byte"; readonly code: "ETIMEDOUT" | "ECONNREFUSED" };

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
);

export interface Partner {
  /** The rules now in force or to come; the first that applies answers. May be changed while time stands still. */
  readonly rules: PartnerRule[];
  /** Answers a request from a public address, after its time. The caller gives up after `timeoutMs`. */
  ask(sourceIp: string, timeoutMs?: number, method?: string): Promise<PartnerAnswer>;
}

/** A partner's round trip when nothing is wrong. Assumed. */
const ROUND_TRIP_MS = 80;
const DEFAULT_TIMEOUT_MS = 5_000;

/** A partner's API that looks at where requests come from. */
export function createPartner(clock: VirtualClock, rules: readonly PartnerRule[] = []): Partner {
  const list = [...rules];
  return {
    rules: list,
    async ask(sourceIp, timeoutMs = DEFAULT_TIMEOUT_MS, method = "GET") {
      const atEdge = ({ kind }: PartnerRule) => kind !== "edge" || method === "OPTIONS";
      const inForce = list.filter((rule) => atEdge(rule) && applies(rule, sourceIp, clock.now()));
      const delayMs = inForce.reduce((sum, rule) => sum + (rule.kind === "slow" ? rule.byMs : 0), ROUND_TRIP_MS);
      const answer = answerOf(inForce.find(({ kind }) => kind !== "slow"));
      const silent = answer.kind === "failure" && answer.code === "ETIMEDOUT";
      await clock.sleep(silent ? timeoutMs : Math.min(delayMs, timeoutMs));
      return delayMs > timeoutMs ? { kind: "failure", phase: "first-byte", code: "ETIMEDOUT" } : answer;
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

function answerOf(rule: PartnerRule | undefined): PartnerAnswer {
  switch (rule?.kind) {
    case "block":
      return { kind: "http", ...(rule.refusal ?? refusals.address) };
    case "flap":
      return { kind: "http", ...refusals.address };
    case "country":
      return { kind: "http", ...refusals.country };
    case "application":
      return { kind: "http", ...refusals.application };
    case "edge":
      return { kind: "http", status: 204, headers: { allow: "GET, OPTIONS" }, body: "" };
    case "outage":
      return outage(rule.how);
    default:
      return { kind: "http", status: 200, headers: { "content-type": "application/json" }, body: '{"status":"up"}' };
  }
}

function outage(how: "refused" | "silent" | "error"): PartnerAnswer {
  if (how === "refused") return { kind: "failure", phase: "connect", code: "ECONNREFUSED" };
  if (how === "silent") return { kind: "failure", phase: "connect", code: "ETIMEDOUT" };
  return { kind: "http", status: 503, headers: { "content-type": "text/plain" }, body: "Service Unavailable" };
}

/** Functions outside a VPC leave by these addresses of a shared pool (203.0.113.0/24 is for documentation, RFC 5737). */
export const sharedPool = ["203.0.113.10", "203.0.113.11", "203.0.113.12"] as const;

/** How one request of a function leaves: by which public address, or not at all. */
export type WayOut = { readonly sourceIp: string } | { readonly sourceIp: undefined };

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
  return { sourceIp: egress.publicIps[Math.floor(turn / subnets.length) % egress.publicIps.length] };
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
  const { sourceIp } = wayOut(world, version, from.turn);
  if (sourceIp !== undefined) return { sourceIp, answer: await partner.ask(sourceIp, timeoutMs) };
  await clock.sleep(timeoutMs);
  return { sourceIp, answer: { kind: "failure", phase: "connect", code: "ETIMEDOUT" } };
}
