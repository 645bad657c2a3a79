import { expect, it } from "vitest";
import type { LogEvents } from "../../src/api/types.generated.ts";
import { Scene, urlHas } from "./scene.ts";

const scene = new Scene();

it("goes from a group to a stream to its newest lines", async () => {
  const page = await scene.open("/logs?range=24h");
  await page.locator(".group", { hasText: "cruddur" }).first().click();
  await urlHas(page, "group=cruddur");
  await page.locator(".stream", { hasText: "backend-flask/4567" }).click();
  await urlHas(page, "stream=backend-flask/4567");
  await page.locator(".log").first().waitFor();
  const times = await page
    .locator(".log time")
    .evaluateAll((all) => all.map((one) => one.getAttribute("datetime") ?? ""));
  expect(times.length).toBeGreaterThan(10);
  expect(times).toEqual(times.toSorted().toReversed());
});

it("filters by text and severity and marks the text", async () => {
  const page = await scene.open("/logs?range=24h");
  await page.getByLabel("Text in the line").fill("message_groups");
  await page.keyboard.press("Enter");
  await urlHas(page, "text=message_groups");
  await page.locator(".log mark").first().waitFor();
  for (const line of await page.locator(".log .body").allInnerTexts()) expect(line).toContain("message_groups");
  await page.getByPlaceholder("Any severity").click();
  await page.getByRole("option", { name: "warn" }).click();
  await page.getByText("No line matches the filters").waitFor();
  await urlHas(page, "severity=warn");
});

it("opens a line to its attributes and goes to its story", async () => {
  const page = await scene.open("/logs?group=otlp:backend-flask&live=off");
  await page.locator(".log .line").first().click();
  const inside = page.locator(".log .inside");
  await inside.waitFor();
  await expect.poll(() => inside.innerText()).toContain("code.function");
  await urlHas(page, "event=");
  await inside.getByRole("link", { name: "Open its story" }).click();
  await page.waitForURL(/\/story\/[0-9a-f]{32}\?span=log/);
  await page.locator(".wf-row.sel").waitFor();
});

it("shows an event named by the URL though it is not in the list", async () => {
  const found = await scene.ask<LogEvents>("/api/logs/events?group=otlp:backend-flask&start=-7d&end=-2d&limit=1");
  const old = found.events[0];
  const page = await scene.open(`/logs?range=5m&event=${old?.id ?? ""}`);
  await page.locator(".log .inside").waitFor();
  await expect.poll(() => page.locator(".log .inside").innerText()).toContain(old?.traceId);
});

it("moves and opens by keyboard", async () => {
  const page = await scene.open("/logs?live=off");
  await page.locator(".log").first().waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.locator(".log .inside").waitFor();
  await page.keyboard.press("Enter");
  await page.locator(".log .inside").waitFor({ state: "detached" });
});

it("draws only the lines in view", async () => {
  const page = await scene.open("/logs?range=7d");
  await page.locator(".log").first().waitFor();
  await expect.poll(() => page.locator(".log").count()).toBeLessThan(90);
  await page.getByRole("button", { name: "Load more" }).click();
  await page.getByText("400 lines so far").waitFor();
});
