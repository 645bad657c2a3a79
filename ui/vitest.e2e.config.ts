import { defineConfig } from "vitest/config";

// e2e/live runs on any Weir; what knows the seeded telemetry is left out when one is asked for that is somebody's.
export default defineConfig({
  test: {
    include: process.env.WEIR_URL ? ["e2e/live/**/*.e2e.ts"] : ["e2e/**/*.e2e.ts"],
    environment: "node",
    globalSetup: "e2e/setup.ts",
    fileParallelism: false,
    // A test says what it waits for; how long that takes on a busy machine is no matter. What is there does not wait for these.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000, interval: 50 } },
  },
});
