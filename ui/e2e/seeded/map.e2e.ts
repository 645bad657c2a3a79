import { expect, it } from "vitest";
import { Scene, settled, urlHas } from "./scene.ts";

const scene = new Scene();

const places = () =>
  [...document.querySelectorAll(".react-flow__node")]
    .map((one) => [one.getAttribute("data-id"), (one as HTMLElement).style.transform])
    .sort((a, b) => ((a[0] ?? "") < (b[0] ?? "") ? -1 : 1));

it("draws services with their figures, and opens one with what is behind it", async () => {
  const filter = encodeURIComponent('service("backend-flask")');
  const page = await scene.open(`/xray/map?range=24h&live=off&filter=${filter}`);
  const node = page.getByRole("button", { name: /^backend-flask, ECS Container/ });
  await node.waitFor();
  await expect.poll(() => node.innerText()).toMatch(/\d+\/h/);
  await node.click();
  await urlHas(page, "node=backend-flask");
  const panel = page.getByLabel("Details", { exact: true });
  await panel.getByText("Called by").waitFor();
  await panel.getByRole("img", { name: /Response codes over time/ }).waitFor();
  await panel.getByText("InternalServerError").waitFor();
  await panel.getByRole("link", { name: "Traces with faults" }).click();
  await urlHas(page, "+{+fault+}");
  expect(new URL(page.url()).searchParams.get("filter")).toMatch(/service\(.*"backend-flask".*fault/);
  await page.locator("a.x-row").first().waitFor();
  for (const row of await page.locator("a.x-row").allInnerTexts()) expect(row).toContain("500");
});

it("chooses traces by a drag over a node's histogram", async () => {
  const page = await scene.open("/xray/map?range=24h&live=off&node=cruddur-db%7CDatabase%3A%3ASQL");
  const chart = page.getByLabel("Details", { exact: true }).getByRole("slider");
  await chart.focus();
  await page.keyboard.press("ArrowRight");
  await page.getByRole("link", { name: "Traces with these response times" }).click();
  await urlHas(page, "+{+responsetime+>=");
  expect(new URL(page.url()).searchParams.get("filter")).toMatch(/^service\(.*"cruddur-db"/);
});

it("goes from node to node by keyboard, opens with Enter, closes with Escape", async () => {
  const page = await scene.open("/xray/map?range=24h&live=off");
  await page.locator('[data-node^="backend-flask|AWS"]').waitFor();
  await page.locator('[data-node^="backend-flask|AWS"]').focus();
  await page.keyboard.press("ArrowLeft");
  await expect
    .poll(() => page.evaluate(() => document.activeElement?.getAttribute("data-node")))
    .toMatch(/^(frontend|backend)/);
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await page.getByLabel("Details", { exact: true }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByLabel("Details", { exact: true }).waitFor({ state: "detached" });
});

it("stays where it is when it refreshes", async () => {
  const page = await scene.open("/xray/map?range=24h");
  await page.locator(".map-node").first().waitFor();
  const before = await page.evaluate(places);
  // When the page asks for the third time, it has drawn the second answer.
  for (let asked = 0; asked < 3; asked++)
    await page.waitForResponse((response) => response.url().includes("/api/xray/map"));
  expect(await page.evaluate(places)).toEqual(before);
});

it("draws thirty nodes without one over another", async () => {
  const page = await scene.open(`/xray/map?live=off&filter=${encodeURIComponent('service("fan-out")')}`);
  await page.locator(".map-node").nth(30).waitFor();
  const boxes = await settled(() =>
    page.locator(".map-node").evaluateAll((all) => all.map((one) => one.getBoundingClientRect().toJSON() as DOMRect)),
  );
  expect(boxes.length).toBe(31);
  const frame = await page.locator(".map-canvas").boundingBox();
  boxes.forEach((a, i) => {
    expect(a.left).toBeGreaterThanOrEqual(frame?.x ?? 0);
    expect(a.bottom).toBeLessThanOrEqual((frame?.y ?? 0) + (frame?.height ?? 0));
    for (const b of boxes.slice(i + 1))
      expect(a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom).toBe(false);
  });
});

it("has the same figures as a table, ordered by any column", async () => {
  const page = await scene.open("/xray/map?range=24h&live=off&view=table");
  await page.getByRole("button", { name: "Faults" }).click();
  const first = page.locator(".map-table tbody tr").first();
  await expect.poll(() => first.innerText()).toMatch(/notifier|cruddur-messages/);
  await first.click();
  await page.getByLabel("Details", { exact: true }).waitFor();
});
