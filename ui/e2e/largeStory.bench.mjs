// node e2e/largeStory.bench.mjs http://127.0.0.1:7070 <trace id>...: see largeStory.bench.ts. `node tests/clients/otel-trace.js 100000` makes
// such a trace.
import { runnerImport } from "vite";

const { module } = await runnerImport(new URL("./largeStory.bench.ts", import.meta.url).pathname);
const [base, ...traceIds] = process.argv.slice(2);
await module.measure(base, traceIds);
