import { build } from "esbuild";
import { commandLineOptions } from "../../scripts/bundle.ts";

export default async function setup(): Promise<void> {
  await build(commandLineOptions("dist/cli"));
}
