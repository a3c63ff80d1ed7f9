/** Commands as documentation gives them: whether each exists, with its options. Nothing is run. */
import { existsSync, readFileSync } from "node:fs";
import type { Command } from "commander";
import { createProgram } from "../../cli/program.ts";

const manifest: { readonly scripts: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync("package.json", "utf8"),
);

/** Tools of every machine. */
const tools = ["git", "cd", "curl", "dig", "export", "node", "mkdir", "cp"];
const sstCommands = ["deploy", "diff", "remove", "install", "version", "unlock", "refresh"];

/** @returns what is wrong with the commands of a block, one line each */
export async function commandProblems(script: string): Promise<string[]> {
  const lines = script.replace(/\\\n/g, " ").split("\n");
  const commands = lines.flatMap((line) => line.replace(/(^|\s)#.*$/, "").split(/\s&&\s|\s\|\s|;\s|\s>\s*\S+/));
  const problems = await Promise.all(commands.map((command) => problemOf(wordsOf(command))));
  return problems.flatMap((problem, index) => (problem ? [`${commands[index]?.trim()}: ${problem}`] : []));
}

/** Words between spaces, quoted ones whole; settings of the environment in front are left out, but for a command that gives one. */
function wordsOf(line: string): string[] {
  const command = line.replace(/^\s*[A-Z_]+=\$\((.*)\)\s*$/, "$1");
  const words = command.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  const first = words.findIndex((word) => !/^[A-Z_][A-Z0-9_]*=/.test(word));
  return first === -1 ? [] : words.slice(first);
}

async function problemOf([tool, ...rest]: readonly string[]): Promise<string | undefined> {
  if (tool === undefined) return undefined;
  if (tool === "npm") return npmProblem(rest);
  if (tool === "npx") return npxProblem(rest);
  if (tool === "aws") return awsProblem(rest);
  return tools.includes(tool) || existsSync(tool) ? undefined : `${tool} is no tool that a reader has`;
}

function npmProblem([verb = "", script = ""]: readonly string[]): string | undefined {
  if (["ci", "install", "pack", "test"].includes(verb)) return undefined;
  if (verb !== "run") return `npm ${verb} is unknown here`;
  return manifest.scripts[script] ? undefined : `there is no script ${script}`;
}

function npxProblem([tool = "", ...rest]: readonly string[]): string | undefined {
  if (tool === "holdfast") return holdfastProblem(createProgram(), rest);
  if (tool === "sst") return sstCommands.includes(rest[0] ?? "") ? undefined : `sst has no command ${rest[0]}`;
  if (!existsSync(`node_modules/.bin/${tool}`)) return `${tool} is not installed`;
  const missing = rest.find((word) => word.includes("/") && !word.startsWith("-") && !existsSync(word));
  return missing && `${missing} does not exist`;
}

/** The command line's own description of itself says what there is. */
function holdfastProblem(command: Command, [word, ...rest]: readonly string[]): string | undefined {
  const next = command.commands.find((it) => it.name() === word);
  if (next) return holdfastProblem(next, rest);
  const words = word === undefined ? rest : [word, ...rest];
  if (command.commands.length > 0 && word !== undefined && !word.startsWith("-")) return `there is no command ${word}`;
  const handsOn = command.description() !== "" && command.registeredArguments.some(({ variadic }) => variadic);
  const known = command.options.map(({ long }) => long);
  const options = words.filter((it) => it.startsWith("--")).map((it) => it.replace(/=.*/, ""));
  const unknown = options.find((it) => !handsOn && !known.includes(it) && it !== "--help");
  return unknown && `${command.name()} has no option ${unknown}`;
}

/** Options of the AWS CLI itself. */
const globalOptions = ["region", "profile", "output", "query", "endpoint-url", "cli-input-json"];
/** Services whose client goes by another name. */
const clients: Readonly<Record<string, string>> = {
  logs: "cloudwatch-logs",
  events: "eventbridge",
  resourcegroupstaggingapi: "resource-groups-tagging-api",
  secretsmanager: "secrets-manager",
};

async function awsProblem([service = "", operation = "", ...rest]: readonly string[]): Promise<string | undefined> {
  const name = `@aws-sdk/client-${clients[service] ?? service}`;
  if (!existsSync(`node_modules/${name}`)) return `no client of ${service} is installed to compare with`;
  const client: Readonly<Record<string, unknown>> = await import(name);
  const command = operation.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase());
  const schema = client[`${command}$`];
  if (!client[`${command}Command`] || !Array.isArray(schema)) return `${service} has no operation ${operation}`;
  const known = [...membersOf(schema).map(kebab), ...globalOptions];
  const options = rest.filter((word) => word.startsWith("--")).map((word) => word.slice(2).replace(/=.*/, ""));
  const unknown = options.find((it) => !known.includes(it.replace(/^no-/, "")));
  return unknown && `${service} ${operation} has no option --${unknown}`;
}

/** Members of an operation's input, from the client's own schema. */
function membersOf([, , , , input]: readonly unknown[]): readonly string[] {
  const structure = typeof input === "function" ? input() : input;
  return Array.isArray(structure) ? structure[4] : [];
}

/** As the AWS CLI names options: `AllocationId` → `allocation-id`. */
function kebab(member: string): string {
  return member
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1-$2")
    .toLowerCase();
}
