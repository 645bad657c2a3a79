import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { Browser } from "playwright-core";
import { launch, visit } from "../browser.ts";

// These hold for any Weir, whatever data it has: with WEIR_URL set they run against that one.
let browser: Browser;
const base = inject("world").url;

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
});

const PAGES = [
  "/",
  "/traces",
  "/traces?range=24h&order=slowest",
  "/xray",
  "/xray/map",
  "/xray/analytics",
  "/xray/groups",
  "/xray/insights",
  "/xray/sampling",
  "/logs",
  "/errors",
  "/setup",
  "/query",
  "/query?calc=COUNT&range=24h",
  "/boards",
  "/alerts",
  "/alerts?tab=slos",
  "/alerts?tab=recipients",
];

describe.each(["dark", "light"] as const)("in the %s theme", (theme) => {
  it.each(PAGES)("%s shows no failure, and fetches nothing from outside", async (path) => {
    const { page, troubles } = await visit(browser, base, path, theme);
    await page.locator("main .panel, main .groups, main .state").first().waitFor();
    await page.locator("main [role=status][aria-label=Loading]").first().waitFor({ state: "detached" });
    await expect.poll(() => page.locator("main [role=alert]").allInnerTexts()).toEqual([]);
    await expect.poll(() => page.locator("html").getAttribute("data-mantine-color-scheme")).toBe(theme);
    expect(troubles).toEqual([]);
    await page.context().close();
  });
});

it.each(PAGES)("%s fits a window of 1024 px", async (path) => {
  const { page } = await visit(browser, base, path);
  await page.setViewportSize({ width: 1024, height: 768 });
  await page.locator("main .panel, main .groups, main .state").first().waitFor();
  const overflow = await page.evaluate(() => {
    const main = document.querySelector("main");
    return (main?.scrollWidth ?? 0) - (main?.clientWidth ?? 0);
  });
  expect(overflow).toBe(0);
  await page.context().close();
});

it("opens the newest trace of the list as a story", async () => {
  const { page, troubles } = await visit(browser, base, "/traces?range=7d");
  await page.locator(".trace-row, main .state").first().waitFor();
  if ((await page.locator(".trace-row").count()) > 0) {
    await page.locator(".trace-row").first().click();
    await page.waitForURL(/\/story\/[0-9a-f]{32}/);
    await page.locator(".wf-row").first().waitFor();
    await expect.poll(() => page.locator(".part").count()).toBeGreaterThan(0);
  } else expect(await page.locator("main .state").innerText()).toContain("No traces in this time");
  expect(troubles).toEqual([]);
  await page.context().close();
});

it("says that an unknown trace is not there", async () => {
  const { page } = await visit(browser, base, "/story/00000000000000000000000000000001");
  const alert = page.getByRole("alert");
  await alert.waitFor();
  await expect.poll(() => alert.innerText()).toContain("404");
  await page.context().close();
});

it("answers any path with the page, and an unknown one with a way home", async () => {
  const { page } = await visit(browser, base, "/no/such/page");
  await page.getByText("This page does not exist").waitFor();
  await page.getByRole("link", { name: "Go home" }).click();
  await page.waitForURL(`${base}/`);
  await page.context().close();
});

it("goes everywhere by keyboard", async () => {
  const { page } = await visit(browser, base, "/");
  await page.locator(".side").waitFor();
  for (const [key, path] of [
    ["t", "/traces"],
    ["m", "/xray/map"],
    ["x", "/xray"],
    ["l", "/logs"],
    ["e", "/errors"],
    ["s", "/setup"],
    ["h", "/"],
  ] as const) {
    await page.keyboard.press("g");
    await page.keyboard.press(key);
    await page.waitForURL((url) => url.pathname === path);
  }
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await expect.poll(() => page.getByRole("dialog").innerText()).toContain("Keyboard shortcuts");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("/");
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute("aria-label")))
    .toBe("Search any id or text");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+k");
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute("aria-label")))
    .toBe("Search any id or text");
  await page.context().close();
});

it("keeps the theme that was chosen", async () => {
  const { page } = await visit(browser, base, "/", "light");
  await page.getByRole("button", { name: "Switch to the dark theme" }).click();
  await page.reload();
  await page.locator(".side").waitFor();
  await expect.poll(() => page.locator("html").getAttribute("data-mantine-color-scheme")).toBe("dark");
  await page.context().close();
});

it("keeps the time range in the URL, from page to page and over a reload", async () => {
  const { page } = await visit(browser, base, "/");
  await page.getByRole("button", { name: "Time range" }).click();
  await page.getByText("Last 24 hours").click();
  await page.waitForURL(/range=24h/);
  await page.getByRole("link", { name: "Traces", exact: true }).click();
  await page.waitForURL(/\/traces\?range=24h/);
  await page.reload();
  await expect.poll(() => page.getByRole("button", { name: "Time range" }).innerText()).toContain("Last 24 hours");
  await page.getByRole("button", { name: "Time range" }).click();
  await page.getByLabel("or from").fill("2026-03-01 10:00");
  await page.getByLabel("to", { exact: true }).fill("2026-03-01 11:30");
  await page.getByRole("button", { name: "Apply" }).click();
  await page.waitForURL(/start=2026-03-01T.*end=2026-03-01T/);
  expect(page.url()).not.toContain("range=24h");
  await expect.poll(() => page.getByRole("button", { name: "Paused" }).isDisabled()).toBe(true);
  await page.context().close();
});
