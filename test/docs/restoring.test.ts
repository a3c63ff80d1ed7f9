/** SST runs Pulumi without a refresh: a deployment alone restores nothing, and no text may say otherwise. */
import { describe, expect, it } from "vitest";
import { deploy } from "../stacks/deployment.ts";
import { textsInCode } from "./code-texts.ts";
import { allDocuments } from "./markdown.ts";

const deployment = /\bdeploy(?:ment|s|ing)?\b/i;
const restores =
  /\brestor(?:es|ing)\b|\bto restore\b|\bbrings? (?:\S+ ){0,4}back\b|\bputs (?:\S+ ){0,4}(?:back|right)\b/i;
/** In a list of what heals something, a deployment that is to do it. */
const heals = /(?:^|, or |; )(?:a|another|the next) deployment$/i;
/** A text that promises it also says how, or that it is not so. */
const saysHow = /\brefresh\b|\bnothing\b|\bmust not\b/i;

/** Returns what promises that a deployment by itself restores something. */
function promises(text: string): string[] {
  const unwrapped = text.replace(/([^\n|])\n(?=[^\n|#-])/g, "$1 ");
  const cells = unwrapped.split(/\n|(?<!\\)\|/);
  const sentences = cells.flatMap((cell) => cell.split(/(?<=\w[`)]?)\.\s/)).map((it) => it.trim());
  return sentences.filter((it) => {
    const promised =
      /\bdeploy(?:ed|s)? again\b/i.test(it) || heals.test(it) || (deployment.test(it) && restores.test(it));
    return promised && !saysHow.test(it);
  });
}

/** Texts in code that tell people what to do. */
const folders = ["cli", "src", "stacks", "functions", "testing/twin"];

describe("a promise that a deployment alone restores something", () => {
  it.each([
    "Deploy again: it restores the queue's policy.",
    "`sst deploy` restores all of these.",
    "| the rule is gone | sweeps; a deployment restores them |",
    "| the role | `RelocationFailed` names it | a deployment |",
    "| the next minute, or a deployment |",
    "deploy again: npx sst deploy",
    "A later deployment brings the rule back.",
  ])("is seen in %s", (text) => {
    expect(promises(text)).toHaveLength(1);
  });

  it.each([
    "Refresh and deploy: that restores schedule, role and settings.",
    "`sst deploy` restores nothing by itself.",
    "npx sst refresh --stage dev, then npx sst deploy --stage dev: both bring it back",
    "| a deployment of a version that works |",
    "Correct the target, or restore the secret, and deploy.",
    "raise addresses.spares and deploy",
  ])("is not seen in %s", (text) => {
    expect(promises(text)).toEqual([]);
  });

  it.each(allDocuments().map((it) => [it.file, it.prose] as const))("does not stand in %s", (_, prose) => {
    expect(promises(prose)).toEqual([]);
  });

  it("does not stand in remediations, errors or other texts of the code", () => {
    const texts = folders.flatMap(textsInCode);
    expect(texts.length).toBeGreaterThan(1000);
    expect(texts.flatMap(({ place, text }) => promises(text).map((it) => `${place}: ${it}`))).toEqual([]);
  });

  it("does not stand in an alarm's description", async () => {
    const targets = [{ name: "partner", url: "https://api.example.com/" }];
    const guarded = { functions: ["labels"], policy: "attach" as const };
    const orders = { network: { create: {} }, targets, fallback: { standby: "cold" }, guarded } as const;
    const { of } = await deploy({ pools: { orders } });
    const said = of("cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) => String(inputs["alarmDescription"]));
    expect(said.length).toBeGreaterThan(10);
    expect(said.flatMap(promises)).toEqual([]);
  });
});
