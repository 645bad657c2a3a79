import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { BIG_TRACE, bigTrace, oddId, ODD_TRACE } from "../world/large.ts";
import { Scene, urlHas } from "./scene.ts";

// Stories of thousands of spans: nothing here is timed (e2e/largeStory.bench.ts is); what is drawn is counted instead.

const scene = new Scene();
const rows = (page: Page) => page.locator(".wf-row");
const bar = async (page: Page) => (await page.locator(".wf-bar").innerText()).replace(/\s+/g, " ");
const open = async (path: string) => {
  const page = await scene.open(path);
  await rows(page).first().waitFor();
  return page;
};

it("draws the rows in view of 10,000 spans, wherever it is scrolled", async () => {
  const page = await open(`/story/${BIG_TRACE}`);
  await expect.poll(() => bar(page)).toContain("10.4k rows");
  // The axis' lines go on through the rows.
  const lines = await page
    .locator(".wf-line")
    .first()
    .evaluate((line) => getComputedStyle(line).backgroundImage);
  expect(lines).toContain("linear-gradient(90deg");
  for (const share of [0, 0.37, 1]) {
    await page
      .locator(".wf-rows")
      .evaluate((box, at) => (box.scrollTop = (box.scrollHeight - box.clientHeight) * at), share);
    await page.waitForFunction((at) => {
      const box = document.querySelector(".wf-rows");
      const drawn = [...document.querySelectorAll<HTMLElement>(".wf-row")].map((row) => row.getBoundingClientRect());
      const view = box?.getBoundingClientRect();
      if (!box || !view || Math.abs(box.scrollTop / (box.scrollHeight - box.clientHeight) - at) > 0.01) return false;
      // Rows all the way from the top of the view to its end.
      return (
        drawn.some((one) => one.top <= view.top + 1 && one.bottom >= view.top - 1) &&
        drawn.some((one) => one.bottom >= view.bottom - 1)
      );
    }, share);
    await expect.poll(() => rows(page).count()).toBeLessThan(90);
  }
});

it("finds by name at once and by attribute from the server, and steps through with n of m", async () => {
  const page = await open(`/story/${BIG_TRACE}`);
  const spans = bigTrace(10_000, 0).spans;
  await page.keyboard.press("f");
  await page.keyboard.type("app.tenant=tenant-7");
  const wanted = spans.filter((one) => one.attributes["app.tenant"] === "tenant-7").length;
  await page.getByText(`– of ${wanted.toLocaleString("en-US")}`).waitFor();
  await page.keyboard.press("Enter");
  await page.locator(".wf-row.sel.found").waitFor();
  await expect.poll(() => bar(page)).toContain("1 of ");
  // The attributes come from the server, a moment after the panel.
  await page.locator(".detail", { hasText: "tenant-7" }).waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("n");
  await page.waitForFunction(() => document.querySelector(".wf-bar")?.textContent.includes("2 of "));
  await page.keyboard.press("N");
  await page.keyboard.press("N");
  await page.waitForFunction((last) => document.querySelector(".wf-bar")?.textContent.includes(`${last} of `), wanted);
  await expect.poll(() => rows(page).count()).toBeLessThan(90);
});

it("folds by depth, by name and one by one, and opens the same way from the URL", async () => {
  const page = await open(`/story/${BIG_TRACE}`);
  await page.getByRole("button", { name: "Fold" }).first().click();
  await page.getByRole("menuitem", { name: "2 levels" }).click();
  await urlHas(page, "depth=1");
  const depths = await rows(page).evaluateAll((all) => all.map((one) => Number(one.getAttribute("aria-level"))));
  expect(Math.max(...depths)).toBe(2);
  const two = await bar(page);
  await page.keyboard.press("]");
  await urlHas(page, "depth=2");
  await expect.poll(() => bar(page)).not.toBe(two);
  await page.keyboard.press("[");
  await urlHas(page, "depth=1");
  await expect.poll(() => bar(page)).toBe(two);

  await rows(page).nth(1).locator(".fold-btn").click();
  await urlHas(page, "unfold=");
  const opened = await bar(page);
  expect(opened).not.toBe(two);
  await page.reload();
  await rows(page).first().waitFor();
  await expect.poll(() => bar(page)).toBe(opened);

  await page.goto(`${scene.proxy.url}/story/${BIG_TRACE}`);
  await rows(page).nth(1).click();
  const name = (await rows(page).nth(1).locator(".cut").first().innerText()).trim();
  await page.keyboard.press("F");
  await urlHas(page, `foldName=${name.replace(" ", "+")}`);
  const same = rows(page).filter({ has: page.locator(`.cut[title="${name}"]`) });
  for (const state of await same.evaluateAll((all) => all.map((one) => one.getAttribute("aria-expanded"))))
    expect(state).not.toBe("true");
});

it("shows the critical path with the time of each service", async () => {
  const page = await open(`/story/${BIG_TRACE}`);
  await page.keyboard.press("c");
  await urlHas(page, "path=on");
  const summary = page.locator(".path-summary");
  await expect.poll(() => summary.innerText()).toContain("gateway");
  const shares = await summary
    .locator(".share span")
    .evaluateAll((all) => all.map((one) => parseFloat((one as HTMLElement).style.width)));
  expect(shares.reduce((a, b) => a + b)).toBeCloseTo(100, 3);
  await expect.poll(() => page.locator(".on-path").count()).toBeGreaterThan(0);
  await expect.poll(() => page.locator(".wf-row.off-path").count()).toBeGreaterThan(0);
  await page.keyboard.press("c");
  await summary.waitFor({ state: "detached" });
});

