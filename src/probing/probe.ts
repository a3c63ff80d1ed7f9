/** Asks one target from here: follows a few redirects, never to where a stranger must not send a probe. */
import type { Network } from "./connection.ts";
import { PhaseFailure, TargetRefused, type Trace } from "./phases.ts";
import { exchange, type Response } from "./request.ts";
import { roundLimits, type TargetAnswer, type TargetRequest } from "./target.ts";

/** Makes firewalls and applications answer briefly, uncompressed, and says who asks. */
const defaultHeaders = {
  accept: "application/json",
  "accept-encoding": "identity",
  "user-agent": "holdfast-probe",
};

const redirectStatuses = new Set([301, 302, 303, 307, 308]);

/** The target redirects without end, or to where we do not follow: a refusal, as the comparison ranks it (rank.ts). */
class RedirectRefused extends Error {
  constructor(readonly code: "REDIRECT_REFUSED" | "TOO_MANY_REDIRECTS") {
    super(code);
  }
}

/**
 * Returns one target's answer. Never throws: whatever goes wrong is an answer, or a refusal to ask.
 * @param maxRedirects with 0, a redirect is the answer
 */
export async function probe(
  network: Network,
  target: TargetRequest,
  maxRedirects: number = roundLimits.redirects,
): Promise<TargetAnswer> {
  const trace: Trace & Pick<TargetAnswer, "host"> = { timings: {} };
  const done = (answer: TargetAnswer["answer"]): TargetAnswer => ({ target: target.name, answer, ...trace });
  try {
    return done({ kind: "http", ...(await follow(network, target, trace, maxRedirects)) });
  } catch (error) {
    if (error instanceof PhaseFailure) return done({ kind: "failure", phase: error.phase, code: error.code });
    if (error instanceof RedirectRefused) return done({ kind: "failure", phase: "first-byte", code: error.code });
    if (error instanceof TargetRefused) return done({ kind: "refused", reason: error.message });
    throw error;
  }
}

async function follow(
  network: Network,
  target: TargetRequest,
  trace: Trace & { host?: string },
  maxRedirects: number,
): Promise<Response> {
  const { timeouts } = target;
  const deadlineMs = performance.now() + timeouts.totalMs;
  const first = firstUrl(target);
  let url = first;
  const { method, protocol, allowPrivate, clientCertificate } = target;
  let own: { headers: Record<string, string>; clientCertificate?: typeof clientCertificate } = {
    headers: { ...defaultHeaders, ...target.headers },
    clientCertificate,
  };
  for (let redirects = 0; ; redirects++) {
    trace.timings = {};
    delete trace.certificateExpiresMs;
    const request = { url, method, protocol, allowPrivate, ...own };
    const answer = await exchange(network, request, timeouts, deadlineMs, trace).catch((error) => {
      throw redirects > 0 && error instanceof TargetRefused ? new RedirectRefused("REDIRECT_REFUSED") : error;
    });
    // A call is for one method: what it is redirected to is no answer of gRPC.
    const next = protocol === "grpc" ? undefined : redirectOf(answer, url);
    if (!next || maxRedirects === 0) {
      if (url.host !== first.host) trace.host = url.host;
      return answer;
    }
    if (redirects >= maxRedirects) throw new RedirectRefused("TOO_MANY_REDIRECTS");
    const downgraded = next.protocol !== "https:" && url.protocol === "https:";
    if (downgraded || !isWeb(next)) throw new RedirectRefused("REDIRECT_REFUSED");
    // What the operator configured is for that host alone.
    if (next.origin !== url.origin) own = { headers: defaultHeaders };
    url = next;
  }
}

/** @throws TargetRefused when the URL is none, or plain http without consent */
function firstUrl({ url: text, allowHttp }: TargetRequest): URL {
  if (!URL.canParse(text)) throw new TargetRefused("the URL is not valid");
  const url = new URL(text);
  if (!isWeb(url)) throw new TargetRefused(`${url.protocol} is not probed, only https: and http:`);
  if (url.protocol === "http:" && !allowHttp)
    throw new TargetRefused("plain http is not probed unless allowHttp is set");
  return url;
}

function redirectOf({ status, headers }: Response, from: URL): URL | undefined {
  const { location } = headers;
  return redirectStatuses.has(status) && location !== undefined && URL.canParse(location, from.href)
    ? new URL(location, from)
    : undefined;
}

const isWeb = ({ protocol }: URL): boolean => protocol === "https:" || protocol === "http:";
