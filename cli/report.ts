/** `holdfast report`: a page for a partner's support, of what the canary has logged. */
import { paginateFilterLogEvents } from "@aws-sdk/client-cloudwatch-logs";
import { GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { call } from "../src/aws/errors.ts";
import { logGroupOf } from "../src/config/names.ts";
import { readTargets } from "../src/config/probing-settings.ts";
import { evidenceMessage } from "../src/probing/canary.ts";
import { toMarkdown, toPlainText } from "./report/document.ts";
import { details, introduction, subjectOf } from "./report/page.ts";
import { type Partner, parseRecord, partnersOf } from "./report/refusals.ts";
import type { Since } from "./report/since.ts";
import { poolsOf, readSettings } from "./support/deployment.ts";
import { functionNameOf, type Pool } from "./support/deployment-model.ts";
import { exitCodes } from "./support/exit-codes.ts";
import { restoreRemediation } from "./support/restore.ts";
import type { Json } from "./support/schemas.ts";
import type { Answer, Session } from "./support/session.ts";
import { time } from "./support/style.ts";
import { UsageError } from "./support/usage-error.ts";

export interface ReportOptions {
  readonly pool?: string;
  readonly target?: string;
  readonly since: Since;
  readonly format: Format;
  readonly json?: boolean;
}

export type Format = "markdown" | "email";

/** @throws UsageError where there is nothing to report, or too much for one partner's eyes */
export async function report(session: Session, options: ReportOptions): Promise<Answer> {
  const { clients, clock, deployment, progress } = session;
  const name = functionNameOf(deployment, "canary");
  if (!deployment.functionArns.has(name)) {
    throw new UsageError(`the function ${name} is missing, so no partner is probed`, restoreRemediation(deployment));
  }
  const pools = poolsOf(await readSettings(clients, deployment), options.pool);
  const toMs = clock.now();
  const fromMs = "atMs" in options.since ? options.since.atMs : toMs - options.since.agoMs;
  if (fromMs >= toMs) throw new UsageError("--since is in the future", "give a time that has passed, in UTC");
  progress.step("reading the canary's log");
  const records = (await readLines(session, name, fromMs)).flatMap(parseRecord);
  const ofPools = records.filter(({ pool }) => pools.some((it) => it.name === pool));
  const partners = partnersOf(ofPools, fromMs).filter((it) => it.name === (options.target ?? it.name));
  if (partners.length === 0 && options.target !== undefined) checkTarget(pools, options.target);
  const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
  const text = options.json ? "" : textOf(onlyOne(partners, from, to), options.format);
  return { exitCode: exitCodes.fine, json: { from, to, partners } satisfies Json<"report">, text };
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

/** A target that has left the configuration may still be in the log. @throws UsageError for one that is in neither */
function checkTarget(pools: readonly Pool[], wanted: string): void {
  const names = [
    ...new Set(pools.flatMap(({ probing }) => (probing ? readTargets(probing).targets : [])).map(({ name }) => name)),
  ];
  if (names.includes(wanted)) return;
  throw new UsageError(`there is no target ${wanted}`, `give --target as one of ${names.join(", ")}`);
}

/** A page shows one partner nothing about another. */
function onlyOne(partners: readonly Partner[], from: string, to: string): Partner {
  const [partner, ...more] = partners;
  if (!partner) {
    throw new UsageError(
      `nothing to report: no refusal that is certain from ${time(Date.parse(from))} to ${time(Date.parse(to))}`,
      "look further back (--since 7d); holdfast status shows which addresses are blocked now",
    );
  }
  if (more.length > 0) {
    const names = partners.map(({ name }) => name).join(", ");
    throw new UsageError(`several partners refuse addresses: ${names}`, `choose one: --target ${partner.name}`);
  }
  return partner;
}

function textOf(partner: Partner, format: Format): string {
  const subject = subjectOf(partner);
  const parts = [...introduction(partner), ...details(partner)];
  if (format === "markdown") return toMarkdown([{ kind: "heading", level: 1, text: subject }, ...parts]);
  const say = (text: string) => ({ kind: "text", text }) as const;
  return `Subject: ${subject}\n\n${toPlainText([say("Hello,"), ...parts, say("Thank you.")])}`;
}
