import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { answered, BIG_TRACE, bigStory, durations, lookUp, ODD_TRACE, oddStory } from "./bigStories.ts";
import { emptyHome, findTraces, home, logEvents, logGroups, searchAll, setup, status } from "./answers.ts";
import { describeItem, describeOccurrence, occurrenceIdOf, statuses, summariseItems } from "./occurrences.ts";
import { Explorer } from "./explore/answers.ts";
import { ExploreRefusal } from "./explore/refusal.ts";
import { makeRequests } from "./requests.ts";
import { buildStory } from "./stories.ts";
import { XRayMock } from "./xray/answers.ts";
import { Refused } from "./xray/refused.ts";
import type { ItemSummary } from "./api/types.ts";

// As the server has it (src/Server/Access/SecurityHeaders.cs): what the pages break of it fails their tests here.
const PAGE_POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; " +
  "worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export interface MockOptions {
  port?: number;
  mode?: "full" | "empty";
  /** A built UI to serve beside the API, with the server's fallback to index.html. */
  root?: string;
}

/** A running mock; the fields may be changed between requests to act out trouble. */
export interface Mock {
  url: string;
  mode: "full" | "empty";
  arrived: Set<string>;
  rejected: Set<string>;
  /** Paths (by prefix) that fail, with the problem they answer. */
  failures: Map<string, { status: number; title: string; detail: string }>;
  /** Every path asked for that is not the mock's own: must stay empty. */
  requests: ReturnType<typeof makeRequests>;
  explorer: Explorer;
  xray: XRayMock;
  close: () => Promise<void>;
}

const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    detail: string,
  ) {
    super(detail);
  }
}

