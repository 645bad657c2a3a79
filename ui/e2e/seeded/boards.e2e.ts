import { expect, it } from "vitest";
import { Scene } from "./scene.ts";

const scene = new Scene();

it("saves a query to a new board, shows it there, and leads back to the query", async () => {
  const page = await scene.open("/query?calc=COUNT&by=service.name&signals=spans&live=off&range=24h");
  await page.locator(".result-table tbody tr").first().waitFor();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: false }).first().fill("Spans a service");
  await dialog.getByLabel("Add to a board").click();
  await page.getByRole("option", { name: "New board…" }).click();
  await dialog.getByLabel("Name of the new board").fill("Mine");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByRole("link", { name: "Mine" }).click();
  await page.waitForURL(/\/boards\//);
  await page.locator(".board-panel canvas").waitFor();
  await page.reload();
  await page.getByRole("link", { name: "Spans a service" }).click();
  await page.waitForURL((url) => url.pathname === "/query" && url.searchParams.get("by") === "service.name");
  await page.getByRole("button", { name: "History" }).click();
  await page.getByText("Saved", { exact: true }).click();
  await page.locator(".past", { hasText: "Spans a service" }).waitFor();
});

it("shows charts, tables, a number, an SLO and a note; nothing in a note runs", async () => {
  const page = await scene.open("/boards?live=off");
  await page.locator(".board-card", { hasText: "Cruddur" }).click();
  await page.locator(".stat .value").waitFor();
  await page.locator(".slo-tile .big", { hasText: "%" }).waitFor();
  await page.locator(".markdown strong", { hasText: "heatmap" }).waitFor();
  await page.locator(".panel-table td", { hasText: "/api/activities/home" }).waitFor();
  await page.getByRole("img", { name: "HEATMAP(duration_ms) over time" }).waitFor();
});

it("moves, sizes, writes and removes panels, and keeps that", async () => {
  const page = await scene.open("/boards?live=off");
  await page.getByRole("button", { name: "New board" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Layout");
  await page.getByRole("button", { name: "Create" }).click();
  await page.waitForURL(/edit=1/);
  const add = async (name: string) => {
    await page.getByRole("button", { name: "Add", exact: true }).click();
    await page.getByRole("menuitem", { name }).first().click();
  };
  await add("A note");
  await add("A note");
  await add("Requests");
  const panels = page.locator(".board-panel");
  await expect.poll(() => panels.count()).toBe(3);
  await page
    .getByLabel("Note in markdown")
    .first()
    .fill("# First\n<img src=x onerror=alert(1)> [bad](javascript:alert(1))");
  const second = panels.nth(1);
  const corner = second.locator(".sizer");
  // Waits until nothing moves the corner any more and no closing menu lies over it.
  await corner.hover();
  const from = await second.boundingBox();
  if (!from) throw new Error("no panel");
  const sizer = await corner.boundingBox();
  if (!sizer) throw new Error("no corner");
  await page.mouse.move(sizer.x + 8, sizer.y + 8);
  await page.mouse.down();
  await page.mouse.move(sizer.x + 8, sizer.y + 130, { steps: 5 });
  await page.mouse.up();
  await expect.poll(async () => (await second.boundingBox())?.height ?? 0).toBeGreaterThan(from.height + 80);
  await page.mouse.move(from.x + 40, from.y + 12);
  await page.mouse.down();
  await page.mouse.move(from.x - 600, from.y + 12, { steps: 5 });
  await page.mouse.up();
  await page.getByRole("button", { name: "Done" }).click();
  await page.locator(".markdown h1", { hasText: "First" }).waitFor();
  await page.reload();
  await page.locator(".markdown h1", { hasText: "First" }).waitFor();
  await expect.poll(() => page.locator(".markdown img, .markdown a").count()).toBe(0);
  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByRole("button", { name: "Remove panel" }).first().click();
  await expect.poll(() => panels.count()).toBe(2);
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect.poll(() => panels.count()).toBe(3);
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Delete this board" }).click();
  await page.waitForURL((url) => url.pathname === "/boards");
  await page.locator(".board-card", { hasText: "Cruddur" }).waitFor();
  await expect.poll(() => page.locator(".board-card", { hasText: "Layout" }).count()).toBe(0);
});
