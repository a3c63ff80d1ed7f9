import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { defineHoldfast } from "../../src/config/holdfast.ts";
import { objectGivenTo } from "./configurations.ts";
import { allDocuments, type CodeBlock, inlineCode } from "./markdown.ts";
import { commandProblems } from "./shell.ts";

/** The page whose examples are run with the tools that they are for (test/wire/members.test.ts), and their languages. */
const membersPage = "docs/members.md";
const ofOtherTools = ["hcl", "yaml"];

const documents = allDocuments();
const blocks = documents.flatMap((document) => document.blocks);
const of = (...languages: string[]) => blocks.filter(({ language }) => languages.includes(language));
const placeOf = ({ file, line }: CodeBlock) => `${file}:${line}`;

/** Where the package's own exports are, before they are built. */
const exportsOf: Readonly<Record<string, string>> = {
  "./config": "src/config/holdfast.ts",
  "./guard": "src/guard/guard.ts",
  "./retry": "src/guard/fetch-with-retry.ts",
  "./sst": "stacks/main.ts",
};

/** Compiles all blocks at once, each as a module at the repository's root, and gives the errors by place. */
function typeErrors(sources: readonly CodeBlock[]): string[] {
  const { config } = ts.readConfigFile("tsconfig.json", (file) => readFileSync(file, "utf8"));
  const { options: strict } = ts.parseJsonConfigFileContent(config, ts.sys, process.cwd());
  const exported = Object.entries(exportsOf).map(([name, file]) => [name.replace(".", "holdfast"), [resolve(file)]]);
  // An example may define what it does not use.
  const options = { ...strict, noUnusedLocals: false, noUnusedParameters: false, paths: Object.fromEntries(exported) };
  const byFile = new Map(sources.map((block, index) => [resolve(`block-${index}.ts`), block]));
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (file) => byFile.has(file) || fileExists(file);
  host.getSourceFile = (file, language, ...rest) => {
    const block = byFile.get(file);
    return block ? ts.createSourceFile(file, block.text, language) : getSourceFile(file, language, ...rest);
  };
  const program = ts.createProgram([...byFile.keys()], options, host);
  const sourceFiles = [...byFile.keys()].flatMap((file) => program.getSourceFile(file) ?? []);
  return sourceFiles
    .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
    .map(({ file, messageText }) => {
      const block = byFile.get(file?.fileName ?? "");
      return `${block ? placeOf(block) : ""}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
    });
}

describe("code blocks", () => {
  it("say what they are written in", () => {
    const known = ["", "json", "jsonc", "ts", "sh", "text", ...ofOtherTools];
    expect(blocks.filter(({ language }) => !known.includes(language)).map(placeOf)).toEqual([]);
    const elsewhere = of(...ofOtherTools).filter(({ file }) => file !== membersPage);
    expect(elsewhere.map(placeOf)).toEqual([]);
    const commands = /^\s*(npm|npx|aws|git|export) /m;
    const unmarked = of("", "text").filter(({ text }) => commands.test(text));
    expect(unmarked.map(placeOf)).toEqual([]);
  });

  it("in JSON can be parsed", () => {
    for (const block of of("json")) expect(() => JSON.parse(block.text), placeOf(block)).not.toThrow();
    const errors = of("jsonc").map((block) => ts.parseConfigFileTextToJson(placeOf(block), block.text).error);
    expect(errors.filter(Boolean)).toEqual([]);
    expect(of("json").length).toBeGreaterThan(0);
  });

  it("in TypeScript compile against what the package exports", () => {
    const ours = of("ts").filter(({ file }) => file !== membersPage);
    expect(ours.length).toBeGreaterThan(0);
    expect(typeErrors(ours)).toEqual([]);
  }, 120_000);

  it("may import from the package all that it exports", () => {
    const { exports } = JSON.parse(readFileSync("package.json", "utf8"));
    const modules = Object.keys(exports).filter((name) => !name.endsWith(".json"));
    expect(Object.keys(exportsOf).sort()).toEqual(modules.sort());
  });

  it("with a configuration hold one that a deployment would take", () => {
    const found = of("ts").map((block) => ({
      place: placeOf(block),
      input: objectGivenTo("defineHoldfast", block.text),
    }));
    const configurations = found.filter(({ input }) => input !== undefined);
    expect(configurations.length).toBeGreaterThan(0);
    for (const { place, input } of configurations) {
      expect(() => defineHoldfast(input as never), place).not.toThrow();
    }
  });
});

describe("commands", () => {
  const problemsOf = async (sources: readonly (readonly [place: string, script: string])[]) => {
    const all = sources.map(async ([place, script]) => (await commandProblems(script)).map((it) => `${place}: ${it}`));
    return (await Promise.all(all)).flat();
  };

  it("in blocks exist, with their options", async () => {
    expect(of("sh").length).toBeGreaterThan(0);
    expect(await problemsOf(of("sh").map((block) => [placeOf(block), block.text]))).toEqual([]);
  });

  it("in running text exist, with their options", async () => {
    const commands = documents.map(({ file, prose }) => {
      const inline = inlineCode(prose).filter((it) => /^(npm|npx|aws) /.test(it));
      return [file, inline.join("\n")] as const;
    });
    expect(await problemsOf(commands)).toEqual([]);
  });
});

describe("paths in running text", () => {
  it("of files and folders of this repository exist", () => {
    const ours = /^(cli|demo|docs|examples|functions|src|stacks|test|testing|tools)\/[\w./-]+$/;
    const isThere = (path: string) => ["", ".ts", ".test.ts"].some((ending) => existsSync(path + ending));
    const missing = documents.flatMap(({ file, prose }) =>
      inlineCode(prose)
        .filter((it) => ours.test(it) && !isThere(it))
        .map((it) => `${file}: ${it}`),
    );
    expect(missing).toEqual([]);
  });
});
