import type { QuerySignal, Values } from "../api/explore.ts";
import type { MockRequest } from "../requests.ts";
import { buildStory } from "../stories.ts";

/** One stored record as a query sees it: flat, with the column names of every signal. */
export interface Row {
  timeMs: number;
  signal: QuerySignal;
  traceId: string | null;
  spanId: string | null;
  data: Values;
}

const SIGNAL_TYPE: Record<QuerySignal, string> = {
  spans: "trace",
  logs: "log",
  errors: "error",
  metrics: "metric",
  events: "event",
};

export function rowsOf(requests: readonly MockRequest[]): Row[] {
  const rows: Row[] = [];
  for (const request of requests) rows.push(...rowsOfRequest(request));
  return rows.sort((a, b) => a.timeMs - b.timeMs);
}

function rowsOfRequest(request: MockRequest): Row[] {
  const story = buildStory(request);
  const rows: Row[] = [];
  const add = (signal: QuerySignal, offsetNs: number, traceId: string | null, spanId: string | null, data: Values) =>
    rows.push({
      timeMs: request.startMs + offsetNs / 1e6,
      signal,
      traceId,
      spanId,
      data: { "meta.signal_type": SIGNAL_TYPE[signal], ...data },
    });
  const slow = request.durationMs > 300;
  for (const span of story.spans)
    add("spans", span.offsetNs, span.traceId, span.spanId, {
      ...span.resource,
      ...span.attributes,
      "service.name": span.service,
      name: span.name,
      duration_ms: span.durationNs / 1e6,
      "trace.trace_id": span.traceId,
      "trace.span_id": span.spanId,
      "trace.parent_id": span.parentSpanId,
      is_root: span.parentSpanId === null,
      error: span.status === "error" ? true : null,
      status_code: { unset: 0, ok: 1, error: 2 }[span.status],
      "span.kind": span.kind,
      "library.name": span.scope?.name ?? null,
      "span.num_events": span.events.length,
      "meta.protocol": span.protocol,
      // What a reader of slow requests should be led to.
      "app.cache": slow ? "miss" : request.index % 23 === 0 ? "miss" : "hit",
      "app.build": slow && request.index % 5 ? "v41" : request.index % 3 ? "v40" : "v41",
    });
  for (const log of story.logs)
    add("logs", log.offsetNs, log.protocol === "otlp" ? request.traceId : null, log.spanId, {
      ...log.attributes,
      "service.name": log.service,
      body: log.body,
      severity: log.severity.toLowerCase(),
      error: log.severity === "ERROR" ? true : null,
      log_group: log.logGroup,
      log_stream: log.logStream,
      "meta.protocol": log.protocol,
      "trace.trace_id": log.protocol === "otlp" ? request.traceId : null,
      event_id: log.id,
    });
  for (const error of story.errors)
    add("errors", error.offsetNs, request.traceId, error.spanId, {
      "service.name": "backend-flask",
      title: error.title,
      level: error.level,
      error: true,
      "exception.type": error.exceptionClass,
      "exception.message": error.message,
      item_id: error.itemId,
      occurrence_id: error.occurrenceId,
      "trace.trace_id": request.traceId,
      "meta.protocol": error.protocol,
    });
  if (request.index % 4 === 0)
    add("metrics", 0, null, null, {
      "service.name": "backend-flask",
      "metric.name": "process.memory.usage",
      value: 91_000_000 + (request.index % 40) * 350_000,
      unit: "By",
    });
  return rows;
}

export function columnsOf(rows: readonly Row[]) {
  const found = new Map<
    string,
    { type: "string" | "integer" | "float" | "boolean"; signals: Set<string>; count: number }
  >();
  for (const row of rows)
    for (const [name, value] of Object.entries(row.data)) {
      if (value === null) continue;
      const one = found.get(name) ?? { type: typeOf(value), signals: new Set<string>(), count: 0 };
      if (one.type === "integer" && typeOf(value) === "float") one.type = "float";
      one.signals.add(row.signal);
      one.count++;
      found.set(name, one);
    }
  return [...found].map(([name, one]) => ({
    name,
    type: one.type,
    signals: [...one.signals],
    calculated: false,
    description: "",
    usage: one.count / Math.max(1, rows.length),
  }));
}

function typeOf(value: string | number | boolean): "string" | "integer" | "float" | "boolean" {
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "float";
  return typeof value === "boolean" ? "boolean" : "string";
}
