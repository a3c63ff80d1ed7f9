/** The commands and their arguments. What a command does is loaded when it runs. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Argument, type Command, InvalidArgumentError, Option, Command as Program } from "commander";
import packageJson from "../package.json" with { type: "json" };
import type { AdviseOptions } from "./advise.ts";
import { candidatesOf, type Shell, scriptOf, shells } from "./completion.ts";
import type { ConsoleOptions } from "./console.ts";
import type { InitOptions } from "./init.ts";
import { defaultEcho } from "./rehearse/function-code.ts";
import type { RehearseOptions } from "./rehearse.ts";
import { parseSince, type Since } from "./report/since.ts";
import type { StatusOptions } from "./status.ts";
import type { Wanted } from "./steer.ts";
import {
  addGlobalOptions,
  helped,
  inAccount,
  jsonOption,
  onAccount,
  profileOption,
  refusing,
  regionOption,
} from "./support/command.ts";
import { packageRoot } from "./support/package-root.ts";
import type { AccountOptions, Session } from "./support/session.ts";
import type { ValidateOptions } from "./validate.ts";

/** The whole program. Unknown commands, flags and surplus arguments end with exit code 2. */
export function createProgram(): Command {
  const program = refusing(new Program("holdfast"))
    .description("Fixed outgoing IP addresses for AWS Lambda without a NAT gateway: inspect and control a deployment.")
    .version(packageJson.version, "-V, --version", "print the version")
    .helpCommand(false)
    .configureHelp({ sortOptions: false })
    .addHelpText(
      "after",
      `
The options may stand before or after the command. Credentials and region come
from the usual AWS configuration.
Exit codes: 0 no problem; 1 action needed; 2 wrong arguments, no such
deployment, or (status) no recent data; 3 AWS refused a call or is unreachable;
4 doctor found an error, or a check of rehearse failed.

Example:
  $ npx holdfast status --region eu-central-1`,
    );
  addConfiguring(program);
  addLooking(program);
  addConsole(program);
  const fallback = addSteering(program);
  addRehearsal(program);
  addAdvice(program);
  addRunbook(program);
  addOffline(program);
  addCompletion(program);
  addHelp(program);
  addGlobalOptions(program, [fallback]);
  return program;
}

/** Adds the commands that only read. */
function addLooking(program: Command): void {
  addStatus(program);
  onAccount(
    helped(
      program.command("plan").description("show what Holdfast would do now, and why; changes nothing"),
      "npx holdfast plan --json",
    ),
    async () => (await import("./plan.ts")).plan,
  ).option("--pool <name>", "only this pool");
  onAccount(
    helped(
      program
        .command("doctor")
        .description("find what is wrong with the deployment, with a remediation for each finding")
        .option("--rehearsal <file>", "what a rehearsal here wrote as JSON (default: rehearsal.json, if there is one)"),
      "npx holdfast doctor --profile production",
    ),
    async () => (await import("./doctor.ts")).doctor,
  );
  const explain = program
    .command("explain")
    .description("show the state of an address, an interface or a function, and its history")
    .argument("<subject>", "a public address, an allocation (eipalloc-…), an interface (eni-…), or a function's name")
    .option("--hours <n>", "how far back to look", whole(1, 24 * 90), 24);
  onAccount(helped(explain, "npx holdfast explain 198.51.100.7 --hours 72"), async () => {
    const command = await import("./explain.ts");
    return (session, options: { hours: number }) => command.explain(session, explain.processedArgs[0], options);
  });
  onAccount(
    helped(
      program
        .command("cost")
        .description("show the cost of this month and compare it with NAT gateways")
        .option("--pool <name>", "only this pool")
        .option(
          "--gb <n>",
          "gigabytes a month that members send and receive, which AWS does not measure",
          number(0, 1e6),
        ),
      "npx holdfast cost --gb 250",
    ),
    async () => (await import("./cost.ts")).cost,
  );
  addAddresses(program);
  onAccount(
    helped(
      program
        .command("report")
        .description(
          "write a page for a partner's support: which of your addresses it refuses, since when, and the ids in its logs",
        )
        .option("--pool <name>", "only this pool")
        .option("--target <name>", "only this target of the configuration; needed if several refuse addresses")
        .addOption(
          new Option("--since <time>", "so long ago (36h, 7d), or a time in UTC (2026-11-27T08:00Z)")
            .argParser(since)
            .default(since("24h"), "24h"),
        )
        .addOption(
          new Option("--format <kind>", "form of the page; an e-mail has its subject in the first line")
            .choices(["markdown", "email"])
            .default("markdown")
            .conflicts("json"),
        ),
      "npx holdfast report --target carrier --since 48h --format email",
    ),
    async () => (await import("./report.ts")).report,
  );
}

