import type { ProbingTarget } from "../config/probing-settings.ts";
import type { BlockScope } from "../config/target-rules.ts";
import type { Answer, IncidentIds, Verdict } from "./answer.ts";
import type { Confirmation, Finding } from "./confirm.ts";
import { callUrl } from "./grpc.ts";

/** What a partner's support needs to find and lift a block: facts only, nothing secret. */
export interface Evidence {
  readonly address: string | undefined;
  readonly method: string;
  /** Scheme, host and path; credentials, query and fragment are dropped. */
  readonly target: string;
  readonly firstSeen: string;
  readonly observed: string;
  readonly verdict: Verdict["kind"];
  readonly scope: BlockScope | undefined;
  readonly rule: string;
  readonly finding: Finding;
  readonly confirmed: boolean;
  readonly status: number | undefined;
  /** Phase and code. */
  readonly failure: string | undefined;
  readonly ids: IncidentIds;
  readonly headers: Readonly<Record<string, string>>;
  /** What every other address got in the same round. */
  readonly others: readonly OtherAnswer[];
}

export interface OtherAnswer extends Pick<Evidence, "status" | "failure" | "ids"> {
  readonly address: string;
  /** Not of Lambda's shared pool. */
  readonly ours: boolean;
  readonly accepted: boolean;
}

/** Headers that say who answered and why. An allow-list: cookies, tokens, locations and whatever else stays out. */
const shownHeaders: ReadonlySet<string> = new Set([
  "age",
  "cf-mitigated",
  "cf-ray",
  "content-length",
  "content-type",
  "date",
  "retry-after",
  "server",
  "via",
  "x-amz-apigw-id",
  "x-amz-cf-id",
  "x-amz-cf-pop",
  "x-amzn-errortype",
  "x-amzn-requestid",
  "x-amzn-waf-action",
  "x-azure-ref",
  "x-cache",
  "x-cdn",
  "x-correlation-id",
  "x-datadome",
  "x-datadome-cid",
  "x-dd-b",
  "x-iinfo",
  "x-ms-forbidden-ip",
  "x-ratelimit-limit",
  "x-ratelimit-remaining",
  "x-ratelimit-reset",
  "x-reference-error",
  "x-request-id",
  "x-served-by",
  "x-sucuri-block",
  "x-sucuri-id",
  "x-vercel-id",
  "x-vercel-mitigated",
]);

type Asked = Pick<ProbingTarget, "method" | "url" | "protocol">;

/**
 * Returns the record of one finding, fit to be sent to the partner. Pure. The body is left out: it may quote the
 * request.
 * @param request what was probed; @param round all of the round's findings on this target
 * @param observedMs and @param firstSeenMs milliseconds since the epoch.
 */
export function evidence(
  finding: Confirmation,
  answer: Answer,
  request: Asked,
  round: readonly Confirmation[],
  observedMs: number,
  firstSeenMs: number = observedMs,
): Evidence {
  const { verdict, vantage } = finding;
  return {
    address: vantage.address,
    ...sentFor(request),
    firstSeen: new Date(firstSeenMs).toISOString(),
    observed: new Date(observedMs).toISOString(),
    verdict: verdict.kind,
    scope: verdict.kind === "blocked" ? verdict.scope : undefined,
    rule: verdict.rule,
    finding: finding.finding,
    confirmed: finding.confirmed,
    ...outcomeOf(answer),
    ids: verdict.ids,
    headers: answer.kind === "http" ? redacted(answer.headers) : {},
    others: round.flatMap((it) => otherOf(it, vantage.address)),
  };
}

/** What the partner's own log has: a gRPC call is a POST to its method. */
function sentFor({ method, url, protocol }: Asked): Pick<Evidence, "method" | "target"> {
  if (protocol !== "grpc") return { method, target: bare(url) };
  return { method: "POST", target: bare(callUrl(new URL(url)).href) };
}

function otherOf(it: Confirmation, except: string | undefined): OtherAnswer[] {
  const { vantage, answer, verdict, accepted } = it;
  const { address, kind } = vantage;
  if (!answer || address === undefined || address === except) return [];
  return [{ address, ours: kind !== "shared", accepted, ...outcomeOf(answer), ids: verdict.ids }];
}

function outcomeOf(answer: Answer): Pick<Evidence, "status" | "failure"> {
  return {
    status: answer.kind === "http" ? answer.status : undefined,
    failure: answer.kind === "failure" ? `${answer.phase} ${answer.code}` : undefined,
  };
}

function redacted(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => shownHeaders.has(name)));
}

function bare(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
