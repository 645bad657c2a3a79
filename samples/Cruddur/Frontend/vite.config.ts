import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  server: { port: 3000, strictPort: true, host: process.env.HOST ?? "127.0.0.1" },
  preview: { port: 3000, strictPort: true, host: process.env.HOST ?? "127.0.0.1" },
  // Source maps, so that a browser error's frames can be read.
  build: { target: "es2022", sourcemap: true, chunkSizeWarningLimit: 900 },
});
