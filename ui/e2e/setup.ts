import type { TestProject } from "vitest/node";
import { startWeir } from "./weir.ts";
import { seed, type World } from "./world/world.ts";

declare module "vitest" {
  export interface ProvidedContext {
    world: World;
  }
}

/** One Weir for all files, with a week of telemetry; or the one of WEIR_URL, as it is. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const now = Date.now();
  const given = process.env.WEIR_URL?.replace(/\/$/, "");
  if (given) {
    project.provide("world", { url: given, otlp: given, now });
    return undefined;
  }
  const weir = await startWeir();
  try {
    await seed(weir.url, now);
  } catch (error) {
    await weir.stop();
    throw error;
  }
  project.provide("world", { url: weir.url, otlp: weir.otlp, now });
  return weir.stop;
}
