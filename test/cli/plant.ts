/** What a planted misconfiguration is, and what those of all kinds need. */
import type { Scene } from "./scene.ts";

/** What the operator plants, and the way back. Each is found by the finding that it is named after. */
export interface Plant {
  readonly finding: string;
  readonly what: string;
  /** What follows from it, and is found too. */
  readonly also?: readonly string[];
  /** Answers what takes it away again. */
  readonly plant: (scene: Scene) => Promise<() => Promise<unknown>>;
}

export const stage = "holdfast-production";
export const relocate = `${stage}-relocate`;
export const queueUrl = `https://sqs.us-east-1.amazonaws.com/123456789012/${stage}-relocation.fifo`;
export const queueArn = `arn:aws:sqs:us-east-1:123456789012:${stage}-relocation.fifo`;

/** Other settings for a function. */
export function environment(functionName: string, change: (text: string) => string): Plant["plant"] {
  return async ({ region }) => {
    const settings = region.world.functions.get(functionName)?.versions.get("$LATEST")?.settings;
    if (!settings?.environment) throw new Error(`${functionName} has no environment`);
    const before = settings.environment;
    settings.environment = { ...before, HOLDFAST_SETTINGS: change(before["HOLDFAST_SETTINGS"] ?? "") };
    return async () => {
      settings.environment = before;
    };
  };
}
