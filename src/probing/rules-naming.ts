import type { Rule } from "./answer.ts";
import { blockedUnknown, header, type Match, not, row, text } from "./rule.ts";

const named = (id: string, ...matches: Match[]): Rule => row(id, blockedUnknown, [403], ...matches);

/**
 * Signatures of senders that refused without a reason. Tried only about an answer that is an unexplained 403
 * (`http-403`), to name the vendor for a ticket: they change the name of the rule, never the kind or the scope of a
 * verdict.
 */
export const namingRules: readonly Rule[] = [
  // The title comes early, the reason may lie too far down.
  named("cloudflare-block-page", text(/<title>[^<]*\| Cloudflare<|used Cloudflare to restrict access/)),
  // Also the page of a WAF in front of CloudFront, which it cannot tell from other reasons.
  named("cloudfront-403", header("server", /^CloudFront$/), text(/Request blocked|could not be satisfied/i)),
  named("akamai-reference", text(/Reference #\d+\.[0-9a-f]+\.\d+\.[0-9a-f]+|errors\.edgesuite\.net/)),
  named("akamai-403", header("server", /^AkamaiGHost$/)),
  named("fastly-403", text(/Varnish cache server|Fastly error/)),
  named("azure-front-door", header("x-azure-ref"), text(/The request is blocked/i)),
  named("azure-application-gateway", text(/<center>Microsoft-Azure-Application-Gateway/)),
  named("google-cloud-armor", text(/<title>403<\/title>\s*403 Forbidden\s*$/), not(header("server"))),
  named("google-front-end-403", text(/<title>Error 403 \(Forbidden\)!!1/)),
  named("vercel-deny", header("x-vercel-mitigated", /^deny$/)),
  named("imperva-script", text(/_Incapsula_Resource/)),
  named("imperva-403", header("x-iinfo")),
  named("sucuri-block", header("x-sucuri-block")),
  // The page of `deny`, which is how an operator refuses an address, but of a dozen other things too.
  named("nginx-403", text(/<center>(?:nginx|openresty)/)),
  named("apache-403", text(/<title>403 Forbidden<\/title>[\s\S]*You don't have permission to access/)),
];
