// A Weir of its own for tests that need one: the server that was built last, an empty folder, free ports.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const START_MS = 180_000;

export interface RunningWeir {
  url: string;
  /** Where OTLP goes that names no path of its own. */
  otlp: string;
  stop: () => Promise<void>;
}

export async function startWeir(): Promise<RunningWeir> {
  const folder = mkdtempSync(join(tmpdir(), "weir-e2e-"));
  const [port, http, grpc, xray] = await freePorts(4);
  const options = {
    "--data": folder,
    "--port": port,
    "--otlp-http-port": http,
    "--otlp-grpc-port": grpc,
    "--xray-port": xray,
  };
  const server = spawn(
    "dotnet",
    [built(), "serve", ...Object.entries(options).flatMap(([name, value]) => [name, String(value)])],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  let printed = "";
  await new Promise<void>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`Weir did not start: ${printed}`)), START_MS);
    const take = (chunk: Buffer) => {
      printed += chunk.toString();
      if (!printed.includes("weir is ready")) return;
      clearTimeout(late);
      resolve();
    };
    server.stdout.on("data", take);
    server.stderr.on("data", take);
    void ended.then(() => reject(new Error(`Weir ended: ${printed}`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    otlp: `http://127.0.0.1:${http}`,
    stop: async () => {
      server.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function built(): string {
  const bin = fileURLToPath(new URL("../../artifacts/bin/Server/", import.meta.url));
  const [newest] = ["release", "debug"]
    .map((configuration) => join(bin, configuration, "weir.dll"))
    .filter((file) => existsSync(file))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  if (!newest) throw new Error(`no server is built under ${bin}: ./dev build`);
  return newest;
}

/** Below the ports that the system gives to clients, so that none is taken before the server has it. */
async function freePorts(count: number): Promise<number[]> {
  const found: number[] = [];
  for (let port = 12_000 + Math.floor(Math.random() * 15_000); found.length < count; port++) {
    if (await isFree(port)) found.push(port);
  }
  return found;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
