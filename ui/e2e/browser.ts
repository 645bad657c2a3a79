import { chromium, type Browser, type Page } from "playwright-core";

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
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

export interface Visit {
  page: Page;
  /** Errors of the page and requests that left the server under test: both must stay empty. */
  troubles: string[];
}

/** A fresh page that notes every script error and every request to somewhere else. */
export async function visit(
  browser: Browser,
  base: string,
  path: string,
  theme: "dark" | "light" = "dark",
): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    colorScheme: theme,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await context.newPage();
  const troubles: string[] = [];
  page.on("pageerror", (error) => troubles.push(`page error: ${error.message}`));
  page.on("console", (message) => {
    // A refused call is logged by the browser itself; the pages' own errors are what counts.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      troubles.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(base) && !/^(data|blob):/.test(request.url()))
      troubles.push(`fetched from outside: ${request.url()}`);
  });
  page.setDefaultTimeout(120_000);
  await page.goto(base + path);
  await page.locator(".shell").waitFor();
  return { page, troubles };
}
