import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// `npm run dev` proxies /api to a running Weir: that of WEIR_URL, or the one on its usual port.
const api = process.env.WEIR_URL ?? "http://127.0.0.1:7070";

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
