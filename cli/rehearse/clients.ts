/** Clients for a rehearsal: the command line's, with IAM, and those of a role's session. */
import { EC2Client } from "@aws-sdk/client-ec2";
import { IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { limitedTo } from "../../src/aws/call-limits.ts";
import { commandLimits, createClients, type Place } from "../support/clients.ts";

export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** A call to a function may last for minutes, and is not to be made twice. */
const patience = { ...limitedTo({ connectionMs: 5_000, answerMs: 300_000, silenceMs: 300_000 }), maxAttempts: 1 };

export function createRehearsalClients(place: Place) {
  const { region, profile } = place;
  const config = { ...(region !== undefined && { region }), ...(profile !== undefined && { profile }) };
  return {
    ...createClients(place),
    iam: new IAMClient({ ...config, ...commandLimits }),
    /** For calls to functions. */
    invoker: new LambdaClient({ ...config, ...patience }),
  };
}

export type RehearsalClients = ReturnType<typeof createRehearsalClients>;

/** Returns EC2's client for a role's session, in the region of the other clients. */
export function ec2OfSession({ ec2 }: Pick<RehearsalClients, "ec2">, credentials: RoleCredentials): EC2Client {
  return new EC2Client({ region: ec2.config.region, credentials, ...commandLimits });
}
