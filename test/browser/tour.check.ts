import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RunningConsole } from "../../cli/console/server.ts";
import { runDemoServer } from "../../demo/serve.ts";
import { launch, openPage, type Watched } from "./browser.ts";

let browser: Browser;
let demo: RunningConsole;
let wide: Watched;

beforeAll(async () => {
  [browser, demo] = await Promise.all([launch(), runDemoServer({ seed: 2, port: 0, speed: 60 })]);
  wide = await openPage(browser, demo.url, { width: 1280, scheme: "light" });
});

afterAll(async () => {
  await browser.close();
  await demo.close();
});

const line = (page: Page, text: RegExp | string) => page.locator(".timeline li", { hasText: text }).first();
const waits = { timeout: 240_000 };

it("shows a relocation, a block, a swap, a failover and a failback without any input", async () => {
  const { page, shoot } = wide;
  await line(page, "relocation row 7").waitFor(waits);
  await page.locator(".address.good").first().waitFor(waits);
  await line(page, "orders is moved to zones b and c").waitFor(waits);
  await line(page, /is a spare again/).waitFor(waits);
  await shoot("1-relocated");
  await page.locator(".address.bad").first().waitFor(waits);
  await line(page, "is blocked by bank").waitFor(waits);
  await line(page, /replacing .*relocation row 5|relocation row 5.*replacing/s).waitFor(waits);
  await shoot("2-swapped");
  await line(page, "A NAT gateway is being created").waitFor(waits);
  await page.locator(".pill.fallback").waitFor(waits);
  await page.locator(".address.fallback", { hasText: "on NAT" }).waitFor(waits);
  await shoot("3-in-fallback");
  await page.locator(".pill.mixed").waitFor(waits);
  await line(page, "fallback row 10").waitFor(waits);
  await page.locator(".pill.direct").waitFor(waits);
  await line(page, "fallback row 12").waitFor(waits);
  await page.locator(".caption", { hasText: "your turn" }).waitFor(waits);
  await shoot("4-direct-again");
});

it.each([
  { width: 1280, scheme: "light" },
  { width: 1280, scheme: "dark" },
  { width: 390, scheme: "light" },
  { width: 390, scheme: "dark" },
] as const)("has no accessibility violation and fits at $width px, $scheme", async (look) => {
  const watched = await openPage(browser, demo.url, look);
  const { page, faults, shoot, transferred } = watched;
  await page.locator(".chart canvas").first().waitFor({ timeout: 30_000 });
  await page.locator(".timeline li").first().waitFor();
  await page.evaluate(axe.source);
  const violations = (await page.evaluate(
    "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map((it) => it.html).join(' ')))",
  )) as string[];
  expect(violations).toEqual([]);
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(look.width);
  await shoot(`look-${look.width}-${look.scheme}`);
  expect(await transferred()).toBeLessThan(200_000);
  expect(faults).toEqual([]);
  await page.close();
});

it("does not animate where the reader prefers reduced motion", async () => {
  const { page } = wide;
  const animation = () =>
    page
      .locator(".flow.open")
      .first()
      .evaluate((it) => getComputedStyle(it).animationName);
  expect(await animation()).toBe("traffic");
  await page.emulateMedia({ reducedMotion: "reduce" });
  expect(await animation()).toBe("none");
  await page.emulateMedia({ reducedMotion: "no-preference" });
});

it("logs no error and sends no request to another host", () => {
  expect(wide.faults).toEqual([]);
});
