import { defineConfig } from "vitest/config";

// e2e/live runs anywhere; e2e/mocked needs the mock's data and is left out when a real Weir is asked for.
export default defineConfig({
  test: {
    include: process.env.WEIR_URL ? ["e2e/live/**/*.e2e.ts"] : ["e2e/**/*.e2e.ts"],
    environment: "node",
    fileParallelism: false,
    // A test says what it waits for; how long that takes on a busy machine is no matter. What is there does not wait for these.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000, interval: 50 } },
  },
});
