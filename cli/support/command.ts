/** What all commands share: help, options of the account, and how wrong arguments are refused. */
import type { Command } from "commander";
import type { AccountOptions, Answer, Session } from "./session.ts";
import { UsageError } from "./usage-error.ts";

export type Work<Options> = (session: Session, options: Options) => Promise<Answer>;

/** Adds `--help` with an example, and the project's own words for wrong arguments. */
export function helped(command: Command, ...examples: readonly string[]): Command {
  const title = examples.length === 1 ? "Example" : "Examples";
  return refusing(command)
    .allowExcessArguments(false)
    .addHelpText("after", ["", `${title}:`, ...examples.map((it) => `  $ ${it}`)].join("\n"));
}

/** Has wrong arguments end as every other error does. Help and version end as commander has it. */
export function refusing(command: Command): Command {
  return command
    .helpOption("-h, --help", "print this text")
    .configureOutput({ outputError: () => {} })
    .exitOverride((error) => {
      if (error.exitCode === 0 || error.code === "commander.help") throw error;
      const message = error.message.replace(/^error: /, "").replaceAll("\n", " ");
      throw new UsageError(message, `${pathOf(command)} --help lists what it takes`);
    });
}

/** Returns the words that call the command: `holdfast fallback enter`. */
export function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

/** Adds what every command that answers from an account has, and its work. */
export function onAccount<Options>(command: Command, load: () => Promise<Work<Options>>): Command {
  return inAccount(command)
    .option(...jsonOption)
    .action(async (...parameters) => {
      const options = parameters.at(-2) as AccountOptions & Options;
      const [{ runOnAccount }, work] = await Promise.all([import("./session.ts"), load()]);
      await runOnAccount(options, (session) => work(session, options));
    });
}

export const regionOption = ["--region <name>", "AWS region"] as const;
export const profileOption = ["--profile <name>", "AWS profile"] as const;
const stageOption = ["--stage <name>", "stage of the deployment, if the region has several"] as const;
export const jsonOption = ["--json", "print one JSON document"] as const;

/** Adds the options that choose account, region and deployment. */
export function inAccount(command: Command): Command {
  return command
    .option(...regionOption)
    .option(...profileOption)
    .option(...stageOption);
}

/**
 * Takes the options that most commands have before the command too, as in `holdfast --region eu-central-1 status`.
 *
 * @param groups commands that only hold commands
 */
export function addGlobalOptions(program: Command, groups: readonly Command[]): void {
  inAccount(program)
    .option(...jsonOption)
    .enablePositionalOptions();
  for (const parent of [program, ...groups]) {
    parent.hook("preSubcommand", (_, command) => {
      if (!groups.includes(command)) handOn(program, command);
    });
  }
}

/** What stands behind the command wins. */
function handOn(program: Command, command: Command): void {
  for (const option of program.options) {
    const name = option.attributeName();
    if (program.getOptionValueSource(name) !== "cli") continue;
    const own = command.options.find((it) => it.attributeName() === name);
    if (!own) command.error(`error: ${pathOf(command)} has no option '${option.long}'`);
    const given = program.getOptionValue(name);
    command.setOptionValueWithSource(name, own?.parseArg ? own.parseArg(given, undefined) : given, "cli");
  }
}
