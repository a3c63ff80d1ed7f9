/** The demo's story: four changes that each make new interfaces, one of them with its event lost. */
import type { Scene } from "../sim/scene.ts";

export interface Chapter {
  readonly title: string;
  readonly act: (scene: Scene) => Promise<void>;
}

export const functionName = "orders";

/** Long enough for an update, a lost event and a drain. */
export const chapterMs = 5 * 60_000;

export const chapters: readonly Chapter[] = [
  {
    title: "The function orders is created in zone a",
    act: (scene) => scene.createFunction(functionName, [0]),
  },
  {
    title: "A deployment moves it to zone b",
    act: (scene) => scene.updateFunction(functionName, [1]),
  },
  {
    title: "A deployment changes its security group, and CloudTrail's event is lost",
    act: async (scene) => {
      scene.path.cloudTrail.dropNext(({ eventName }) => eventName.startsWith("UpdateFunctionConfiguration"));
      await scene.updateFunction(functionName, [1], [1]);
    },
  },
  {
    title: "Lambda replaces the interface, as it may at any time",
    act: async ({ path, region }) => {
      const servedBy = region.world.functions.get(functionName)?.versions.get("$LATEST")?.servedBy;
      const carrying = [...region.world.networkInterfaces.values()].find(
        ({ subnetId, securityGroupIds }) =>
          servedBy?.subnetIds.includes(subnetId) && securityGroupIds.join() === servedBy.securityGroupIds.join(),
      );
      path.lambda.hyperplane.replace(carrying?.networkInterfaceId ?? "");
    },
  },
];
