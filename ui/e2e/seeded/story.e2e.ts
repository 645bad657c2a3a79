import { expect, it } from "vitest";
import { occurrenceIdOf } from "../world/occurrences.ts";
import { Scene, urlHas } from "./scene.ts";

const scene = new Scene();
const matched = () => scene.sent((one) => one.xray === "other" && one.hasFrontend && one.handler === "activities_home");

it("says for each part why it belongs, and never shows a match as a fact", async () => {
  const story = matched();
  const page = await scene.open(`/story/${story.traceId}`);
  await page.locator(".wf-row").first().waitFor();
  const facts = await page.locator(".part:not(.match)").allInnerTexts();
  const matches = await page.locator(".part.match").allInnerTexts();
  expect(facts.join()).toContain("same id");
  expect(matches).toHaveLength(2);
  for (const one of matches) {
    expect(one).toMatch(/≈ match \d+%/);
    expect(one).toContain("apart");
    expect(one).toContain("on method, path, status, client");
    expect(one).not.toContain("same id");
  }
  await expect.poll(() => page.locator(".story-head").innerText()).toContain(story.traceId);
  await expect.poll(() => page.locator(".story-head").innerText()).toContain(story.xrayTraceId);
  await page.getByRole("button", { name: "Copy the X-Ray trace id" }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(story.xrayTraceId);
});

it("shows spans, segments, lines and errors on one timeline", async () => {
  const story = scene.sent((one) => one.fails === "KeyError" && one.xray === "other");
  const page = await scene.open(`/story/${story.traceId}`);
  await page.locator(".wf-row").first().waitFor();
  await expect
    .poll(() => page.locator(".wf-row").count())
    .toBe(story.spans.length + story.segmentParts + story.logs.length + story.lines.length + story.errors);
  await expect.poll(() => page.locator(".wf-row .span.match").count()).toBe(story.segmentParts);
  await page.keyboard.press("e");
  await page.keyboard.press("e");
  await page.locator(".wf-row.sel").waitFor();
  await page.locator(".wf-row", { hasText: "KeyError" }).click();
  await expect.poll(() => page.locator(".detail").innerText()).toContain("data_create_message");
  await urlHas(page, `span=error:${occurrenceIdOf(story.request)}`);
});

it("opens with the span the URL names, with its attributes, events, parent and raw document", async () => {
  const story = matched();
  const server = story.spans.find((one) => one.kind === "server");
  const [segment] = story.segments;
  const page = await scene.open(`/story/${story.traceId}?span=${server?.spanId ?? ""}`);
  const detail = page.locator(".detail");
  await detail.waitFor();
  await expect.poll(() => detail.innerText()).toContain("http.route");
  await detail.getByRole("button", { name: server?.parentSpanId ?? "" }).click();
  await urlHas(page, `span=${server?.parentSpanId ?? ""}`);
  await detail.getByRole("tab", { name: "Events 2" }).click();
  await urlHas(page, "tab=events");
  await expect.poll(() => detail.innerText()).toContain("responseEnd");
  await page.goto(`${scene.proxy.url}/story/${story.traceId}?span=${segment?.id ?? ""}&tab=raw`);
  await expect.poll(() => detail.innerText()).toContain('"trace_id"');
  await expect.poll(() => detail.innerText()).toContain("A match, not a certain link");
  await page.keyboard.press("Escape");
  await detail.waitFor({ state: "detached" });
});

it("moves, folds and unfolds by keyboard", async () => {
  const story = matched();
  const page = await scene.open(`/story/${story.traceId}`);
  await page.locator(".wf-row").first().waitFor();
  const all = await page.locator(".wf-row").count();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await expect.poll(() => page.locator(".wf-row.sel").getAttribute("data-key")).toBe(story.spans[1]?.spanId);
  await page.keyboard.press("h");
  await expect.poll(() => page.locator(".wf-row").count()).toBeLessThan(all);
  await expect.poll(() => page.locator(".wf-row.sel .count").innerText()).toMatch(/^\+\d+$/);
  await page.keyboard.press("l");
  await expect.poll(() => page.locator(".wf-row").count()).toBe(all);
});

it("hides and shows a part, and keeps that in the URL", async () => {
  const story = matched();
  const page = await scene.open(`/story/${story.traceId}`);
  await page.locator(".wf-row").first().waitFor();
  await page.getByRole("button", { name: "Hide X-Ray trace" }).click();
  await urlHas(page, "hide=p");
  await page.waitForFunction(() => document.querySelectorAll(".wf-row .span.match").length === 0);
  await page.getByRole("button", { name: "Show X-Ray trace" }).click();
  await page.locator(".wf-row .span.match").first().waitFor();
});

it("zooms by a drag over the minimap, to a span with z, and back with 0", async () => {
  const story = matched();
  const page = await scene.open(`/story/${story.traceId}`);
  const map = page.locator(".minimap");
  await map.waitFor();
  const box = await map.boundingBox();
  if (!box) throw new Error("no minimap");
  await page.mouse.move(box.x + box.width * 0.25, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 22, { steps: 5 });
  await page.mouse.up();
  await urlHas(page, "from=");
  const url = new URL(page.url());
  const share =
    (Number(url.searchParams.get("to")) - Number(url.searchParams.get("from"))) /
    ((story.request.durationMs + 12) * 1e6);
  expect(share).toBeGreaterThan(0.2);
  expect(share).toBeLessThan(0.3);
  await expect.poll(() => page.locator(".axis .corner").innerText()).toContain("window of");
  await page.keyboard.press("0");
  await page.waitForURL((next) => !next.search.includes("from="));
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("z");
  await urlHas(page, "from=");
  await page.reload();
  await page.locator(".minimap .window").waitFor();
});

it("finds in names, attributes and lines", async () => {
  const story = matched();
  const page = await scene.open(`/story/${story.traceId}`);
  await page.locator(".wf-row").first().waitFor();
  await page.keyboard.press("f");
  await page.keyboard.type("SELECT");
  await page.locator(".wf-row.found").first().waitFor();
  await page.keyboard.press("Enter");
  await expect.poll(() => page.locator(".wf-row.sel .wf-name").innerText()).toContain("SELECT cruddur");
  await expect.poll(() => page.locator(".wf-bar").innerText()).toMatch(/1 of \d/);
  await urlHas(page, "find=SELECT");
});

it("shows where a span's duration stands among those like it", async () => {
  const story = matched();
  const server = story.spans.find((one) => one.kind === "server");
  const page = await scene.open(`/story/${story.traceId}?span=${server?.spanId ?? ""}`);
  const graph = page.locator(".detail .durations");
  await graph.getByRole("img").waitFor();
  await expect
    .poll(() => graph.innerText())
    .toMatch(/(the slowest|slower than [\d.]+%|faster than [\d.]+%) of [\d,]+ similar spans within the hour/);
  await expect.poll(() => graph.innerText()).toMatch(/p95 [\d.]+ (ms|s)/);
});

it("colours and finds by a field of the selected span, and keeps both in the URL", async () => {
  const story = matched();
  const server = story.spans.find((one) => one.kind === "server");
  const page = await scene.open(`/story/${story.traceId}?span=${server?.spanId ?? ""}`);
  await page.locator(".detail tr", { hasText: "http.method" }).hover();
  await page.getByRole("button", { name: "More with http.method" }).click();
  await page.getByRole("menuitem", { name: "Colour spans by this field" }).click();
  await urlHas(page, "colour=http.method");
  const legend = page.locator(".legend");
  await expect.poll(() => legend.innerText()).toContain("http.method");
  await expect.poll(() => legend.innerText()).toContain("not set");
  await page.getByRole("button", { name: "More with http.method" }).click();
  await page.getByRole("menuitem", { name: "Find this value in the story" }).click();
  await urlHas(page, "find=http.method=GET");
  await page.reload();
  await page.locator(".wf-row.found").first().waitFor();
  await expect
    .poll(() => page.getByRole("textbox", { name: "Find in this story" }).inputValue())
    .toBe("http.method=GET");
  await page.getByRole("button", { name: "Reset to colour by service" }).click();
  await legend.waitFor({ state: "detached" });
});

it("goes from an attribute to the traces that have it", async () => {
  const story = matched();
  const server = story.spans.find((one) => one.kind === "server");
  const page = await scene.open(`/story/${story.traceId}?span=${server?.spanId ?? ""}`);
  await page.locator(".detail tr", { hasText: "app.user.handle" }).hover();
  await page.getByRole("link", { name: "Traces with this app.user.handle" }).click();
  await urlHas(page, "/traces?attribute=app.user.handle=");
  await page.locator(".trace-row").first().waitFor();
});

it("says what is missing when there is no such trace", async () => {
  const page = await scene.open("/story/00000000000000000000000000000000");
  await page.getByText("Nothing with the trace id").waitFor();
  await expect.poll(() => page.getByRole("alert").innerText()).toContain("If it was sent just now");
  await page.getByRole("link", { name: "Show the newest traces" }).click();
  await page.waitForURL(/\/traces/);
});
