import { occurrenceOf, titleOf } from "./occurrences.ts";
import { Random } from "./random.ts";
import type { CruddurRequest } from "./requests.ts";
import type { Attributes, SentLog, SentSpan } from "./sent.ts";

// What the clients of Cruddur send of one request.

export const LOG_GROUP = "cruddur";
export const LOG_STREAM = "backend-flask/4567";
export const xrayId = (id: string) => `1-${id.slice(0, 8)}-${id.slice(8)}`;

const BACKEND: Attributes = {
  "telemetry.sdk.language": "python",
  "telemetry.sdk.version": "1.16.0",
  "host.name": "4567-cruddur",
  "process.pid": 41,
};
const WEB: Attributes = { "telemetry.sdk.language": "webjs", "telemetry.sdk.version": "1.30.0" };
const BROWSERS = ["Mozilla/5.0 (X11; Linux x86_64)", "Mozilla/5.0 (Macintosh)", "curl/8.5.0"];

export interface Segment {
  id: string;
  name: string;
  trace_id: string;
  start_time: number;
  end_time: number;
  subsegments: Part[];
  [more: string]: unknown;
}
interface Part {
  id: string;
  name: string;
  subsegments?: Part[];
  [more: string]: unknown;
}
export interface SentRequest {
  request: CruddurRequest;
  traceId: string;
  xrayTraceId: string;
  /** OpenTelemetry spans, the browser's first when there is one. */
  spans: SentSpan[];
  logs: SentLog[];
  segments: Segment[];
  /** Segments and subsegments, as the story lists them. */
  segmentParts: number;
  /** Errors, of Rollbar and of X-Ray. */
  errors: number;
  lines: { timestamp: number; message: string }[];
  items: object[];
}

export function sentOf(request: CruddurRequest): SentRequest {
  const random = new Random(request.index * 7919 + 17);
  const lead = request.hasFrontend && request.xray !== "only" ? 6 : 0;
  const failed = request.httpStatus >= 500;
  const backend = request.durationMs;
  const spans: SentSpan[] = [];
  const logs: SentLog[] = [];
  const push = (draft: Partial<SentSpan> & { name: string; parentSpanId: string | null; at: number }): string => {
    const { at, ...rest } = draft;
    const spanId = random.hex(16);
    spans.push({
      traceId: request.traceId,
      spanId,
      service: "backend-flask",
      resource: rest.service ? {} : BACKEND,
      kind: "internal",
      status: "unset",
      startMs: request.startMs + at,
      ms: backend,
      attributes: {},
      events: [],
      links: [],
      ...rest,
    });
    return spanId;
  };
  let server = "";
  if (request.xray !== "only") {
    const total = backend + lead * 2;
    const browser = lead
      ? push({
          name: `HTTP ${request.method}`,
          parentSpanId: null,
          at: 0,
          ms: total,
          kind: "client",
          service: "frontend-react-js",
          resource: WEB,
          status: failed ? "error" : "unset",
          scope: "@opentelemetry/instrumentation-fetch",
          attributes: {
            "http.method": request.method,
            "http.url": `http://localhost:4567${request.path}`,
            "http.status_code": request.httpStatus,
          },
          events: [
            { atMs: request.startMs + 0.12, name: "fetchStart", attributes: {} },
            { atMs: request.startMs + total * 0.96, name: "responseEnd", attributes: { "http.response_size": 3418 } },
          ],
        })
      : null;
    server = push({
      name: `${request.method} ${request.route}`,
      parentSpanId: browser,
      at: lead,
      kind: "server",
      status: failed ? "error" : "unset",
      ...(failed && { statusMessage: titleOf(request) }),
      scope: "opentelemetry.instrumentation.flask",
      attributes: {
        "http.method": request.method,
        "http.target": request.path,
        "http.route": request.route,
        "http.status_code": request.httpStatus,
        "http.scheme": "http",
        "http.host": "4567-cruddur.example:4567",
        "net.host.port": 4567,
        "net.peer.ip": request.clientIp,
        "app.user.handle": request.handle,
        "app.session": true,
        "app.cache": backend > 120 ? "miss" : "hit",
      },
    });
    const data = push({
      name: request.handler === "activities_home" ? "home-activities-mock-data" : `${request.handler}-data`,
      parentSpanId: server,
      at: lead + backend * 0.12,
      ms: backend * 0.7,
      scope: "home.activities",
      status: failed ? "error" : "ok",
      attributes: { "app.result_length": request.results },
    });
    const queries = random.int(1, 4);
    for (let i = 0; i < queries; i++)
      push({
        name: i === 0 ? "SELECT cruddur.activities" : "SELECT cruddur.users",
        parentSpanId: data,
        at: lead + backend * (0.15 + (i * 0.6) / queries),
        ms: (backend * 0.5) / queries,
        kind: "client",
        service: i % 2 ? "users-cache" : "cruddur-db",
        attributes: { "db.system": "postgresql", "db.name": "cruddur", "db.rows": random.int(1, 20) },
      });
    push({
      name: "serialize response",
      parentSpanId: server,
      at: lead + backend * 0.85,
      ms: backend * 0.12,
      attributes: { "app.bytes": random.int(400, 9000) },
    });
    const log = (at: number, severity: string, body: string) =>
      logs.push({
        traceId: request.traceId,
        spanId: server,
        service: "backend-flask",
        timeMs: request.startMs + at,
        severity,
        body,
        attributes: { "code.function": request.handler, "code.lineno": 31 },
      });
    log(lead + backend * 0.14, "INFO", `loading ${request.results} activities for ${request.handle}`);
    if (backend > 120)
      log(lead + backend * 0.6, "WARN", `slow query: ${Math.round(backend * 0.5)} ms in cruddur.activities`);
  }
  const segments = request.xray === "none" ? [] : segmentsOf(request, random, lead);
  const stamp = new Date(request.startMs).toISOString().slice(0, 16).replace("T", " ");
  return {
    request,
    traceId: request.traceId,
    xrayTraceId: xrayId(request.traceId),
    spans,
    logs,
    segments,
    segmentParts: segments.reduce((sum, one) => sum + countOf(one), 0),
    lines: [
      {
        timestamp: request.startMs + lead + backend + 0.9,
        message:
          `[${stamp}] ${request.clientIp} ${request.method} http ${request.path} ${request.httpStatus} ${request.httpStatus === 200 ? "OK" : ""}`.trim(),
      },
    ],
    items: request.fails ? [occurrenceOf(request)] : [],
    errors: (request.fails ? 1 : 0) + (failed && segments.length > 0 ? 1 : 0),
  };
}

