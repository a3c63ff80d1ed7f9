import { build } from "esbuild";
import { commandLineOptions, pageOptions } from "../../tools/bundle.ts";

export default async function setup(): Promise<void> {
  await Promise.all([build(commandLineOptions("dist/cli")), build(pageOptions("dist/console"))]);
}
