import { expect, it } from "vitest";
import type { Page } from "playwright-core";
import { occurrenceIdOf } from "../world/occurrences.ts";
import { Scene, urlHas } from "./scene.ts";

const scene = new Scene();

async function paste(page: Page, text: string): Promise<void> {
  await page.evaluate((value) => navigator.clipboard.writeText(value), text);
  await page.keyboard.press("/");
  await page.keyboard.press("Control+v");
}

it("goes straight to what was pasted, whatever form the id has", async () => {
  const page = await scene.open("/errors");
  const story = scene.sent((one) => one.xray === "other" && one.hasFrontend);
  const span = story.spans[1]?.spanId ?? "";
  const failed = scene.sent((one) => one.fails === "KeyError").request;
  for (const [text, at] of [
    [story.traceId, `/story/${story.traceId}`],
    [story.xrayTraceId, `/story/${story.traceId}`],
    [`Root=${story.xrayTraceId};Parent=${span};Sampled=1`, `/story/${story.traceId}?span=${span}`],
    [`00-${story.traceId}-${span}-01`, `/story/${story.traceId}?span=${span}`],
    [span, `/story/${story.traceId}?span=${span}`],
    [occurrenceIdOf(failed), `occurrence=${occurrenceIdOf(failed)}`],
  ] as const) {
    await page.goto(`${scene.proxy.url}/setup`);
    await page.locator(".side").waitFor();
    await paste(page, text);
    await urlHas(page, at);
  }
});

it("lists what a text was found in, and opens the picked one", async () => {
  const page = await scene.open("/");
  await page.keyboard.press("/");
  await page.keyboard.type("cruddur");
  const results = page.getByRole("listbox");
  await results.getByText("log group").first().waitFor();
  const picked = results.locator(".hit.on");
  for (let i = 0; i < 20 && !(await picked.innerText()).includes("log group"); i++)
    await page.keyboard.press("ArrowDown");
  await expect.poll(() => picked.innerText()).toContain("log group");
  await page.keyboard.press("Enter");
  await urlHas(page, "/logs?group=cruddur");
});

it("says so when nothing is found, and when the search fails", async () => {
  const page = await scene.open("/");
  await page.keyboard.press("/");
  await page.keyboard.type("zzzz");
  await page.getByText("Nothing found for “zzzz”").waitFor();
  scene.proxy.faults.set("/api/search", {
    status: 400,
    title: "Bad query",
    detail: "The text is longer than 400 characters.",
  });
  await page.keyboard.type("z");
  await page.getByText("The text is longer than 400 characters.").waitFor();
});

it("opens the story of a trace id even when the search fails, so that the story page says what is missing", async () => {
  const page = await scene.open("/");
  await page.locator(".totals").waitFor();
  scene.proxy.faults.set("/api/search", { status: 500, title: "Internal error", detail: "" });
  await paste(page, "00000000000000000000000000000abc");
  await page.getByText("Nothing with the trace id").waitFor();
});
