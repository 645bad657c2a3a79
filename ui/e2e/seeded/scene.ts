import { afterAll, afterEach, beforeAll, inject } from "vitest";
import type { Browser, Page } from "playwright-core";
import { launch, visit, type Visit } from "../browser.ts";
import { startProxy, type FaultProxy } from "../proxy.ts";
import { sentOf, type SentRequest } from "../world/cruddur.ts";
import { makeRequests, type CruddurRequest } from "../world/requests.ts";
import { startWeir, type RunningWeir } from "../weir.ts";

/**
 * A browser for one test file, in front of the seeded Weir or of an empty one of its own, by way of a proxy that can make faults. Every test
 * ends with a check that its pages had no trouble.
 */
export class Scene {
  browser!: Browser;
  /** Where the pages are asked for. */
  proxy!: FaultProxy;
  /** The server itself: of the world, or empty. */
  weir!: Pick<RunningWeir, "url" | "otlp">;
  #visits: Visit[] = [];
  readonly #requests = makeRequests(inject("world").now);

  constructor(mode: "seeded" | "empty" = "seeded") {
    let own: RunningWeir | undefined;
    beforeAll(async () => {
      own = mode === "empty" ? await startWeir() : undefined;
      this.weir = own ?? inject("world");
      this.proxy = await startProxy(this.weir.url);
      this.browser = await launch();
    });
    afterEach(async () => {
      const troubles = this.#visits.flatMap((one) => one.troubles);
      for (const one of this.#visits) await one.page.context().close();
      this.#visits = [];
      this.proxy.faults.clear();
      if (troubles.length > 0) throw new Error(troubles.join("\n"));
    });
    afterAll(async () => {
      await this.browser.close();
      await this.proxy.close();
      await own?.stop();
    });
  }

  async open(path: string): Promise<Page> {
    const made = await visit(this.browser, this.proxy.url, path);
    this.#visits.push(made);
    return made.page;
  }

  /** What was sent of the newest request that fits. */
  sent(fits: (request: CruddurRequest) => boolean): SentRequest {
    const found = this.#requests.findLast(fits);
    if (!found) throw new Error("there is no such request in the seeded world");
    return sentOf(found);
  }

  /** An answer of the server, for what only it knows: ids that it gave. */
  async ask<T>(path: string): Promise<T> {
    const answer = await fetch(this.weir.url + path);
    if (!answer.ok) throw new Error(`${path} was answered ${answer.status}`);
    return (await answer.json()) as T;
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