export async function startMock(options: MockOptions = {}): Promise<Mock> {
  const startedAt = Date.now();
  const requests = makeRequests(startedAt);
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const refusal =
        error instanceof Refusal || error instanceof ExploreRefusal || error instanceof Refused
          ? error
          : new Refusal(500, "Internal error", String(error));
      send(
        response,
        refusal.status,
        {
          type: "about:blank",
          title: refusal.title,
          status: refusal.status,
          detail: refusal.message,
          ...(refusal instanceof Refused && { position: refusal.position }),
        },
        "application/problem+json",
      );
    });
  });
  await new Promise<void>((done) => server.listen(options.port ?? 0, "127.0.0.1", done));
  const mock: Mock = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mode: options.mode ?? "full",
    arrived: new Set(),
    rejected: new Set(),
    failures: new Map(),
    requests,
    explorer: new Explorer((options.mode ?? "full") === "empty" ? [] : requests),
    xray: new XRayMock((options.mode ?? "full") === "empty" ? [] : requests, startedAt),
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
  if (mock.mode === "full") for (const id of ["otlp", "xray", "cloudwatch-logs", "rollbar"]) mock.arrived.add(id);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", mock.url);
    if (!url.pathname.startsWith("/api/")) return file(url.pathname, response);
    for (const [prefix, failure] of mock.failures)
      if (url.pathname.startsWith(prefix)) throw new Refusal(failure.status, failure.title, failure.detail);
    const method = request.method ?? "GET";
    const body = method === "GET" || method === "DELETE" ? "" : await read(request);
    const path = url.pathname.split("/").slice(2).map(decodeURIComponent);
    const explored =
      path[0] === "xray"
        ? mock.xray.answer(method, path.slice(1), url.searchParams, body)
        : mock.explorer.answer(method, path, url.searchParams, body);
    if (explored === null) {
      response.writeHead(204);
      response.end();
    } else send(response, 200, explored ?? route(url, method, body));
  }

  function route(url: URL, method: string, body: string): unknown {
    const now = Date.now();
    const query = url.searchParams;
    const start = Date.parse(query.get("start") ?? "") || now - 3_600_000;
    const end = Date.parse(query.get("end") ?? "") || now;
    const empty = mock.mode === "empty";
    const known = empty ? [] : requests;
    const [, , area, second, third, fourth] = url.pathname.split("/").map(decodeURIComponent);
    const page = <T>(rows: T[], size: number): { rows: T[]; nextCursor: string | null } => {
      const from = Number(query.get("cursor") ?? 0);
      return {
        rows: rows.slice(from, from + size),
        nextCursor: rows.length > from + size ? String(from + size) : null,
      };
    };
    switch (area) {
      case "status":
        return status(empty, startedAt, now);
      case "home":
        return empty ? emptyHome(start, end) : home(known, start, end);
      case "setup":
        return setup(mock.arrived, mock.rejected, now);
      case "services":
        return {
          services: empty
            ? []
            : [
                {
                  service: "backend-flask",
                  protocols: ["otlp", "xray"],
                  names: ["GET /api/activities/home", "home-activities-mock-data", "POST /api/messages"],
                },
                { service: "cruddur-db", protocols: ["otlp"], names: ["SELECT cruddur.activities"] },
                { service: "frontend-react-js", protocols: ["otlp"], names: ["HTTP GET", "HTTP POST"] },
              ],
        };
      case "traces": {
        const { rows, nextCursor } = page(findTraces(known, query, start, end), Number(query.get("limit") ?? 100));
        return { traces: rows, nextCursor, notice: null };
      }
      case "durations":
        return durations(query);
      case "story": {
        const large =
          second === BIG_TRACE
            ? bigStory(BIG_TRACE, 10_000, startedAt - 60_000)
            : second === ODD_TRACE
              ? oddStory(ODD_TRACE, startedAt - 120_000)
              : null;
        if (large) return third === undefined ? answered(large) : lookUp(large, third, fourth, query);
        const found = known.find(
          (one) => one.traceId === second || (one.otherTraceId === second && one.xray === "other"),
        );
        if (!found)
          throw new Refusal(
            404,
            "No such trace",
            `Nothing with the trace id ${second ?? ""} is stored. It may not have arrived yet, or be older than what is kept.`,
          );
        return third === undefined ? buildStory(found) : lookUp(buildStory(found), third, fourth, query);
      }
      case "logs": {
        const past = logEvents(known).filter((one) => Date.parse(one.time) <= now);
        if (second === "groups") return empty ? { groups: [] } : logGroups(now);
        if (second === "streams" && query.get("group") !== "cruddur")
          return {
            streams: [{ name: "otlp", events: 9_120, firstAt: null, lastAt: new Date(now - 2100).toISOString() }],
          };
        if (second === "streams")
          return {
            streams: [
              {
                name: "backend-flask/4567",
                events: 30_911,
                firstAt: new Date(now - 7 * 86_400_000).toISOString(),
                lastAt: new Date(now - 1400).toISOString(),
              },
              {
                name: "backend-flask/seed",
                events: 116,
                firstAt: new Date(now - 6 * 86_400_000).toISOString(),
                lastAt: new Date(now - 3 * 86_400_000).toISOString(),
              },
            ],
          };
        if (third) {
          const one = past.find((event) => event.id === third);
          if (!one) throw new Refusal(404, "No such event", `No log event ${third} is stored.`);
          return one;
        }
        const text = query.get("text")?.toLowerCase();
        const found = past
          .filter((one) => Date.parse(one.time) >= start && Date.parse(one.time) <= end)
          .filter((one) =>
            ["group", "stream", "service"].every(
              (key) =>
                !query.get(key) ||
                query.get(key) === { group: one.logGroup, stream: one.logStream, service: one.service }[key],
            ),
          )
          .filter(
            (one) => !query.get("severity") || one.severity.toLowerCase() === query.get("severity")?.toLowerCase(),
          )
          .filter((one) => !text || one.body.toLowerCase().includes(text));
        const { rows, nextCursor } = page(found, Number(query.get("limit") ?? 200));
        return { events: rows, nextCursor, notice: null };
      }
      case "errors": {
        if (second === "occurrences") {
          const found = known.find((one) => one.fails && occurrenceIdOf(one) === third);
          if (!found) throw new Refusal(404, "No such occurrence", `No occurrence ${third ?? ""} is stored.`);
          return describeOccurrence(found);
        }
        if (third) {
          if (method === "PATCH") statuses.set(third, (JSON.parse(body) as { status: ItemSummary["status"] }).status);
          const item = describeItem(known, third, now);
          if (!item) throw new Refusal(404, "No such item", `No error item ${third} is stored.`);
          return item;
        }
        const text = query.get("text")?.toLowerCase();
        const items = summariseItems(known, start, end).filter(
          (one) =>
            (!query.get("status") || one.status === query.get("status")) &&
            (!query.get("level") || one.level === query.get("level")) &&
            (!text || one.title.toLowerCase().includes(text)),
        );
        return { items, nextCursor: null };
      }
      case "search":
        return searchAll(known, query.get("q") ?? "", now);
      default:
        throw new Refusal(404, "Not found", `There is no ${url.pathname}.`);
    }
  }

  async function file(path: string, response: ServerResponse): Promise<void> {
    if (!options.root) throw new Refusal(404, "Not found", "This mock serves the API only.");
    const wanted = normalize(join(options.root, path));
    const inside = wanted.startsWith(normalize(options.root)) && extname(wanted) !== "";
    try {
      const bytes = await readFile(inside ? wanted : join(options.root, "index.html"));
      response.writeHead(200, {
        "content-security-policy": PAGE_POLICY,
        "content-type": TYPES[inside ? extname(wanted) : ".html"] ?? "application/octet-stream",
      });
      response.end(bytes);
    } catch {
      throw new Refusal(404, "Not found", path);
    }
  }
  return mock;
}

function send(response: ServerResponse, code: number, body: unknown, type = "application/json"): void {
  response.writeHead(code, { "content-type": type });
  response.end(JSON.stringify(body));
}

async function read(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}
