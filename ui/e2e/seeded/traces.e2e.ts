import { expect, it } from "vitest";
import { sentOf } from "../world/cruddur.ts";
import { makeRequests } from "../world/requests.ts";
import { sendSpans } from "../world/sent.ts";
import { Scene, settled, urlHas } from "./scene.ts";

const scene = new Scene();

it("filters by service, status, HTTP status, duration and attribute, all kept in the URL", async () => {
  const page = await scene.open("/traces?range=7d");
  await page.locator(".trace-row").first().waitFor();
  await page.getByLabel("HTTP status").fill("5xx");
  await page.keyboard.press("Enter");
  await urlHas(page, "httpStatus=5xx");
  await page.locator(".filters").getByText("Errors", { exact: true }).click();
  await urlHas(page, "status=error");
  await page.getByLabel("Minimum duration").fill("20ms");
  await page.keyboard.press("Enter");
  await urlHas(page, "min=20");
  await page.getByLabel("Attribute").fill("http.route=/api/messages");
  await page.keyboard.press("Enter");
  await urlHas(page, "attribute=http.route=/api/messages");
  await page.waitForFunction(() =>
    [...document.querySelectorAll(".trace-row")].every((row) => row.textContent.includes("500")),
  );
  const rows = await page.locator(".trace-row").allInnerTexts();
  expect(rows.length).toBeGreaterThan(0);
  for (const row of rows) expect(row).toContain("/api/messages");
  await page.reload();
  await page.locator(".trace-row").first().waitFor();
  await expect.poll(() => page.locator(".trace-row").count()).toBe(rows.length);
  await page.getByRole("button", { name: "Clear filters" }).click();
  await page.waitForURL((url) => url.search === "?range=7d");
});

it("refuses an unreadable filter beside the field, and does not ask the server", async () => {
  const page = await scene.open("/traces");
  await page.getByLabel("Maximum duration").fill("quick");
  await page.keyboard.press("Enter");
  await page.getByText("Like 200ms, 1.5s or 80us").waitFor();
  expect(page.url()).not.toContain("max=");
});

it("orders by duration and loads more", async () => {
  const page = await scene.open("/traces?range=24h&order=slowest");
  await page.locator(".trace-row").first().waitFor();
  const bars = await page
    .locator(".trace-row .track > div")
    .evaluateAll((all) => all.map((one) => (one as HTMLElement).getBoundingClientRect().width));
  expect(bars.length).toBe(100);
  expect(bars.slice(0, 20)).toEqual(bars.slice(0, 20).toSorted((a, b) => b - a));
  await page.getByRole("button", { name: "Load more" }).click();
  await page.locator(".trace-row").nth(150).waitFor({ state: "attached" });
  await expect.poll(() => page.locator(".more").innerText()).toContain("200 traces so far");
});

it("moves with j and k and opens with Enter; back returns to the same list", async () => {
  const page = await scene.open("/traces?service=backend-flask&live=off");
  await page.locator(".trace-row").first().waitFor();
  for (const key of ["j", "j", "j", "k"]) await page.keyboard.press(key);
  await expect.poll(() => page.locator(".trace-row").nth(1).getAttribute("class")).toContain("picked");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/story\//);
  await page.goBack();
  await urlHas(page, "/traces?service=backend-flask");
});

it("opens the story of a clicked point of the chart", async () => {
  const page = await scene.open("/traces?live=off");
  const chart = page.getByRole("img", { name: "Duration of each trace over time" });
  await chart.locator("canvas").waitFor();
  // The middle of the first patch in the colour of a point, once one is drawn where it stays.
  const point = await settled(() =>
    chart.locator("canvas").evaluate((canvas) => {
      const { width, height, clientWidth } = canvas as HTMLCanvasElement;
      const pixels = (canvas as HTMLCanvasElement).getContext("2d")?.getImageData(0, 0, width, height).data ?? [];
      const at = (x: number, y: number) =>
        (pixels[(y * width + x) * 4 + 1] ?? 0) - (pixels[(y * width + x) * 4] ?? 0) > 70;
      for (let y = 6; y < height - 6; y++)
        for (let x = 6; x < width - 6; x++)
          if ([-2, 0, 2].every((d) => at(x + d, y) && at(x, y + d)))
            return { x: (x * clientWidth) / width, y: (y * clientWidth) / width };
      return null;
    }),
  );
  await chart.click({ position: point });
  await page.waitForURL(/\/story\/[0-9a-f]{32}/);
});

it("shows new traces by itself while live, and rests when paused", async () => {
  const page = await scene.open("/traces?range=15m");
  await page.locator(".trace-row").first().waitFor();
  const before = await page.locator(".trace-row").first().getAttribute("href");
  // Another index, and so other span ids than those that were sent at the start.
  const next = makeRequests(Date.now()).findLast((one) => one.xray !== "only");
  if (next) await sendSpans(scene.weir.url, sentOf({ ...next, index: next.index + 10_000 }).spans);
  await page.waitForFunction((href) => document.querySelector(".trace-row")?.getAttribute("href") !== href, before);
  await page.getByRole("button", { name: "Live" }).click();
  await urlHas(page, "live=off");
  await expect.poll(() => page.getByRole("button", { name: "Paused" }).isVisible()).toBe(true);
});

it("says in the server's words what is wrong", async () => {
  scene.proxy.faults.set("/api/traces", {
    status: 400,
    title: "Bad filter",
    detail: "attribute must be key=value, e.g. http.route=/home",
  });
  const page = await scene.open("/traces");
  await page.getByText("attribute must be key=value").waitFor();
  scene.proxy.faults.clear();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator(".trace-row").first().waitFor();
});
