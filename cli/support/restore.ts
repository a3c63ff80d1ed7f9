import type { Deployment } from "./deployment-model.ts";

/**
 * How what was deleted or changed by hand comes back: SST has Pulumi compare with its own record, so a deployment
 * restores only what a refresh has found missing (test/deploy/engine/repair.check.ts).
 */
export function restoreRemediation({ sstStage = "<stage>" }: Pick<Deployment, "sstStage">): string {
  return `npx sst refresh --stage ${sstStage}, then npx sst deploy --stage ${sstStage}`;
}
