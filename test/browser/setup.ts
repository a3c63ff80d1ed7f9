import { build } from "esbuild";
import { pageOptions } from "../../scripts/bundle.ts";

export default async function setup(): Promise<void> {
  await build(pageOptions("dist/console"));
}
