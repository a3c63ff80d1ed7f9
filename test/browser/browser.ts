/** A page in Debian's Chromium, watched for errors and for requests to other hosts. */
import { mkdirSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { inject } from "vitest";

const screenshots = "reports/screenshots";

/** Returns the browser that all files share (test/browser/setup.ts); to close it ends the pages that were opened here. */
export function launch(): Promise<Browser> {
  return chromium.connect(inject("browserUrl"));
}

export interface Look {
  readonly width: 1920 | 1280 | 390;
  readonly scheme: "light" | "dark";
}

export const looks: readonly Look[] = [390, 1280, 1920].flatMap((width) =>
  ["light", "dark"].map((scheme) => ({ width, scheme }) as Look),
);

export interface Watched {
  readonly page: Page;
  /** Errors on the console, exceptions, and requests to any other server than the page's own. */
  readonly faults: string[];
  /** Bytes of the page's own files, as transferred. */
  transferred(): Promise<number>;
  /** Saves a screenshot of the whole page in each look; the page has the first look before and after. */
  shoot(name: string, looks?: readonly Look[]): Promise<void>;
}

const heightOf = ({ width }: Look) => (width === 390 ? 844 : 900);

export async function wear(page: Page, look: Look): Promise<void> {
  await page.setViewportSize({ width: look.width, height: heightOf(look) });
  await page.emulateMedia({ colorScheme: look.scheme });
}

/** Returns how much wider the page is than its window. */
export async function overflow(page: Page): Promise<number> {
  return (await page.evaluate("document.documentElement.scrollWidth - innerWidth")) as number;
}

export async function openPage(browser: Browser, url: string, look: Look): Promise<Watched> {
  const viewport = { width: look.width, height: heightOf(look) };
  const page = await browser.newPage({ viewport, colorScheme: look.scheme });
  const faults: string[] = [];
  const sizes: Promise<number>[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith("data:")) faults.push(`asked ${request.url()}`);
  });
  page.on("requestfinished", (request) => {
    const bytes = request
      .sizes()
      .then(({ responseBodySize, responseHeadersSize }) => responseBodySize + responseHeadersSize);
    sizes.push(bytes);
  });
  await page.goto(url);
  return {
    page,
    faults,
    transferred: async () => (await Promise.all(sizes)).reduce((sum, bytes) => sum + bytes, 0),
    async shoot(name, all = looks) {
      mkdirSync(screenshots, { recursive: true });
      for (const each of all) {
        await wear(page, each);
        const path = `${screenshots}/${name}-${each.width}-${each.scheme}.png`;
        await page.screenshot({ path, fullPage: true, animations: "disabled" });
      }
      await wear(page, look);
    },
  };
}
