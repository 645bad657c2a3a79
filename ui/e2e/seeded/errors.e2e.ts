import { expect, it } from "vitest";
import type { ItemList } from "../../src/api/types.generated.ts";
import { Scene, urlHas } from "./scene.ts";

const scene = new Scene();

async function itemOf(title: string): Promise<string> {
  const { items } = await scene.ask<ItemList>(`/api/errors/items?start=-7d&text=${title}`);
  return items[0]?.itemId ?? "";
}

it("lists items with how often and since when, and filters them", async () => {
  const page = await scene.open("/errors?range=7d");
  await page.locator(".item-row").first().waitFor();
  for (const title of ["KeyError", "TypeError", "Hello World!"])
    await page.locator(".item-row", { hasText: title }).waitFor();
  await page.getByText("Muted", { exact: true }).click();
  await urlHas(page, "status=muted");
  await page.waitForFunction(() => document.querySelectorAll(".item-row").length === 1);
  await expect.poll(() => page.locator(".item-row").innerText()).toContain("Hello World!");
  await page.getByLabel("Text in the title").fill("nothing like this");
  await page.keyboard.press("Enter");
  await page.getByText("No error matches these filters").waitFor();
});

it("resolves, and reopens, and the list knows", async () => {
  const page = await scene.open("/errors?range=7d");
  await page.locator(".item-row", { hasText: "TypeError" }).click();
  await page.getByRole("button", { name: "Resolve" }).click();
  await page.getByText(/^Resolved #\d+/).waitFor();
  await page.getByRole("button", { name: "Reopen" }).waitFor();
  await page.getByRole("link", { name: "Errors" }).last().click();
  await page.locator(".item-row", { hasText: "TypeError" }).getByText("resolved").waitFor();
  await page.locator(".item-row", { hasText: "TypeError" }).click();
  await page.keyboard.press("r");
  await page.getByText(/^Reopened #\d+/).waitFor();
});

it("keeps the status when the server refuses the change, and says why", async () => {
  const page = await scene.open("/errors?range=7d");
  await page.locator(".item-row", { hasText: "KeyError" }).click();
  await page.getByRole("button", { name: "Mute" }).waitFor();
  scene.proxy.faults.set("/api/errors/items/", {
    status: 503,
    title: "Busy",
    detail: "The settings cannot be written: no space left.",
  });
  await page.getByRole("button", { name: "Mute" }).click();
  await page.getByText("no space left").first().waitFor();
  await expect.poll(() => page.locator(".item-title").innerText()).toContain("active");
});

it("shows exception, request, person, custom data and the payload as it came", async () => {
  const page = await scene.open("/errors?range=7d");
  await page.locator(".item-row", { hasText: "KeyError" }).click();
  const view = page.locator(".occ-body");
  await view.waitFor();
  await expect.poll(() => view.innerText()).toContain("return model['data'][user_receiver_handle]");
  await expect.poll(() => view.innerText()).toContain("3 library frames");
  await view.getByText("3 library frames").click();
  await expect.poll(() => view.innerText()).toContain("full_dispatch_request");
  await page.getByRole("tab", { name: "Request" }).click();
  await urlHas(page, "tab=request");
  await expect.poll(() => view.innerText()).toContain("user_reciever_handle");
  await expect.poll(() => view.innerText()).toContain("********");
  await page.getByRole("tab", { name: "Person and custom" }).click();
  await expect.poll(() => view.innerText()).toContain("@cruddur.example");
  await page.getByRole("tab", { name: "Raw payload" }).click();
  await expect.poll(() => view.innerText()).toContain('"notifier"');
});

it("steps through occurrences and opens the story of one", async () => {
  const page = await scene.open(`/errors/${await itemOf("Hello")}?range=7d&live=off`);
  await page.locator(".occ-row").nth(1).waitFor();
  await page.keyboard.press("j");
  await urlHas(page, "occurrence=");
  await page.waitForFunction(() => document.querySelector(".panel > header h2")?.textContent === "Occurrence");
  await page.getByRole("link", { name: "Open the story" }).click();
  await page.waitForURL(/\/story\/[0-9a-f]{32}\?span=error/);
});

it("puts the call that threw on top of the stack", async () => {
  const page = await scene.open(`/errors/${await itemOf("KeyError")}?range=7d`);
  await page.locator(".frames li").first().waitFor();
  const frames = await page.locator(".frames li").allInnerTexts();
  expect(frames[0]).toContain("create_message.py:17");
  expect(frames[1]).toContain("data_create_message");
  expect(frames[2]).toContain("3 library frames");
});
