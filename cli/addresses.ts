/** `holdfast addresses`: what to hand to a partner, so that it allows every address that a pool may send from. */

import { describePoolAddresses, observeLost, tagOf } from "../src/pool/addresses.ts";
import type { Role } from "../src/pool/lost-addresses.ts";
import { tagKeys } from "../src/pool/tags.ts";
import { counted } from "../src/telemetry/counted.ts";
import { type Attention, exitCodeOf, ofRelocation, renderAttention } from "./support/attention.ts";
import { poolsOf, readSettings } from "./support/deployment.ts";
import type { Json } from "./support/schemas.ts";
import type { Answer, Session } from "./support/session.ts";
import { wrap } from "./support/style.ts";

export interface AddressesOptions {
  readonly pool?: string;
  readonly csv?: boolean;
  /** One address on each line, and nothing else. */
  readonly lines?: boolean;
}

type PoolAddresses = Json<"addresses">["pools"][number];

/** An address that the pool has lost is not among them, and is an error: a partner that allows it allows a stranger. */
export async function addresses(session: Session, options: AddressesOptions): Promise<Answer> {
  const { clients, deployment, progress, style } = session;
  const pools = poolsOf(await readSettings(clients, deployment), options.pool);
  progress.step("reading addresses");
  const list: (PoolAddresses & { readonly findings: readonly Attention[] })[] = [];
  for (const { name, relocation } of pools) {
    const shown = await describePoolAddresses(clients.ec2, [name]);
    const lost = await observeLost(clients.ec2, name, relocation.addresses, shown, []);
    const all = shown.map(({ PublicIp = "", AllocationId = "", Tags }) => {
      const role: Role = tagOf(Tags, tagKeys.role) === "fallback" ? "fallback" : "egress";
      return { publicIp: PublicIp, allocationId: AllocationId, role };
    });
    const findings = lost.map((it) => ofRelocation(name, { kind: "address-lost", ...it }));
    list.push({ name, addresses: all.sort(inOrder), findings });
  }
  progress.end();
  const findings = list.flatMap((it) => it.findings);
  // Beside what is pasted or piped, not in it.
  if (findings.length > 0) process.stderr.write(`${renderAttention(style, findings)}\n`);
  return {
    exitCode: exitCodeOf(findings),
    json: { pools: list } satisfies Json<"addresses">,
    text: textOf(list, options),
  };
}

type Handed = PoolAddresses["addresses"][number];

/** Those of functions first, each by number. */
function inOrder(a: Handed, b: Handed): number {
  if (a.role !== b.role) return a.role === "egress" ? -1 : 1;
  const [left, right] = [numberOf(a), numberOf(b)];
  return left - right;
}

function numberOf({ publicIp }: Handed): number {
  return publicIp.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** Returns the addresses in the form that was asked for. Pure. */
export function textOf(pools: readonly PoolAddresses[], { csv, lines }: AddressesOptions): string {
  if (lines) return pools.flatMap((pool) => pool.addresses.map(({ publicIp }) => publicIp)).join("\n");
  if (csv) {
    const rows = pools.flatMap(({ name, addresses: all }) =>
      all.map(({ publicIp, role, allocationId }) => [name, publicIp, role, allocationId].join(",")),
    );
    return ["pool,publicIp,role,allocationId", ...rows].join("\n");
  }
  return pools.map((pool) => letterOf(pool, pools.length > 1)).join("\n\n");
}

/** Wide enough for a mail that is quoted in the answer, as those of `report` are. */
const mailColumns = 72;

function letterOf({ name, addresses: all }: PoolAddresses, isOneOfSeveral: boolean): string {
  const one = all.length === 1;
  const words = [
    `Our requests come from ${one ? "this IP address" : `one of these ${counted(all.length, "IP address", "IP addresses")}`}.`,
    ...(one ? [] : ["Please allow all of them: which one sends changes without notice, and some wait as spares."]),
  ];
  return [
    ...(isOneOfSeveral ? [`Pool ${name}`, ""] : []),
    wrap(words.join(" "), "", mailColumns),
    "",
    ...all.map(({ publicIp }) => publicIp),
  ].join("\n");
}
