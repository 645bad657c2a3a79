import { afterAll, beforeAll, expect, inject, it } from "vitest";
import type { Browser, Page } from "playwright-core";
import { launch, visit } from "../browser.ts";

// These hold for any Weir that has traces: with WEIR_URL set they run against that one.
let browser: Browser;
const base = inject("world").url;

beforeAll(async () => {
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
});

async function open(path: string): Promise<{ page: Page; done: () => Promise<void> }> {
  const { page, troubles } = await visit(browser, base, path);
  page.setDefaultTimeout(120_000);
  return {
    page,
    done: async () => {
      expect(troubles).toEqual([]);
      await page.context().close();
    },
  };
}

it("draws the map of what is there, and leads from a node to its traces and to a story", async () => {
  const { page, done } = await open("/xray/map?range=24h&live=off");
  const node = page.locator(".map-node:not(.client)").first();
  await node.waitFor();
  const name = await node.locator("b").innerText();
  // By keyboard: the node may lie outside of the window.
  await node.press("Enter");
  await page.getByRole("slider", { name: "Response times" }).waitFor();
  await page.getByRole("link", { name: "Show traces" }).click();
  await page.waitForURL((url) => url.searchParams.get("filter") === `service("${name}")`);
  await page.locator("a.x-row").first().click();
  await page.waitForURL(/\/story\/[0-9a-f]{32}/);
  await page.locator(".wf-row").first().waitFor();
  await done();
});

it("completes a service, and lists only what the codes and the histogram leave", async () => {
  const { page, done } = await open("/xray?range=24h&live=off");
  await page.locator("a.x-row").first().waitFor();
  await page.getByLabel("Filter expression", { exact: true }).fill('service("');
  await page.getByRole("option").first().waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.searchParams.get("filter")?.startsWith('service("') === true);
  const ok = page.locator(".x-code", { hasText: "OK" });
  const total = Number((await ok.locator("b").innerText()).replace(/\D/g, ""));
  await ok.click();
  await page.waitForURL(/code=ok/);
  await page.locator("a.x-row").first().waitFor();
  await expect.poll(() => page.locator("a.x-row").count()).toBeLessThanOrEqual(total);
  await done();
});

it("marks an unreadable expression where the server says", async () => {
  const { page, done } = await open("/xray?live=off");
  await page.getByLabel("Filter expression", { exact: true }).fill("fault AND nonsense = 1");
  await page.locator(".filter-wrong").waitFor();
  await expect.poll(() => page.locator(".squiggle").innerText()).toBe("nonsense");
  await done();
});

it("compares the slower half with the rest", async () => {
  const { page, done } = await open("/xray/analytics?range=24h&live=off");
  const chart = page.getByRole("slider", { name: "Response times" });
  await chart.focus();
  await page.keyboard.press("ArrowLeft");
  await page.waitForURL(/from=/);
  await page.locator(".compare-key").waitFor();
  await page.getByLabel("Method", { exact: true }).getByText("Selected").waitFor();
  await done();
});

it("makes a group and takes it away again", async () => {
  const { page, done } = await open("/xray/groups");
  const name = `e2e-${Date.now().toString(36)}`;
  await page.getByRole("button", { name: "New group" }).click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByRole("combobox", { name: "The group's filter expression" }).fill("responsetime > 0.2");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Create" }).click();
  const row = page.locator("tr", { hasText: name });
  await row.getByText("responsetime").waitFor();
  await row.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await row.waitFor({ state: "detached" });
  await done();
});

it("makes a sampling rule, finds which request it takes, and takes it away again", async () => {
  const { page, done } = await open("/xray/sampling");
  const name = `e2e-${Date.now().toString(36)}`;
  await page.getByRole("button", { name: "New rule" }).click();
  const form = page.getByLabel("New rule", { exact: true });
  await form.getByLabel("Name", { exact: true }).fill(name);
  await form.getByLabel("Priority").fill("1");
  await form.getByLabel("URL path").fill("/only/for/a/test");
  await form.getByRole("button", { name: "Create" }).click();
  const row = page.getByLabel("Sampling rules", { exact: true }).locator("tr", { hasText: name });
  await row.waitFor();
  await page.getByLabel("Path", { exact: true }).fill("/only/for/a/test");
  await page.locator(".rule-said b", { hasText: name }).waitFor();
  await row.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await row.waitFor({ state: "detached" });
  await done();
});