const countOf = (part: Part): number => 1 + (part.subsegments ?? []).reduce((sum, one) => sum + countOf(one), 0);

/** One of the backend, and of a created activity another one of the function that tells others of it. */
function segmentsOf(request: CruddurRequest, random: Random, lead: number): Segment[] {
  const traceId = xrayId(request.xray === "other" ? request.otherTraceId : request.traceId);
  const { durationMs: ms, httpStatus: status } = request;
  const failed = status >= 500;
  const during = (from: number, share: number) => ({
    id: random.hex(16),
    start_time: (request.startMs + lead + from) / 1000,
    end_time: (request.startMs + lead + from + ms * share) / 1000,
  });
  const calls: Part[] = [
    {
      ...during(3, 0.4),
      name: "cruddur-db",
      namespace: "remote",
      sql: { database_type: "PostgreSQL", sanitized_query: "SELECT * FROM public.activities" },
    },
  ];
  if (request.handler.startsWith("message"))
    calls.push({
      ...during(3, 0.3),
      name: "DynamoDB",
      namespace: "aws",
      aws: { operation: "Query", table_name: "cruddur-messages" },
      ...(failed && { fault: true }),
    });
  const told: Segment[] = [];
  if (request.handler === "activities_create") {
    const call = { ...during(4, 0.2), name: "notifier", namespace: "remote" };
    calls.push(call);
    told.push({
      ...during(5, 0.1),
      name: "notifier",
      origin: "AWS::Lambda::Function",
      trace_id: traceId,
      parent_id: call.id,
      ...(random.chance(0.3) && { fault: true }),
      subsegments: [],
    });
  }
  return [
    {
      ...during(1.4, 1),
      end_time: (request.startMs + lead + Math.max(1.5, ms - 0.5)) / 1000,
      name: "backend-flask",
      trace_id: traceId,
      origin: "AWS::ECS::Container",
      ...(random.chance(0.4) && { user: request.handle }),
      http: {
        request: {
          method: request.method,
          url: `http://4567-cruddur.example${request.path}`,
          client_ip: request.clientIp,
          user_agent: random.pick(BROWSERS),
        },
        response: { status, content_length: 3418 },
      },
      ...(failed ? { fault: true } : status >= 400 ? { error: true } : {}),
      annotations: { handle: request.handle, results: request.results },
      aws: { xray: { sdk: "X-Ray for Python", sdk_version: "2.11.0", sampling_rule_name: "Cruddur" } },
      ...(failed && {
        cause: {
          working_directory: "/backend-flask",
          exceptions: [{ id: random.hex(16), type: "InternalServerError", message: "the handler failed" }],
        },
      }),
      subsegments: [
        {
          ...during(2.2, 0.86),
          name: request.handler,
          subsegments: [
            ...calls,
            { ...during(3, 0.55), name: "mock-data", metadata: { default: { results: request.results } } },
          ],
        },
      ],
    },
    ...told,
  ];
}
