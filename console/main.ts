/** `holdfast console`: a local, read-only page on a deployment in an account. */
import { parseArgs } from "node:util";
import { createClients, regionOf } from "../cli/support/clients.ts";
import { findDeployment, poolsOf, readSettings } from "../cli/support/deployment.ts";
import { exitCodes } from "../cli/support/exit-codes.ts";
import { explainFailure } from "../cli/support/failure.ts";
import { runConsole } from "./run.ts";
import { portOf, untilEnded } from "./terminal.ts";

const help = `Usage: npx holdfast console [--region NAME] [--profile NAME] [--stage NAME] [--port N]

Serves a page on 127.0.0.1: the pools of a deployment as they are, what happened and why, and the dashboard. It only
reads, with your own credentials, and only while a page is open. Ctrl-C ends it.

  --region NAME   AWS region
  --profile NAME  AWS profile
  --stage NAME    stage of the deployment, where the region has several
  --port N        listen on this port (default: 4571, or any that is free)
  --help          this text

Example: npx holdfast console --profile production --region eu-central-1
Exit code: 0 when the page was served until it was ended; the others are in docs/cli.md.
`;

function readArguments() {
  const text = { type: "string" } as const;
  const options = { region: text, profile: text, stage: text, port: text, help: { type: "boolean" } } as const;
  const { values } = parseArgs({ options });
  return { ...values, port: portOf(values.port) };
}

async function main(): Promise<number> {
  let given: ReturnType<typeof readArguments>;
  try {
    given = readArguments();
  } catch (error) {
    process.stderr.write(`console: ${(error as Error).message}\n\n${help}`);
    return exitCodes.usage;
  }
  if (given.help) {
    process.stdout.write(help);
    return exitCodes.fine;
  }
  try {
    const { profile, stage, port } = given;
    const region = given.region ?? process.env["AWS_REGION"] ?? process.env["AWS_DEFAULT_REGION"];
    const clients = createClients({ region, profile });
    const choice = { ...(stage !== undefined && { stage }), ...(profile !== undefined && { profile }) };
    const deployment = await findDeployment(clients, await regionOf(clients), choice);
    const pools = poolsOf(await readSettings(clients, deployment));
    await untilEnded(await runConsole({ clients, deployment: { stage: deployment.stage, pools }, port }));
    return exitCodes.fine;
  } catch (error) {
    const { exitCode, text } = explainFailure(error);
    process.stderr.write(`console: ${text}\n`);
    return exitCode;
  }
}

process.exitCode = await main();
