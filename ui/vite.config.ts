import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// `npm run dev` proxies /api to a running Weir (WEIR_URL) or, by default, to the mock of `npm run mock`.
const api = process.env.WEIR_URL ?? "http://127.0.0.1:7171";

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: fileURLToPath(new URL(process.env.UI_OUT_DIR ?? "../src/Server/wwwroot", import.meta.url)),
    emptyOutDir: true,
    target: "es2023",
    // ECharts is the one big chunk; it loads only with the pages that draw a chart.
    chunkSizeWarningLimit: 700,
  },
  server: { host: "127.0.0.1", port: 7172, proxy: { "/api": api } },
  test: { include: ["src/**/*.test.{ts,tsx}"], environment: "node", testTimeout: 60_000, hookTimeout: 60_000 },
});
