/** How long a NAT gateway takes to come, and a default route that is replaced to take effect: out through it, and back. */
import type { NatGateway } from "@aws-sdk/client-ec2";
import { check, secondsOf, type Verdict } from "./check.ts";
import type { Sample } from "./function-code.ts";
import { SceneError } from "./make.ts";
import { memberInterface } from "./member-interface.ts";
import { deleteGateway, isDeletedInTime, whenSettled } from "./nat-gateway.ts";
import { replaceRoute } from "./network.ts";
import { changeWhileSampling, firstWith, longestGapMs } from "./sampling.ts";
import type { Scene } from "./scene.ts";

/** What was seen while a route was replaced. */
interface Switch {
  readonly expected: string;
  readonly calledMs: number;
  readonly samples: readonly Sample[];
}

interface Seen {
  /** From the call that made it until it was available, or failed, or the time was up. */
  readonly settledAfterMs: number;
  readonly gateway: NatGateway;
  /** Undefined: there was no gateway to go through. */
  readonly out: Switch | undefined;
  readonly back: Switch | undefined;
  /** Undefined: not within 10 min. */
  readonly deletedAfterMs: number | undefined;
}

/** How long the function asks around each change. */
const sampledSeconds = 60;
/** Fallback asks from inside for seven seconds after it has replaced a route (src/fallback/verify.ts); one more for the rhythm of the samples. */
const expectedMs = 8_000;

export const natCheck = check<Seen>({
  id: "nat",
  question: "How long until a NAT gateway is there, and until a replaced route takes effect, out and back?",
  needs: ["egress"],
  notAsked: ({ nat }) => (nat ? undefined : "--nat was not given, since a NAT gateway costs $0.05 an hour"),
  makes: "a NAT gateway with an Elastic IP and a route table",
  seconds: 6 * 60,
  observe: watchNatGateway,
  judge: judgeNat,
});

async function watchNatGateway(scene: Scene): Promise<Seen> {
  const { account, network, natGateway, member } = scene;
  const { clock } = account;
  const { own: net } = await network();
  if (!net) throw new SceneError("no route of an existing network is replaced");
  const { routeTableId, gatewayId } = net;
  const own = await addressOf(scene, await memberInterface(scene));
  account.say("making a NAT gateway, and waiting until it is available: usually 2 min, at most 15");
  const startMs = clock.now();
  const { natGatewayId, address } = await natGateway(net);
  const gateway = await whenSettled(account, natGatewayId);
  const settledAfterMs = clock.now() - startMs;
  let out: Switch | undefined;
  let back: Switch | undefined;
  if (gateway.State === "available") {
    const { name } = await member();
    account.say("replacing the default route, out through the NAT gateway and back, while the function asks an echo");
    const toNat = () => replaceRoute(account, routeTableId, { NatGatewayId: natGatewayId });
    const toInternet = () => replaceRoute(account, routeTableId, { GatewayId: gatewayId });
    out = { expected: address.publicIp, ...(await changeWhileSampling(scene, name, toNat, sampledSeconds)) };
    back = { expected: own, ...(await changeWhileSampling(scene, name, toInternet, sampledSeconds)) };
  }
  account.say("deleting the NAT gateway: usually 1 min");
  const deletingMs = clock.now();
  await deleteGateway(account, natGatewayId);
  const deleted = await isDeletedInTime(account, natGatewayId);
  return { settledAfterMs, gateway, out, back, deletedAfterMs: deleted ? clock.now() - deletingMs : undefined };
}

/** Returns the address that an interface has; empty: none. */
async function addressOf({ interfaces }: Scene, id: string): Promise<string> {
  const shown = (await interfaces()).find(({ NetworkInterfaceId }) => NetworkInterfaceId === id);
  return shown?.Association?.PublicIp ?? "";
}

export function judgeNat({ settledAfterMs, gateway, out, back, deletedAfterMs }: Seen): Verdict {
  if (!out || !back) {
    const { State = "not shown", FailureCode, FailureMessage } = gateway;
    const why = FailureCode ? ` (${FailureCode}: ${FailureMessage})` : "";
    return {
      outcome: "fail",
      found: `the NAT gateway was ${State}${why} after ${secondsOf(settledAfterMs)} s`,
      meaning: "a pool's fallback to a NAT gateway does not come when it is needed; egress by addresses is as it is",
      remediation:
        "look up the failure code (VPC user guide, Troubleshoot NAT gateways); without a cause of your own run it again, and deploy without fallback until then",
    };
  }
  const [there, home] = [out, back].map(({ samples, expected, calledMs }) => {
    const first = firstWith(samples, expected);
    return first && Math.max(0, first.atMs - calledMs);
  });
  const gapMs = Math.max(longestGapMs(out.samples), longestGapMs(back.samples));
  const seconds = {
    "until the NAT gateway was available": secondsOf(settledAfterMs),
    ...(there !== undefined && { "from the route out to the first answer by the gateway's address": secondsOf(there) }),
    ...(home !== undefined && { "from the route back to the first answer by the own address": secondsOf(home) }),
    "longest time between two answers": secondsOf(gapMs),
    ...(deletedAfterMs !== undefined && { "until the NAT gateway was deleted": secondsOf(deletedAfterMs) }),
  };
  const said = (ms: number | undefined) => (ms === undefined ? "not within a minute" : `after ${secondsOf(ms)} s`);
  const found = `available after ${secondsOf(settledAfterMs)} s; the route out took effect ${said(there)}, the route back ${said(home)}`;
  if (there === undefined || home === undefined) {
    return {
      outcome: "fail",
      found,
      meaning:
        "EC2 takes the route, and traffic does not follow: failing over to a NAT gateway, or back, does not help",
      remediation: "look for a firewall or network ACLs of the organization; run it again, and tell the maintainers",
      seconds,
    };
  }
  if (Math.max(there, home) > expectedMs) {
    return {
      outcome: "differs",
      found,
      meaning:
        "each failover and failback takes as long; fallback asks from inside a few seconds after it has replaced a route, and reports that it does not help yet",
      remediation:
        "have clients try again for longer than that (the guard's fetchWithRetry does), and tell the maintainers",
      seconds,
    };
  }
  return { outcome: "pass", found, seconds };
}
