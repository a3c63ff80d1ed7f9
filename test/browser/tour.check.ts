import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RunningConsole } from "../../cli/console/server.ts";
import { runDemoServer } from "../../demo/serve.ts";
import { launch, looks, openPage, overflow, type Watched, wear } from "./browser.ts";

let browser: Browser;
let demo: RunningConsole;
let watched: Watched;
let page: Page;

beforeAll(async () => {
  [browser, demo] = await Promise.all([launch(), runDemoServer({ seed: 5, port: 0, pace: 200 })]);
  watched = await openPage(browser, demo.url, { width: 1280, scheme: "light" });
  page = watched.page;
});

afterAll(async () => {
  await browser.close();
  await demo.close();
});

const line = (text: RegExp | string) => page.locator(".timeline li", { hasText: text }).first();
const waits = { timeout: 120_000 };

const click = (name: string) => page.getByRole("button", { name, exact: true }).click();
const pressed = (name: string) => page.getByRole("button", { name, exact: true, pressed: true });

/** Keeps a screenshot of this moment in every look, and goes on at this speed. */
async function shoot(name: string, speed = "Auto"): Promise<void> {
  await click("Pause");
  await pressed("Pause").waitFor();
  await watched.shoot(name);
  await click(speed);
}

it("shows a relocation, a block, a swap, a failover and a failback without any input", async () => {
  await line("relocation row 7").waitFor(waits);
  await page.locator(".address.good").first().waitFor(waits);
  await shoot("1-deployed");
  await line("orders is moved to zones b and c").waitFor(waits);
  await line(/is a spare again/).waitFor(waits);
  await shoot("2-relocated");
  await line("The bank blocks").waitFor(waits);
  await shoot("3-blocked", "60×");
  await page.locator(".address.bad").first().waitFor(waits);
  await line("is blocked by bank").waitFor(waits);
  await line(/replacing .*relocation row 5|relocation row 5.*replacing/s).waitFor(waits);
  await shoot("4-swapped");
  await line("A NAT gateway is being created").waitFor(waits);
  await page.locator(".pill.fallback").waitFor(waits);
  await page.locator(".address.fallback", { hasText: "on NAT" }).waitFor(waits);
  await shoot("5-in-fallback");
  await page.locator(".pill.mixed").waitFor(waits);
  await shoot("6-returning");
  await line("fallback row 10").waitFor(waits);
  await page.locator(".pill.direct").waitFor(waits);
  await line("fallback row 12").waitFor(waits);
  await page.locator(".caption", { hasText: "your turn" }).waitFor(waits);
});

it("tells of no failure of its own on the way", async () => {
  const bad = await page.locator(".timeline .bad .what").allTextContents();
  expect(bad.length).toBeGreaterThan(0);
  expect(bad.filter((what) => !/^(The bank blocks|.* is blocked by bank|bank keeps out)/.test(what))).toEqual([]);
  expect(await page.locator(".timeline", { hasText: "Unverified" }).count()).toBe(0);
});

it("has no accessibility violation and fits in every look; its files are less than 250 KB", async () => {
  await page.locator("summary", { hasText: "CloudWatch dashboard" }).click();
  await page.locator(".dashboard .band").first().waitFor();
  await page.evaluate(axe.source);
  for (const look of looks.filter(({ width }) => width !== 1920)) {
    await wear(page, look);
    const violations = (await page.evaluate(
      "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map((it) => it.html).join(' ')))",
    )) as string[];
    expect(violations).toEqual([]);
    await expect.poll(() => overflow(page)).toBe(0);
  }
  await shoot("7-direct-again");
  await page.locator("summary", { hasText: "CloudWatch dashboard" }).click();
  expect(await watched.transferred()).toBeLessThan(250_000);
});

it("comes back after all addresses are blocked and unblocked once more, and says what it waits for", async () => {
  await click("Block all");
  await page.locator(".pill.fallback").waitFor(waits);
  await click("Unblock");
  await page.locator(".headline dd", { hasText: /(keeps|waits|leaves|stays) .*until 20/ }).waitFor(waits);
  await page.locator(".pill.direct").waitFor(waits);
});

it("Restart after the story's end runs it again, in a new region that is shown at once", async () => {
  await click("Restart");
  await page.locator(".steps .now", { hasText: "Deploy" }).waitFor(waits);
  await page.locator(".card.member", { hasText: "orders" }).waitFor(waits);
  expect(await page.locator(".health time").textContent()).toMatch(/^after 0[0-4]:/);
  expect(await page.locator(".timeline", { hasText: "is blocked by" }).count()).toBe(0);
});

it("does not animate where the reader prefers reduced motion", async () => {
  const animation = () =>
    page
      .locator(".drawing .flow.open")
      .first()
      .evaluate((it) => getComputedStyle(it).animationName);
  expect(await animation()).toBe("traffic");
  await page.emulateMedia({ reducedMotion: "reduce" });
  expect(await animation()).toBe("none");
});

it("logs no error and sends no request to another host", () => {
  expect(watched.faults).toEqual([]);
});
