/** Carries out one action. */
import { type LambdaClient, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { type Outcome as ActionOutcome, carryOut } from "../actuator/outcome.ts";
import { call } from "../aws/errors.ts";
import type { AttachPool } from "../config/attach-settings.ts";
import type { Action } from "./actions.ts";

export type Outcome = ActionOutcome<Action>;

/**
 * Attaches the function to the pool's network. The revision makes sure that it is still as observed, outside every
 * network: Lambda refuses the update otherwise (Lambda API reference, UpdateFunctionConfiguration). What Lambda does not
 * take of this function, such as for want of rights of its execution role, says nothing about the others. Never throws
 * for an answer of AWS.
 */
export async function apply(lambda: LambdaClient, pool: AttachPool, action: Action): Promise<Outcome> {
  const command = new UpdateFunctionConfigurationCommand({
    FunctionName: action.functionName,
    RevisionId: action.revisionId,
    VpcConfig: { SubnetIds: [...pool.subnetIds], SecurityGroupIds: [...pool.securityGroupIds] },
  });
  const outcome = await carryOut(action, async () => {
    await call("lambda:UpdateFunctionConfiguration", () => lambda.send(command));
    return { action, result: "done" };
  });
  const isOwn = outcome.result === "failed" && outcome.error.errorClass === "invalid";
  return isOwn ? { ...outcome, result: "reported" } : outcome;
}
