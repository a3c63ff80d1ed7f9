import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RunningConsole } from "../../cli/console/server.ts";
import { runDemoServer } from "../../demo/serve.ts";
import { launch, openPage, type Watched } from "./browser.ts";

let browser: Browser;
let demo: RunningConsole;
let watched: Watched;
let page: Page;

beforeAll(async () => {
  [browser, demo] = await Promise.all([launch(), runDemoServer({ seed: 5, port: 0, speed: 60 })]);
  watched = await openPage(browser, demo.url, { width: 1280, scheme: "dark" });
  page = watched.page;
  await orders("running").waitFor({ timeout: 120_000 });
});

afterAll(async () => {
  expect(watched.faults).toEqual([]);
  await browser.close();
  await demo.close();
});

const click = (name: string) => page.getByRole("button", { name, exact: true }).click();
const line = (text: string | RegExp) => page.locator(".timeline li", { hasText: text }).first();
const count = (text: string | RegExp) => page.locator(".timeline li", { hasText: text }).count();
const bank = (text: string) => page.locator(".card.partner", { hasText: "bank" }).filter({ hasText: text });
const orders = (text: string) => page.locator(".card.member", { hasText: "orders" }).filter({ hasText: text });
const waits = { timeout: 60_000 };

/** Waits until there are more lines of this kind than there were. */
async function more(text: string | RegExp, than: number): Promise<void> {
  await expect.poll(() => count(text), { timeout: 60_000, interval: 250 }).toBeGreaterThan(than);
}

const button = (name: string) => page.getByRole("button", { name, exact: true });
const reason = (text: string) => page.locator(".reasons li", { hasText: text });

it("a button that can do nothing now is disabled, and says why", async () => {
  await reason("Unblock: not now, no partner refuses an address.").waitFor(waits);
  expect(await button("Unblock").getAttribute("aria-disabled")).toBe("true");
  expect(await button("Unblock").getAttribute("title")).toBe("Not now: no partner refuses an address");
  await button("Unblock").dispatchEvent("click");
  await page.waitForTimeout(300);
  expect(await count("The partners accept")).toBe(0);
});

/** The interfaces that carry the function's traffic, as the picture names them. */
async function carrying(): Promise<string> {
  const cards = page.locator(".interface", { hasText: /carries .*orders/ });
  return (await cards.locator(".name").allTextContents()).sort().join(" ");
}

/** An address that still drains on the interface need not move: the test asserts that no function stays cut off. */
async function isServedAgain(): Promise<void> {
  await orders("running").waitFor(waits);
  await expect.poll(() => page.locator(".card.member.bad").count(), { timeout: 60_000 }).toBe(0);
}

it("Change subnets moves the function's traffic to other interfaces, which have addresses", async () => {
  await isServedAgain();
  const before = await carrying();
  const linesBefore = await count("is moved to zones");
  await click("Change subnets");
  await more("is moved to zones", linesBefore);
  await page.locator(".caption", { hasText: "You control the region" }).waitFor(waits);
  await expect.poll(carrying, { timeout: 60_000 }).not.toBe(before);
  await isServedAgain();
});

it("losing the event delays healing until the next sweep: the function gets its egress back", async () => {
  const before = await carrying();
  await click("… losing the event");
  await line("only the sweep").waitFor(waits);
  await expect.poll(carrying, { timeout: 60_000 }).not.toBe(before);
  await isServedAgain();
});

it("killing the run leaves a state from which the next run continues", async () => {
  await click("… killing the run");
  await line("Relocation was killed").waitFor(waits);
  await watched.shoot("run-killed", [{ width: 1280, scheme: "dark" }]);
  await isServedAgain();
});

it("Block an address: the partner refuses it, the page marks it, and relocation swaps it", async () => {
  const before = await count("replacing");
  await click("Block an address");
  await bank("refuses 1").waitFor(waits);
  await page.locator(".drawing .flow.refused").first().waitFor(waits);
  await page.locator(".address.bad").first().waitFor(waits);
  await more("replacing", before);
});

it("Block all: the partner refuses every address, and the pool fails over", async () => {
  await click("Block all");
  await bank("refuses 4").waitFor(waits);
  await reason("Block all: not now, the bank refuses all addresses already.").waitFor(waits);
  await orders("cannot reach bank").waitFor(waits);
  await page.locator(".pill.fallback").waitFor(waits);
});

it("Pause stops the region's time, and a speed starts it again", async () => {
  await click("Pause");
  const pressed = () => page.getByRole("button", { name: "Pause", exact: true }).getAttribute("aria-pressed");
  await expect.poll(pressed).toBe("true");
  const time = () => page.locator(".health time").textContent();
  await page.waitForTimeout(700);
  const stopped = await time();
  await page.waitForTimeout(1500);
  expect(await time()).toBe(stopped);
  for (const speed of ["1×", "10×", "60×"]) {
    await click(speed);
    await expect.poll(() => page.locator('button[aria-pressed="true"]').textContent()).toBe(speed);
  }
  await expect.poll(time).not.toBe(stopped);
});

it("can be operated by keyboard, with a visible focus", async () => {
  await page.getByRole("button", { name: "10×", exact: true }).focus();
  await page.keyboard.press("Tab");
  const focused = page.locator(":focus");
  expect(await focused.textContent()).toBe("60×");
  expect(await focused.evaluate((it) => getComputedStyle(it).outlineStyle)).toBe("solid");
  await page.keyboard.press("Enter");
  await expect.poll(() => focused.getAttribute("aria-pressed")).toBe("true");
});

it("Unblock makes the partners accept every address, and log and picture say so together", async () => {
  await click("Unblock");
  await line("The partners accept every address again").waitFor(waits);
  expect(await bank("accepts").count()).toBe(1);
});

it("lets time pass only while the page is visible", async () => {
  const seconds = async () => {
    const text = await page.locator(".health time").textContent();
    return (text ?? "")
      .replace("after ", "")
      .split(":")
      .reduce((sum, part) => sum * 60 + Number(part), 0);
  };
  const hide = (hidden: boolean) =>
    page.evaluate(`Object.defineProperty(document, "hidden", { configurable: true, value: ${hidden} });
      document.dispatchEvent(new Event("visibilitychange"))`);
  await hide(true);
  await page.waitForTimeout(300);
  const before = await seconds();
  await page.waitForTimeout(1_500);
  await hide(false);
  await expect.poll(seconds).not.toBe(before);
  expect((await seconds()) - before).toBeLessThan(60);
});
