/** Reads one SSM parameter. */
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { callLimits } from "./call-limits.ts";
import { AwsCallError, call } from "./errors.ts";

/** Returns the parameter's value, decrypted, or undefined when there is no such parameter. */
export async function readParameter(name: string): Promise<string | undefined> {
  const client = new SSMClient(callLimits);
  try {
    return await readParameterWith(client, name);
  } finally {
    client.destroy();
  }
}

/** Like `readParameter`, with the caller's client. */
export async function readParameterWith(client: SSMClient, Name: string): Promise<string | undefined> {
  try {
    const command = new GetParameterCommand({ Name, WithDecryption: true });
    const output = await call("ssm:GetParameter", () => client.send(command));
    return output.Parameter?.Value;
  } catch (error) {
    if (error instanceof AwsCallError && error.errorClass === "gone") return undefined;
    throw error;
  }
}
