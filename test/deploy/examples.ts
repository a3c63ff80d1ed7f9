/** The examples with the accounts that they are deployed to, and the member that each of them asks for. */
import { emptyAccount } from "../../testing/deployment/stand-in/account.ts";
import { existing } from "./accounts.ts";
import type { Example } from "./twin-stage.ts";

export const examples: readonly Example[] = [
  {
    name: "smallest",
    pool: "partners",
    account: emptyAccount,
    member: "orders",
    tags: { "holdfast:pool": "partners" },
  },
  { name: "two-zones", pool: "payments", account: emptyAccount, member: "payments-api", standby: "cold" },
  {
    name: "existing-network",
    pool: "ledger",
    account: existing,
    member: "ledger-import",
    otherMember: "ledger-export",
    standby: "warm",
    guarded: "ledger-notices",
  },
  { name: "inside-an-app", pool: "carriers", account: emptyAccount },
];
