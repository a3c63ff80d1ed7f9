import { build } from "esbuild";
import { chromium } from "playwright-core";
import type { TestProject } from "vitest/node";
import { pageOptions } from "../../tools/bundle.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly browserUrl: string;
  }
}

/** Builds the page and starts the one browser of all files; returns what ends it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [browser] = await Promise.all([
    chromium.launchServer({
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    }),
    build(pageOptions("dist/console")),
  ]);
  project.provide("browserUrl", browser.wsEndpoint());
  return () => browser.close();
}
