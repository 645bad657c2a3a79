import { expect, it } from "vitest";
import { Scene } from "./scene.ts";

const scene = new Scene();

it("lists triggers with their state, the triggered first", async () => {
  const page = await scene.open("/alerts?live=off");
  const rows = page.locator("table tbody tr");
  await rows.first().waitFor();
  // Evaluated when a minute begins; the page is told on the next look at it.
  await expect
    .poll(
      async () => {
        await page.reload();
        return rows.first().innerText();
      },
      { timeout: 120_000, interval: 2000 },
    )
    .toContain("triggered");
  await expect.poll(() => rows.first().innerText()).toContain("Many requests");
  await rows.first().getByRole("link").click();
  await page.locator(".badge", { hasText: "triggered" }).first().waitFor();
});

it("makes a trigger of a query, shows when it would have told, tries it, and keeps it", async () => {
  const page = await scene.open("/query?calc=COUNT&where=error+%3D+true&by=service.name&live=off&range=24h");
  await page.locator(".result-table tbody tr").first().waitFor();
  await page.getByRole("link", { name: "Create a trigger" }).click();
  await page.waitForURL(/\/alerts\/triggers\/__all__\/new/);
  await page.locator(".token", { hasText: "error" }).waitFor();
  await page.getByPlaceholder("Home is slow").fill("Failures");
  const preview = page.getByRole("region", { name: "Preview" });
  await preview.locator("canvas").waitFor();
  await page.getByLabel("Threshold").fill("0");
  await preview.getByText(/\d times?$/).waitFor();
  await page.getByLabel("Threshold").fill("100000");
  await preview.getByText("never").waitFor();
  await page.getByRole("button", { name: "Test now" }).click();
  await page.getByText("It would not trigger now").waitFor();
  await page.getByPlaceholder("No recipients").click();
  await page.getByRole("option", { name: /on call/ }).click();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Create" }).click();
  await page.waitForURL(/\/alerts\/triggers\/__all__\/(?!new)/);
  await page.getByRole("link", { name: "All alerts" }).click();
  const row = page.locator("table tbody tr", { hasText: "Failures" });
  await row.waitFor();
  await expect.poll(() => row.innerText()).toContain("COUNT where error = true by service.name");
  await row.getByRole("link").click();
  await page.getByRole("button", { name: "Delete" }).click();
  await page.waitForURL((url) => url.pathname === "/alerts");
  await page.locator("table tbody tr").first().waitFor();
  await expect.poll(() => row.count()).toBe(0);
});

it("shows how an SLO stands, and leads from its failures to what they share", async () => {
  const page = await scene.open("/alerts?tab=slos&live=off");
  await page.getByRole("link", { name: "Requests are fast" }).click();
  await page.getByRole("img", { name: "Error budget over time" }).waitFor();
  await expect
    .poll(() => page.getByRole("link", { name: "Analyse failures" }).getAttribute("href"))
    .toContain("view=bubbleup");
});

it("makes an SLO of an expression, with a preview before it is kept, and a burn alert for it", async () => {
  const page = await scene.open("/alerts/slos/__all__/new?live=off");
  await page.getByLabel("Name").fill("Roots are quick");
  await page.getByLabel("Expression").fill("IF($is_root, $duration_ms < 100)");
  const preview = page.getByRole("region", { name: "Preview" });
  await preview.getByText("remaining budget").waitFor();
  await page.getByLabel("Save as column").fill("sli.quick");
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("img", { name: "Error budget over time" }).waitFor();
  await page.getByText("nobody is notified when the error budget decreases").waitFor();
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("button", { name: "Add burn alert" }).click();
  await page.getByText("the budget would be used up within 4 h").waitFor();
});

it("adds and removes a recipient", async () => {
  const page = await scene.open("/alerts?tab=recipients&live=off");
  await page.getByLabel("Name").fill("chat");
  await page.getByLabel("URL").fill("http://hooks.example:8080/chat");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  const row = page.locator("table tbody tr", { hasText: "chat" });
  await row.waitFor();
  await row.getByRole("button", { name: "Remove chat" }).click();
  await row.waitFor({ state: "detached" });
});

it("says so when the server refuses", async () => {
  const page = await scene.open("/alerts?live=off");
  await page.locator("table tbody tr").first().waitFor();
  scene.proxy.faults.set("/api/triggers", {
    status: 422,
    title: "Not valid",
    detail: "frequency must be a multiple of 60",
  });
  await page.locator("table tbody tr a").first().click();
  await page.getByText("frequency must be a multiple of 60").first().waitFor();
  await expect.poll(() => page.getByRole("alert").count()).toBeGreaterThan(0);
});
