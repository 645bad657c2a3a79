import { expect, it } from "vitest";
import { Scene, urlHas } from "./scene.ts";

const scene = new Scene("empty");

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

it("says why something was rejected, then that it was received, without a reload", async () => {
  const page = await scene.open("/setup?client=otlp");
  await page.getByText("Waiting for the first data from OpenTelemetry").waitFor();
  scene.mock.rejected.add("otlp");
  await page.getByText("Rejected: unsupported content type").waitFor();
  await expect
    .poll(() => page.getByRole("tabpanel").innerText())
    .toContain("OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf");
  scene.mock.arrived.add("otlp");
  await page.getByText("Received ✓", { exact: true }).waitFor();
  await expect.poll(() => page.getByRole("tab", { name: "OpenTelemetry" }).innerText()).toContain("received ✓");
  await page.getByRole("tab", { name: "Rollbar" }).click();
  await urlHas(page, "client=rollbar");
});

it("lists calls that brought nothing, with what to change", async () => {
  scene.mock.rejected.delete("otlp");
  const page = await scene.open("/setup?client=otlp");
  const problems = page.getByRole("region", { name: "Why nothing arrives" });
  await problems.getByText("Weir has received no invalid calls").waitFor();
  scene.mock.rejected.add("otlp");
  await problems.getByText("The path of OTLP is doubled").waitFor({ timeout: 3000 });
  const row = await problems.getByRole("row").nth(1).innerText();
  for (const part of ["OpenTelemetry", "POST /v1/traces/v1/traces, port 4318", "OTEL_EXPORTER_OTLP_ENDPOINT", "12"])
    expect(row).toContain(part);
});

it("turns into data by itself when the first record arrives", async () => {
  const page = await scene.open("/");
  await page.getByText("Nothing has arrived yet").waitFor();
  scene.mock.mode = "full";
  await page.locator(".totals").waitFor();
  scene.mock.mode = "empty";
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
