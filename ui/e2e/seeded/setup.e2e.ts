import { expect, it } from "vitest";
import { sentOf } from "../world/cruddur.ts";
import { makeRequests } from "../world/requests.ts";
import { sendSpans } from "../world/sent.ts";
import { Scene, urlHas } from "./scene.ts";

// On a Weir of its own, which is empty at first: the tests go on from each other.

const scene = new Scene("empty");
const item = (data: object) =>
  fetch(`${scene.weir.url}/api/1/item/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ access_token: "e2e", data }),
  });

it("shows the four clients on an empty Weir, each with something to copy", async () => {
  const page = await scene.open("/");
  await page.getByText("Nothing has arrived yet").waitFor();
  for (const [name, text] of [
    ["OpenTelemetry", "OTEL_EXPORTER_OTLP_ENDPOINT"],
    ["AWS X-Ray", "AWS_XRAY_DAEMON_ADDRESS"],
    ["CloudWatch Logs", "AWS_ENDPOINT_URL_LOGS"],
    ["Rollbar", "endpoint"],
  ] as const) {
    await page.getByRole("tab", { name }).click();
    await expect.poll(() => page.getByRole("tabpanel").innerText()).toContain(text);
    await expect
      .poll(() => page.getByRole("tabpanel").innerText())
      .toContain(`Waiting for the first data from ${name}`);
  }
  await page.getByRole("tabpanel").getByRole("button", { name: "Copy" }).first().click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain("rollbar.init");
});

it.each([
  ["/traces", "No traces in this time"],
  ["/logs", "No log lines in this time"],
  ["/errors", "No errors in this time"],
])("%s says what to do when there is nothing", async (path, text) => {
  const page = await scene.open(path);
  await page.getByText(text).waitFor();
  await page
    .locator("main")
    .getByRole("link", { name: /set up/i })
    .click();
  await page.waitForURL(/\/setup/);
});

it("lists calls that brought nothing, with what to change", async () => {
  const page = await scene.open("/setup?client=otlp");
  const problems = page.getByRole("region", { name: "Why nothing arrives" });
  await problems.getByText("Weir has received no invalid calls").waitFor();
  await fetch(`${scene.weir.otlp}/v1/traces/v1/traces`, { method: "POST", body: "{}" });
  await problems.getByText("The path of OTLP is doubled").waitFor();
  const row = await problems.getByRole("row").nth(1).innerText();
  for (const part of ["OpenTelemetry", "POST /v1/traces/v1/traces", "OTEL_EXPORTER_OTLP_ENDPOINT"])
    expect(row).toContain(part);
});

it("says why something was rejected, then that it was received, without a reload", async () => {
  const page = await scene.open("/setup?client=rollbar");
  await page.getByText("Waiting for the first data from Rollbar").waitFor();
  expect((await item({ environment: "p" })).status).toBe(422);
  await page.getByText(/^Rejected: /).waitFor();
  expect((await item({ environment: "p", body: { message: { body: "hello" } } })).status).toBe(200);
  await page.getByText("Received ✓", { exact: true }).waitFor();
  await expect.poll(() => page.getByRole("tab", { name: "Rollbar" }).innerText()).toContain("received ✓");
  await page.getByRole("tab", { name: "OpenTelemetry" }).click();
  await urlHas(page, "client=otlp");
});

it("turns into data by itself when the first record arrives", async () => {
  const page = await scene.open("/traces");
  await page.getByText("No traces in this time").waitFor();
  await sendSpans(
    scene.weir.otlp,
    makeRequests(Date.now())
      .slice(-20)
      .flatMap((one) => sentOf(one).spans),
  );
  await page.locator(".trace-row").first().waitFor();
});
