import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// HOST=0.0.0.0 in the container and in a browser IDE, where the page also has another host name.
const host = process.env.HOST ?? "127.0.0.1";
const where = { port: 3000, strictPort: true, host, ...(process.env.HOST ? { allowedHosts: true as const } : {}) };

export default defineConfig({
  plugins: [react()],
  server: where,
  preview: where,
  // Source maps, so that a browser error's frames can be read.
  build: { target: "es2022", sourcemap: true },
});
