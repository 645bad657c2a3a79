import type { Browser } from "playwright-core";
import { launch, visit } from "./browser.ts";
import { startWeir } from "./weir.ts";
import { sentOf } from "./world/cruddur.ts";
import { BIG_TRACE, ODD_TRACE } from "./world/large.ts";
import { occurrenceIdOf } from "./world/occurrences.ts";
import { makeRequests, type CruddurRequest } from "./world/requests.ts";
import { seed } from "./world/world.ts";

const HEAT = "/query?calc=HEATMAP(duration_ms)&signals=spans&range=24h&live=off";

export async function takeShots(folder: string, only: string): Promise<void> {
  const now = Date.now();
  const [weir, empty] = await Promise.all([startWeir(), startWeir()]);
  await seed(weir.url, now);
  const browser = await launch();
  const sent = (fits: (request: CruddurRequest) => boolean) => {
    const found = makeRequests(now).findLast(fits);
    if (!found) throw new Error("there is no such request");
    return sentOf(found);
  };
  const failed = sent((one) => one.fails === "KeyError" && one.xray === "other");
  const good = sent((one) => one.handler === "activities_home" && one.xray === "other" && one.hasFrontend);
  const server = good.spans.find((one) => one.kind === "server")?.spanId ?? "";
  const segment = good.segments[0]?.id ?? "";
  const first = async (path: string, part: RegExp) => part.exec(await (await fetch(weir.url + path)).text())?.[1] ?? "";
  const item = await first("/api/errors/items?start=-7d", /"itemId":"([^"]+)"/);
  const insight = await first("/api/xray/insights?start=-1d", /"id":"([^"]+)"/);
  const pages: [string, string, string][] = [
    ["home", weir.url, "/"],
    ["empty", empty.url, "/"],
    ["setup", weir.url, "/setup?client=cloudwatch-logs"],
    ["traces", weir.url, "/traces"],
    [
      "traces-filtered",
      weir.url,
      "/traces?service=backend-flask&status=error&attribute=http.route%3D%2Fapi%2Fmessages&range=24h",
    ],
    ["story", weir.url, `/story/${good.traceId}`],
    ["story-span", weir.url, `/story/${good.traceId}?span=${server}`],
    ["story-raw", weir.url, `/story/${good.traceId}?span=${segment}&tab=raw`],
    ["story-error", weir.url, `/story/${failed.traceId}?span=error:${occurrenceIdOf(failed.request)}`],
    ["story-big", weir.url, `/story/${BIG_TRACE}?find=stock`],
    ["story-big-path", weir.url, `/story/${BIG_TRACE}?path=on&depth=4`],
    ["story-big-colour", weir.url, `/story/${BIG_TRACE}?colour=app.tenant&depth=3&from=600000000&to=2100000000`],
    ["story-odd", weir.url, `/story/${ODD_TRACE}?depth=2&span=missing:000000676f6e6530`],
    ["story-missing", weir.url, "/story/00000000000000000000000000000000"],
    ["logs", weir.url, "/logs"],
    ["logs-group", weir.url, "/logs?group=cruddur&severity=error"],
    ["errors", weir.url, "/errors?range=24h"],
    ["item", weir.url, `/errors/${item}?range=7d`],
    ["xray", weir.url, "/xray"],
    ["xray-filtered", weir.url, `/xray?range=24h&from=0.1&filter=${encodeURIComponent('service("backend-flask")')}`],
    ["xray-wrong", weir.url, `/xray?filter=${encodeURIComponent('service("backend-flask") AND htp.status = 500')}`],
    ["xray-none", weir.url, `/xray?filter=${encodeURIComponent('user = "nobody"')}`],
    ["xray-empty", empty.url, "/xray"],
    ["xray-map", weir.url, "/xray/map?range=24h"],
    ["xray-map-node", weir.url, "/xray/map?range=24h&node=backend-flask%7CAWS%3A%3AECS%3A%3AContainer"],
    ["xray-map-big", weir.url, `/xray/map?filter=${encodeURIComponent('service("fan-out")')}`],
    ["xray-analytics", weir.url, "/xray/analytics?range=24h&from=0.12"],
    ["xray-insights", weir.url, "/xray/insights"],
    ["xray-insights-empty", empty.url, "/xray/insights"],
    ["xray-insight", weir.url, `/xray/insights/${insight}`],
    ["query-empty", weir.url, "/query"],
    ["query", weir.url, `${HEAT}&calc=COUNT&calc=P99(duration_ms)&by=service.name`],
    [
      "query-bubbleup",
      weir.url,
      `${HEAT}&view=bubbleup&sel=${encodeURIComponent('{"group":{"http.route":"/api/activities/home"}}')}`,
    ],
    ["query-rows", weir.url, "/query?where=error+%3D+true&range=24h&live=off&view=rows"],
    ["query-traces", weir.url, "/query?where=error+%3D+true&calc=COUNT&range=24h&live=off&view=traces"],
    ["query-kept-gone", weir.url, "/query?kept=gone"],
    ["query-no-data", empty.url, "/query?calc=COUNT"],
    ["boards", weir.url, "/boards"],
    ["boards-empty", empty.url, "/boards"],
    ["alerts", weir.url, "/alerts"],
    ["alerts-empty", empty.url, "/alerts"],
    ["alerts-slos", weir.url, "/alerts?tab=slos"],
    ["alerts-slos-empty", empty.url, "/alerts?tab=slos"],
    ["alerts-recipients", weir.url, "/alerts?tab=recipients"],
    ["alerts-trigger-new", weir.url, "/alerts/triggers/__all__/new"],
    ["alerts-slo-new", weir.url, "/alerts/slos/__all__/new"],
    ["traces-empty", empty.url, "/traces"],
    ["logs-empty", empty.url, "/logs"],
    ["errors-empty", empty.url, "/errors"],
    ["xray-map-empty", empty.url, "/xray/map"],
    ["xray-sampling-edit", weir.url, "/xray/sampling?edit=messages"],
    ["xray-groups", weir.url, "/xray/groups?edit=Cruddur"],
    ["xray-sampling", weir.url, "/xray/sampling?service=backend-flask&method=GET&path=/api/activities/home"],
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
  if (!only || only === "overlays") await overlays(browser, weir.url, folder);
  await browser.close();
  await weir.stop();
  await empty.stop();
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
