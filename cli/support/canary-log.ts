/** What the canary's log says of the last minutes: what each vantage got, and what a person has to see to. */
import { paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { AwsCallError, call } from "../../src/aws/errors.ts";
import { logGroupOf } from "../../src/config/names.ts";
import { type Finding, findingTable } from "../../src/probing/finding-table.ts";
import { findingsMessage } from "../../src/probing/report-minute.ts";
import type { Attention } from "./attention.ts";
import { functionNameOf } from "./deployment-model.ts";
import type { Session } from "./session.ts";

/** The canary logs every minute, and CloudWatch shows it within another. Older lines do not describe the present. */
const recentMs = 3 * 60_000;

export interface Vantage {
  readonly vantage: string;
  /** Share of targets that refused in the last round. */
  readonly blockedRate: number;
  readonly egress: boolean;
}

/** Of one pool. */
export interface CanarySaid {
  readonly vantages: readonly Vantage[];
  readonly attention: readonly Attention[];
}

/** A line of the canary's; of its fields only these are read. */
interface Line {
  readonly atMs: number;
  readonly message?: string;
  readonly pool?: string;
  readonly verdicts?: readonly { readonly vantage: string; readonly verdict: string }[];
  readonly findings?: readonly { readonly finding: string; readonly text: string; readonly remediation: string }[];
}

/** Returns what the newest lines say of a pool; nothing where there are none. */
export type ReadCanary = (pool: string) => CanarySaid;

/** @throws AwsCallError for anything but a log group that is not there */
export async function readCanaryLog({ clients, clock, deployment }: Session): Promise<ReadCanary> {
  const logGroupName = logGroupOf(functionNameOf(deployment, "canary"));
  const startTime = clock.now() - recentMs;
  const read = (phrase: string) => readLines(clients.logs, { logGroupName, startTime, filterPattern: `"${phrase}"` });
  const [rounds, found] = await Promise.all([read("verdicts"), read(findingsMessage)]);
  return (pool) => {
    const round = rounds.findLast((it) => it.pool === pool);
    // A minute without findings has no line: what an earlier minute found is over.
    const isCurrent = (it: Line) => it.pool === pool && it.message === findingsMessage && it.atMs >= (round?.atMs ?? 0);
    const findings = found.findLast(isCurrent)?.findings ?? [];
    return {
      vantages: vantagesIn(round?.verdicts ?? []),
      attention: findings.flatMap((it) => attentionOf(pool, it)),
    };
  };
}

async function readLines(
  client: Session["clients"]["logs"],
  input: { readonly logGroupName: string; readonly startTime: number; readonly filterPattern: string },
): Promise<Line[]> {
  try {
    return await call("logs:FilterLogEvents", async () => {
      const lines: Line[] = [];
      for await (const page of paginateFilterLogEvents({ client }, input)) {
        lines.push(...(page.events ?? []).flatMap(({ message = "", timestamp = 0 }) => lineOf(message, timestamp)));
      }
      return lines;
    });
  } catch (error) {
    if (error instanceof AwsCallError && error.errorClass === "gone") return [];
    throw error;
  }
}

/** Returns none for a line of another form. */
function lineOf(text: string, atMs: number): Line[] {
  try {
    return [{ ...(JSON.parse(text) as Omit<Line, "atMs">), atMs }];
  } catch {
    return [];
  }
}

function vantagesIn(verdicts: NonNullable<Line["verdicts"]>): Vantage[] {
  const names = new Set(verdicts.map(({ vantage }) => vantage).filter((it) => it !== "shared" && it !== "scout"));
  return [...names].map((vantage) => {
    const own = verdicts.filter((it) => it.vantage === vantage);
    const blocked = own.filter(({ verdict }) => verdict === "blocked").length;
    return { vantage, blockedRate: blocked / own.length, egress: own.every(({ verdict }) => verdict !== "no-egress") };
  });
}

function attentionOf(pool: string, { finding: id, text, remediation }: NonNullable<Line["findings"]>[number]) {
  const row = findingTable[id as Finding["kind"]];
  return row ? [{ id, severity: row.severity, section: row.section, pool, text, remediation }] : [];
}
