import { afterAll, afterEach, beforeAll } from "vitest";
import type { Browser, Page } from "playwright-core";
import { buildStory } from "../../mock/stories.ts";
import type { MockRequest } from "../../mock/requests.ts";
import type { Mock } from "../../mock/server.ts";
import { launch, mockWithUi, visit, type Visit } from "../browser.ts";

/** A browser and a mock for one test file; every test ends with a check that its pages had no trouble. */
export class Scene {
  browser!: Browser;
  mock!: Mock;
  #visits: Visit[] = [];

  constructor(mode: "full" | "empty" = "full") {
    beforeAll(async () => {
      this.browser = await launch();
      this.mock = await mockWithUi({ mode });
    });
    afterEach(async () => {
      const troubles = this.#visits.flatMap((one) => one.troubles);
      for (const one of this.#visits) await one.page.context().close();
      this.#visits = [];
      this.mock.failures.clear();
      if (troubles.length > 0) throw new Error(troubles.join("\n"));
    });
    afterAll(async () => {
      await this.browser.close();
      await this.mock.close();
    });
  }

  async open(path: string): Promise<Page> {
    const made = await visit(this.browser, this.mock.url, path);
    this.#visits.push(made);
    return made.page;
  }

  /** The newest past request that fits. */
  request(fits: (request: MockRequest) => boolean): MockRequest {
    const found = this.mock.requests.findLast((one) => one.startMs < Date.now() - 2000 && fits(one));
    if (!found) throw new Error("the mock has no such request");
    return found;
  }

  story(fits: (request: MockRequest) => boolean) {
    return buildStory(this.request(fits));
  }
}

/** Waits until the text of the URL's query satisfies the check. */
export async function urlHas(page: Page, part: string): Promise<void> {
  await page.waitForURL((url) => decodeURIComponent(url.href).includes(part));
}

/** What is read of the page once it is there and two reads after each other are equal: a drawing that has come to rest. */
export async function settled<T>(read: () => Promise<T | null>): Promise<T> {
  const give = Date.now() + 120_000;
  for (let last = ""; Date.now() < give;) {
    const found = await read();
    const text = JSON.stringify(found);
    if (found !== null && text === last) return found;
    last = text;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("the page never came to rest");
}
