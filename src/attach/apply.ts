/** Carries out one action. */
import { type LambdaClient, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { AwsCallError, call } from "../aws/errors.ts";
import type { AttachPool } from "../config/attach-settings.ts";
import type { Action } from "./model.ts";

export type Outcome =
  | { readonly action: Action; readonly result: "done" }
  /** The function has changed, or is being changed; the next observation decides. */
  | { readonly action: Action; readonly result: "conflict"; readonly reason: string }
  /** Lambda does not take what is asked of this function, such as for want of rights of its execution role. */
  | { readonly action: Action; readonly result: "refused"; readonly code: string; readonly reason: string }
  | { readonly action: Action; readonly result: "failed"; readonly error: AwsCallError };

/**
 * Attaches the function to the pool's network. The revision makes sure that it is still as observed, outside every
 * network: Lambda refuses the update otherwise (Lambda API reference, UpdateFunctionConfiguration). Never throws for an
 * answer of AWS.
 */
export async function apply(lambda: LambdaClient, pool: AttachPool, action: Action): Promise<Outcome> {
  const command = new UpdateFunctionConfigurationCommand({
    FunctionName: action.functionName,
    RevisionId: action.revisionId,
    VpcConfig: { SubnetIds: [...pool.subnetIds], SecurityGroupIds: [...pool.securityGroupIds] },
  });
  try {
    await call("lambda:UpdateFunctionConfiguration", () => lambda.send(command));
    return { action, result: "done" };
  } catch (error) {
    if (!(error instanceof AwsCallError)) throw error;
    const { errorClass, code, message } = error;
    if (errorClass === "conflict" || errorClass === "gone") return { action, result: "conflict", reason: message };
    if (errorClass === "invalid") return { action, result: "refused", code, reason: message };
    return { action, result: "failed", error };
  }
}
