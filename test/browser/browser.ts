/** A page in Debian's Chromium, watched for errors and for requests to other hosts. */
import { mkdirSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

const screenshots = "reports/screenshots";

export function launch(): Promise<Browser> {
  return chromium.launch({
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
  });
}

export interface Look {
  readonly width: 1280 | 390;
  readonly scheme: "light" | "dark";
}

export interface Watched {
  readonly page: Page;
  /** Errors on the console, exceptions, and requests to any other server than the page's own. */
  readonly faults: string[];
  /** Bytes of the page's own files, as transferred. */
  transferred(): Promise<number>;
  /** Saves a screenshot of the page. */
  shoot(name: string): Promise<void>;
}

export async function openPage(browser: Browser, url: string, { width, scheme }: Look): Promise<Watched> {
  const viewport = { width, height: width === 390 ? 844 : 900 };
  const page = await browser.newPage({ viewport, colorScheme: scheme });
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
    async shoot(name) {
      mkdirSync(screenshots, { recursive: true });
      await page.screenshot({ path: `${screenshots}/${name}.png`, fullPage: true });
    },
  };
}
