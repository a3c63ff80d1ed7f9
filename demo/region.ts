/** The demo's region: one pool with two functions and two partners, deployed as an operator's file says. */
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
const stageName = "holdfast-production";

/** Short waits where the file allows them, so that a visitor sees the whole way there and back. */
const input: HoldfastInput = {
  pools: {
    [poolName]: {
      members: { names: ["orders", "billing"] },
      network: { create: { zones: 3 } },
      targets: [
        { name: "bank", url: "https://api.bank.example/" },
        { name: "carrier", url: "https://api.carrier.example/" },
      ],
      fallback: { standby: "cold", holdMinutes: 5, cleanRounds: 1, graceMinutes: 5 },
      schedule: { roundsPerMinute: 6 },
    },
  },
};

export interface Stage extends Pick<DeployedRegion, "region" | "path" | "partners"> {
  readonly source: Source;
  /**
   * Creates a function in the zones chosen, or changes it from those that it has now, once its last update is done.
   * Answers the zones.
   */
  place(functionName: string, choose: (now: readonly number[]) => readonly number[]): Promise<readonly number[]>;
  isSettled(functionName: string): boolean;
  egressAddresses(): Address[];
  roleOf(part: string): string;
}

/** Adds to the time line. */
export type Tell = (draft: Omit<Draft, "atMs" | "pool" | "row">) => void;

/** Virtual time has passed when it is done: as long as a deployment takes. */
export async function openStage(seed: number): Promise<Stage> {
  const deployed = await openDeployedRegion(input, { seed, direct: true });
  const { region, operator } = deployed;
  const { world, clock } = region;
  const zones = [...world.subnets.values()].filter(({ tags }) => /-zone-\d$/.test(tags["Name"] ?? ""));
  const subnetIds = zones.map(({ subnetId }) => subnetId);
  const group = [...world.securityGroups.values()].find(({ groupName }) => groupName.includes("-members-"));
  const latest = (name: string): FunctionVersion | undefined => world.functions.get(name)?.versions.get("$LATEST");
  const isSettled = (name: string) => {
    const version = latest(name);
    return version?.state === "Active" && version.lastUpdateStatus !== "InProgress";
  };

  async function placeNow(FunctionName: string, choose: Parameters<Stage["place"]>[1]): Promise<readonly number[]> {
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
  // One after the other: a second change would be refused while the first is being made.
  let placed: Promise<unknown> = Promise.resolve();
  const place: Stage["place"] = (name, choose) => {
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

/** What the deployed functions were told, read from their environment as the command line does it in an account. */
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
      metricsNamespace: relocation.metricsNamespace,
      relocation: it,
      fallback: fallback?.pools.find(({ name }) => name === it.name),
      // The demo's pool guards nobody.
      attach: undefined,
      probing: canary.pools.find(({ name }) => name === it.name),
    })),
  };
}
