import { defineConfig } from "vitest/config";

// e2e/live runs anywhere; e2e/mocked needs the mock's data and is left out when a real Weir is asked for.
export default defineConfig({
  test: {
    include: process.env.WEIR_URL ? ["e2e/live/**/*.e2e.ts"] : ["e2e/**/*.e2e.ts"],
    environment: "node",
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
