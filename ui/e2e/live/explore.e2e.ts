import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { Browser, Page } from "playwright-core";
import { launch, visit } from "../browser.ts";
import { CHECKOUTS, sendShop } from "./sent.ts";

// Query, Boards and Alerts on a Weir that really stores and runs them, with data of their own.
const base = inject("world").url;
const WAIT = 120_000;
let browser: Browser;
let service = "";

/** Waits until the URL's query, read as people read it, holds the text. */
const urlHas = (page: Page, part: string) =>
  page.waitForURL((url) => decodeURIComponent(url.search.replaceAll("+", " ")).includes(part));

async function open(path: string): Promise<{ page: Page; done: () => Promise<void> }> {
  const { page, troubles } = await visit(browser, base, path);
  page.setDefaultTimeout(WAIT);
  return {
    page,
    done: async () => {
      expect(troubles).toEqual([]);
      await page.context().close();
    },
  };
}

async function downloaded(page: Page, item: string): Promise<string> {
  await page.getByRole("button", { name: "Export" }).click();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: item }).click()]);
  let text = "";
  for await (const chunk of await file.createReadStream()) text += String(chunk);
  return text;
}

const mine = () => `where=${encodeURIComponent(`service.name = ${service}`)}`;
const heat = () => `/query?calc=HEATMAP(duration_ms)&calc=COUNT&${mine()}&live=off`;

