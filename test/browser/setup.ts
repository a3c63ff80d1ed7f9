import { build } from "esbuild";
import { pageOptions } from "../../tools/bundle.ts";

export default async function setup(): Promise<void> {
  await build(pageOptions("dist/console"));
}
