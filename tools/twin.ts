import { parseArgs } from "node:util";
import { silenceSdkAdvice } from "../cli/support/sdk-advice.ts";
import { VirtualClock } from "../testing/twin/clock.ts";
import type { Delays } from "../testing/twin/delays.ts";
import { addEventPath } from "../testing/twin/event-path.ts";
import { readMeasured } from "../testing/twin/measured.ts";
import { createRegion, type Region } from "../testing/twin/region.ts";
import { startServer } from "../testing/twin/server.ts";

const HELP = `Serves a simulated AWS region over HTTP on 127.0.0.1.

Usage: npm run twin -- [options]

  --deploy <file>    deploy this configuration, and give each pool a function
  --port <n>         port to listen on (default 4566; 0 takes a free one)
  --seed <n>         seed of all randomness (default 1)
  --consistent       describe calls see every change at once
  --speed <n>        let time pass n times as fast (default 1)
  --measured <file>  let things take as long as a rehearsal has measured: a file
                     that npx holdfast rehearse --fixtures wrote; not with
                     --deploy
  --help             this text

Point any AWS SDK or CLI at it with AWS_ENDPOINT_URL=http://127.0.0.1:<port>.
`;

/** Returns the exit code: 0 served or helped, 1 the port could not be had, 2 wrong usage. */
async function main(): Promise<number> {
  const settings = readSettings();
  if (settings instanceof Error) {
    console.error(`${settings.message}\n\n${HELP}`);
    return 2;
  }
  if (settings.help) {
    console.log(HELP);
    return 0;
  }
  try {
    const region = await openRegion(settings);
    const server = await startServer(region, settings.port, [], settings.speed);
    const signal = new Promise((resolve) => {
      process.once("SIGINT", resolve);
      process.once("SIGTERM", resolve);
    });
    const { measured } = settings;
    const names = measured ? `; as measured: ${Object.keys(measured).join(", ") || "nothing"}` : "";
    console.log(`twin listening on ${server.url} (seed ${settings.seed})${names}`);
    await signal;
    await server.close();
    return 0;
  } catch (error) {
    console.error(`cannot serve: ${(error as Error).message}`);
    return 1;
  }
}

/** Callers have the wall's clock: to them, what happened in another year happened too long ago. */
async function openRegion(settings: Settings): Promise<Region> {
  if (settings.deploy !== undefined) {
    const { deployFile } = await import("./twin-deploy.ts");
    return deployFile(settings.deploy, settings);
  }
  const clock = new VirtualClock(Date.now());
  const region = createRegion({ ...settings, clock, delays: settings.measured ?? {} });
  addEventPath(region);
  return region;
}

interface Settings {
  /** A configuration. */
  readonly deploy: string | undefined;
  readonly port: number;
  readonly seed: number;
  readonly consistent: boolean;
  readonly speed: number;
  readonly measured: Partial<Delays> | undefined;
  readonly help: boolean;
}

function readSettings(): Settings | Error {
  try {
    const { values } = parseArgs({
      options: {
        deploy: { type: "string" },
        port: { type: "string", default: "4566" },
        seed: { type: "string", default: "1" },
        speed: { type: "string", default: "1" },
        measured: { type: "string" },
        consistent: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    const port = wholeNumber("--port", values.port, 65_535);
    const seed = wholeNumber("--seed", values.seed, 2 ** 31 - 1);
    const speed = wholeNumber("--speed", values.speed, 1_000);
    const { deploy } = values;
    if (deploy !== undefined && values.measured !== undefined) throw new Error("give --deploy or --measured, not both");
    const measured = values.measured === undefined ? undefined : readMeasured(values.measured);
    return { deploy, port, seed, speed, measured, consistent: values.consistent, help: values.help };
  } catch (error) {
    return error as Error;
  }
}

function wholeNumber(flag: string, text: string, max: number): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < 0 || value > max) {
    throw new Error(`${flag} must be a whole number from 0 to ${max}, not '${text}'`);
  }
  return value;
}

silenceSdkAdvice();
process.exitCode = await main();