describe("on a real Weir", { timeout: 3 * WAIT }, () => {
  beforeAll(async () => {
    browser = await launch();
    service = await sendShop(base);
  }, 3 * WAIT);
  afterAll(async () => {
    await browser.close();
  });

  it("builds a query from what the data's own columns and values complete, runs it, and survives a reload", async () => {
    const { page, done } = await open("/query?live=off");
    await page.getByLabel("Select", { exact: true }).focus();
    await page.keyboard.type("COUNT");
    await page.keyboard.press("Enter");
    await page.keyboard.type("P95(durat");
    await page.getByRole("option", { name: "duration_ms" }).first().waitFor();
    await page.keyboard.press("Tab");
    await page.getByLabel("Where", { exact: true }).focus();
    await page.keyboard.type("service.name = shop");
    await page.getByRole("option", { name: service }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByLabel("Where", { exact: true }).fill(`service.name = ${service}`);
    await page.keyboard.press("Enter");
    await page.getByLabel("Group by", { exact: true }).focus();
    await page.keyboard.type("tenant");
    await page.getByRole("option", { name: "app.tenant" }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Control+Enter");
    await urlHas(page, "by=app.tenant");
    const rows = page.locator(".result-table tbody tr");
    await rows.filter({ hasText: "globex" }).waitFor();
    await expect.poll(() => rows.filter({ hasText: "globex" }).innerText()).toContain(String(CHECKOUTS / 6));
    await page.reload();
    await rows.filter({ hasText: "globex" }).waitFor();
    await page.locator(".token", { hasText: "P95(duration_ms)" }).waitFor();
    await done();
  });

  it("explains a box on the heatmap: BubbleUp names the tenant", async () => {
    const { page, done } = await open(heat());
    await page.locator(".plot canvas").first().waitFor();
    const box = await page.locator(".plot .over").first().boundingBox();
    if (!box) throw new Error("no plot");
    await page.mouse.move(box.x + 4, box.y + 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 4, box.y + box.height * 0.3, { steps: 6 });
    await page.mouse.up();
    const card = page.locator(".bubbleup .card", { hasText: "app.tenant" });
    await card.waitFor();
    await card.getByRole("button", { name: /^globex: 100/ }).click();
    await card.getByRole("button", { name: "=", exact: true }).click();
    await urlHas(page, "where=app.tenant = globex");
    await page.locator(".plot canvas").first().waitFor();
    await done();
  });

  it("leads from a cell to the traces in it, and from those to the story", async () => {
    const { page, done } = await open(heat());
    await page.locator(".plot canvas").first().waitFor();
    const box = await page.locator(".plot .over").first().boundingBox();
    if (!box) throw new Error("no plot");
    const card = page.getByRole("dialog", { name: "Details of this point" });
    const { times, slow } = await page.evaluate(async (asked) => {
      const answer = await fetch("/api/query", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({
          dataset: "__all__",
          waitMs: 20_000,
          query: {
            calculations: [{ op: "HEATMAP", column: "duration_ms" }],
            filters: [{ column: "service.name", op: "=", value: asked }],
            time_range: 3600,
          },
        }),
      });
      const { result } = (await answer.json()) as {
        result: { times: number[]; heatmaps: { cells: [number, number, number][]; bounds: number[] }[] };
      };
      const map = result.heatmaps[0];
      const top = map?.cells.toSorted((a, b) => b[1] - a[1])[0];
      return {
        times: result.times.length,
        slow: { time: top?.[0] ?? 0, bin: top?.[1] ?? 0, bins: (map?.bounds.length ?? 1) - 1 },
      };
    }, service);
    // The slowest cell, or a little beside it: where exactly a cell lies is the chart's matter.
    for (const off of [0.5, 0.2, 0.8, -0.5, 1.5]) {
      await page.mouse.click(
        box.x + ((slow.time + off) / times) * box.width,
        box.y + box.height * (1 - (slow.bin + 0.5) / slow.bins),
      );
      const shown = card.waitFor({ timeout: 5_000 });
      if (await shown.then(() => true).catch(() => false)) break;
    }
    await card.locator("a").first().click();
    await page.waitForURL(/\/story\/[0-9a-f]{32}\?span=/);
    await page.locator(".wf-row").first().waitFor();
    await done();
  });

  it("lists traces and raw rows of the same question", async () => {
    const { page, done } = await open(`/query?calc=COUNT&${mine()}&where=error+%3D+true&live=off`);
    await page.getByRole("tab", { name: "Raw rows" }).click();
    await page.locator("a.event-row").first().waitFor();
    await page.getByRole("tab", { name: "Traces" }).click();
    await page.locator("main a[href^='/story/']").first().waitFor();
    await done();
  });

  it("compares with the period before, says which column nobody sent, and exports", async () => {
    const { page, done } = await open(`/query?calc=COUNT&by=app.tenant&${mine()}&compare=3600&live=off`);
    await page.locator(".result-table .change").first().waitFor();
    const csv = await downloaded(page, "Table as CSV");
    expect(csv.split("\r\n")[0]).toBe("app.tenant,COUNT");
    expect(csv).toContain(`globex,${CHECKOUTS / 6}`);
    const json = JSON.parse(await downloaded(page, "Complete result as JSON")) as { groups: unknown[] };
    expect(json.groups).toHaveLength(4);
    await page.goto(`${base}/query?calc=COUNT&by=no.such.column&${mine()}&live=off`);
    await page.locator(".notice", { hasText: "no.such.column" }).waitFor();
    await done();
  });

  it("leaves out a group of two keys as that combination", async () => {
    const { page, done } = await open(`/query?calc=COUNT&by=app.tenant&by=http.status_code&${mine()}&live=off`);
    const rows = page.locator(".result-table tbody tr");
    const failed = rows.filter({ hasText: "503" });
    await failed.waitFor();
    const before = await rows.count();
    await failed.getByRole("button").click();
    await page.getByRole("menuitem", { name: "Exclude this group" }).click();
    await urlHas(page, "without_1");
    await failed.waitFor({ state: "detached" });
    await rows.filter({ hasText: "globex" }).waitFor();
    await expect.poll(() => rows.count()).toBe(before - 1);
    await done();
  });

  it("opens a kept query by its id, and says when there is none", async () => {
    const kept = await fetch(`${base}/api/queries/__all__`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        calculations: [{ op: "COUNT" }],
        filters: [{ column: "service.name", op: "=", value: service }],
        breakdowns: ["app.tenant"],
        time_range: 3600,
      }),
    });
    const { id } = (await kept.json()) as { id: string };
    const { page, done } = await open(`/query?kept=${id}&live=off`);
    await urlHas(page, "by=app.tenant");
    await page.locator(".result-table tbody tr", { hasText: "globex" }).waitFor();
    await page.goto(`${base}/query?kept=nosuchquery`);
    await page.getByText("This query does not exist").waitFor();
    await page.getByRole("link", { name: "New query" }).click();
    await page.getByText("Example queries").first().waitFor();
    await done();
  });

  it("puts a query on a new board, and the board shows it", async () => {
    const { page, done } = await open(`/query?calc=COUNT&by=app.tenant&${mine()}&live=off`);
    await page.locator(".result-table tbody tr").first().waitFor();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: /^Name/ }).first().fill(`Checkouts of ${service}`);
    await dialog.getByRole("combobox", { name: "Add to a board" }).click();
    await page.getByRole("option", { name: "New board…" }).click();
    await dialog.getByLabel("Name of the new board").fill(`Board of ${service}`);
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByRole("link", { name: `Board of ${service}` }).click();
    await page.waitForURL(/\/boards\/.+/);
    await page.getByText(`Checkouts of ${service}`).first().waitFor();
    await page.locator("main canvas").first().waitFor();
    await done();
  });

  it("makes a trigger of a question; it runs, triggers, and its history says so", async () => {
    const { page, done } = await open(`/query?calc=COUNT&${mine()}&live=off`);
    await page.locator(".plot canvas").first().waitFor();
    await page.getByRole("link", { name: "Create a trigger" }).click();
    await page.getByPlaceholder("Home is slow").fill(`Few of ${service}`);
    await page.getByRole("combobox", { name: "Trigger when the result is" }).click();
    await page.getByRole("option", { name: "<", exact: true }).click();
    await page.getByLabel("Threshold").fill("100000");
    await page.getByRole("combobox", { name: "Evaluated every" }).click();
    await page.getByRole("option", { name: /^1 min|^60 s/ }).click();
    await page.getByRole("combobox", { name: "Evaluated over the last" }).click();
    await page.getByRole("option", { name: /^1 min|^60 s/ }).click();
    await page.getByRole("button", { name: "Test now" }).click();
    await page.getByText("It would trigger now").waitFor();
    await page.getByRole("button", { name: "Create" }).click();
    await page.waitForURL((url) => /\/alerts\/triggers\/__all__\/(?!new)/.test(url.pathname));
    // It is evaluated at the next whole minute.
    await page
      .locator("td .badge", { hasText: "triggered" })
      .first()
      .waitFor({ timeout: 2.5 * WAIT });
    await page.getByRole("link", { name: "All alerts" }).click();
    const row = page.locator("table tbody tr", { hasText: `Few of ${service}` });
    await row.getByText("triggered").waitFor();
    await row.getByRole("link").click();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.waitForURL((url) => url.pathname === "/alerts");
    await done();
  });

  it("makes an SLO of an expression and a burn alert for it, and lists them as they stand", async () => {
    const { page, done } = await open("/alerts/slos/__all__/new?live=off");
    await page.getByRole("textbox", { name: /^Name/ }).fill(`Quick ${service}`);
    await page
      .getByRole("textbox", { name: "Expression" })
      .fill(`IF(EQUALS($service.name, "${service}"), $duration_ms < 1000)`);
    await page.getByRole("region", { name: "Preview" }).getByText("remaining budget").waitFor();
    const alias = `sli.${service.replaceAll("-", "_")}`;
    await page.getByRole("textbox", { name: /^Save as column/ }).fill(alias);
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByRole("img", { name: "Error budget over time" }).waitFor();
    await page.getByText(`${CHECKOUTS / 6} / ${CHECKOUTS}`).waitFor();
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByRole("button", { name: "Add burn alert" }).click();
    await page.getByText("the budget would be used up within 4 h").waitFor();
    await page.getByRole("button", { name: "History" }).click();
    await page
      .locator(".burn-alert .badge", { hasText: "triggered" })
      .first()
      .waitFor({ timeout: 2.5 * WAIT });
    await page.getByRole("link", { name: "All SLOs" }).click();
    await page.locator("table tbody tr", { hasText: `Quick ${service}` }).waitFor();
    // The kept field is among the completions of a question now.
    await page.goto(`${base}/query?live=off`);
    await page.getByLabel("Group by", { exact: true }).fill(alias);
    await page.getByRole("option", { name: alias }).waitFor();
    await done();
  });
});