/** Adds `addresses`, whose answer has several forms. */
function addAddresses(program: Command): void {
  onAccount(
    helped(
      program
        .command("addresses")
        .description("list every address that a partner has to allow, spares and the NAT gateway's included")
        .option("--pool <name>", "only this pool")
        .addOption(new Option("--csv", "as CSV, with a line of headings").conflicts(["json", "lines"]))
        .addOption(new Option("--lines", "one address on each line, and nothing else").conflicts("json")),
      "npx holdfast addresses --pool partners",
      "npx holdfast addresses --lines > allow-list.txt",
    ),
    async () => (await import("./addresses.ts")).addresses,
  );
}

/** How often `status --watch` reads: Holdfast's own parts run once a minute, and share Lambda's control plane with it. */
const watchSeconds = { least: 5, most: 3600, usual: 30 } as const;

/** Adds `status`, which may go on until it is ended. */
function addStatus(program: Command): void {
  const command = program
    .command("status")
    .description("say how the pools are (OK, DEGRADED, DOWN, UNKNOWN), who is affected and why; then show them");
  inAccount(helped(command, "npx holdfast status --pool partners"))
    .option(...jsonOption)
    .option("--pool <name>", "only this pool")
    .option("--quiet", "only the headline of each pool")
    .addOption(
      new Option("--watch [seconds]", "read again every so many seconds, until Ctrl-C")
        .argParser(whole(watchSeconds.least, watchSeconds.most))
        .preset(String(watchSeconds.usual))
        .conflicts("json"),
    )
    .action(async (options: AccountOptions & StatusOptions & { readonly watch?: number }) => {
      const [{ runOnAccount, watchOnAccount }, { status }] = await Promise.all([
        import("./support/session.ts"),
        import("./status.ts"),
      ]);
      const run = (session: Session) => status(session, options);
      await (options.watch === undefined
        ? runOnAccount(options, run)
        : watchOnAccount(options, options.watch * 1000, run));
    });
}

/** Adds the command that serves until it is ended. */
function addConsole(program: Command): void {
  const command = program
    .command("console")
    .description("serve a local, read-only web page on a deployment, until Ctrl-C");
  inAccount(helped(command, "npx holdfast console --profile production --region eu-central-1"))
    .option("--port <n>", "listen on this port (default: 4571, or any that is free)", whole(0, 65_535))
    .action(async (options: AccountOptions & ConsoleOptions) => {
      const [{ withSession }, { openConsole }] = await Promise.all([
        import("./support/session.ts"),
        import("./console.ts"),
      ]);
      await withSession(options, (session) => openConsole(session, options));
    });
}

/** Adds the commands that write: the override, after a confirmation. Returns the one that only holds others. */
function addSteering(program: Command): Command {
  const steer = (command: Command, wanted: Wanted, example: string) =>
    onAccount(
      helped(command, example)
        .option("--pool <name>", "only this pool; without it, every pool")
        .option("--yes", "do not ask for confirmation")
        .option("--dry-run", "print what would change, and change nothing"),
      async () => {
        const { steer: run } = await import("./steer.ts");
        return (session, options: { pool?: string; yes?: boolean; dryRun?: boolean; json?: boolean }) =>
          run(session, wanted, options);
      },
    );
  const fallback = helped(
    program.command("fallback").description("set or remove the override of failover and failback"),
    "npx holdfast fallback enter --pool partners --dry-run",
  ).helpCommand(false);
  steer(
    fallback.command("enter").description("fail over to the NAT gateway now, whatever the alarm's state"),
    "fallback",
    "npx holdfast fallback enter --pool partners",
  );
  steer(
    fallback.command("leave").description("fail back now, without waiting for the minimum time"),
    "direct",
    "npx holdfast fallback leave --pool partners --yes",
  );
  steer(
    fallback.command("auto").description("remove the override: the alarm triggers failover and failback"),
    "auto",
    "npx holdfast fallback auto --pool partners",
  );
  steer(
    program
      .command("pause")
      .description("stop moving addresses, changing routes and attaching functions, until resume"),
    "paused",
    "npx holdfast pause --pool partners",
  );
  steer(program.command("resume").description("end the pause"), "resume", "npx holdfast resume --pool partners");
  return fallback;
}

