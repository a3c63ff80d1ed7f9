/** What may come next on the command line, from the program's own definition, and how shells ask for it. Pure. */
import type { Command, Option } from "commander";

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

export interface Candidate {
  readonly value: string;
  /** One line. */
  readonly text: string;
}

/**
 * Returns what may stand in the place of the last word. None where the program does not know: a name, a number, a file.
 *
 * @param words behind the program's name; the last one may be empty or begun
 */
export function candidatesOf(program: Command, words: readonly string[]): Candidate[] {
  const before = words.slice(0, -1);
  const begun = words.at(-1) ?? "";
  // `help` takes what commands are called.
  const { command, waiting, operands } = readWords(program, before[0] === "help" ? before.slice(1) : before);
  const all = waiting
    ? (waiting.argChoices ?? []).map((value) => ({ value, text: waiting.description }))
    : begun.startsWith("-")
      ? optionsOf(command)
      : [...(operands > 0 ? [] : commandsOf(command)), ...choicesOf(command, operands)];
  return all.filter(({ value }) => value.startsWith(begun));
}

interface Read {
  readonly command: Command;
  /** The option whose value comes next. */
  readonly waiting: Option | undefined;
  /** Arguments of the command so far. */
  readonly operands: number;
}

function readWords(program: Command, words: readonly string[]): Read {
  let command = program;
  let operands = 0;
  let waiting: Option | undefined;
  for (const word of words) {
    if (waiting) {
      waiting = undefined;
    } else if (word.startsWith("-")) {
      const option = command.options.find((it) => it.long === word || it.short === word);
      waiting = option?.required ? option : undefined;
    } else {
      const next: Command | undefined = command.commands.find((it) => it.name() === word);
      if (next) command = next;
      else operands++;
    }
  }
  return { command, waiting, operands };
}

/** What help shows: hidden commands and options are left out. */
function commandsOf(command: Command): Candidate[] {
  const shown = command.createHelp().visibleCommands(command);
  return shown.map((it) => ({ value: it.name(), text: it.description() }));
}

function optionsOf(command: Command): Candidate[] {
  const shown = command.createHelp().visibleOptions(command);
  return shown.map((it) => ({ value: it.long ?? it.flags, text: it.description }));
}

function choicesOf(command: Command, operands: number): Candidate[] {
  const argument = command.registeredArguments[operands];
  return (argument?.argChoices ?? []).map((value) => ({ value, text: argument?.description ?? "" }));
}

/** Returns what the shell evaluates. It asks the program that is being completed, whatever its path. */
export function scriptOf(shell: Shell): string {
  switch (shell) {
    case "bash":
      return `_holdfast() {
  local IFS=$'\\n' found
  found=$("\${COMP_WORDS[0]}" completion bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1)
  COMPREPLY=($found)
}
complete -o default -F _holdfast holdfast
`;
    case "zsh":
      // The first colon parts a value from what it means.
      return `#compdef holdfast
_holdfast() {
  local -a lines found
  lines=("\${(@f)$("\${words[1]}" completion zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  found=("\${(@)\${(@)lines:#}/$'\\t'/:}")
  if (( \${#found} )); then _describe holdfast found; else _files; fi
}
compdef _holdfast holdfast
`;
    case "fish":
      return `complete -c holdfast -f -a '(set -l words (commandline -opc); $words[1] completion fish -- $words[2..-1] (commandline -ct))'
`;
  }
}
