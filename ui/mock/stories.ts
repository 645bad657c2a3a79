import type { Protocol, Story, StoryError, StoryLog, StoryPart, StorySpan, TraceSummary } from "../src/api/types.ts";
import { exceptionOf, itemOf, occurrenceIdOf } from "./occurrences.ts";
import { Random } from "./random.ts";
import { protocolsOf, type MockRequest } from "./requests.ts";

export const iso = (ms: number) => new Date(ms).toISOString();
export const xrayId = (id: string) => `1-${id.slice(0, 8)}-${id.slice(8)}`;

const RESOURCE = {
  otlp: {
    "service.name": "backend-flask",
    "telemetry.sdk.language": "python",
    "telemetry.sdk.name": "opentelemetry",
    "telemetry.sdk.version": "1.16.0",
    "host.name": "4567-cruddur",
    "process.pid": 41,
  },
  web: {
    "service.name": "frontend-react-js",
    "telemetry.sdk.language": "webjs",
    "telemetry.sdk.version": "1.30.0",
    "browser.mobile": false,
  },
  xray: {
    "aws.xray.sdk": "X-Ray for Python",
    "aws.xray.sdk_version": "2.11.0",
    "service.runtime": "CPython",
    "service.runtime_version": "3.10.9",
  },
};

interface Draft extends Partial<StorySpan> {
  name: string;
  spanId: string;
  parentSpanId: string | null;
  /** Start and length in ms. */
  at: number;
  ms: number;
}

export function span(part: string, protocol: Protocol, traceId: string, draft: Draft): StorySpan {
  const { at, ms, ...rest } = draft;
  return {
    partId: part,
    protocol,
    traceId,
    parentMissing: false,
    service: "backend-flask",
    kind: "internal",
    status: "unset",
    statusMessage: null,
    inProgress: false,
    offsetNs: Math.round(at * 1e6),
    durationNs: Math.round(ms * 1e6),
    depth: 0,
    attributes: {},
    resource: RESOURCE.otlp,
    scope: null,
    events: [],
    links: [],
    document: null,
    ...rest,
  };
}

function document(request: MockRequest, draft: Draft, traceId: string, extra: object): string {
  const start = (request.startMs + draft.at) / 1000;
  return JSON.stringify({
    id: draft.spanId,
    name: draft.name,
    trace_id: xrayId(traceId),
    start_time: start,
    end_time: start + draft.ms / 1000,
    ...extra,
  });
}

function causeOf(request: MockRequest, id: string): object {
  const { message, frames } = exceptionOf(request);
  return {
    working_directory: "/backend-flask",
    exceptions: [
      {
        id,
        type: request.fails ?? "Error",
        message,
        stack: frames.map((one) => ({ path: one.file, line: one.line, label: one.method })),
      },
    ],
  };
}

