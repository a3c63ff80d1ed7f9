/** What a table of calls is made of. The tables are in calls-ec2.ts and calls-functions.ts. */
import type { Account } from "./account.ts";

/** Asks the twin and moto alike, and picks out of the answers what both model. */
export type Call = readonly [title: string, make: (account: Account) => Promise<unknown>];

/** What the call ends in: the SDK's name of the error. */
export async function errorOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
  return "no error";
}
