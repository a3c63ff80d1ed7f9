/** `holdfast report`: evidence of confirmed blocks, for a partner's support. */
import { paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { call } from "../src/aws/errors.ts";
import { logGroupOf } from "../src/config/names.ts";
import { evidenceMessage } from "../src/probing/canary.ts";
import type { Evidence } from "../src/probing/evidence.ts";
import { poolsOf, readSettings } from "./support/deployment.ts";
import { functionNameOf } from "./support/deployment-model.ts";
import { exitCodes } from "./support/exit-codes.ts";
import { restoreRemediation } from "./support/restore.ts";
import type { Answer, Session } from "./support/session.ts";
import { UsageError } from "./support/usage-error.ts";

export interface ReportOptions {
  readonly pool?: string;
  readonly hours: number;
}

/** One record as the canary logs it. */
export interface BlockRecord {
  readonly pool: string;
  readonly targetName: string;
  readonly vantage: string;
  readonly evidence: Evidence;
}

/** All that was seen of one address at one target. */
export interface Block {
  readonly pool: string;
  readonly targetName: string;
  readonly address: string;
  readonly target: string;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly observations: number;
  /** The latest ones, with the ids by which the partner finds them in its logs. */
  readonly samples: readonly Evidence[];
}

const shownSamples = 5;

export async function report(session: Session, options: ReportOptions): Promise<Answer> {
  const { clients, clock, deployment, progress } = session;
  const name = functionNameOf(deployment, "canary");
  if (!deployment.functionArns.has(name)) {
    throw new UsageError(`the function ${name} is missing, so no partner is probed`, restoreRemediation(deployment));
  }
  const pools = new Set(poolsOf(await readSettings(clients, deployment), options.pool).map((it) => it.name));
  progress.step("reading the canary's log");
  const fromMs = clock.now() - options.hours * 3_600_000;
  const lines = await readLines(session, name, fromMs);
  const blocks = blocksOf(lines.flatMap(parseRecord).filter((it) => pools.has(it.pool)));
  const from = new Date(fromMs).toISOString();
  const to = new Date(clock.now()).toISOString();
  return { exitCode: exitCodes.fine, json: { from, to, blocks }, text: toMarkdown(blocks, from, to) };
}

async function readLines({ clients }: Session, FunctionName: string, startTime: number): Promise<string[]> {
  const { LoggingConfig } = await call("lambda:GetFunctionConfiguration", () =>
    clients.lambda.send(new GetFunctionConfigurationCommand({ FunctionName })),
  );
  const logGroupName = LoggingConfig?.LogGroup ?? logGroupOf(FunctionName);
  const input = { logGroupName, startTime, filterPattern: JSON.stringify(evidenceMessage) };
  return call("logs:FilterLogEvents", async () => {
    const lines: string[] = [];
    for await (const page of paginateFilterLogEvents({ client: clients.logs }, input)) {
      lines.push(...(page.events ?? []).flatMap(({ message }) => message ?? []));
    }
    return lines;
  });
}

/** Returns the record of a line; none for a line of another shape. */
export function parseRecord(line: string): BlockRecord[] {
  try {
    const record = JSON.parse(line) as BlockRecord & { message?: string };
    return record.message === evidenceMessage && record.evidence?.address !== undefined ? [record] : [];
  } catch {
    return [];
  }
}

/** By address and target, those seen last first. Pure. */
export function blocksOf(records: readonly BlockRecord[]): Block[] {
  const groups = new Map<string, BlockRecord[]>();
  for (const record of records) {
    const key = `${record.pool} ${record.evidence.address} ${record.targetName}`;
    groups.set(key, [...(groups.get(key) ?? []), record]);
  }
  return [...groups.values()]
    .map((group) => {
      const inTime = group.map(({ evidence }) => evidence).sort((a, b) => (a.observed < b.observed ? -1 : 1));
      const first = group[0] as BlockRecord;
      const samples = inTime.slice(-shownSamples).reverse();
      return {
        pool: first.pool,
        targetName: first.targetName,
        address: first.evidence.address ?? "",
        samples,
        target: first.evidence.target,
        firstSeen: inTime.map(({ firstSeen }) => firstSeen).sort()[0] ?? "",
        lastSeen: inTime.at(-1)?.observed ?? "",
        observations: group.length,
      };
    })
    .sort((a, b) => (a.lastSeen > b.lastSeen ? -1 : 1));
}

/** Fit to be pasted into a ticket: facts only, and nothing secret. */
export function toMarkdown(blocks: readonly Block[], from: string, to: string): string {
  if (blocks.length === 0) return `No confirmed block from ${from} to ${to}.`;
  const of = `${blocks.length} ${blocks.length === 1 ? "block" : "blocks"}`;
  return [`# Blocked addresses: ${of}, ${from} to ${to}`, ...blocks.map(section)].join("\n\n");
}

function section(block: Block): string {
  const { address, target, firstSeen, lastSeen, observations, samples } = block;
  return [
    `## ${address} at ${target}`,
    "",
    `Requests from ${address} are refused, while the same requests from other addresses are accepted at the same time. ` +
      "Please unblock the address, or let us know the cause.",
    "",
    "| first seen | last seen | observations |",
    "|---|---|---:|",
    `| ${firstSeen} | ${lastSeen} | ${observations} |`,
    ...samples.flatMap(sample),
  ].join("\n");
}

function sample(it: Evidence): string[] {
  const ids = Object.entries(it.ids).map(([name, id]) => `- ${name}: \`${id}\``);
  const headers = Object.entries(it.headers).map(([name, value]) => `- ${name}: \`${value}\``);
  const others = it.comparedWith.map((other) => {
    return `- from ${other.vantage} (${other.address ?? "address unknown"}): ${other.verdict}`;
  });
  const answer = it.status === undefined ? `failure ${it.failure}` : `status ${it.status}`;
  return [
    "",
    `### ${it.observed}`,
    "",
    `${answer}; signature \`${it.rule}\`${it.scope ? `, scope ${it.scope}` : ""}`,
    ...(ids.length > 0 ? ["", "Ids in your logs:", "", ...ids] : []),
    ...(headers.length > 0 ? ["", "Headers of the answer:", "", ...headers] : []),
    ...(others.length > 0 ? ["", "At the same time:", "", ...others] : []),
  ];
}