export function buildStory(request: MockRequest): Story {
  const random = new Random(request.index * 7919 + 17);
  const lead = request.hasFrontend && request.xray !== "only" ? 6 : 0;
  const total = request.durationMs + lead * 2;
  const failed = request.httpStatus >= 500;
  const spans: StorySpan[] = [];
  const parts: StoryPart[] = [];
  const logs: StoryLog[] = [];
  const errors: StoryError[] = [];
  const notices: string[] = [];
  const server = random.hex(16);
  const backend = request.durationMs;

  if (request.xray !== "only") {
    const browser = random.hex(16);
    const push = (draft: Draft) => spans.push(span("otlp", "otlp", request.traceId, draft));
    if (lead)
      push({
        name: `HTTP ${request.method}`,
        spanId: browser,
        parentSpanId: null,
        at: 0,
        ms: total,
        kind: "client",
        service: "frontend-react-js",
        resource: RESOURCE.web,
        status: failed ? "error" : "unset",
        scope: { name: "@opentelemetry/instrumentation-fetch", version: "0.57.0" },
        attributes: {
          "http.method": request.method,
          "http.url": `http://localhost:4567${request.path}`,
          "http.status_code": request.httpStatus,
          "user_agent.original": "Mozilla/5.0 (X11; Linux x86_64)",
        },
        events: [
          { offsetNs: 120_000, name: "fetchStart", attributes: {} },
          {
            offsetNs: Math.round(total * 0.96e6),
            name: "responseEnd",
            attributes: { "http.response_content_length": 3418 },
          },
        ],
      });
    push({
      name: `${request.method} ${request.route}`,
      spanId: server,
      parentSpanId: lead ? browser : null,
      at: lead,
      ms: backend,
      kind: "server",
      status: failed ? "error" : "unset",
      statusMessage: failed ? exceptionOf(request).title : null,
      scope: { name: "opentelemetry.instrumentation.flask", version: "0.37b0" },
      attributes: {
        "http.method": request.method,
        "http.target": request.path,
        "http.route": request.route,
        "http.status_code": request.httpStatus,
        "http.scheme": "http",
        "http.server_name": "0.0.0.0",
        "http.flavor": "1.1",
        "http.host": "4567-cruddur.example:4567",
        "net.host.port": 4567,
        "net.peer.ip": request.clientIp,
        "app.user.handle": request.handle,
        "app.session": true,
      },
      events: failed
        ? [
            {
              offsetNs: Math.round((lead + backend * 0.7) * 1e6),
              name: "exception",
              attributes: {
                "exception.type": request.fails ?? "Error",
                "exception.message": exceptionOf(request).message,
                "exception.escaped": true,
              },
            },
          ]
        : [],
    });
    const mock = random.hex(16);
    push({
      name: request.handler === "activities_home" ? "home-activities-mock-data" : `${request.handler}-data`,
      spanId: mock,
      parentSpanId: server,
      at: lead + backend * 0.12,
      ms: backend * 0.7,
      scope: { name: "home.activities", version: "" },
      status: failed ? "error" : "ok",
      attributes: { "app.now": iso(request.startMs), "app.result_length": request.results },
      links:
        request.handler === "messages_create"
          ? [
              {
                traceId: request.otherTraceId,
                spanId: random.hex(16),
                attributes: { "messaging.operation": "publish" },
              },
            ]
          : [],
    });
    const queries = random.int(1, 4);
    for (let i = 0; i < queries; i++)
      push({
        name: i === 0 ? "SELECT cruddur.activities" : "SELECT cruddur.users",
        spanId: random.hex(16),
        parentSpanId: mock,
        at: lead + backend * (0.15 + (i * 0.6) / queries),
        ms: (backend * 0.5) / queries,
        kind: "client",
        service: i % 2 ? "users-cache" : "cruddur-db",
        scope: { name: "opentelemetry.instrumentation.psycopg", version: "0.37b0" },
        attributes: {
          "db.system": "postgresql",
          "db.name": "cruddur",
          "db.statement":
            "SELECT activities.uuid, users.handle, activities.message\nFROM public.activities\nLEFT JOIN public.users ON users.uuid = activities.user_uuid\nORDER BY activities.created_at DESC LIMIT 20",
          "db.rows": random.int(1, 20),
        },
      });
    push({
      name: "serialize response",
      spanId: random.hex(16),
      parentSpanId: server,
      at: lead + backend * 0.85,
      ms: backend * 0.12,
      attributes: { "app.bytes": random.int(400, 9000) },
    });
    parts.push({
      id: "otlp",
      kind: "trace",
      protocol: "otlp",
      title: "OpenTelemetry trace",
      traceId: request.traceId,
      count: spans.length,
      link: {
        by: "origin",
        explanation: "The trace this story was opened with.",
        distanceMs: null,
        matchedOn: [],
        confidence: 1,
      },
    });
  }

  if (request.xray !== "none") {
    const traceId = request.xray === "same" || request.xray === "only" ? request.traceId : request.otherTraceId;
    const before = spans.length;
    const segment: Draft = {
      name: "backend-flask",
      spanId: random.hex(16),
      parentSpanId: null,
      at: lead + 1.4,
      ms: backend - 1.9,
    };
    const http = {
      request: {
        method: request.method,
        url: `http://4567-cruddur.example${request.path}`,
        client_ip: request.clientIp,
      },
      response: { status: request.httpStatus, content_length: 3418 },
    };
    const push = (draft: Draft, extra: object) =>
      spans.push(
        span("xray", "xray", traceId, {
          resource: RESOURCE.xray,
          document: document(request, draft, traceId, extra),
          ...draft,
        }),
      );
    push(
      {
        ...segment,
        kind: "segment",
        status: failed ? "error" : "unset",
        attributes: {
          "http.request.method": request.method,
          "url.full": `http://4567-cruddur.example${request.path}`,
          "client.address": request.clientIp,
          "http.response.status_code": request.httpStatus,
          "aws.xray.annotations.handle": request.handle,
        },
      },
      {
        http,
        fault: failed,
        annotations: { handle: request.handle },
        aws: {
          ecs: { container: "backend-flask", task_family: "cruddur" },
          xray: { sdk: "X-Ray for Python", sdk_version: "2.11.0", sampling_rule_name: "Cruddur" },
        },
        ...(failed && { cause: causeOf(request, random.hex(16)) }),
      },
    );
    const capture: Draft = {
      name: request.handler,
      spanId: random.hex(16),
      parentSpanId: segment.spanId,
      at: lead + 2.2,
      ms: backend * 0.86,
    };
    push({ ...capture, kind: "subsegment" }, {});
    const data: Draft = {
      name: "mock-data",
      spanId: random.hex(16),
      parentSpanId: capture.spanId,
      at: lead + 3,
      ms: backend * 0.55,
    };
    push(
      {
        ...data,
        kind: "subsegment",
        attributes: {
          "aws.xray.metadata.default.now": iso(request.startMs),
          "aws.xray.metadata.default.results-size": request.results,
        },
      },
      { metadata: { default: { now: iso(request.startMs), "results-size": request.results } } },
    );
    const other = request.xray === "other";
    parts.push({
      id: "xray",
      kind: "xray",
      protocol: "xray",
      title: "X-Ray trace",
      traceId,
      count: spans.length - before,
      link: other
        ? {
            by: "match",
            explanation: `Another trace id. Same method, path, status and client, and its segment lies inside the server span, starting 1.4 ms after it.`,
            distanceMs: 1.4,
            matchedOn: ["method", "path", "status", "client"],
            confidence: 0.97,
          }
        : request.xray === "only"
          ? {
              by: "origin",
              explanation: "The trace this story was opened with.",
              distanceMs: null,
              matchedOn: [],
              confidence: 1,
            }
          : {
              by: "sameId",
              explanation: "The X-Ray form of the same 16 bytes.",
              distanceMs: null,
              matchedOn: ["trace id"],
              confidence: 1,
            },
    });
  }

  const log = (
    part: string,
    protocol: Protocol,
    at: number,
    severity: string,
    body: string,
    spanId: string | null,
  ): StoryLog => ({
    partId: part,
    id: `${request.traceId.slice(0, 12)}-${logs.length}`,
    protocol,
    offsetNs: Math.round(at * 1e6),
    time: iso(request.startMs + at),
    severity,
    body,
    service: "backend-flask",
    spanId,
    logGroup: protocol === "cloudwatch-logs" ? "cruddur" : "otlp:backend-flask",
    logStream: protocol === "cloudwatch-logs" ? "backend-flask/4567" : "otlp",
    attributes: protocol === "otlp" ? { "code.function": request.handler, "code.lineno": 31 } : {},
  });
  if (request.xray !== "only") {
    logs.push(
      log(
        "otel-logs",
        "otlp",
        lead + backend * 0.14,
        "INFO",
        `loading ${request.results} activities for ${request.handle}`,
        server,
      ),
    );
    if (backend > 120)
      logs.push(
        log(
          "otel-logs",
          "otlp",
          lead + backend * 0.6,
          "WARN",
          `slow query: ${Math.round(backend * 0.5)} ms in cruddur.activities`,
          server,
        ),
      );
    parts.push({
      id: "otel-logs",
      kind: "logs",
      protocol: "otlp",
      title: "OpenTelemetry logs",
      traceId: request.traceId,
      count: logs.length,
      link: {
        by: "sameId",
        explanation: "The lines carry this trace id and a span id.",
        distanceMs: null,
        matchedOn: ["trace id"],
        confidence: 1,
      },
    });
  }
  const stamp = iso(request.startMs).slice(0, 16).replace("T", " ");
  logs.push(
    log(
      "cw-logs",
      "cloudwatch-logs",
      lead + backend + 0.9,
      "ERROR",
      `[${stamp}] ${request.clientIp} ${request.method} http ${request.path} ${request.httpStatus} ${request.httpStatus === 200 ? "OK" : ""}`.trim(),
      null,
    ),
  );
  if (request.handler === "activities_home")
    logs.push(log("cw-logs", "cloudwatch-logs", lead + 2.6, "INFO", "HomeActivities", null));
  parts.push({
    id: "cw-logs",
    kind: "logs",
    protocol: "cloudwatch-logs",
    title: "cruddur / backend-flask/4567",
    traceId: null,
    count: logs.filter((one) => one.partId === "cw-logs").length,
    link: {
      by: "match",
      explanation:
        "No id in the line. Method, path, status and client are those of this request, and the line was written 0.9 ms after its end; no other request fits.",
      distanceMs: 0.9,
      matchedOn: ["method", "path", "status", "client"],
      confidence: 0.94,
    },
  });
  if (request.fails) {
    const exception = exceptionOf(request);
    errors.push({
      partId: "rollbar",
      occurrenceId: occurrenceIdOf(request),
      itemId: itemOf(request),
      protocol: "rollbar",
      offsetNs: Math.round((lead + backend * 0.72) * 1e6),
      time: iso(request.startMs + backend * 0.72),
      level: exception.level,
      title: exception.title,
      exceptionClass: exception.class,
      message: exception.message,
      spanId: request.xray === "only" ? null : server,
      frames: exception.frames,
    });
    parts.push({
      id: "rollbar",
      kind: "error",
      protocol: "rollbar",
      title: "Rollbar occurrence",
      traceId: request.traceId,
      count: 1,
      link: {
        by: "idInText",
        explanation: `The payload's custom data holds the trace id ${request.traceId}.`,
        distanceMs: null,
        matchedOn: ["trace id in custom.trace_id"],
        confidence: 1,
      },
    });
  }
  if (request.index % 9 === 4)
    notices.push(
      "3 X-Ray traces fit this request equally well (same method, path, status and client within 12 ms); none was linked.",
    );

  return {
    traceId: request.traceId,
    xrayTraceId: xrayId(request.traceId),
    title: `${request.method} ${request.route}`,
    start: iso(request.startMs),
    durationMs: total,
    request: {
      method: request.method,
      target: request.path,
      httpStatus: request.httpStatus,
      clientIp: request.clientIp,
    },
    parts,
    spanCount: spans.length,
    spans,
    table: null,
    logs,
    errors,
    candidates: [],
    notices,
  };
}

export function summarise(request: MockRequest): TraceSummary {
  const story = buildStory(request);
  const own = story.spans.filter((one) => one.traceId === request.traceId);
  const counts = new Map<string, number>();
  for (const one of own) counts.set(one.service, (counts.get(one.service) ?? 0) + 1);
  const root = own[0];
  return {
    traceId: story.traceId,
    xrayTraceId: story.xrayTraceId,
    start: story.start,
    durationMs: story.durationMs,
    protocols: protocolsOf(request),
    root: root
      ? {
          service: root.service,
          name: request.xray === "only" ? `${request.method} ${request.route}` : root.name,
          kind: root.kind,
          method: request.method,
          target: request.path,
          httpStatus: request.httpStatus,
        }
      : null,
    services: [...counts].map(([service, spans]) => ({ service, spans })),
    spanCount: own.length,
    errorCount: own.filter((one) => one.status === "error").length,
  };
}
