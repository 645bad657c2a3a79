// node e2e/shots.mjs <folder>: every page in dark and light, and at 1024 px, as PNG files to look at.
import { mkdirSync } from "node:fs";
import { runnerImport } from "vite";

const { module } = await runnerImport(new URL("./shots.ts", import.meta.url).pathname);
const folder = process.argv[2] ?? "test-results/shots";
mkdirSync(folder, { recursive: true });
await module.takeShots(folder, process.argv[3] ?? "");
