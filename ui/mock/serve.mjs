// node mock/serve.mjs [port] [full|empty]: the mock API alone, for `npm run dev`.
import { runnerImport } from "vite";

const { module } = await runnerImport(new URL("./server.ts", import.meta.url).pathname);
const port = Number(process.argv[2] ?? 7171);
const mock = await module.startMock({ port, mode: process.argv[3] ?? "full" });
console.log(`mock API on ${mock.url}`);