/** Adds the command that needs no deployment, and makes and removes things of its own. */
function addRehearsal(program: Command): void {
  helped(
    program
      .command("rehearse")
      .description("find out in this account whether Holdfast would work here, with things of its own that it removes"),
    "npx holdfast rehearse --region eu-central-1 --out rehearsal.md",
  )
    .option(...regionOption)
    .option(...profileOption)
    .option("--subnet <id>", "rehearse in this public subnet instead of a network of its own, and change nothing of it")
    .option("--security-group <id...>", "with --subnet: one that nothing uses, and another one to ask about updates")
    .option("--nat", "also make a NAT gateway for some minutes, and send traffic through it and back")
    .option("--yes", "do not ask for confirmation")
    .option("--dry-run", "print what it would do (with --clean: remove), and do nothing")
    .option("--print-policy", "print the IAM policy that it needs, and do nothing else")
    .option("--clean", "remove what interrupted rehearsals have left in the region")
    .option(...jsonOption)
    .option("--out <file>", "also write the report to this file: .json with all that was seen, else Markdown")
    .option("--fixtures <file>", "also write what AWS answered and how long it took to this file, for the twin")
    .option("--echo <url>", "page that answers with the address of who asks", httpUrl, defaultEcho)
    .addOption(new Option("--speed <n>").argParser(number(1, 1000)).default(1).hideHelp())
    .action(async (options: RehearseOptions) => {
      const { rehearse } = await import("./rehearse.ts");
      await rehearse(options);
    });
}

/** Adds the command that reads an account without a deployment. */
function addAdvice(program: Command): void {
  helped(
    program
      .command("advise")
      .description(
        "say what static egress costs in this account, whether Holdfast is worth it, and how to move to it; only reads",
      ),
    "npx holdfast advise --region eu-central-1,us-east-1 --out advice",
  )
    .addOption(new Option("--region <names>", "AWS region, or several with commas").argParser(regionNames))
    .option(...profileOption)
    .option("--out <folder>", "write each region's holdfast.config.ts and migration.md there, and do not print them")
    .option(...jsonOption)
    .action(async (options: AdviseOptions) => {
      const { advise } = await import("./advise.ts");
      await advise(options);
    });
}

/** Adds what comes before the first deployment and needs no account. */
function addConfiguring(program: Command): void {
  const init = program
    .command("init")
    .description("write a first configuration with comments; asks at a terminal for what no flag says");
  helped(
    init,
    "npx holdfast init --dry-run --url https://api.example.com/",
    "npx holdfast init --pool payments --zones 2 --fallback cold",
  )
    .option("--pool <name>", "name of the pool (default: partners)")
    .option("--url <url>", "a partner's API for the health check", httpUrl)
    .option("--zones <n>", "Availability Zones (default: 1)", whole(1, 3))
    .addOption(new Option("--fallback <kind>", "NAT gateway as a fallback").choices(["off", "cold", "warm"]))
    .option("--email <address>", "where alarms are mailed")
    .addOption(new Option("--trail <kind>", "CloudTrail's trail of this region").choices(["existing", "create"]))
    .option("--app <name>", "name of the SST application (default: the folder's)")
    .option("--force", "overwrite files that exist")
    .option("--dry-run", "print the files, and write nothing")
    .action(async (options: InitOptions) => (await import("./init.ts")).init(options));
  const validate = program
    .command("validate")
    .description("check a configuration without AWS and without credentials")
    .argument("[file]", "the configuration", "holdfast.config.ts");
  helped(validate, "npx holdfast validate", "npx holdfast validate --stage trial --json")
    .option("--stage <name>", "stage that the file sees in $app.stage", "production")
    .option(...jsonOption)
    .action(async (file: string, options: ValidateOptions) => {
      const command = await import("./validate.ts");
      process.exitCode = await command.validate(file, options);
    });
}

