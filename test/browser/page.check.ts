import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PoolView } from "../../cli/console/model.ts";
import type { RunningConsole } from "../../cli/console/server.ts";
import { launch, looks, openPage, overflow, type Watched, wear } from "./browser.ts";
import { many, one, servePool } from "./fixtures.ts";

let browser: Browser;
let servers: RunningConsole[];
let pages: ReadonlyMap<PoolView, Watched>;

const usual = { width: 1280, scheme: "light" } as const;

beforeAll(async () => {
  browser = await launch();
  servers = await Promise.all([servePool(many), servePool(one)]);
  const [first, second] = await Promise.all(servers.map(({ url }) => openPage(browser, url, usual)));
  if (first && second) pages = new Map([[many, first] as const, [one, second] as const]);
});

afterAll(async () => {
  await browser.close();
  await Promise.all(servers.map((it) => it.close()));
});

/** Looks at the page on a pool, which is open all the time. */
async function withPage(pool: PoolView, test: (watched: Watched) => Promise<void>): Promise<void> {
  const watched = pages.get(pool);
  if (!watched) throw new Error("no page is open on this pool");
  await wear(watched.page, usual);
  await watched.page.locator(".chart canvas").first().waitFor();
  await test(watched);
  expect(watched.faults).toEqual([]);
}

/** Texts that stand out of their box, and cut ones without a tip that has them in full. */
const illegible = (page: Page) =>
  page.evaluate(`[...document.querySelectorAll(".drawing > div, .drawing > div > *")].flatMap((it) => {
    const box = it.closest(".drawing > div").getBoundingClientRect();
    const own = it.getBoundingClientRect();
    const out = own.left < box.left - 1 || own.right > box.right + 1 || own.top < box.top - 1 || own.bottom > box.bottom + 1;
    const tip = it.closest("[title]")?.title ?? "";
    const words = it.textContent.replace(/^[^\\w]+/, "").replace(/^(carries|refuses|partly refused by|cannot reach) /, "");
    const cut = it.children.length === 0 && it.scrollWidth > it.clientWidth && !tip.includes(words.replace(/^…/, ""));
    return out || cut ? [it.textContent] : [];
  })`) as Promise<string[]>;

/** Where the line of the chart begins and ends: most of the columns of the canvas between have its colour. */
const lineSpan = (page: Page) =>
  page.evaluate(`(() => {
    const canvas = document.querySelector(".charts-section canvas");
    const [, red, green, blue] = /(\\w\\w)(\\w\\w)(\\w\\w)/.exec(getComputedStyle(canvas).getPropertyValue("--series-0"));
    const wanted = [red, green, blue].map((it) => parseInt(it, 16));
    const { width, height } = canvas;
    const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, width, height);
    const isLine = (x) => Array.from({ length: height }, (_, y) => (y * width + x) * 4).some((at) =>
      data[at + 3] > 200 && wanted.every((it, index) => Math.abs(data[at + index] - it) < 24));
    const columns = Array.from({ length: width }, (_, x) => x).filter(isLine);
    const place = (x) => (x / width < 0.4 ? "beginning" : x / width < 0.7 ? "middle" : "end");
    return columns.length > width / 4 ? [place(columns[0]), place(columns.at(-1))] : columns.length;
  })()`);

const violations = async (page: Page) => {
  await page.evaluate(axe.source);
  return (await page.evaluate(
    "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map((it) => it.html).join(' ')))",
  )) as string[];
};

describe.each([
  ["24 functions and nine interfaces", "many", many],
  ["a pool of one", "one", one],
] as const)("%s", (_, name, pool) => {
  it("are legible at every width: nothing leaves its box, and what is cut can be read in full", () =>
    withPage(pool, async ({ page, shoot }) => {
      for (const look of looks.filter(({ scheme }) => scheme === "light")) {
        await wear(page, look);
        await expect.poll(() => overflow(page)).toBe(0);
        await expect.poll(() => illegible(page)).toEqual([]);
      }
      await shoot(`pool-${name}`);
    }));
});

it("uses a wide screen: picture, charts and time line side by side", () =>
  withPage(many, async ({ page }) => {
    await wear(page, { width: 1920, scheme: "light" });
    const boxes = [".picture-panel", ".charts-section", ".timeline"].map((it) => page.locator(it).boundingBox());
    const [picture, charts, timeline] = await Promise.all(boxes);
    expect(picture?.y).toBe(charts?.y);
    expect(charts?.y).toBe(timeline?.y);
    expect((timeline?.x ?? 0) + (timeline?.width ?? 0)).toBeGreaterThan(1800);
  }));

