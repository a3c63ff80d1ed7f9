/** Makes what a run has not made before, and each thing once: so a run that was interrupted goes on where it was. */
import type { ResourceType, TagSpecification } from "@aws-sdk/client-ec2";
import { AwsCallError } from "../../src/aws/errors.ts";
import type { Account } from "./account.ts";
import type { Choices, GivenNetwork } from "./choices.ts";
import type { Ledger } from "./ledger.ts";
import { nameOf, type Run, tagsOf } from "./names.ts";

/** What everything that makes something knows. */
export interface Maker {
  readonly account: Account;
  readonly run: Run;
  /** What there was when the run began, or went on. */
  readonly ledger: Ledger;
  readonly existing: GivenNetwork | undefined;
  /** Returns the id of what the run has made as this part, if it has. */
  readonly known: (type: ResourceType, part: string) => string | undefined;
  /** Returns the tags with which the run makes something as this part. */
  readonly tagged: (type: ResourceType, part: string) => TagSpecification[];
  /** Returns the id of what the run has made as this part, or makes it. */
  readonly ensure: (
    type: ResourceType,
    part: string,
    make: (tags: TagSpecification[]) => Promise<string | undefined>,
  ) => Promise<string>;
}

export function createMaker(account: Account, run: Run, ledger: Ledger, { existing }: Choices): Maker {
  const known: Maker["known"] = (type, part) =>
    ledger.made.find((it) => it.run.id === run.id && it.type === type && it.part === part)?.id;
  const tagged: Maker["tagged"] = (type, part) => {
    return [{ ResourceType: type, Tags: toList({ ...tagsOf(run, part), Name: nameOf(run, part) }) }];
  };
  return {
    account,
    run,
    ledger,
    existing,
    known,
    tagged,
    ensure: async (type, part, make) => known(type, part) ?? (await make(tagged(type, part))) ?? "",
  };
}

/** What a check needs could not be made. The message says which and why. */
export class SceneError extends Error {
  override readonly name = "SceneError";
}

/** What an earlier attempt has done already. */
const done =
  /^(?:RouteAlreadyExists|Resource\.AlreadyAssociated|EntityAlreadyExists(?:Exception)?|ResourceConflictException)$/;

export async function unlessDone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof AwsCallError) || !done.test(error.code)) throw error;
  }
}

export function toList(tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** Does something once; what it answers, or the error it ends in, is kept. */
export function once<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}
