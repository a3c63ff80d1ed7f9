/** The demo's region: one pool with two functions and two partners, deployed from a configuration. */
import type { ConsoleDeployment } from "../cli/console/deployment.ts";
import type { Draft } from "../cli/console/entries.ts";
import { createSource, type Source } from "../cli/console/source.ts";
import { loadFallbackSettings } from "../src/config/fallback-settings.ts";
import type { HoldfastInput } from "../src/config/holdfast.ts";
import { functionNameOf } from "../src/config/names.ts";
import { loadCanarySettings } from "../src/config/probing-settings.ts";
import { loadSettings } from "../src/config/settings.ts";
import { type DeployedRegion, openDeployedRegion } from "../testing/deployment/deployed-region.ts";
import type { Address, FunctionVersion } from "../testing/twin/world.ts";
import { consoleClients } from "./clients.ts";

const poolName = "payments";
export const stageName = "holdfast-production";

/** The shortest waits that a configuration may have, so that a visitor sees failover and failback soon. */
const input: HoldfastInput = {
  pools: {
    [poolName]: {
      members: { names: ["orders", "billing"] },
      network: { create: { zones: 3 } },
      // One, so that a visitor sees soon what happens when none is left.
      addresses: { spares: 1 },
      targets: [
        { name: "bank", url: "https://api.bank.example/" },
        { name: "carrier", url: "https://api.carrier.example/" },
      ],
      fallback: {
        ...{ standby: "cold", holdMinutes: 5, cleanRounds: 1, graceMinutes: 5, swapSeconds: 120 },
        // The tour takes two: a visitor may block and unblock all addresses twice more.
        flipsPerDay: 8,
      },
      schedule: { roundsPerMinute: 6 },
    },
  },
};

export interface DemoRegion extends Pick<DeployedRegion, "region" | "path" | "partners" | "operator"> {
  readonly source: Source;
  /**
   * Creates a function in the chosen zones or, once its last update is done, moves it from its present zones to them.
   * Returns the zones.
   */
  place(functionName: string, choose: (now: readonly number[]) => readonly number[]): Promise<readonly number[]>;
  isSettled(functionName: string): boolean;
  egressAddresses(): Address[];
  roleOf(part: string): string;
}

/** Adds a line to the time line. */
export type Log = (draft: Omit<Draft, "atMs" | "pool" | "row">) => void;

/** Deploys the region. Meanwhile as much virtual time passes as a deployment takes. */
export async function openDemoRegion(seed: number): Promise<DemoRegion> {
  const deployed = await openDeployedRegion(input, { seed, direct: true });
  const { region, operator } = deployed;
  const { world, clock } = region;
  // Alarms on the silence of a part that has just been deployed are raised until it has run for some minutes.
  await clock.advance(6 * 60_000);
  const zones = [...world.subnets.values()].filter(({ tags }) => /-zone-\d$/.test(tags["Name"] ?? ""));
  const subnetIds = zones.map(({ subnetId }) => subnetId);
  const group = [...world.securityGroups.values()].find(({ groupName }) => groupName.includes("-members-"));
  const latest = (name: string): FunctionVersion | undefined => world.functions.get(name)?.versions.get("$LATEST");
  const isSettled = (name: string) => {
    const version = latest(name);
    return version?.state === "Active" && version.lastUpdateStatus !== "InProgress";
  };

  async function placeNow(
    FunctionName: string,
    choose: Parameters<DemoRegion["place"]>[1],
  ): Promise<readonly number[]> {
    const before = latest(FunctionName);
    while (before && !isSettled(FunctionName)) await clock.sleep(1_000);
    const zones = choose((before?.vpcConfig?.subnetIds ?? []).map((id) => subnetIds.indexOf(id)));
    const VpcConfig = { SubnetIds: zones.map((zone) => subnetIds[zone]), SecurityGroupIds: [group?.groupId] };
    if (before) {
      await operator("lambda", "UpdateFunctionConfiguration", { FunctionName, VpcConfig });
    } else {
      const code = { Runtime: "nodejs24.x", Handler: "index.handler", Code: { ZipFile: new Uint8Array() } };
      const Role = `arn:aws:iam::${world.accountId}:role/${FunctionName}`;
      await operator("lambda", "CreateFunction", { FunctionName, ...code, Role, VpcConfig });
    }
    return zones;
  }
  // One after the other: Lambda refuses a second change while the first is in progress.
  let placed: Promise<unknown> = Promise.resolve();
  const place: DemoRegion["place"] = (name, choose) => {
    const mine = placed.then(() => placeNow(name, choose));
    placed = mine;
    return mine;
  };

  return {
    ...deployed,
    source: createSource(consoleClients(region), clock, await deploymentOf(deployed), clock.now()),
    place,
    isSettled,
    egressAddresses: () => [...world.addresses.values()].filter(({ tags }) => tags["holdfast:role"] === "egress"),
    roleOf: (part) => latest(functionNameOf(stageName, part))?.settings.role ?? "",
  };
}

/** Returns the settings of the deployed functions, read from their environment as the command line does it in an account. */
async function deploymentOf({ region, operator }: DeployedRegion): Promise<ConsoleDeployment> {
  const textOf = (part: string) =>
    region.world.functions.get(functionNameOf(stageName, part))?.versions.get("$LATEST")?.settings.environment?.[
      "HOLDFAST_SETTINGS"
    ];
  const parameter = async (Name: string) => {
    const output = await operator<{ Parameter: { Value: string } }>("ssm", "GetParameter", { Name });
    return output.Parameter.Value;
  };
  const relocation = await loadSettings(textOf("relocate"), parameter);
  const canary = await loadCanarySettings(textOf("canary"), parameter);
  const fallbackText = textOf("fallback");
  const fallback = fallbackText === undefined ? undefined : await loadFallbackSettings(fallbackText, parameter);
  return {
    stage: stageName,
    pools: relocation.pools.map((it) => ({
      name: it.name,
      relocation: it,
      fallback: fallback?.pools.find(({ name }) => name === it.name),
      // The demo's pool has no guarded functions.
      attach: undefined,
      probing: canary.pools.find(({ name }) => name === it.name),
    })),
  };
}
