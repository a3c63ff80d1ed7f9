/** What runs have made in this region, as the account itself says: no file of ours is needed. */
import { DescribeNatGatewaysCommand, DescribeTagsCommand } from "@aws-sdk/client-ec2";
import { paginateListRoles } from "@aws-sdk/client-iam";
import { type FunctionConfiguration, paginateListFunctions } from "@aws-sdk/client-lambda";
import { type Account, ask } from "./account.ts";
import type { GivenNetwork } from "./choices.ts";
import { isFunctionName, ledgerKeys, type Made, madeOf, networkIn, type Run, rolePath, runIdIn } from "./names.ts";

export interface Ledger {
  /** Of EC2's. */
  readonly made: readonly Made[];
  readonly functionNames: readonly string[];
  readonly roleNames: readonly string[];
  /** Existing networks in which runs have functions, or had them. */
  readonly places: readonly RunPlace[];
}

interface RunPlace extends GivenNetwork {
  readonly runId: string;
}

/** Returns everything that any run has made and nothing has removed. */
export async function readLedger(account: Account): Promise<Ledger> {
  const { ec2, iam } = account.clients;
  const Filters = [{ Name: "key", Values: ledgerKeys }];
  // The call answers up to a thousand tags: of 300 things.
  const { Tags = [] } = await ask(account, "ec2:DescribeTags", () => ec2.send(new DescribeTagsCommand({ Filters })));
  const functions = await listFunctions(account);
  const roles = await ask(account, "iam:ListRoles", () =>
    all(paginateListRoles({ client: iam }, { PathPrefix: rolePath(account.place.region) }), ({ Roles = [] }) => Roles),
  );
  return {
    made: await withoutDeleted(account, madeOf(Tags)),
    functionNames: functions.flatMap(({ FunctionName = "" }) => (isFunctionName(FunctionName) ? [FunctionName] : [])),
    roleNames: roles.flatMap(({ RoleName }) => RoleName ?? []),
    places: roles.flatMap(({ RoleName = "", Path = "" }) => {
      const network = networkIn(Path);
      return network ? [{ ...network, runId: runIdIn(RoleName) }] : [];
    }),
  };
}

export function listFunctions(account: Account): Promise<FunctionConfiguration[]> {
  const { lambda } = account.clients;
  return ask(account, "lambda:ListFunctions", () =>
    all(paginateListFunctions({ client: lambda }, {}), ({ Functions = [] }) => Functions),
  );
}

/** Returns whether a run, or this one, is in an existing network; or in none, where none is given. */
export function isRunIn({ places }: Ledger, wanted: GivenNetwork | undefined, runId?: string): boolean {
  const its = places.filter((it) => runId === undefined || it.runId === runId);
  if (!wanted) return its.length === 0;
  return its.some((it) => rolePath("", it) === rolePath("", wanted));
}

/** A deleted NAT gateway is shown for about an hour, with its tags (VPC user guide, "NAT gateways"). */
async function withoutDeleted(account: Account, made: readonly Made[]): Promise<readonly Made[]> {
  const Values = made.filter(({ type }) => type === "natgateway").map(({ id }) => id);
  if (Values.length === 0) return made;
  const command = new DescribeNatGatewaysCommand({ Filter: [{ Name: "nat-gateway-id", Values }] });
  const { NatGateways = [] } = await ask(account, "ec2:DescribeNatGateways", () => account.clients.ec2.send(command));
  const deleted = new Set(NatGateways.flatMap(({ State, NatGatewayId }) => (State === "deleted" ? NatGatewayId : [])));
  return made.filter(({ id }) => !deleted.has(id));
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
