// node e2e/seeded.mjs: a Weir with the telemetry of the browser tests, until it is interrupted; for `npm run dev`.
import { runnerImport } from "vite";

const weir = (await runnerImport(new URL("./weir.ts", import.meta.url).pathname)).module;
const world = (await runnerImport(new URL("./world/world.ts", import.meta.url).pathname)).module;
const running = await weir.startWeir();
await world.seed(running.url, Date.now());
console.log(`WEIR_URL=${running.url} npm run dev`);
process.once("SIGINT", () => void running.stop().then(() => process.exit()));
