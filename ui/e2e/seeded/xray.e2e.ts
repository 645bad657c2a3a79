import { expect, it } from "vitest";
import type { Page } from "playwright-core";
import type { XRayRules } from "../../src/api/types.generated.ts";
import { post } from "../world/sent.ts";
import { Scene, urlHas } from "./scene.ts";

const scene = new Scene();
const editor = (page: Page) => page.getByLabel("Filter expression", { exact: true });

async function rows(page: Page): Promise<string[]> {
  await page.locator("a.x-row").first().waitFor();
  return page.locator("a.x-row").allInnerTexts();
}

it("writes a filter with completion, keeps it in the URL and shows what fits", async () => {
  const page = await scene.open("/xray?range=24h&live=off");
  await page.locator("a.x-row").first().waitFor();
  await page.keyboard.press("f");
  await page.keyboard.type("serv");
  await page.getByRole("option", { name: /service\("…"\)/ }).waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.type("notif");
  await page.getByRole("option", { name: "notifier" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect.poll(() => editor(page).inputValue()).toBe('service("notifier") ');
  await page.keyboard.type("AND annotation.han");
  await page.getByRole("option", { name: "handle" }).waitFor();
  await page.keyboard.press("Escape");
  await editor(page).fill('service("notifier")');
  await page.keyboard.press("Enter");
  await urlHas(page, 'filter=service("notifier")');
  await page.waitForFunction(() =>
    [...document.querySelectorAll("a.x-row")].every((one) => one.textContent.includes("POST /api/activities")),
  );
  expect((await rows(page)).length).toBeGreaterThan(0);
});

it("offers annotation keys and their values from the data", async () => {
  const page = await scene.open("/xray?range=24h&live=off");
  await editor(page).fill("annotation.");
  await page.getByRole("option", { name: "handle" }).click();
  await expect.poll(() => editor(page).inputValue()).toBe("annotation.handle ");
  await page.keyboard.type('= "');
  await page.getByRole("option", { name: "worf" }).click();
  await expect.poll(() => editor(page).inputValue()).toMatch(/^annotation\.handle = "worf"/);
  await page.keyboard.press("Enter");
  await urlHas(page, 'annotation.handle = "worf"'.replace(/ /g, "+"));
  await page.waitForFunction(() =>
    [...document.querySelectorAll("a.x-row")].every((one) => one.textContent.includes("worf")),
  );
});

it("marks the error at its character, and does not ask for traces with it", async () => {
  const page = await scene.open("/xray?live=off");
  await page.locator("a.x-row").first().waitFor();
  await editor(page).fill('service("backend-flask") AND htp.status = 500');
  await page.locator(".filter-wrong").waitFor();
  await expect
    .poll(() => page.locator(".filter-wrong").innerText())
    .toContain("Invalid input symbol 'htp.status' at character 30");
  await expect.poll(() => page.locator(".squiggle").innerText()).toBe("htp.status");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Enter");
  await expect.poll(() => editor(page).getAttribute("aria-invalid")).toBe("true");
  expect(page.url()).not.toContain("filter=");
  await expect.poll(() => page.locator("a.x-row").count()).toBeGreaterThan(0);
});

it("tells what is wrong with an expression that came with the link", async () => {
  const page = await scene.open(`/xray?filter=${encodeURIComponent("responsetime >")}`);
  await page.getByText("The filter expression is not valid").waitFor();
  await page.locator(".filter-wrong").waitFor();
});

it("narrows by response code and by a drag over the histogram, and widens again", async () => {
  const page = await scene.open(`/xray?range=24h&live=off&filter=${encodeURIComponent('service("backend-flask")')}`);
  await page.locator("a.x-row").first().waitFor();
  const fault = page.locator(".x-code", { hasText: "Fault" });
  const count = Number(await fault.locator("b").innerText());
  expect(count).toBeGreaterThan(0);
  await fault.click();
  await urlHas(page, "code=fault");
  await page.waitForFunction((wanted) => document.querySelectorAll("a.x-row").length === wanted, count);
  for (const row of await rows(page)) expect(row).toContain("500");
  await fault.click();
  await page.waitForURL((url) => !url.search.includes("code="));
  const chart = page.getByRole("slider", { name: "Response times" });
  const box = await chart.boundingBox();
  if (!box) throw new Error("no histogram");
  await page.mouse.move(box.x + box.width * 0.7, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.8, box.y + 40, { steps: 4 });
  await page.mouse.move(box.x + box.width - 2, box.y + 40, { steps: 4 });
  await page.mouse.up();
  await urlHas(page, "from=");
  const from = Number(new URL(page.url()).searchParams.get("from"));
  await page.locator(".x-times-head .chip").waitFor();
  await page.waitForFunction(() => document.querySelectorAll("a.x-row").length < 60);
  expect(from).toBeGreaterThan(0.01);
  await page.locator(".x-times-head .chip").click();
  await page.waitForURL((url) => !url.search.includes("from="));
});

it("adds a value of a row to the expression, and opens the story with a click on the row", async () => {
  const page = await scene.open("/xray?range=24h&live=off");
  await page.locator("a.x-row").first().waitFor();
  await page.locator("a.x-row .x-annotations .x-pick", { hasText: "handle" }).first().click();
  await urlHas(page, "filter=annotation.handle");
  await page.locator("a.x-row .title").first().click();
  await page.waitForURL(/\/story\/[0-9a-f]{32}/);
});

it("orders by response time, loads more, and takes a group", async () => {
  const page = await scene.open("/xray?range=24h&order=slowest&live=off");
  expect((await rows(page)).length).toBe(100);
  await page.getByRole("button", { name: "Load more" }).click();
  await page.locator("a.x-row").nth(150).waitFor({ state: "attached" });
  await page.getByRole("combobox", { name: "Group" }).click();
  await page.getByRole("option", { name: "Slow" }).click();
  await urlHas(page, "group=Slow");
  await page.waitForFunction(() => document.querySelectorAll("a.x-row").length < 60);
  await page.getByRole("navigation", { name: "X-Ray" }).getByRole("link", { name: "Map" }).click();
  await page.waitForURL((url) => url.pathname === "/xray/map");
  await urlHas(page, "group=Slow");
});

it("says what to try when nothing fits", async () => {
  const page = await scene.open(`/xray?filter=${encodeURIComponent('user = "nobody"')}`);
  await page.getByText("No trace matches").waitFor();
  await page.getByRole("button", { name: 'service("backend-flask")' }).click();
  await page.locator("a.x-row").first().waitFor();
});

it("finds what the slow traces have in common, and filters by it", async () => {
  const page = await scene.open("/xray/analytics?range=24h&from=0.1&live=off");
  await page.locator(".compare").first().waitFor();
  await expect.poll(() => page.locator(".compare-key").innerText()).toContain("100 ms or more");
  const method = page.getByLabel("Method", { exact: true });
  await method.getByRole("button", { name: "POST" }).click();
  await urlHas(page, 'filter=http.method+=+"POST"');
  await page.waitForFunction(
    () => document.querySelector('[aria-label="Method"]')?.textContent.includes("GET") === false,
  );
  await page.getByRole("button", { name: "Only the selected traces" }).click();
  await urlHas(page, "responsetime+>=+0.1");
  await page.waitForURL((url) => !url.search.includes("from="));
});

it("makes, changes and deletes a group, with the command for each", async () => {
  const page = await scene.open("/xray/groups");
  await page.getByRole("button", { name: "New group" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Faults");
  const filter = page.getByRole("combobox", { name: "The group's filter expression" });
  await filter.fill("fault OR (");
  await page.locator(".filter-wrong").waitFor();
  await filter.fill("fault OR error");
  await page.keyboard.press("Enter");
  await page.getByText(/would be in the group/).waitFor();
  await expect.poll(() => page.locator(".code").innerText()).toContain("--filter-expression 'fault OR error'");
  await page.getByRole("button", { name: "Create" }).click();
  const row = page.locator("tr", { hasText: "Faults" });
  await row.waitFor();
  await row.getByRole("button", { name: "Edit" }).click();
  await page.getByLabel(/Insights/).click();
  await page.getByRole("button", { name: "Save" }).click();
  await row.getByText("on").waitFor();
  await row.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").getByText("aws xray delete-group").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await row.waitFor({ state: "detached" });
});

it("shows a refusal beside the form that was sent", async () => {
  const page = await scene.open("/xray/groups?edit=%2B");
  await page.getByLabel("Name", { exact: true }).fill("Slow");
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("alert").getByText("Slow already exists").waitFor();
});

it("says which sampling rule takes a request, and why the ones before it do not", async () => {
  const page = await scene.open("/xray/sampling");
  const table = page.getByLabel("Sampling rules", { exact: true });
  await table.waitFor();
  await page.getByLabel("Service", { exact: true }).first().fill("backend-flask");
  await page.getByLabel("Method", { exact: true }).fill("GET");
  await page.getByLabel("Path", { exact: true }).fill("/api/x");
  await page.locator(".rule-said b", { hasText: "Cruddur" }).waitFor();
  await expect.poll(() => table.locator("tr", { hasText: "messages" }).innerText()).toContain("method GET is not POST");
  await expect.poll(() => table.locator("tr[aria-current=true]").innerText()).toContain("Cruddur");
  await page.getByLabel("Method", { exact: true }).fill("POST");
  await page.getByLabel("Path", { exact: true }).fill("/api/messages/new");
  await page.locator(".rule-said b", { hasText: "messages" }).waitFor();
  await urlHas(page, "method=POST");
});

it("makes a sampling rule and shows who asks for one", async () => {
  const report = () =>
    post(scene.weir.url, "/SamplingTargets", {
      SamplingStatisticsDocuments: [
        {
          RuleName: "Cruddur",
          ClientID: "0123456789abcdef01234567",
          Timestamp: Math.floor(Date.now() / 1000),
          RequestCount: 30,
          SampledCount: 3,
          BorrowCount: 0,
        },
      ],
    });
  // Who has not asked for a while is not listed any more.
  await report();
  const again = setInterval(() => void report(), 2000);
  const page = await scene.open("/xray/sampling");
  await page.getByRole("button", { name: "Instances that use Cruddur" }).click();
  await page
    .locator(".clients-row", { hasText: /quota \d+\/s/ })
    .first()
    .waitFor();
  clearInterval(again);
  await page.getByRole("button", { name: "New rule" }).click();
  const form = page.getByLabel("New rule", { exact: true });
  await form.getByLabel("Name", { exact: true }).fill("all-of-home");
  await form.getByLabel("Priority").fill("50");
  await form.getByLabel("URL path").fill("/api/activities/home");
  await form.getByLabel("Rate").fill("100");
  await expect.poll(() => form.locator(".code").innerText()).toContain('"FixedRate":1,"ReservoirSize":1');
  await form.getByRole("button", { name: "Create" }).click();
  await page.getByLabel("Sampling rules", { exact: true }).locator("tr", { hasText: "all-of-home" }).waitFor();
});

it("lists insights; one shows its minutes, affected services and notifications and leads to the failed traces", async () => {
  const page = await scene.open("/xray/insights?live=off&range=24h");
  await page.locator("tbody tr", { hasText: "payments" }).getByRole("link").first().click();
  await page.waitForURL(/\/xray\/insights\/[^/?]+/);
  await page.getByRole("img", { name: /^Faults per minute/ }).waitFor();
  await page.getByText("root cause", { exact: true }).waitFor();
  await page.getByText("Add recipients to the group").waitFor();
  await page.getByRole("link", { name: "Failed traces" }).click();
  await page.waitForURL(
    (url) => url.pathname === "/xray" && url.searchParams.get("filter")?.includes("fault = true") === true,
  );
  await page.locator("a.x-row, main .state").first().waitFor();
  await expect.poll(() => page.locator(".filter-wrong").count()).toBe(0);
});

it("keeps a rule's attributes and its boost", async () => {
  const page = await scene.open("/xray/sampling?edit=messages&live=off");
  const form = page.getByLabel("Edit messages", { exact: true });
  await form.getByRole("button", { name: "Add an attribute" }).click();
  await form.getByLabel("Attribute 1", { exact: true }).fill("tenant");
  await form.getByLabel("Value of attribute 1", { exact: true }).fill("acme*");
  await form.getByRole("switch", { name: /^Boost/ }).click();
  await form.getByLabel("up to").fill("80");
  await form.getByRole("button", { name: "Save" }).click();
  await form.waitFor({ state: "detached" });
  const { rules } = await scene.ask<XRayRules>("/api/xray/rules");
  const rule = rules.find((one) => one.name === "messages");
  expect(rule?.attributes).toEqual({ tenant: "acme*" });
  expect(rule?.boost).toEqual({ maxRate: 0.8, cooldownMinutes: 60 });
});
