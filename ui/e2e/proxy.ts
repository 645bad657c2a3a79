// A proxy in front of a Weir that makes faults: what is asked for under a path is refused, held back, cut off, or finds nobody.
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Fault =
  /** Answered as a problem, and never seen by the server. */
  | { status: number; title: string; detail: string }
  /** Answered with this, and never seen by the server. */
  | { answer: object }
  /** Answered by the server after so many milliseconds. */
  | { slowMs: number }
  /** The connection ends in the middle of the answer. */
  | "cut"
  /** The connection ends before an answer. */
  | "down";

export interface FaultProxy {
  url: string;
  /** By the beginning of a path, or of method and path; the first that fits. */
  faults: Map<string, Fault>;
  /** Method and path of everything that was asked for. */
  asked: string[];
  close: () => Promise<void>;
}

export async function startProxy(weir: string): Promise<FaultProxy> {
  const faults = new Map<string, Fault>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    const call = `${request.method ?? "GET"} ${path}`;
    asked.push(call);
    const fault = [...faults].find(([beginning]) => path.startsWith(beginning) || call.startsWith(beginning))?.[1];
    if (fault === "down") request.socket.destroy();
    else if (typeof fault === "object" && "status" in fault)
      say(request, response, fault.status, "application/problem+json", { type: "about:blank", ...fault });
    else if (typeof fault === "object" && "answer" in fault)
      say(request, response, 200, "application/json", fault.answer);
    else if (typeof fault === "object") setTimeout(() => pass(weir, request, response, false), fault.slowMs);
    else pass(weir, request, response, fault === "cut");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    asked,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function say(request: IncomingMessage, response: ServerResponse, status: number, type: string, body: object): void {
  request.resume();
  response.writeHead(status, { "content-type": type });
  response.end(JSON.stringify(body));
}

/** Hands a request on as it came, its Host too: for the server, the proxy is where the page is. */
function pass(weir: string, request: IncomingMessage, response: ServerResponse, cut: boolean): void {
  const { hostname, port } = new URL(weir);
  const onward = forward(
    { hostname, port, method: request.method, path: request.url, headers: request.headers },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      if (!cut) return void answer.pipe(response);
      answer.once("data", (chunk: Buffer) => {
        response.write(chunk.subarray(0, chunk.length >> 1), () => response.destroy());
        answer.destroy();
      });
    },
  );
  onward.on("error", () => response.destroy());
  // Whoever does not wait any longer is not asked for either.
  response.on("close", () => onward.destroy());
  request.pipe(onward);
}
