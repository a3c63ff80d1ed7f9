/** Changes of a member that each make a new interface, one of them with its event lost. */
import type { Scene } from "../testing/deployment/relocation-scene.ts";

export interface MemberChange {
  readonly title: string;
  readonly make: (scene: Scene) => Promise<void>;
}

export const functionName = "orders";

/** Long enough for an update, a lost event and a drain. */
export const changeMs = 5 * 60_000;

export const changes: readonly MemberChange[] = [
  {
    title: "The function orders is created in zone a",
    make: (scene) => scene.createFunction(functionName, [0]),
  },
  {
    title: "A deployment moves it to zone b",
    make: (scene) => scene.updateFunction(functionName, [1]),
  },
  {
    title: "A deployment changes its security group, and CloudTrail's event is lost",
    make: async (scene) => {
      scene.path.cloudTrail.dropNext(({ eventName }) => eventName.startsWith("UpdateFunctionConfiguration"));
      await scene.updateFunction(functionName, [1], [1]);
    },
  },
  {
    title: "Lambda replaces the interface, as it may at any time",
    make: async ({ path, region }) => {
      const { addresses, functions, networkInterfaces } = region.world;
      const inUse = [...functions.values()].map(({ versions }) => versions.get("$LATEST")?.servedBy);
      const carrying = [...networkInterfaces.values()].filter(({ subnetId, securityGroupIds }) =>
        inUse.some((it) => it?.subnetIds.includes(subnetId) && it.securityGroupIds.join() === securityGroupIds.join()),
      );
      const serving = [...addresses.values()].filter(({ tags }) => tags["holdfast:use"]?.startsWith("serving"));
      const ids = new Set(serving.map(({ networkInterfaceId }) => networkInterfaceId));
      const chosen = carrying.find(({ networkInterfaceId: id }) => ids.has(id)) ?? carrying[0];
      path.lambda.hyperplane.replace(chosen?.networkInterfaceId ?? "");
    },
  },
];
