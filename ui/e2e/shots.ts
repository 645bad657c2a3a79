import { BIG_TRACE, ODD_TRACE } from "../mock/bigStories.ts";
import { occurrenceIdOf, itemOf } from "../mock/occurrences.ts";
import { buildStory } from "../mock/stories.ts";
import type { Browser } from "playwright-core";
import { launch, mockWithUi, visit } from "./browser.ts";

const HEAT = "/query?calc=HEATMAP(duration_ms)&signals=spans&range=24h&live=off";

export async function takeShots(folder: string, only: string): Promise<void> {
  const mock = await mockWithUi();
  const empty = await mockWithUi({ mode: "empty" });
  const big = await mockWithUi();
  big.xray.mapNodes = 30;
  empty.rejected.add("otlp");
  const browser = await launch();
  const now = Date.now();
  const past = mock.requests.filter((one) => one.startMs < now).reverse();
  const failed = past.find((one) => one.fails === "KeyError" && one.xray === "other") ?? past[0];
  const good =
    past.find((one) => one.handler === "activities_home" && one.xray === "other" && one.hasFrontend) ?? past[0];
  if (!failed || !good) throw new Error("the mock has no requests");
  const server = buildStory(good).spans.find((one) => one.kind === "server")?.spanId ?? "";
  const segment = buildStory(good).spans.find((one) => one.kind === "segment")?.spanId ?? "";
  const pages: [string, string, string][] = [
    ["home", mock.url, "/"],
    ["empty", empty.url, "/"],
    ["setup", mock.url, "/setup?client=cloudwatch-logs"],
    ["traces", mock.url, "/traces"],
    [
      "traces-filtered",
      mock.url,
      "/traces?service=backend-flask&status=error&attribute=http.route%3D%2Fapi%2Fmessages&range=24h",
    ],
    ["story", mock.url, `/story/${good.traceId}`],
    ["story-span", mock.url, `/story/${good.traceId}?span=${server}`],
    ["story-raw", mock.url, `/story/${good.traceId}?span=${segment}&tab=raw`],
    ["story-error", mock.url, `/story/${failed.traceId}?span=error:${occurrenceIdOf(failed)}`],
    ["story-big", mock.url, `/story/${BIG_TRACE}?find=stock`],
    ["story-big-path", mock.url, `/story/${BIG_TRACE}?path=on&depth=4`],
    ["story-big-colour", mock.url, `/story/${BIG_TRACE}?colour=app.tenant&depth=3&from=600000000&to=2100000000`],
    ["story-odd", mock.url, `/story/${ODD_TRACE}?depth=2&span=missing:000000676f6e6530`],
    ["story-missing", mock.url, "/story/00000000000000000000000000000000"],
    ["logs", mock.url, "/logs"],
    ["logs-group", mock.url, "/logs?group=cruddur&severity=error"],
    ["errors", mock.url, "/errors?range=24h"],
    ["item", mock.url, `/errors/${itemOf(failed)}?range=24h`],
    ["xray", mock.url, "/xray"],
    ["xray-filtered", mock.url, `/xray?range=24h&from=0.1&filter=${encodeURIComponent('service("backend-flask")')}`],
    ["xray-wrong", mock.url, `/xray?filter=${encodeURIComponent('service("backend-flask") AND htp.status = 500')}`],
    ["xray-none", mock.url, `/xray?filter=${encodeURIComponent('user = "nobody"')}`],
    ["xray-empty", empty.url, "/xray"],
    ["xray-map", mock.url, "/xray/map?range=24h"],
    ["xray-map-node", mock.url, "/xray/map?range=24h&node=backend-flask%7CAWS%3A%3AECS%3A%3AContainer"],
    ["xray-map-big", big.url, "/xray/map"],
    ["xray-analytics", mock.url, "/xray/analytics?range=24h&from=0.12"],
    ["xray-insights", mock.url, "/xray/insights"],
    ["xray-insights-empty", empty.url, "/xray/insights"],
    ["xray-insight", mock.url, "/xray/insights/ins-1"],
    ["query-empty", mock.url, "/query"],
    ["query", mock.url, `${HEAT}&calc=COUNT&calc=P99(duration_ms)&by=service.name`],
    [
      "query-bubbleup",
      mock.url,
      `${HEAT}&view=bubbleup&sel=${encodeURIComponent('{"group":{"http.route":"/api/activities/home"}}')}`,
    ],
    ["query-rows", mock.url, "/query?where=error+%3D+true&range=24h&live=off&view=rows"],
    ["query-traces", mock.url, "/query?where=error+%3D+true&calc=COUNT&range=24h&live=off&view=traces"],
    ["query-kept-gone", mock.url, "/query?kept=gone"],
    ["query-no-data", empty.url, "/query?calc=COUNT"],
    ["boards", mock.url, "/boards"],
    ["boards-empty", empty.url, "/boards"],
    ["alerts", mock.url, "/alerts"],
    ["alerts-empty", empty.url, "/alerts"],
    ["alerts-slos", mock.url, "/alerts?tab=slos"],
    ["alerts-slos-empty", empty.url, "/alerts?tab=slos"],
    ["alerts-recipients", mock.url, "/alerts?tab=recipients"],
    ["alerts-trigger-new", mock.url, "/alerts/triggers/__all__/new"],
    ["alerts-slo-new", mock.url, "/alerts/slos/__all__/new"],
    ["traces-empty", empty.url, "/traces"],
    ["logs-empty", empty.url, "/logs"],
    ["errors-empty", empty.url, "/errors"],
    ["xray-map-empty", empty.url, "/xray/map"],
    ["xray-sampling-edit", mock.url, "/xray/sampling?edit=messages"],
    ["xray-groups", mock.url, "/xray/groups?edit=Cruddur"],
    ["xray-sampling", mock.url, "/xray/sampling?service=backend-flask&method=GET&path=/api/activities/home"],
  ];
  for (const [name, base, path] of pages) {
    if (only && !name.includes(only)) continue;
    for (const theme of ["dark", "light"] as const) {
      const { page, troubles } = await visit(browser, base, path, theme);
      if (name.startsWith("xray-map") && base !== empty.url) await page.locator(".map-node").first().waitFor();
      await page.waitForTimeout(900);
      await page.screenshot({ path: `${folder}/${name}-${theme}.png` });
      if (theme === "dark") {
        await page.setViewportSize({ width: 1024, height: 768 });
        await page.waitForTimeout(250);
        await page.screenshot({ path: `${folder}/${name}-narrow.png` });
      }
      for (const one of troubles) console.log(`${name} ${theme}: ${one}`);
      await page.context().close();
    }
    console.log(name);
  }
  if (!only || only === "overlays") await overlays(browser, mock.url, folder);
  await browser.close();
  await mock.close();
  await empty.close();
  await big.close();
}

/** What opens over a page: search results, time range, shortcuts, a line's inside. */
async function overlays(browser: Browser, base: string, folder: string): Promise<void> {
  for (const theme of ["dark", "light"] as const) {
    const { page } = await visit(browser, base, "/logs?group=otlp%3Abackend-flask&live=off", theme);
    await page.locator(".log .line").first().click();
    await page.locator(".log .inside").waitFor();
    await page.screenshot({ path: `${folder}/log-open-${theme}.png` });
    await page.keyboard.press("/");
    await page.keyboard.type("cruddur");
    await page.locator(".hit").first().waitFor();
    await page.screenshot({ path: `${folder}/search-${theme}.png` });
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Time range" }).click();
    await page.waitForTimeout(300);
    await page.screenshot({ path: `${folder}/range-${theme}.png` });
    await page.keyboard.press("Escape");
    await page.locator(".brand").focus();
    await page.keyboard.press("?");
    await page.waitForTimeout(400);
    await page.screenshot({ path: `${folder}/shortcuts-${theme}.png` });
    await page.context().close();
  }
}
