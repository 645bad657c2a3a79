import { expect, it } from "vitest";
import { Scene, urlHas } from "./scene.ts";

const scene = new Scene();

it("shows what arrives, from whom and how much", async () => {
  const page = await scene.open("/");
  await page.locator(".totals").waitFor();
  expect(
    Number((await page.locator(".tile", { hasText: "Requests" }).locator(".value").innerText()).replace(",", "")),
  ).toBeGreaterThan(50);
  const services = page.locator("section", { hasText: "services in this time" });
  for (const name of ["backend-flask", "frontend-react-js", "cruddur-db", "users-cache"])
    await services.locator("tbody tr", { hasText: name }).waitFor();
});

it("shows what was dropped and why", async () => {
  const page = await scene.open("/");
  const own = page.locator("section", { hasText: "Received by Weir" });
  await own.locator("tbody tr").first().waitFor();
  await expect.poll(() => own.innerText()).toContain("too-old 17");
  await expect.poll(() => page.locator("section", { hasText: "Storage" }).innerText()).toMatch(/\d+(\.\d+)? [KM]iB/);
});

it("narrows the time by a drag over the chart", async () => {
  const page = await scene.open("/");
  const chart = page.getByRole("img", { name: "Received data over time" });
  await chart.locator("canvas").waitFor();
  const box = await chart.boundingBox();
  if (!box) throw new Error("no chart");
  await page.mouse.move(box.x + box.width * 0.4, box.y + 80);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + 90, { steps: 6 });
  await page.mouse.up();
  await urlHas(page, "start=");
  const url = new URL(page.url());
  const minutes =
    (Date.parse(url.searchParams.get("end") ?? "") - Date.parse(url.searchParams.get("start") ?? "")) / 60_000;
  expect(minutes).toBeGreaterThan(8);
  expect(minutes).toBeLessThan(20);
});

it("goes from a service to its traces, and from an error to its page", async () => {
  const page = await scene.open("/?live=off&range=24h");
  await page.getByRole("link", { name: "cruddur-db" }).click();
  await page.waitForURL((url) => url.pathname === "/traces" && url.searchParams.get("service") === "cruddur-db");
  await page.goBack();
  await page.locator(".err-row").first().click();
  await page.waitForURL(/\/errors\/[0-9a-f]+/);
});

it("says in the server's words what is wrong, and tries again when asked", async () => {
  scene.proxy.faults.set("/api/home", {
    status: 504,
    title: "Query took too long",
    detail: "The query was stopped after 10 s. Choose a shorter time.",
  });
  const page = await scene.open("/");
  await page.getByText("Query took too long").waitFor();
  await expect.poll(() => page.getByRole("alert").innerText()).toContain("The query was stopped after 10 s");
  scene.proxy.faults.clear();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator(".totals").waitFor();
});