it("colours by an attribute the page does not hold", async () => {
  const page = await open(`/story/${BIG_TRACE}`);
  await page.getByRole("combobox", { name: "Colour by" }).fill("app.tenant");
  await page.keyboard.press("Enter");
  await urlHas(page, "colour=app.tenant");
  await page.locator(".legend").getByText("tenant-3").waitFor();
  const counts = await page
    .locator(".legend .service")
    .evaluateAll((all) => all.map((one) => Number(/: (\d+) spans/.exec(one.getAttribute("title") ?? "")?.[1])));
  expect(counts.reduce((a, b) => a + b)).toBe(10_000);
});

it("lists the failures, first those that nothing below explains, and goes to one", async () => {
  const page = await open(`/story/${BIG_TRACE}`);
  await page.getByRole("button", { name: "List the failed spans" }).click();
  const list = page.locator(".failures");
  await list.getByText("no failed span below").waitFor();
  const all = bigTrace(10_000, 0).spans.filter((one) => one.status === "error").length;
  await expect.poll(() => list.locator(".failure").count()).toBe(all);
  await list.locator(".failure").nth(5).click();
  await page.locator(".wf-row.sel").waitFor();
  await expect.poll(() => page.locator(".detail").innerText()).toContain("no such offer");
});

it("goes from a span's own field to the traces that have it", async () => {
  const page = await open(`/story/${BIG_TRACE}`);
  await rows(page).nth(1).click();
  const name = (await rows(page).nth(1).locator(".cut").first().innerText()).trim();
  await page.locator(".detail tr", { hasText: /^name/ }).hover();
  await page.getByRole("button", { name: "More with name", exact: true }).click();
  await page.getByRole("menuitem", { name: "Traces with this value" }).click();
  await urlHas(page, `/traces?name=${name.replace(" ", "+")}`);
});

it("marks events, and links lead to the other story", async () => {
  const linked = bigTrace(10_000, 0).spans.find((one) => one.links.length > 0);
  const page = await open(`/story/${BIG_TRACE}?span=${linked?.spanId ?? ""}`);
  await page.locator(".wf-row.sel").waitFor();
  await expect.poll(() => page.locator(".pip.event").count()).toBeGreaterThan(0);
  await page.getByRole("tab", { name: "Links 1" }).waitFor();
  const link = page.locator(".wf-row.sel .linked");
  await expect
    .poll(() => link.getAttribute("href"))
    .toContain(`/story/${linked?.links[0]?.traceId ?? ""}?span=${linked?.links[0]?.spanId ?? ""}`);
});

it("moves the window on the strip, and a click there scrolls the rows", async () => {
  const page = await open(`/story/${BIG_TRACE}?from=1000000000&to=2000000000`);
  const map = page.locator(".minimap");
  const box = await map.boundingBox();
  const at = await map.locator(".window").boundingBox();
  if (!box || !at) throw new Error("no window on the strip");
  await page.mouse.move(at.x + at.width / 2, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(at.x + at.width / 2 + 200, box.y + 20, { steps: 4 });
  await page.mouse.up();
  await page.waitForURL((url) => Number(url.searchParams.get("from")) > 1_500_000_000);
  const url = new URL(page.url());
  expect(Number(url.searchParams.get("to")) - Number(url.searchParams.get("from"))).toBeCloseTo(1e9, -2);
  const first = await rows(page).first().getAttribute("data-key");
  await page.mouse.click(box.x + 10, box.y + box.height - 6);
  await page.waitForFunction((key) => document.querySelector(".wf-row")?.getAttribute("data-key") !== key, first);
});

it("shows broken traces whole: circles, parents that never came, one id twice, a chain of 5,000", async () => {
  const page = await open(`/story/${ODD_TRACE}`);
  await expect.poll(() => bar(page)).toContain("7,015 rows");
  await expect.poll(() => page.locator(".story-head").innerText()).toContain("3 missing parents");
  await page.keyboard.press("End");
  await page.locator(".wf-row", { hasText: "(missing)" }).first().waitFor();
  await page.locator(".wf-row", { hasText: "(missing)" }).first().click();
  await urlHas(page, "span=missing:");
  await expect.poll(() => page.locator(".detail").innerText()).toContain("was not received");
  await page.locator(".detail .failure").first().click();
  await expect.poll(() => page.locator(".detail header").innerText()).toMatch(/parent\s+[0-9a-f]{16}\s+missing/);
  for (const name of ["ring of two", "its own parent"])
    await expect.poll(() => page.locator(".wf-row", { hasText: name }).count()).toBeGreaterThan(0);

  await page.keyboard.press("f");
  await page.keyboard.type("twin");
  await page.getByText("– of 2").waitFor();
  await page.keyboard.press("Enter");
  await page.locator(".wf-row.sel", { hasText: "twin" }).waitFor();
  await page.getByRole("button", { name: "Next match" }).click();
  await urlHas(page, "~2");

  // The deepest span: its row keeps a readable name, and its level is said.
  const deepest = oddId("d4999");
  await page.goto(`${scene.proxy.url}/story/${ODD_TRACE}?span=${deepest}`);
  const row = page.locator(".wf-row.sel");
  await row.waitFor();
  await expect.poll(() => row.getAttribute("aria-level")).toBe("5001");
  const name = await row.locator(".cut").first().boundingBox();
  expect(name?.width).toBeGreaterThan(20);
});