it("counts functions whose traffic goes the same way, and lists each by its full name, to be searched", () =>
  withPage(many, async ({ page }) => {
    expect(await page.locator(".card.member .name").allTextContents()).toEqual(Array(3).fill("8 functions"));
    await page.locator("summary", { hasText: "Functions (24)" }).click();
    expect(await page.locator(".functions li").count()).toBe(24);
    await page.getByLabel("Search").fill("refund");
    expect(await page.locator(".functions .full-name").allTextContents()).toEqual([
      "acme-production-payments-backend-refund-created-handler",
      "acme-production-payments-backend-refund-cancelled-handler",
      "acme-production-payments-backend-refund-reconciliation-nightly-batch",
    ]);
    expect(await violations(page)).toEqual([]);
  }));

it("shows only the partner that blocks as blocking, and whom that concerns", () =>
  withPage(many, async ({ page }) => {
    expect(await page.locator(".card.partner.bad .name").allTextContents()).toEqual(["bank-of-the-north-settlement"]);
    expect(await page.locator(".drawing .flow.refused").count()).toBe(1);
    const concerned = page.locator(".card.member.bad");
    expect(await concerned.locator(".says").allTextContents()).toEqual([
      "! partly refused by bank-of-the-north-settlement",
    ]);
  }));

it("tells each partner's availability over the last hour and day, and each bar's when it is pointed at", () =>
  withPage(many, async ({ page }) => {
    const bank = page.locator(".availability li", { hasText: "bank-of-the-north" });
    expect(await bank.locator(".number").allTextContents()).toEqual(["98.5 % last hour", "98.1 % last day"]);
    await bank.locator(".bar").nth(50).hover();
    expect(await bank.locator(".number").first().textContent()).toBe("98.5 % 14:20Z to 14:21Z: 5 of 12 let in");
    const carrier = page.locator(".availability li", { hasText: "carrier-1" });
    expect(await carrier.locator(".number").first().textContent()).toBe("100 % last hour");
    await carrier.locator(".bar").first().hover();
    expect(await carrier.locator(".number").first().textContent()).toContain("no data");
  }));

it("draws states as bands with a legend, and values with unit, range and the value that is pointed at", () =>
  withPage(many, async ({ page }) => {
    const bands = page.locator(".panel", { hasText: "Needs a person" });
    expect(await bands.locator("canvas").count()).toBe(0);
    expect(await bands.locator("rect.bad title").textContent()).toBe("14:01Z to 14:05Z: a page");
    expect(await bands.locator(".legend li").allTextContents()).toEqual(["nothing to do", "a ticket", "a page"]);
    const lines = page.locator(".panel", { hasText: "Answers that are blocked" });
    const legend = () => lines.locator(".legend").textContent();
    expect(await legend()).toContain("share of all answers 25 % (0 % to 25 %)");
    await lines.locator(".u-over").hover({ position: { x: 320, y: 40 } });
    await expect.poll(legend).toMatch(/share of all answers 0 % .*at 14:0\dZ/);
    // Another scheme draws it anew, over the same hour: its values begin in the middle.
    for (const scheme of ["light", "dark"] as const) {
      await wear(page, { width: 1280, scheme });
      await expect.poll(() => lineSpan(page)).toEqual(["middle", "end"]);
    }
  }));

it("says without an error in the browser's console that the server is gone, and notices that it is back", async () => {
  const first = await servePool(one, 0, ["An event of the first server"]);
  const watched = await openPage(browser, first.url, usual);
  const { page, faults, shoot } = watched;
  const event = (text: string) => page.locator(".timeline li", { hasText: text });
  await event("first server").waitFor();
  await first.close();
  await page.getByRole("alert").filter({ hasText: "The server does not answer any more" }).waitFor();
  await page.locator(".headline.unknown", { hasText: "no data since" }).waitFor();
  // Meanwhile it is looked for several times.
  await shoot(
    "server-gone",
    looks.filter(({ scheme }) => scheme === "light"),
  );
  expect(await violations(page)).toEqual([]);
  const second = await servePool(one, Number(new URL(first.url).port), ["An event of the second server"]);
  await event("second server").waitFor();
  expect(await event("first server").count()).toBe(0);
  expect(await page.getByRole("alert").count()).toBe(0);
  expect(faults).toEqual([]);
  await page.close();
  await second.close();
});
