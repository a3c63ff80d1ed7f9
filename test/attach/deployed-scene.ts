/** Holdfast deployed with a guarded function in the twin, every role enforced, and a partner that looks at addresses. */

import type { HoldfastInput } from "../../src/config/holdfast.ts";
import { type DeployedRegion, openDeployedRegion } from "../../testing/deployment/deployed-region.ts";
import { wearGuard } from "../../testing/deployment/guarded-function.ts";
import { createPartner, type Partner, type PartnerRule } from "../../testing/twin/partners.ts";
import type { FunctionVersion } from "../../testing/twin/world.ts";

export const minuteMs = 60_000;
/** What opening a scene may take of real time on a busy machine. */
export const openedWithinMs = 60_000;
export const guardedName = "label-printer";

/** Addresses that Lambda's customers share are refused, those of a pool are not. */
export const sharedRefused: PartnerRule = {
  kind: "block",
  ips: ["203.0.113.10", "203.0.113.11", "203.0.113.12"],
};

type PoolInput = HoldfastInput["pools"][string];

export interface AttachScene extends DeployedRegion {
  readonly partner: Partner;
  /** Role of the function that attaches. */
  readonly roleArn: string;
  /** What that role changed and may not: functions that nobody listed, or in a network, or of a paused pool. */
  readonly misdeeds: string[];
  /** So many environments of the guarded function start each minute. */
  environmentsPerMinute: number;
  latest(functionName?: string): FunctionVersion;
  pass(minutes: number): Promise<void>;
  alarmState(id: string): Promise<string>;
  makeFunction(FunctionName: string, more?: object): Promise<void>;
}

export async function openAttachScene(more: Partial<PoolInput> = {}, consistent = false): Promise<AttachScene> {
  const input: HoldfastInput = {
    pools: {
      orders: {
        network: { create: { zones: 2 } },
        targets: [{ name: "carrier", url: "https://api.carrier.example/" }],
        guarded: { functions: [guardedName], policy: "attach" },
        ...more,
      },
    },
  };
  const deployed = await openDeployedRegion(input, { direct: true, consistent });
  const { region, path, operator } = deployed;
  const partner = createPartner(region.clock);
  const attach = "holdfast-production-attach";
  const roleArn = region.world.functions.get(attach)?.versions.get("$LATEST")?.settings.role ?? "none";
  const misdeeds: string[] = [];
  watchChanges(deployed, roleArn, input.pools["orders"]?.guarded?.functions ?? [], misdeeds);
  const scene: AttachScene = {
    ...deployed,
    partner,
    roleArn,
    misdeeds,
    environmentsPerMinute: 0,
    latest(functionName = guardedName) {
      const version = region.world.functions.get(functionName)?.versions.get("$LATEST");
      if (!version) throw new Error(`there is no function ${functionName}`);
      return version;
    },
    async pass(minutes) {
      for (let minute = 0; minute < minutes; minute++) {
        for (let index = 0; index < scene.environmentsPerMinute; index++) {
          await operator("lambda", "Invoke", { FunctionName: guardedName, InvocationType: "Event" });
        }
        await region.clock.advance(minuteMs);
      }
    },
    async alarmState(id) {
      const AlarmNames = [`holdfast-production-orders-${id}`];
      const output = await operator<{ MetricAlarms: { StateValue: string }[] }>("monitoring", "DescribeAlarms", {
        AlarmNames,
      });
      return output.MetricAlarms[0]?.StateValue ?? "missing";
    },
    async makeFunction(FunctionName, others = {}) {
      await operator("lambda", "CreateFunction", {
        FunctionName,
        Role: "arn:aws:iam::123456789012:role/printer",
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        Code: { ZipFile: new Uint8Array() },
        ...others,
      });
      wearGuard(region, path, FunctionName, partner);
    },
  };
  await scene.makeFunction(guardedName);
  // Until then a sweep may have reported that the function does not exist.
  const before = deployed.events.length;
  Object.defineProperty(scene, "events", { get: () => deployed.events.slice(before) });
  await scene.pass(6);
  return scene;
}

/** Before each update, since it is gone afterwards what was to be respected. */
function watchChanges(
  { region }: DeployedRegion,
  roleArn: string,
  listed: readonly string[],
  misdeeds: string[],
): void {
  const { world } = region;
  const networks = new Map<string, boolean>();
  region.calls.onCall(({ service, operation, principal, input, error }) => {
    const name = String((input as { FunctionName?: string }).FunctionName);
    const isChange = service === "lambda" && !/^(Get|List|Invoke)/.test(operation) && principal === roleArn && !error;
    const paused = [...world.addresses.values()].some(({ tags }) => tags["holdfast:override"] === "paused");
    if (isChange && (!listed.includes(name) || networks.get(name) || paused)) misdeeds.push(`${operation} of ${name}`);
    for (const { functionName, versions } of world.functions.values()) {
      networks.set(functionName, versions.get("$LATEST")?.vpcConfig !== undefined);
    }
  });
}
