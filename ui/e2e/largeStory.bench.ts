import { launch } from "./browser.ts";

// node e2e/largeStory.bench.mjs <base url> <trace id>...: how long a real browser takes with a story, as JSON lines. For people to read;
// no test depends on it.

/** Opens the story anew so often; the median is told. */
const TIMES = 3;

interface Measured {
  traceId: string;
  spans: number;
  rows: number;
  /** From the start of the navigation until rows stand in the page and a frame was drawn with them. */
  openMs: number;
  /** Of that, until the answer had arrived. */
  answerMs: number;
  /** From a key press in the search field until what names and services have is marked. */
  findMs: number;
  /** From folding to five levels, and the longest step of unfolding level by level, until the rows are drawn. */
  foldMs: number;
  unfoldMs: number;
  pathMs: number;
  /** Median and slowest of 60 frames while scrolling through all rows. */
  frameMs: number;
  slowestFrameMs: number;
}

export async function measure(base: string, traceIds: string[]): Promise<void> {
  const browser = await launch();
  for (const traceId of traceIds) {
    const all: Measured[] = [];
    for (let i = 0; i < TIMES; i++) all.push(await once(browser, base, traceId));
    const figures = (Object.keys(all[0] ?? {}) as (keyof Measured)[]).map((key) => {
      const sorted = all.map((one) => one[key]).sort((a, b) => Number(a) - Number(b));
      const median = sorted[TIMES >> 1];
      return [key, typeof median === "number" ? Math.round(median * 10) / 10 : median];
    });
    console.log(JSON.stringify(Object.fromEntries(figures)));
  }
  await browser.close();
}

async function once(browser: Awaited<ReturnType<typeof launch>>, base: string, traceId: string): Promise<Measured> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  // The page's scripts are in the browser's cache for a user who comes from the list of traces.
  await page.goto(`${base}/traces`);
  await page.locator(".shell").waitFor();
  await page.goto(`${base}/story/${traceId}?live=off`);
  await page.locator(".wf-row").first().waitFor();
  const opened = await page.evaluate(async () => {
    await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
    const answer = performance
      .getEntriesByType("resource")
      .find((one) => one.name.includes("/api/story/")) as PerformanceResourceTiming;
    return { openMs: performance.now(), answerMs: answer.responseEnd };
  });
  const spans = await page.evaluate(
    async (id) => ((await (await fetch(`/api/story/${id}`)).json()) as { spanCount: number }).spanCount,
    traceId,
  );
  /** From a key press until the rows together are shorter or taller, or something is there, and a frame was drawn. */
  const timed = (press: string, until: { shorter?: number; taller?: number; there?: string }) =>
    page.evaluate(
      async ({ press, until }) => {
        const began = performance.now();
        window.dispatchEvent(new KeyboardEvent("keydown", { key: press, bubbles: true }));
        const height = () => document.querySelector(".wf-rows > div")?.getBoundingClientRect().height ?? 0;
        const isDone = () =>
          (until.there === undefined || document.querySelector(until.there) !== null) &&
          (until.shorter === undefined || height() < until.shorter) &&
          (until.taller === undefined || height() > until.taller);
        while (!isDone()) await new Promise((next) => requestAnimationFrame(next));
        await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
        return performance.now() - began;
      },
      { press, until },
    );
  const rowsNow = () =>
    page.locator(".wf-rows > div").evaluate((box) => Math.round(box.getBoundingClientRect().height / 26));
  const rows = await rowsNow();
  const scroll = await page.evaluate(async () => {
    const box = document.querySelector(".wf-rows");
    const times: number[] = [];
    let last = performance.now();
    for (let i = 1; box && i <= 60; i++) {
      box.scrollTop = (box.scrollHeight / 60) * i;
      await new Promise((next) => requestAnimationFrame(next));
      times.push(performance.now() - last);
      last = performance.now();
    }
    return times.sort((a, b) => a - b);
  });
  const foldMs = await timed("[", { shorter: rows * 26 });
  // Level by level until all is open again; the longest step is told.
  let unfoldMs = 0;
  for (let now = await rowsNow(); now < rows; now = await rowsNow())
    unfoldMs = Math.max(unfoldMs, await timed("]", { taller: now * 26 }));
  const pathMs = await timed("c", { there: ".path-summary" });
  await page.evaluate(() =>
    document.addEventListener("input", () => performance.mark("typed"), { capture: true, once: true }),
  );
  await page.getByRole("textbox", { name: "Find in this story" }).fill("offer");
  const findMs = await page.evaluate(async () => {
    while (!/– of [\d.k]+/.test(document.querySelector(".wf-bar")?.textContent ?? ""))
      await new Promise((next) => requestAnimationFrame(next));
    await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
    return performance.now() - (performance.getEntriesByName("typed")[0]?.startTime ?? 0);
  });
  await context.close();
  return {
    traceId,
    spans,
    rows,
    ...opened,
    findMs,
    foldMs,
    unfoldMs,
    pathMs,
    frameMs: scroll[30] ?? 0,
    slowestFrameMs: scroll[59] ?? 0,
  };
}
