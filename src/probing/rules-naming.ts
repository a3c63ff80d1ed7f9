import type { Rule } from "./answer.ts";
import { blockedUnknown } from "./results.ts";

/**
 * Signatures of whoever refused without a reason. Asked only about an answer that is an unexplained 403 (`http-403`),
 * to name the vendor for a ticket: they change the name of the rule, never the kind or the scope of a verdict.
 */
export const namingRules: readonly Rule[] = [
  // The title fits into the first KiB, the reason does not.
  row("cloudflare-block-page", { text: /<title>[^<]*\| Cloudflare<|used Cloudflare to restrict access/ }),
  // Also the page of a WAF in front of CloudFront, which it cannot tell from other reasons.
  row("cloudfront-403", { header: ["server", /^CloudFront$/], text: /Request blocked|could not be satisfied/i }),
  row("akamai-reference", { text: /Reference #\d+\.[0-9a-f]+\.\d+\.[0-9a-f]+|errors\.edgesuite\.net/ }),
  row("akamai-403", { header: ["server", /^AkamaiGHost$/] }),
  row("fastly-403", { text: /Varnish cache server|Fastly error/ }),
  row("azure-front-door", { header: ["x-azure-ref", /./], text: /The request is blocked/i }),
  row("azure-application-gateway", { text: /<center>Microsoft-Azure-Application-Gateway/ }),
  row("google-cloud-armor", {
    text: /<title>403<\/title>\s*403 Forbidden\s*$/,
    when: ({ headers }) => !("server" in headers),
  }),
  row("google-front-end-403", { text: /<title>Error 403 \(Forbidden\)!!1/ }),
  row("vercel-deny", { header: ["x-vercel-mitigated", /^deny$/] }),
  row("imperva-script", { text: /_Incapsula_Resource/ }),
  row("imperva-403", { header: ["x-iinfo", /./] }),
  row("sucuri-block", { header: ["x-sucuri-block", /./] }),
  // The page of `deny`, which is how an operator refuses an address, but of a dozen other things too.
  row("nginx-403", { text: /<center>(?:nginx|openresty)/ }),
  row("apache-403", { text: /<title>403 Forbidden<\/title>[\s\S]*You don't have permission to access/ }),
];

function row(id: string, parts: Pick<Rule, "header" | "text" | "when">): Rule {
  return { id, result: blockedUnknown, ...parts };
}