/** Adds `runbook`, which needs no account. */
function addRunbook(program: Command): void {
  const command = program
    .command("runbook")
    .description("print what the runbook says about an alarm or a finding")
    .argument("<alarm>", "an alarm's name, whole or without app, stage and pool, or a finding's id");
  helped(command, "npx holdfast runbook shortage", "npx holdfast runbook shop-production-partners-egress-problem")
    .option(...jsonOption)
    .action(async (name: string, options: { readonly json?: boolean }) => {
      const { runbook } = await import("./runbook.ts");
      await runbook(name, options);
    });
}

/** Adds completion for shells, which asks this program and so needs no list of its own. */
function addCompletion(program: Command): void {
  const completion = program
    .command("completion")
    .description("print what makes a shell complete commands and options")
    .addArgument(new Argument("<shell>", "the shell").choices(shells))
    .argument("[words...]", "behind --: what is typed so far; prints what may come next instead");
  helped(completion, 'eval "$(holdfast completion bash)"', "holdfast completion fish | source").action(
    (shell: Shell, words: string[]) => {
      const lines = candidatesOf(program, words).map(({ value, text }) => `${value}\t${text}\n`);
      process.stdout.write(words.length > 0 ? lines.join("") : scriptOf(shell));
    },
  );
}

/** Adds `help`, which stands for `--help` behind a command. */
function addHelp(program: Command): void {
  const help = program.command("help").description("print what a command does").argument("[command...]");
  helped(help, "npx holdfast help fallback enter").action((names: string[]) => {
    let command = program;
    for (const name of names) {
      const found = command.commands.find((it) => it.name() === name);
      if (!found) program.error(`error: there is no command '${names.join(" ")}'`);
      else command = found;
    }
    command.help();
  });
}

/**
 * Adds the programs of their own, which parse and check their arguments themselves. They run from sources that the
 * package does not have: there they are not shown, and say so.
 */
function addOffline(program: Command): void {
  const hidden = !existsSync(join(packageRoot, "demo"));
  const passOn = (name: string, description: string, example: string, run: (args: string[]) => Promise<number>) =>
    helped(program.command(name, { hidden }).description(description), example)
      .argument("[arguments...]", `passed on; npm run ${name === "simulate" ? "sim" : name} -- --help lists them`)
      .allowUnknownOption()
      .action(async (_args, _options, command: Command) => {
        process.exitCode = await run(command.args);
      });
  passOn(
    "simulate",
    "run days of faults in a simulated region, with invariants checked",
    "npx holdfast simulate --seeds 5 --days 2",
    async (args) => (await import("./simulate.ts")).simulate(args),
  );
  passOn(
    "demo",
    "show Holdfast in a simulated region, on a page or (--headless) in the terminal",
    "npx holdfast demo --headless",
    async (args) => (await import("./demo.ts")).demo(args),
  );
}

function number(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`must be a number from ${least} to ${most}`);
  };
}

function whole(least: number, most: number): (text: string) => number {
  const read = number(least, most);
  return (text) => {
    const value = read(text);
    if (Number.isInteger(value)) return value;
    throw new InvalidArgumentError("must be a whole number");
  };
}

function regionNames(text: string): string[] {
  const names = [...new Set(text.split(",").map((it) => it.trim()))];
  if (names.every((it) => /^[a-z]+(?:-[a-z]+)+-\d+$/.test(it))) return names;
  throw new InvalidArgumentError("must be a region, or several with commas: eu-central-1,us-east-1");
}

function httpUrl(text: string): string {
  if (URL.canParse(text) && /^https?:/i.test(text)) return text;
  throw new InvalidArgumentError("must be a URL that begins with https:// or http://");
}

function since(text: string): Since {
  const value = parseSince(text);
  if (value) return value;
  throw new InvalidArgumentError("must be like 36h, 7d, 2026-11-27 or 2026-11-27T08:00Z");
}
