/** What the canary's log says of the last minutes: what each vantage got, and what a person has to see to. */
import { paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { AwsCallError, call } from "../../src/aws/errors.ts";
import { logGroupOf } from "../../src/config/names.ts";
import type { Confirmation } from "../../src/probing/confirm.ts";
import { type Finding, findingTable } from "../../src/probing/finding-table.ts";
import { findingsMessage } from "../../src/probing/report-minute.ts";
import type { Attention } from "./attention.ts";
import { functionNameOf } from "./deployment-model.ts";
import type { Session } from "./session.ts";

/**
 * The canary logs every minute, and CloudWatch shows it within another. Older lines do not describe the present: after as
 * many minutes without a round the alarms on the canary's silence count it as silent too (stacks/alarms-probing.ts).
 */
export const recentMs = 3 * 60_000;

export interface Vantage {
  readonly vantage: string;
  /** Share of targets that refused in the last round. */
  readonly blockedRate: number;
  readonly egress: boolean;
}

/** Which partner treats which address worse than others, or refuses it. */
export interface Refusing {
  readonly target: string;
  readonly publicIp: string;
}

/** What a finding is about, besides its words. */
interface About {
  readonly target?: string;
  readonly vantage?: string;
  readonly publicIp?: string;
}

/** Of one pool. */
export interface CanarySaid {
  /** When the newest round was logged; undefined without a recent one. */
  readonly atMs: number | undefined;
  readonly vantages: readonly Vantage[];
  readonly refusing: readonly Refusing[];
  readonly attention: readonly (Attention & About)[];
}

/** What one probe got from one partner. */
interface LoggedVerdict {
  readonly vantage: string;
  readonly address?: string;
  readonly target: string;
  readonly verdict: string;
  readonly finding: Confirmation["finding"];
}

/** One round of one pool's probes. */
export interface Round {
  readonly atMs: number;
  readonly pool: string;
  readonly verdicts: readonly LoggedVerdict[];
}

/** A line of the canary's; of its fields only these are read. */
interface Line {
  readonly atMs: number;
  readonly message?: string;
  readonly pool?: string;
  readonly verdicts?: readonly LoggedVerdict[];
  /** Of a domain event about an address. */
  readonly event?: {
    readonly detail?: { readonly publicIp?: string; readonly blocks?: readonly { readonly target: string }[] };
  };
  readonly findings?: readonly (About & {
    readonly finding: string;
    readonly text: string;
    readonly remediation: string;
  })[];
}

/** Returns what the newest lines say of a pool; nothing where there are none. */
export type ReadCanary = (pool: string) => CanarySaid;

interface LogSource extends Pick<Session, "clock"> {
  readonly clients: Pick<Session["clients"], "logs">;
  readonly deployment: Pick<Session["deployment"], "stage">;
}

/** @throws AwsCallError for anything but a log group that is not there */
export async function readCanaryLog({ clients, clock, deployment }: LogSource): Promise<ReadCanary> {
  const logGroupName = logGroupOf(functionNameOf(deployment, "canary"));
  const startTime = clock.now() - recentMs;
  const read = (phrase: string) => readLines(clients.logs, { logGroupName, startTime, filterPattern: `"${phrase}"` });
  const [rounds, found] = await Promise.all([read("verdicts"), read(findingsMessage)]);
  return (pool) => {
    const round = rounds.findLast((it) => it.pool === pool);
    // A minute without findings has no line: what an earlier minute found is over.
    const isCurrent = (it: Line) => it.pool === pool && it.message === findingsMessage && it.atMs >= (round?.atMs ?? 0);
    const findings = found.findLast(isCurrent)?.findings ?? [];
    const verdicts = round?.verdicts ?? [];
    return {
      atMs: round?.atMs,
      vantages: vantagesIn(verdicts),
      refusing: refusingIn(verdicts),
      attention: findings.flatMap((it) => attentionOf(pool, it)),
    };
  };
}

/**
 * Returns the rounds since a moment, the oldest first.
 * @throws AwsCallError for anything but a log group that is not there
 */
export async function readRounds(
  { clients, deployment }: Pick<LogSource, "clients" | "deployment">,
  sinceMs: number,
): Promise<Round[]> {
  const logGroupName = logGroupOf(functionNameOf(deployment, "canary"));
  const lines = await readLines(clients.logs, { logGroupName, startTime: sinceMs, filterPattern: '"verdicts"' });
  return lines.flatMap(({ atMs, pool, verdicts }) => (pool && verdicts ? [{ atMs, pool, verdicts }] : []));
}

/**
 * Returns who refused which address when it was found blocked, by public address, the last finding of each.
 * @throws AwsCallError for anything but a log group that is not there
 */
export async function readRefusers(
  { clients, deployment }: Pick<LogSource, "clients" | "deployment">,
  sinceMs: number,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const logGroupName = logGroupOf(functionNameOf(deployment, "canary"));
  const input = { logGroupName, startTime: sinceMs, filterPattern: '"blocks"' };
  const found = new Map<string, readonly string[]>();
  for (const { event } of await readLines(clients.logs, input)) {
    const { publicIp, blocks = [] } = event?.detail ?? {};
    if (publicIp !== undefined && blocks.length > 0) {
      found.set(publicIp, [...new Set(blocks.map(({ target }) => target))]);
    }
  }
  return found;
}

async function readLines(
  client: LogSource["clients"]["logs"],
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

function vantagesIn(verdicts: readonly LoggedVerdict[]): Vantage[] {
  const names = new Set(verdicts.map(({ vantage }) => vantage).filter((it) => it !== "shared" && it !== "scout"));
  return [...names].map((vantage) => {
    const own = verdicts.filter((it) => it.vantage === vantage);
    const blocked = own.filter(({ verdict }) => verdict === "blocked").length;
    return { vantage, blockedRate: blocked / own.length, egress: own.every(({ verdict }) => verdict !== "no-egress") };
  });
}

/** What the comparison found of an address that a partner keeps out (src/probing/confirm.ts). */
const keptOut: readonly Confirmation["finding"][] = ["accepted-elsewhere", "refused-pool"];

/** Whether the partner keeps out the address, be it that the answer says so or that it lets in others. */
export function isKeptOut({ verdict, finding }: Pick<LoggedVerdict, "verdict" | "finding">): boolean {
  return verdict === "blocked" || keptOut.includes(finding);
}

function refusingIn(verdicts: readonly LoggedVerdict[]): Refusing[] {
  return verdicts.flatMap((it) =>
    it.address !== undefined && it.vantage !== "shared" && isKeptOut(it)
      ? [{ target: it.target, publicIp: it.address }]
      : [],
  );
}

function attentionOf(
  pool: string,
  { finding: id, text, remediation, target, vantage, publicIp }: NonNullable<Line["findings"]>[number],
) {
  const row = findingTable[id as Finding["kind"]];
  const about = {
    ...(target !== undefined && { target }),
    ...(vantage !== undefined && { vantage }),
    ...(publicIp !== undefined && { publicIp }),
  };
  return row ? [{ id, severity: row.severity, section: row.section, pool, text, remediation, ...about }] : [];
}
