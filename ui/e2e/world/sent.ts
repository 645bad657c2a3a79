// What is sent to Weir, and how: OTLP as JSON, X-Ray documents, CloudWatch log events, Rollbar items.

export type Attributes = Record<string, string | number | boolean>;

export interface SentSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  service: string;
  resource?: Attributes;
  scope?: string;
  name: string;
  kind: "internal" | "server" | "client" | "producer" | "consumer";
  status: "unset" | "ok" | "error";
  statusMessage?: string;
  /** Milliseconds since 1970. */
  startMs: number;
  ms: number;
  attributes: Attributes;
  events: { atMs: number; name: string; attributes: Attributes }[];
  links: { traceId: string; spanId: string; attributes: Attributes }[];
}
export interface SentLog {
  traceId: string;
  spanId: string | null;
  service: string;
  timeMs: number;
  severity: string;
  body: string;
  attributes: Attributes;
}

const KINDS = ["", "internal", "server", "client", "producer", "consumer"];
const STATUSES = ["unset", "ok", "error"];
/** Spans or lines a request, segment documents a call: within the bounds of one call. */
const BATCH = 2_000;
const DOCUMENTS = 50;

/** To the microsecond: further a number of milliseconds since 1970 does not go. */
const nanos = (ms: number) => `${Math.round(ms * 1000)}000`;
const keyValues = (attributes: Attributes) =>
  Object.entries(attributes).map(([key, value]) => ({
    key,
    value:
      typeof value === "string"
        ? { stringValue: value }
        : typeof value === "boolean"
          ? { boolValue: value }
          : Number.isInteger(value)
            ? { intValue: value }
            : { doubleValue: value },
  }));

export async function post(base: string, path: string, body: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(base + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path} was answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json().catch(() => null)) as unknown;
}

/** The rows of each service and resource together, as an SDK sends its own. */
function byResource<T extends { service: string; resource?: Attributes }>(rows: T[]) {
  const groups = new Map<string, { attributes: unknown; rows: T[] }>();
  for (const row of rows) {
    const resource = { "service.name": row.service, ...row.resource };
    const key = JSON.stringify(resource);
    const group = groups.get(key) ?? { attributes: keyValues(resource), rows: [] };
    group.rows.push(row);
    groups.set(key, group);
  }
  return [...groups.values()];
}

const batches = <T>(rows: T[], size: number) =>
  Array.from({ length: Math.ceil(rows.length / size) }, (_, i) => rows.slice(i * size, (i + 1) * size));

export async function sendSpans(base: string, spans: SentSpan[]): Promise<void> {
  for (const batch of batches(spans, BATCH))
    await post(base, "/v1/traces", {
      resourceSpans: byResource(batch).map(({ attributes, rows }) => ({
        resource: { attributes },
        scopeSpans: rows.map((one) => ({
          scope: { name: one.scope ?? "" },
          spans: [
            {
              traceId: one.traceId,
              spanId: one.spanId,
              parentSpanId: one.parentSpanId ?? "",
              name: one.name,
              kind: KINDS.indexOf(one.kind),
              startTimeUnixNano: nanos(one.startMs),
              endTimeUnixNano: nanos(one.startMs + one.ms),
              attributes: keyValues(one.attributes),
              status: { code: STATUSES.indexOf(one.status), message: one.statusMessage ?? "" },
              events: one.events.map((event) => ({
                timeUnixNano: nanos(event.atMs),
                name: event.name,
                attributes: keyValues(event.attributes),
              })),
              links: one.links.map((link) => ({ ...link, attributes: keyValues(link.attributes) })),
            },
          ],
        })),
      })),
    });
}

export async function sendLogs(base: string, logs: SentLog[]): Promise<void> {
  for (const batch of batches(logs, BATCH))
    await post(base, "/v1/logs", {
      resourceLogs: byResource(batch).map(({ attributes, rows }) => ({
        resource: { attributes },
        scopeLogs: [
          {
            logRecords: rows.map((one) => ({
              timeUnixNano: nanos(one.timeMs),
              severityText: one.severity,
              body: { stringValue: one.body },
              traceId: one.traceId,
              spanId: one.spanId ?? "",
              attributes: keyValues(one.attributes),
            })),
          },
        ],
      })),
    });
}

export async function sendSegments(base: string, documents: object[]): Promise<void> {
  for (const batch of batches(documents, DOCUMENTS)) {
    const answer = await post(base, "/TraceSegments", {
      TraceSegmentDocuments: batch.map((one) => JSON.stringify(one)),
    });
    const { UnprocessedTraceSegments: refused } = answer as { UnprocessedTraceSegments: unknown[] };
    if (refused.length > 0) throw new Error(`segments were refused: ${JSON.stringify(refused[0])}`);
  }
}

/** Events of one stream; what lies too far back, the answer says and is no error. */
export async function sendLogEvents(
  base: string,
  group: string,
  stream: string,
  service: string,
  events: { timestamp: number; message: string }[],
): Promise<void> {
  const call = (operation: string, body: object) =>
    post(
      base,
      "/",
      { logGroupName: group, ...body },
      { "content-type": "application/x-amz-json-1.1", "x-amz-target": `Logs_20140328.${operation}` },
    );
  const made = (error: unknown) => {
    if (!String(error).includes("ResourceAlreadyExists")) throw error;
  };
  await call("CreateLogGroup", {}).catch(made);
  await call("CreateLogStream", { logStreamName: stream }).catch(made);
  const days = new Map<number, typeof events>();
  for (const one of events.toSorted((a, b) => a.timestamp - b.timestamp)) {
    const day = Math.floor(one.timestamp / 86_400_000);
    days.set(day, [...(days.get(day) ?? []), { ...one, timestamp: Math.floor(one.timestamp) }]);
  }
  for (const logEvents of days.values())
    await call("PutLogEvents", {
      logStreamName: stream,
      logEvents,
      entity: { keyAttributes: { Type: "Service", Name: service } },
    });
}

/** Waits until all that was acknowledged can be read. */
export async function loaded(base: string): Promise<void> {
  for (const give = Date.now() + 180_000; ;) {
    const status = (await (await fetch(`${base}/api/status`)).json()) as { storage: { journalBytes: number } };
    if (status.storage.journalBytes === 0) return;
    if (Date.now() > give) throw new Error(`after three minutes ${status.storage.journalBytes} bytes are not loaded`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
