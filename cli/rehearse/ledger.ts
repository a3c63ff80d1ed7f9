/** What runs have made in this region, as the account itself says: no file of ours is needed. */
import { DescribeTagsCommand } from "@aws-sdk/client-ec2";
import { paginateListRoles } from "@aws-sdk/client-iam";
import { paginateListFunctions } from "@aws-sdk/client-lambda";
import { type Account, ask } from "./account.ts";
import { isFunctionName, ledgerKeys, type Made, madeOf, type Run, rolePath } from "./names.ts";

export interface Ledger {
  /** Of EC2's. */
  readonly made: readonly Made[];
  readonly functionNames: readonly string[];
  readonly roleNames: readonly string[];
}

/** Returns everything that any run has made and nothing has removed. */
export async function readLedger(account: Account): Promise<Ledger> {
  const { ec2, lambda, iam } = account.clients;
  const Filters = [{ Name: "key", Values: ledgerKeys }];
  // The call answers up to a thousand tags: of 300 things.
  const { Tags = [] } = await ask(account, "ec2:DescribeTags", () => ec2.send(new DescribeTagsCommand({ Filters })));
  const functions = await ask(account, "lambda:ListFunctions", () =>
    all(paginateListFunctions({ client: lambda }, {}), ({ Functions = [] }) => Functions),
  );
  const roles = await ask(account, "iam:ListRoles", () =>
    all(paginateListRoles({ client: iam }, { PathPrefix: rolePath(account.place.region) }), ({ Roles = [] }) => Roles),
  );
  return {
    made: madeOf(Tags),
    functionNames: functions.flatMap(({ FunctionName = "" }) => (isFunctionName(FunctionName) ? [FunctionName] : [])),
    roleNames: roles.flatMap(({ RoleName }) => RoleName ?? []),
  };
}

export function isEmpty({ made, functionNames, roleNames }: Ledger): boolean {
  return made.length + functionNames.length + roleNames.length === 0;
}

/** Returns the run that another one goes on with. */
export function unexpired({ made }: Ledger, nowMs: number): Run | undefined {
  return made.find(({ run }) => run.expiresMs > nowMs)?.run;
}

async function all<Page, Item>(pages: AsyncIterable<Page>, itemsOf: (page: Page) => readonly Item[]): Promise<Item[]> {
  const items: Item[] = [];
  for await (const page of pages) items.push(...itemsOf(page));
  return items;
}
