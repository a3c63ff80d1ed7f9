/** Where each command that README gives is shown to work. Pure. */

/** `run`: by `npm run test:readme` itself. `ci`: .ci/run runs it word by word. The others need an account. */
export type Proof = "run" | "ci" | "test:deploy" | "test:cli" | "test:browser";

/** README's commands: lines of its `sh` blocks, and what its running text and tables have in backquotes. */
export function readmeCommands(readme: string): string[] {
  const blocks = [...readme.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, text = ""]) => text.split("\n"));
  const prose = readme.replace(/^```.*?^```/gms, "");
  const inline = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
  const commands = [...blocks, ...inline.filter((it) => /^(npm|npx|\.ci)\b/.test(it))];
  const parts = commands.flatMap((line) => line.replace(/\s#.*$/, "").split(" && "));
  return [...new Set(parts.map((it) => it.trim()).filter(Boolean))];
}

/** What .ci/run runs, as a reader would type it: `suite` adds a reporter behind the last `--`. */
export function ciCommands(script: string): string[] {
  const steps = [...script.matchAll(/^(?:check|suite|suite_beside) \S+ (.+)$/gm)].map(([, command = ""]) => command);
  const installs = /^npm ci\b/m.test(script) ? ["npm ci"] : [];
  return [".ci/run", ...installs, ...steps.map((it) => it.replace(/ --$/, ""))];
}

export function proofOf(command: string, ci: readonly string[]): Proof {
  if (/^npx sst (deploy|diff|refresh|remove)\b/.test(command)) return "test:deploy";
  if (/^npx holdfast console\b/.test(command)) return "test:browser";
  if (/^npx holdfast (?!simulate|demo|console)/.test(command)) return "test:cli";
  return ci.includes(command) ? "ci" : "run";
}
