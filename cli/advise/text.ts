/** Advice as text for a terminal. Pure. */
import { type Style, type Tone, table, wrap } from "../support/style.ts";
import { type GatewayAdvice, leastSavedUsd, type NetworkAdvice, type RegionAdvice, type Verdict } from "./advice.ts";
import { trafficDays } from "./facts.ts";

const money = (value: number) => value.toFixed(2);

/** The verdict in the words of a heading, and why. */
const verdicts: Readonly<
  Record<Verdict, { readonly head: string; readonly tone: Tone; readonly why: (it: NetworkAdvice) => string }>
> = {
  "no-function": {
    head: "nothing for Holdfast to do",
    tone: "dim",
    why: ({ gateways }) =>
      `no function leaves by its NAT gateways${gateways.some(({ others }) => others.length > 0) ? "; other workloads do" : ", and nothing else that this command sees: delete what nobody uses"}`,
  },
  "shared-vpc": {
    head: "ask the owner of the VPC",
    tone: "yellow",
    why: () =>
      "another account shares the subnets: the NAT gateways are on its bill, and only it can make subnets with a route to its internet gateway. A pool without fallback works in shared subnets",
  },
  "no-member": {
    head: "not possible",
    tone: "yellow",
    why: () => "none of the functions can be a member, for the reasons below",
  },
  ipv6: {
    head: "ask partners for IPv6 first",
    tone: "yellow",
    why: () =>
      "the functions' subnets have a way out by IPv6, which costs nothing and leaves from the subnets' own ranges. A partner with IPv6 can allow those, and then needs neither a NAT gateway nor Holdfast (Ipv6AllowedForDualStack on each function)",
  },
  "gateways-stay": {
    head: "not worth it for the money",
    tone: "yellow",
    why: () =>
      "something besides members leaves by each of the NAT gateways, so that they stay, and Holdfast comes on top. Only the data that functions send would no longer be billed there, and what Holdfast does about blocked addresses remains",
  },
  "little-saved": {
    head: "not worth it for the money",
    tone: "yellow",
    why: ({ savedUsd, proposal }) =>
      savedUsd === undefined
        ? `the NAT gateways that would go cost less than $${leastSavedUsd} a month${"because" in proposal ? `, and ${proposal.because}` : ""}`
        : savedUsd < 0
          ? `it would cost $${money(-savedUsd)} a month more. What remains is that it replaces blocked addresses`
          : `it would save $${money(savedUsd)} a month, less than the $${leastSavedUsd} that looking after one more deployment is taken to cost. What remains is that it replaces blocked addresses`,
  },
  "worth-it": {
    head: "worth it",
    tone: "green",
    why: ({ savedUsd, proposal }) =>
      savedUsd === undefined
        ? `the NAT gateways would go, but ${"because" in proposal ? proposal.because : "no pool can be proposed"}`
        : `it would save $${money(savedUsd)} a month`,
  },
};

/** Returns what is said of a region; the configuration and the plan are apart. */
export function regionText(style: Style, advice: RegionAdvice, accountId: string): string {
  const today = [
    ...advice.today.map(({ item, usdPerMonth }) => [item, money(usdPerMonth)]),
    ["sum", money(advice.todayUsd)].map((cell) => style("bold", cell)),
  ];
  return [
    style("bold", `${advice.region} of account ${accountId}`),
    "",
    table(style, ["static egress today", ">USD a month"], today),
    ...(advice.networks.length === 0 ? ["", wrap(withoutNat(advice), "")] : []),
    ...advice.networks.flatMap((it) => ["", networkText(style, it)]),
    ...(advice.holdfastUsd !== undefined && advice.networks.length > 1
      ? ["", wrap(`All of these pools in one deployment: $${money(advice.holdfastUsd)} a month.`, "")]
      : []),
    "",
    ...remarks(advice).map((it) => wrap(it, "")),
  ].join("\n");
}

function withoutNat({ outside, idleAddresses }: RegionAdvice): string {
  return `No function leaves by a NAT gateway here, so Holdfast saves nothing. ${outside} ${outside === 1 ? "function is in no VPC and leaves" : "functions are in no VPC and leave"} from Lambda's shared addresses: if a partner wants fixed ones, examples/smallest is the cheapest way (docs/cost.md).${idleAddresses.length > 0 ? " Idle Elastic IPs cost money for nothing, unless a partner knows them." : ""}`;
}

function networkText(style: Style, network: NetworkAdvice): string {
  const { head, tone, why } = verdicts[network.verdict];
  const { proposal, functions } = network;
  const candidates = functions.filter(({ obstacle }) => obstacle === undefined);
  const count = `${functions.length} ${functions.length === 1 ? "function leaves" : "functions leave"} by NAT gateways, ${candidates.length} could be ${candidates.length === 1 ? "a member" : "members"}`;
  return [
    `${style("bold", network.vpcId)}: ${style(tone, head)}`,
    `  ${wrap(why(network), "  ")}`,
    ...(functions.length > 0 ? [`  ${wrap(count, "  ")}`] : []),
    ...functions.flatMap(({ obstacle }) =>
      obstacle
        ? [`  ${wrap(`${obstacle.id}: ${obstacle.text}`, "    ")}`, `    → ${wrap(obstacle.remediation, "      ")}`]
        : [],
    ),
    ...network.gateways.map((it) => `  ${wrap(gatewayText(it), "    ")}`),
    ...("because" in proposal && candidates.length > 0
      ? [`  ${wrap(`no configuration: ${proposal.because}`, "  ")}`, `    → ${wrap(proposal.remediation, "      ")}`]
      : []),
    ...(functions.length > 0 && network.todayUsd > 0 ? ["", prices(style, network)] : []),
  ].join("\n");
}

const fates: Readonly<Record<GatewayAdvice["fate"], string>> = {
  goes: "it could go",
  stays: "it stays",
  unused: "delete it in any case, unless something outside of this region's network interfaces uses it",
  "of another account": "it is another account's",
};

function gatewayText({ natGatewayId, functions, others, fate }: GatewayAdvice): string {
  const { length } = functions;
  const members = length === 0 ? [] : [`${length} possible ${length === 1 ? "member" : "members"}`];
  return `${natGatewayId} carries ${[...members, ...others].join(", ") || "nothing that is seen here"}: ${fates[fate]}`;
}

function prices(style: Style, { holdfastUsd, todayUsd, staysUsd, compared }: NetworkAdvice): string {
  const stays = staysUsd > 0 ? " and the gateways that stay" : "";
  const rows = [
    ["as it is", money(todayUsd)],
    ...(holdfastUsd === undefined ? [] : [[`Holdfast${stays}`, money(holdfastUsd + staysUsd)]]),
    ...compared.map(({ way, usdPerMonth }) => [way, money(usdPerMonth)]),
  ];
  return table(style, ["USD a month for the same traffic", ">"], rows);
}

function remarks(advice: RegionAdvice): string[] {
  return [
    `List prices of us-east-1; traffic of the last ${trafficDays} days. Transfer to the internet costs the same either way. A NAT instance has no failover and no repair but what its owner builds.`,
    "Functions are judged as their unpublished versions are configured.",
    ...(advice.ofHoldfast.length > 0
      ? [`Left out: ${advice.ofHoldfast.join(", ")}, of a pool's fallback (holdfast cost).`]
      : []),
    ...advice.unreadable.map(
      ({ action, reason }) =>
        `Not read: ${action} (${reason}). ${action.endsWith("GetMetricData") ? "Traffic counts as none." : "Other workloads are not seen: what could go may have to stay."}`,
    ),
  ];
}
