import { expect, it } from "vitest";
import type { Page } from "playwright-core";
import type { QueryResult, Run } from "../../src/api/written.ts";
import { Scene } from "./scene.ts";

const scene = new Scene();
const HEAT =
  "/query?calc=HEATMAP(duration_ms)&calc=COUNT&where=service.name+%3D+backend-flask&signals=spans&live=off&range=24h";

/** Waits until the URL's query, read as people read it, holds the text. */
const urlHas = (page: Page, part: string) =>
  page.waitForURL((url) => decodeURIComponent(url.search.replaceAll("+", " ")).includes(part));
const run = (page: Page) => page.getByRole("button", { name: "Run query" }).click();

it("builds a query by keyboard alone, and keeps it in the URL", async () => {
  const page = await scene.open("/query?live=off&range=24h");
  await page.getByText("Example queries").waitFor();
  await page.keyboard.press("f");
  await page.keyboard.type("co");
  await page.keyboard.press("Enter");
  await page.keyboard.type("p99(dur");
  await page.getByRole("option", { name: "duration_ms" }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByLabel("Where", { exact: true }).focus();
  await page.keyboard.type("http.status");
  await page.getByRole("option", { name: "http.status_code" }).waitFor();
  await page.keyboard.press("Enter");
  await page.keyboard.type(">= ");
  await page.getByRole("option", { name: "500" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByLabel("Group by", { exact: true }).focus();
  await page.keyboard.type("route");
  await page.getByRole("option", { name: "http.route" }).waitFor();
  await page.keyboard.press("Tab");
  // Half typed, and complete enough: running takes it along.
  await page.getByLabel("Having", { exact: true }).focus();
  await page.keyboard.type("COUNT > 1");
  await page.keyboard.press("Control+Enter");
  await urlHas(page, "by=http.route");
  await urlHas(page, "calc=P99(duration_ms)");
  await urlHas(page, "having=COUNT");
  expect(new URL(page.url()).searchParams.getAll("where")[0]).toMatch(/^http\.status_code >= \d{3}$/);
  await page.locator(".result-table tbody tr").first().waitFor();
  await page.goBack();
  await page.getByText("Example queries").waitFor();
  await page.goForward();
  await page.locator(".result-table tbody tr").first().waitFor();
  await page.reload();
  await page.locator(".token", { hasText: "P99(duration_ms)" }).waitFor();
});

it("takes the last chip away with Backspace, and edits one on a click", async () => {
  const page = await scene.open("/query?where=error+%3D+true&where=name+contains+GET&calc=COUNT&live=off");
  const where = page.getByLabel("Where", { exact: true });
  await where.focus();
  await page.keyboard.press("Backspace");
  await expect.poll(() => page.locator(".clause.where .token").count()).toBe(1);
  await page.locator(".clause.where .token .body").click();
  await expect.poll(() => where.inputValue()).toBe("error = true");
  await expect.poll(() => page.locator(".clause.where .token").count()).toBe(0);
});

it("says what is missing in a filter that cannot be read", async () => {
  const page = await scene.open("/query?live=off");
  await page.getByLabel("Where", { exact: true }).fill("http.status_code is 5");
  await page.getByLabel("Group by", { exact: true }).focus();
  await page.getByText("is not an operator").waitFor();
});

it("starts from an example in one click", async () => {
  const page = await scene.open("/query?live=off");
  await page.getByText("How long do requests take?").click();
  await page.getByRole("img", { name: "HEATMAP(duration_ms) over time" }).waitFor();
  await urlHas(page, "where=is_root = true");
});

it("lights the table's row under the pointer's line, isolates on a click, filters from the row's menu", async () => {
  const page = await scene.open("/query?calc=COUNT&by=http.route&where=http.route+exists&live=off&range=24h");
  const rows = page.locator(".result-table tbody tr");
  await rows.first().waitFor();
  const plot = page.locator(".plot .over").first();
  const box = await plot.boundingBox();
  if (!box) throw new Error("no plot");
  await page.locator(".plot canvas").first().waitFor();
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height - 4);
  await page.locator(".plot-tip .line").first().waitFor();
  await page.locator(".result-table tbody tr.picked").waitFor();
  await rows.nth(1).click();
  await expect.poll(() => page.locator(".result-table tbody tr.off").count()).toBe((await rows.count()) - 1);
  const route = (await rows.nth(1).locator("td").first().innerText()).trim();
  await rows.nth(1).getByRole("button").click();
  await page.getByRole("menuitem", { name: "Only this group" }).click();
  await urlHas(page, `where=http.route = ${route}`);
  await page.waitForFunction(() => document.querySelectorAll(".result-table tbody tr").length === 1);
});

it("sorts the table by a clicked column", async () => {
  const page = await scene.open("/query?calc=COUNT&calc=MAX(duration_ms)&by=name&signals=spans&live=off&range=24h");
  await page.locator(".result-table tbody tr").first().waitFor();
  const counts = () =>
    page
      .locator(".result-table tbody tr")
      .evaluateAll((all) => all.map((one) => Number(one.children[1]?.textContent.replaceAll(",", ""))));
  const before = await counts();
  expect(before).toEqual(before.toSorted((a, b) => b - a));
  await page.locator("th").getByRole("button", { name: "COUNT", exact: true }).click();
  await page.locator("th").getByRole("button", { name: "COUNT", exact: true }).click();
  const after = await counts();
  expect(after).toEqual(before.toSorted((a, b) => a - b));
});

it("explains a box dragged over the heatmap, filters by a value of it, and keeps the selection in the link", async () => {
  const page = await scene.open(HEAT);
  const over = page.locator(".plot .over").first();
  await page.locator(".plot canvas").first().waitFor();
  const box = await over.boundingBox();
  if (!box) throw new Error("no plot");
  await page.mouse.move(box.x + 4, box.y + 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 4, box.y + box.height * 0.3, { steps: 6 });
  await page.mouse.up();
  await page.locator(".bubbleup .card").first().waitFor();
  await urlHas(page, "view=bubbleup");
  await urlHas(page, '"column":"duration_ms"');
  expect(new URL(page.url()).searchParams.get("start")).not.toBeNull();
  const card = page.locator(".bubbleup .card", { hasText: "app.cache" });
  await card.waitFor();
  await page.reload();
  await card.waitFor();
  await page.locator(".plot .selected").waitFor();
  await page.getByLabel("Find a column").fill("cache");
  await page.waitForFunction(() => document.querySelectorAll(".bubbleup .card").length === 1);
  await card.getByRole("button", { name: /^miss: / }).click();
  await card.getByRole("button", { name: "=", exact: true }).click();
  await urlHas(page, "where=app.cache = miss");
  expect(page.url()).not.toContain("sel=");
});

it("clears a selection and slides on in time as before it", async () => {
  const page = await scene.open("/query?calc=COUNT&by=service.name&live=off&range=24h");
  await page.locator(".result-table tbody tr").first().getByRole("button").click();
  await page.getByRole("menuitem", { name: /BubbleUp/ }).click();
  await page.locator(".bubbleup .card").first().waitFor();
  await page.getByRole("button", { name: "Clear selection" }).click();
  await urlHas(page, "range=24h");
  await page.locator(".result-table tbody tr").first().waitFor();
  expect(page.url()).not.toContain("sel=");
});

it("lists raw rows with chosen columns; a row opens its story", async () => {
  const page = await scene.open("/query?where=error+%3D+true&signals=spans&live=off&range=24h&view=rows");
  await page.locator("a.event-row").first().waitFor();
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByLabel("Columns of the table").fill("http.route");
  await page.keyboard.press("Enter");
  await urlHas(page, "cols=");
  await page.keyboard.press("Escape");
  await expect.poll(() => page.locator(".event-row.head").innerText()).toContain("http.route");
  await page.locator("a.event-row").first().click();
  await page.waitForURL(/\/story\/[0-9a-f]{32}\?span=/);
});

it("shows how far a long query is, and cancels it on the server", async () => {
  const running: Run<QueryResult> = {
    id: "a-long-one",
    state: "running",
    elapsedMs: 1200,
    progress: { rowsRead: 120_000, totalRows: 900_000, bytesRead: 1, memoryBytes: 1 },
    problem: null,
    result: null,
  };
  scene.proxy.faults.set("POST /api/query", { answer: running });
  scene.proxy.faults.set("GET /api/query/a-long-one", { slowMs: 300_000 });
  const page = await scene.open("/query?calc=COUNT&live=off&range=24h");
  await page.locator(".run-bar .status", { hasText: /rows/ }).waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("heading", { name: "Cancelled" }).waitFor();
  await expect.poll(() => scene.proxy.asked).toContain("DELETE /api/query/a-long-one");
  scene.proxy.faults.clear();
  await page.getByRole("button", { name: "Run again" }).click();
  await page.locator(".plot canvas").first().waitFor();
});

it("says in the server's words what is wrong with a query", async () => {
  const page = await scene.open("/query?calc=COUNT&having=P99(duration_ms)+>+5&live=off");
  await page.getByText("a having must be about one of the calculations").waitFor();
});

it("names what it could not read in a link", async () => {
  const page = await scene.open("/query?calc=COUNT&where=nonsense&live=off");
  await page.getByText("Parts of this link are not valid").waitFor();
});

it("finds a query that ran in the history", async () => {
  const page = await scene.open("/query?calc=COUNT&by=severity&signals=logs&live=off");
  await page.locator(".result-table tbody tr").first().waitFor();
  await page.getByRole("button", { name: "History" }).click();
  await page.getByLabel("Find a query").fill("severity");
  await page.locator(".past", { hasText: "COUNT by severity" }).first().click();
  await urlHas(page, "by=severity");
});

it("exports the table as CSV, and copies a link with the time fixed", async () => {
  const page = await scene.open("/query?calc=COUNT&by=service.name&live=off&range=24h");
  await page.locator(".result-table tbody tr").first().waitFor();
  await page.getByRole("button", { name: "Export" }).click();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("menuitem", { name: "Table as CSV" }).click(),
  ]);
  const stream = await file.createReadStream();
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  expect(text.split("\r\n")[0]).toBe("service.name,COUNT");
  expect(text).toMatch(/backend-flask,\d+/);
  await page.getByRole("button", { name: "Copy link" }).click();
  await page.getByText("The link was copied").waitFor();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(/start=.*&end=/);
  expect(copied).not.toContain("range=24h");
});

it("checks a calculated field as it is written, and groups by it", async () => {
  const page = await scene.open("/query?calc=COUNT&live=off&range=24h&signals=spans");
  await page.getByText("ƒ fields").click();
  await page.getByRole("button", { name: "Add a calculated field" }).click();
  const field = page.getByLabel("Expression of field_1");
  await field.fill("IF($duration_ms > , 1, 0)");
  await page.getByText(/expected a value/).waitFor();
  await field.fill('IF($duration_ms > 50, "slow", "fast")');
  await page.locator(".expression .said.good").waitFor();
  await page.keyboard.press("Escape");
  await page.getByLabel("Group by", { exact: true }).fill("field_1");
  await page.keyboard.press("Enter");
  await run(page);
  await urlHas(page, "by=field_1");
  await page.locator(".result-table td", { hasText: "slow" }).waitFor();
});
