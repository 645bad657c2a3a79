import type { Home, LogEvent, LogGroups, SearchResult, Setup, Status, TraceSummary } from "./api/types.ts";
import { itemOf, occurrenceIdOf, exceptionOf, summariseItems } from "./occurrences.ts";
import { protocolsOf, type MockRequest } from "./requests.ts";
import { buildStory, summarise } from "./stories.ts";

const iso = (ms: number) => new Date(ms).toISOString();
const quantile = (sorted: number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;

export function status(empty: boolean, startedAt: number, now: number): Status {
  const counter = (
    protocol: Status["ingest"][number]["protocol"],
    signal: Status["ingest"][number]["signal"],
    received: number,
    dropped: Status["ingest"][number]["dropped"] = [],
  ) => ({
    protocol,
    signal,
    received,
    stored: received - dropped.reduce((sum, one) => sum + one.count, 0),
    dropped,
    firstAt: received ? iso(startedAt) : null,
    lastAt: received ? iso(now - 1400) : null,
  });
  return {
    version: "0.1.0",
    startedAt: iso(startedAt),
    uptimeSeconds: Math.round((now - startedAt) / 1000),
    engine: { kind: "embedded", version: "26.5.3", state: "ready", reason: "", restarts: 0 },
    endpoints: {
      main: "http://localhost:7070",
      otlpHttp: "http://localhost:4318",
      otlpGrpc: "http://localhost:4317",
      xrayDaemon: "localhost:2000",
    },
    ingest: empty
      ? []
      : [
          counter("otlp", "spans", 48_213),
          counter("otlp", "logs", 9_120),
          counter("xray", "spans", 12_870, [
            {
              reason: "malformed segment",
              count: 3,
              lastMessage:
                'the document ends at byte 812 inside "metadata"; a datagram over 64 KB is cut by the sender',
              lastAt: iso(now - 640_000),
            },
          ]),
          counter("cloudwatch-logs", "logs", 31_044, [
            {
              reason: "too old",
              count: 17,
              lastMessage: "event is 15 days old; the limit is 14 days",
              lastAt: iso(now - 4_000_000),
            },
          ]),
          counter("rollbar", "occurrences", 61),
          counter("honeycomb", "events", 420),
        ],
    problems: [],
    storage: {
      dataBytes: empty ? 41_000 : 18_874_368,
      journalBytes: empty ? 0 : 262_144,
      journalLimitBytes: 1_073_741_824,
      freeBytes: 41_231_686_041,
      tables: empty
        ? []
        : [
            { table: "spans", rows: 61_080, bytes: 9_437_184, oldest: iso(now - 7 * 86_400_000) },
            { table: "logs", rows: 40_147, bytes: 6_291_456, oldest: iso(now - 7 * 86_400_000) },
            { table: "occurrences", rows: 61, bytes: 262_144, oldest: iso(now - 5 * 86_400_000) },
            { table: "events", rows: 420, bytes: 131_072, oldest: iso(now - 86_400_000) },
            { table: "metrics", rows: 12_300, bytes: 2_752_512, oldest: iso(now - 86_400_000) },
          ],
    },
  };
}

export function home(requests: MockRequest[], start: number, end: number): Home {
  const inRange = requests.filter((one) => one.startMs >= start && one.startMs <= Math.min(end, Date.now()));
  const bucketSeconds = Math.max(1, Math.round((end - start) / 60_000));
  const buckets = Math.max(1, Math.ceil((end - start) / 1000 / bucketSeconds));
  const series = Array.from({ length: buckets }, (_, i) => ({
    time: iso(start + i * bucketSeconds * 1000),
    spans: 0,
    logs: 0,
    occurrences: 0,
    errors: 0,
  }));
  const services = new Map<
    string,
    {
      spans: number;
      logs: number;
      occurrences: number;
      errors: number;
      times: number[];
      last: number;
      protocols: Set<"otlp" | "xray" | "cloudwatch-logs" | "rollbar">;
    }
  >();
  let spans = 0,
    logs = 0,
    occurrences = 0,
    failed = 0;
  for (const request of inRange) {
    const story = buildStory(request);
    const bucket = series[Math.min(buckets - 1, Math.floor((request.startMs - start) / 1000 / bucketSeconds))];
    if (!bucket) continue;
    bucket.spans += story.spans.length;
    bucket.logs += story.logs.length;
    bucket.occurrences += story.errors.length;
    if (request.httpStatus >= 500) bucket.errors += 1;
    spans += story.spans.length;
    logs += story.logs.length;
    occurrences += story.errors.length;
    failed += request.httpStatus >= 500 ? 1 : 0;
    for (const one of story.spans) {
      const service = services.get(one.service) ?? {
        spans: 0,
        logs: 0,
        occurrences: 0,
        errors: 0,
        times: [],
        last: 0,
        protocols: new Set(),
      };
      services.set(one.service, service);
      service.spans++;
      service.errors += one.status === "error" ? 1 : 0;
      service.times.push(one.durationNs / 1e6);
      service.last = request.startMs;
      service.protocols.add(one.protocol === "xray" ? "xray" : "otlp");
    }
    const backend = services.get("backend-flask");
    if (backend) {
      backend.logs += story.logs.length;
      backend.occurrences += story.errors.length;
      backend.protocols.add("cloudwatch-logs");
      if (story.errors.length) backend.protocols.add("rollbar");
    }
  }
  const times = inRange.map((one) => one.durationMs).sort((a, b) => a - b);
  return {
    empty: false,
    range: { start: iso(start), end: iso(end), bucketSeconds },
    totals: {
      requests: inRange.length,
      spans,
      logs,
      occurrences,
      metrics: 1240,
      events: 42,
      errorRate: inRange.length ? failed / inRange.length : 0,
      p50Ms: quantile(times, 0.5),
      p95Ms: quantile(times, 0.95),
    },
    series,
    services: [...services]
      .map(([service, one]) => {
        const sorted = one.times.sort((a, b) => a - b);
        return {
          service,
          protocols: [...one.protocols],
          spans: one.spans,
          logs: one.logs,
          occurrences: one.occurrences,
          errors: one.errors,
          p50Ms: quantile(sorted, 0.5),
          p95Ms: quantile(sorted, 0.95),
          lastAt: iso(one.last),
        };
      })
      .sort((a, b) => b.spans - a.spans),
    recentErrors: summariseItems(requests, start, end).slice(0, 5),
  };
}

export function emptyHome(start: number, end: number): Home {
  return {
    empty: true,
    range: { start: iso(start), end: iso(end), bucketSeconds: 60 },
    totals: {
      requests: 0,
      spans: 0,
      logs: 0,
      occurrences: 0,
      metrics: 0,
      events: 0,
      errorRate: 0,
      p50Ms: null,
      p95Ms: null,
    },
    series: [],
    services: [],
    recentErrors: [],
  };
}

export function setup(arrived: ReadonlySet<string>, rejected: ReadonlySet<string>, now: number): Setup {
  const state = (id: string) => ({
    state: arrived.has(id) ? ("received" as const) : rejected.has(id) ? ("rejected" as const) : ("waiting" as const),
    received: arrived.has(id) ? 42 : 0,
    lastAt: arrived.has(id) ? iso(now - 2000) : null,
    lastRejection: rejected.has(id)
      ? {
          at: iso(now - 4000),
          reason: "unsupported content type",
          message:
            "The request said Content-Type: text/plain; OTLP over HTTP is application/x-protobuf or application/json. Set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf.",
        }
      : null,
  });
  return {
    problems: rejected.has("otlp")
      ? [
          {
            client: "otlp",
            problem: "The path of OTLP is doubled",
            example: "POST /v1/traces/v1/traces, port 4318, from OTel-OTLP-Exporter-Python/1.27.0",
            advice: "Set OTEL_EXPORTER_OTLP_ENDPOINT to the address without a path; the SDK adds /v1/traces itself.",
            count: 12,
            firstAt: iso(now - 60_000),
            lastAt: iso(now - 4000),
          },
        ]
      : [],
    clients: [
      {
        id: "otlp",
        title: "OpenTelemetry",
        summary:
          "Any OpenTelemetry SDK. Also what Honeycomb's own distributions use: the x-honeycomb-team header is read as the key.",
        ...state("otlp"),
        snippets: [
          {
            label: "Environment",
            language: "bash",
            code: "export OTEL_SERVICE_NAME=backend-flask\nexport OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4318\nexport OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf\nexport OTEL_EXPORTER_OTLP_HEADERS=x-honeycomb-team=any-key",
          },
          {
            label: "Send one span now",
            language: "bash",
            code: "curl -i http://localhost:4318/v1/traces -H 'content-type: application/json' -d '{\"resourceSpans\":[]}'",
          },
        ],
      },
      {
        id: "xray",
        title: "AWS X-Ray",
        summary: "The X-Ray SDK's daemon address, UDP and TCP.",
        ...state("xray"),
        snippets: [
          { label: "Environment", language: "bash", code: "export AWS_XRAY_DAEMON_ADDRESS=localhost:2000" },
          {
            label: "Group and sampling rule",
            language: "bash",
            code: 'aws xray create-group --endpoint-url http://localhost:7070 \\\n  --group-name "Cruddur" --filter-expression \'service("backend-flask")\'\naws xray create-sampling-rule --endpoint-url http://localhost:7070 \\\n  --cli-input-json file://aws/json/xray.json',
          },
        ],
      },
      {
        id: "cloudwatch-logs",
        title: "CloudWatch Logs",
        summary: "watchtower, boto3, the AWS SDKs and the aws command.",
        ...state("cloudwatch-logs"),
        snippets: [
          {
            label: "Environment",
            language: "bash",
            code: "export AWS_ENDPOINT_URL_LOGS=http://localhost:7070\nexport AWS_DEFAULT_REGION=eu-central-1\nexport AWS_ACCESS_KEY_ID=any\nexport AWS_SECRET_ACCESS_KEY=any",
          },
          {
            label: "watchtower",
            language: "python",
            code: "import boto3, logging, watchtower\n\nlogs = boto3.client('logs', endpoint_url='http://localhost:7070')\nhandler = watchtower.CloudWatchLogHandler(log_group='cruddur', boto3_client=logs)\nlogging.getLogger().addHandler(handler)",
          },
        ],
      },
      {
        id: "rollbar",
        title: "Rollbar",
        summary: "Any Rollbar SDK with its endpoint option.",
        ...state("rollbar"),
        snippets: [
          {
            label: "Python",
            language: "python",
            code: "import rollbar\n\nrollbar.init('any-token', environment='production',\n             endpoint='http://localhost:7070/api/1/')",
          },
          {
            label: "JavaScript",
            language: "javascript",
            code: "new Rollbar({\n  accessToken: 'any-token',\n  endpoint: 'http://localhost:7070/api/1/item/',\n})",
          },
        ],
      },
    ],
  };
}

export function logEvents(requests: MockRequest[]): LogEvent[] {
  const all: LogEvent[] = [];
  for (const request of requests)
    for (const log of buildStory(request).logs) {
      const { id, protocol, time, severity, body, service, spanId, logGroup, logStream } = log;
      const inTrace = log.protocol === "otlp";
      all.push({
        id,
        protocol,
        time,
        severity,
        body,
        service,
        spanId,
        logGroup,
        logStream,
        ingestedAt: iso(Date.parse(log.time) + 380),
        traceId: inTrace ? request.traceId : null,
        attributes: inTrace ? log.attributes : { "aws.log.group": "cruddur" },
        resource: { "service.name": log.service, "host.name": "4567-cruddur" },
      });
    }
  return all.sort((a, b) => b.time.localeCompare(a.time));
}

export function logGroups(now: number): LogGroups {
  return {
    groups: [
      {
        name: "cruddur",
        protocol: "cloudwatch-logs",
        streams: 2,
        events: 31_027,
        bytes: 4_404_019,
        lastAt: iso(now - 1400),
        retentionDays: 14,
      },
      {
        name: "otlp:backend-flask",
        protocol: "otlp",
        streams: 1,
        events: 9_120,
        bytes: 1_887_437,
        lastAt: iso(now - 2100),
        retentionDays: null,
      },
      {
        name: "/aws/lambda/cruddur-post-confirmation",
        protocol: "cloudwatch-logs",
        streams: 6,
        events: 112,
        bytes: 18_212,
        lastAt: iso(now - 5_400_000),
        retentionDays: null,
      },
      {
        name: "/ecs/cruddur/frontend-react-js",
        protocol: "cloudwatch-logs",
        streams: 1,
        events: 0,
        bytes: 0,
        lastAt: null,
        retentionDays: 7,
      },
    ],
  };
}

export function findTraces(
  requests: MockRequest[],
  query: URLSearchParams,
  start: number,
  end: number,
): TraceSummary[] {
  const service = query.get("service");
  const name = query.get("name")?.toLowerCase();
  const http = query.get("httpStatus");
  const least = Number(query.get("minDurationMs") ?? 0);
  const most = Number(query.get("maxDurationMs") ?? Number.POSITIVE_INFINITY);
  const limit = Math.min(end, Date.now());
  const wanted = query.getAll("attribute");
  const found = requests
    .filter((one) => one.startMs >= start && one.startMs <= limit)
    .filter((one) =>
      wanted.every((pair) =>
        buildStory(one).spans.some((s) =>
          Object.entries(s.attributes).some(([key, value]) => `${key}=${String(value)}` === pair),
        ),
      ),
    )
    .map(summarise)
    .filter(
      (one) =>
        (!service || one.services.some((s) => s.service === service)) &&
        (!name || (one.root?.name.toLowerCase().includes(name) ?? false)),
    )
    .filter((one) => one.durationMs >= least && one.durationMs <= most)
    .filter(
      (one) =>
        !http ||
        (/^\dxx$/.test(http)
          ? Math.floor((one.root?.httpStatus ?? 0) / 100) === Number(http[0])
          : String(one.root?.httpStatus) === http),
    )
    .filter((one) =>
      query.get("status") === "error" ? one.errorCount > 0 : query.get("status") === "ok" ? one.errorCount === 0 : true,
    );
  return query.get("order") === "slowest" ? found.sort((a, b) => b.durationMs - a.durationMs) : found.reverse();
}

export function searchAll(requests: MockRequest[], q: string, now: number): SearchResult {
  const past = requests.filter((one) => one.startMs <= now);
  const id = q.trim().toLowerCase().replace(/^1-/, "").replaceAll("-", "");
  const matches: SearchResult["matches"] = [];
  for (const request of past.toReversed()) {
    if (matches.length >= 12) break;
    const time = iso(request.startMs);
    if (/^[0-9a-f]{32}$/.test(id)) {
      if (request.traceId === id)
        matches.push({
          kind: "trace",
          id,
          title: `${request.method} ${request.path}`,
          detail: `trace ${id}`,
          time,
          link: `/story/${id}`,
        });
      else if (request.fails && occurrenceIdOf(request).replaceAll("-", "") === id)
        matches.push({
          kind: "occurrence",
          id: occurrenceIdOf(request),
          title: exceptionOf(request).title,
          detail: "occurrence",
          time,
          link: `/errors/${itemOf(request)}?occurrence=${occurrenceIdOf(request)}`,
        });
    } else if (/^[0-9a-f]{16}$/.test(id)) {
      const span = buildStory(request).spans.find((one) => one.spanId === id);
      if (span)
        matches.push({
          kind: "span",
          id,
          title: span.name,
          detail: `span of ${request.method} ${request.path}`,
          time,
          link: `/story/${request.traceId}?span=${id}`,
        });
    } else if (
      `${request.method} ${request.path} ${request.handle}`.toLowerCase().includes(q.toLowerCase()) &&
      matches.length < 6
    )
      matches.push({
        kind: "trace",
        id: request.traceId,
        title: `${request.method} ${request.path}`,
        detail: `${request.httpStatus} · ${protocolsOf(request).join(", ")}`,
        time,
        link: `/story/${request.traceId}`,
      });
  }
  for (const service of ["backend-flask", "frontend-react-js", "cruddur-db"])
    if (service.includes(q.toLowerCase()))
      matches.push({
        kind: "service",
        id: service,
        title: service,
        detail: "service",
        time: null,
        link: `/traces?service=${service}`,
      });
  for (const item of summariseItems(requests, 0, now))
    if (item.title.toLowerCase().includes(q.toLowerCase()))
      matches.push({
        kind: "item",
        id: item.itemId,
        title: item.title,
        detail: `#${item.counter} · ${item.occurrences} times`,
        time: item.lastAt,
        link: `/errors/${item.itemId}`,
      });
  if ("cruddur".includes(q.toLowerCase()))
    matches.push({
      kind: "logGroup",
      id: "cruddur",
      title: "cruddur",
      detail: "log group",
      time: null,
      link: "/logs?group=cruddur",
    });
  return { matches, notice: null };
}
