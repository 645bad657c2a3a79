import { expect, it } from "vitest";
import type { Fault } from "../proxy.ts";
import { Scene } from "./scene.ts";

const scene = new Scene();

it.each<[string, Fault]>([
  ["is not there", "down"],
  ["breaks off in the middle of an answer", "cut"],
])("says so when Weir %s, and goes on when it is back", async (_, fault) => {
  scene.proxy.faults.set("/api/traces", fault);
  const page = await scene.open("/traces?range=24h&live=off");
  await page.getByText("Weir does not answer").waitFor();
  scene.proxy.faults.clear();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator(".trace-row").first().waitFor();
});

it("waits for a slow answer, and shows meanwhile that it does", async () => {
  scene.proxy.faults.set("/api/traces", { slowMs: 3000 });
  const page = await scene.open("/traces?range=24h&live=off");
  await page.locator("main [role=status][aria-label=Loading]").first().waitFor();
  await page.locator(".trace-row").first().waitFor();
  await expect.poll(() => page.locator("main [role=alert]").count()).toBe(0);
});
