import type { Sources } from "./answer.ts";
import { cloudflareSources } from "./rules-cloudflare.ts";
import { firewallSources } from "./rules-firewall.ts";
import { httpSources } from "./rules-http.ts";
import { namingSources } from "./rules-naming.ts";

/** The public page that documents each row of the signature table. For people; the rules themselves do not need it. */
export const ruleSources: Sources = { ...cloudflareSources, ...firewallSources, ...namingSources, ...httpSources };
