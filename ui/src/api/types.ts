// The shapes of Weir's own HTTP API (`/api/*`). The server's Api room answers exactly these.
// Times are ISO 8601 in UTC with up to nanoseconds; durations and offsets are numbers with the unit in the name.

export type Signal = "spans" | "logs" | "occurrences" | "metrics" | "events";
export type Protocol = "otlp" | "honeycomb" | "xray" | "cloudwatch-logs" | "rollbar";

/** Errors of `/api/*`: RFC 9457 problem details. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  /** For query texts: where in the text the error is, 0-based. */
  position?: number;
}

// GET /api/status ------------------------------------------------------------------------------------------------
export interface Status {
  version: string;
  startedAt: string;
  uptimeSeconds: number;
  engine: { kind: "embedded" | "remote"; version: string; state: "ready" | "restarting" | "silent" | "closed"; reason: string; restarts: number };
  /** Where clients point; host is the one the browser used. */
  endpoints: { main: string; otlpHttp: string; otlpGrpc: string; xrayDaemon: string };
  ingest: IngestCounter[];
  storage: { dataBytes: number; journalBytes: number; journalLimitBytes: number; freeBytes: number; tables: { table: Signal; rows: number; bytes: number; oldest: string | null }[] };
  problems: SetupProblem[];
}
export interface IngestCounter {
  protocol: Protocol;
  signal: Signal;
  received: number;
  stored: number;
  dropped: { reason: string; count: number; lastMessage: string; lastAt: string }[];
  firstAt: string | null;
  lastAt: string | null;
}

// GET /api/home?start&end ----------------------------------------------------------------------------------------
export interface Home {
  /** True when nothing was ever stored: show the setup steps. */
  empty: boolean;
  range: { start: string; end: string; bucketSeconds: number };
  totals: { requests: number; spans: number; logs: number; occurrences: number; metrics: number; events: number; errorRate: number; p50Ms: number | null; p95Ms: number | null };
  /** One entry a bucket, oldest first; gaps are filled with zeros. */
  series: { time: string; spans: number; logs: number; occurrences: number; errors: number }[];
  services: HomeService[];
  recentErrors: ItemSummary[];
}
export interface HomeService {
  service: string;
  protocols: Protocol[];
  spans: number;
  logs: number;
  occurrences: number;
  errors: number;
  p50Ms: number | null;
  p95Ms: number | null;
  lastAt: string;
}

// GET /api/journal -----------------------------------------------------------------------------------------------
/** What of the acknowledged rows is not loaded. */
export interface JournalStatus {
  bytes: number;
  limitBytes: number;
  /** Why the engine takes no rows at all. */
  trouble: string | null;
  /** Segments whose load failed while others succeed. */
  waitingSegments: number;
  waitingReason: string | null;
  unknownFiles: string[];
  /** Bytes of what is set aside, and past how many the oldest of it are deleted. */
  setAsideBytes: number;
  setAsideLimitBytes: number;
  /** Refused rows that were deleted since the start because too many were kept. */
  deletedRows: number;
  /** What the engine refused: `weir journal list`. */
  setAside: { name: string; bytes: number; at: string; rows: { signal: string; reason: string; rows: number; message: string }[] }[];
}

// GET /api/setup -------------------------------------------------------------------------------------------------
/** What each of the four clients needs, and whether anything arrived from it. */
export interface Setup {
  clients: SetupClient[];
  /** Calls that brought nothing, or not what was meant, since the start; the problem met last first. */
  problems: SetupProblem[];
}
export interface SetupProblem {
  /** Empty when nobody knows whose call it was. */
  client: Protocol | "";
  problem: string;
  /** The newest such call. */
  example: string;
  advice: string;
  count: number;
  firstAt: string;
  lastAt: string;
}
export interface SetupClient {
  id: Protocol;
  title: string;
  summary: string;
  snippets: { label: string; language: "bash" | "csharp" | "python" | "javascript" | "ini"; code: string }[];
  state: "waiting" | "received" | "rejected";
  received: number;
  lastAt: string | null;
  /** The newest refusal in plain words, e.g. why nothing arrives though something was sent. */
  lastRejection: { at: string; reason: string; message: string } | null;
}

// GET /api/services?start&end  -> { services: {service, protocols[]}[] } -------------------------------------------
export interface ServiceList { services: { service: string; protocols: Protocol[]; names: string[] }[] }

// GET /api/traces?start&end&service&name&status&minDurationMs&maxDurationMs&httpStatus&attribute&order&limit&cursor -
// status: ok|error; httpStatus: "404" or "4xx"; attribute (repeatable): "key=value"; order: newest|slowest.
export interface TraceList {
  traces: TraceSummary[];
  nextCursor: string | null;
  /** Set when the answer stops short (time or row limit). */
  notice: string | null;
}
export interface TraceSummary {
  traceId: string;
  /** The same id in the X-Ray form `1-8hex-24hex`. */
  xrayTraceId: string;
  start: string;
  durationMs: number;
  protocols: Protocol[];
  root: { service: string; name: string; kind: string; method: string | null; target: string | null; httpStatus: number | null } | null;
  services: { service: string; spans: number }[];
  spanCount: number;
  errorCount: number;
}

// GET /api/story/{traceId} ---------------------------------------------------------------------------------------
export interface Story {
  traceId: string;
  xrayTraceId: string;
  title: string;
  start: string;
  durationMs: number;
  /** The request as the matching saw it, or null when the trace has no server span. */
  request: { method: string; target: string; httpStatus: number | null; clientIp: string | null } | null;
  /** Every part of the story, one per signal source, in the order they joined. */
  parts: StoryPart[];
  /** Spans there are, also those that are not shown. */
  spanCount: number;
  /** Up to 1,000 spans with everything they have, in order of the tree; empty when there is a table. */
  spans: StorySpan[];
  /** More than 1,000 spans: what the timeline needs of them. */
  table: SpanTable | null;
  logs: StoryLog[];
  errors: StoryError[];
  /** What belongs to this request or to another one, and nothing tells to which. It is not counted among logs, errors and parts. */
  candidates: StoryCandidate[];
  /** Plain sentences: links not made and why ("3 X-Ray traces fit equally well; none was linked"), truncation, clock skew. */
  notices: string[];
}
export interface StoryCandidate {
  kind: StoryPart["kind"];
  protocol: Protocol;
  title: string;
  /** How many requests it may belong to; 1 when only this one, but not surely. */
  of: number;
  explanation: string;
  traceId: string | null;
  occurrenceId: string | null;
  time: string | null;
  /** Of a log line. */
  body: string | null;
}
export interface StoryPart {
  id: string;
  kind: "trace" | "xray" | "logs" | "error";
  protocol: Protocol;
  title: string;
  /** Why it belongs. `sameId` and `idInText` are facts, `match` is a match. */
  link: { by: "origin" | "sameId" | "idInText" | "match"; explanation: string; distanceMs: number | null; matchedOn: string[]; confidence: number };
  traceId: string | null;
  count: number;
}
export interface StorySpan {
  partId: string;
  protocol: Protocol;
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  /** True when the parent is named but was not received. */
  parentMissing: boolean;
  service: string;
  name: string;
  kind: "internal" | "server" | "client" | "producer" | "consumer" | "segment" | "subsegment" | "unspecified";
  status: "unset" | "ok" | "error";
  statusMessage: string | null;
  inProgress: boolean;
  offsetNs: number;
  durationNs: number;
  depth: number;
  attributes: Record<string, AttributeValue>;
  resource: Record<string, AttributeValue>;
  scope: { name: string; version: string } | null;
  events: { offsetNs: number; name: string; attributes: Record<string, AttributeValue> }[];
  links: { traceId: string; spanId: string; attributes: Record<string, AttributeValue> }[];
  /** The X-Ray document as it was received (JSON text), for the raw view. */
  document: string | null;
}
/**
 * Spans by columns, depth first; siblings by start. `service[i]` is the number of a text in `services`, and so on. Offsets and durations
 * are nanoseconds. At most 100,000 spans, those nearest the root.
 */
export interface SpanTable {
  count: number;
  /** 16 hex digits a span, one after another. */
  ids: string;
  /** Position of the parent, or -1; a parent stands before its children. */
  parent: number[];
  parts: string[];
  part: number[];
  traces: string[];
  trace: number[];
  protocols: Protocol[];
  protocol: number[];
  services: string[];
  service: number[];
  names: string[];
  name: number[];
  /** unspecified, internal, server, client, producer, consumer, segment, subsegment. */
  kind: number[];
  /** unset, ok, error. */
  status: number[];
  start: number[];
  duration: number[];
  /** Positions of spans that are still open. */
  inProgress: number[];
  /** Spans whose parent was not received, and that parent's id (16 hex digits each). */
  missing: { span: number[]; parentIds: string };
  messages: { span: number[]; text: number[]; texts: string[] };
  events: { span: number[]; at: number[]; name: number[]; names: string[] };
  links: { span: number[]; traceIds: string[]; spanIds: string[] };
}
// GET /api/story/{traceId}/spans/{spanId}: offsets, those of its events too, are from the span's own start ------------
export interface StorySpanAnswer { spans: StorySpan[] }
// GET /api/story/{traceId}/values?column= : `of[i]` is the number in `values` of the i-th id (16 hex digits each) -----
export interface StoryValues { column: string; ids: string; of: number[]; values: string[] }
// GET /api/story/{traceId}/find?text= ------------------------------------------------------------------------------
export interface StoryFound { text: string; count: number; ids: string; truncated: boolean }
// GET /api/durations?service&name&start&end&durationNs ---------------------------------------------------------------
export interface Durations {
  start: string;
  end: string;
  count: number;
  errors: number;
  /** Half a power of two wide each, shortest first; empty ones are left out. */
  bins: { fromNs: number; toNs: number; count: number; errors: number }[];
  /** Spans that took less than the asked duration, and their share in percent. */
  below: number;
  percentile: number | null;
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
}
export interface StoryLog {
  partId: string;
  id: string;
  protocol: Protocol;
  offsetNs: number;
  time: string;
  severity: string;
  body: string;
  service: string;
  spanId: string | null;
  logGroup: string | null;
  logStream: string | null;
  attributes: Record<string, AttributeValue>;
}
export interface StoryError {
  partId: string;
  occurrenceId: string;
  itemId: string;
  protocol: Protocol;
  offsetNs: number;
  time: string;
  level: string;
  title: string;
  exceptionClass: string | null;
  message: string | null;
  spanId: string | null;
  frames: StackFrame[];
}
export type AttributeValue = string | number | boolean | null;
/** Lists of frames start at the call that threw and go outwards. */
export interface StackFrame { file: string | null; line: number | null; column: number | null; method: string | null; code: string | null; inProject: boolean }

// GET /api/logs/groups -> LogGroups; /api/logs/streams?group= -> LogStreams ----------------------------------------
// OTLP logs appear as group "otlp:<service>" with one stream "otlp".
export interface LogGroups { groups: { name: string; protocol: Protocol; streams: number; events: number; bytes: number; lastAt: string | null; retentionDays: number | null }[] }
export interface LogStreams { streams: { name: string; events: number; firstAt: string | null; lastAt: string | null }[] }
// GET /api/logs/events?start&end&group&stream&service&severity&text&limit&cursor ; newest first
/** Rows that lie after the range and ahead of the server's clock. */
export interface Ahead { rows: number; newest: string }

export interface LogEvents { events: LogEvent[]; nextCursor: string | null; notice: string | null; ahead?: Ahead | null }
export interface LogEvent {
  id: string;
  time: string;
  ingestedAt: string;
  protocol: Protocol;
  service: string;
  severity: string;
  body: string;
  logGroup: string | null;
  logStream: string | null;
  traceId: string | null;
  spanId: string | null;
  attributes: Record<string, AttributeValue>;
  resource: Record<string, AttributeValue>;
}
// GET /api/logs/events/{id} -> LogEvent

// GET /api/errors/items?start&end&status&level&service&environment&text&order&limit&cursor ; order newest|most|first
export interface ItemList { items: ItemSummary[]; nextCursor: string | null; notice?: string | null; ahead?: Ahead | null }
export interface ItemSummary {
  itemId: string;
  /** Small number for people: #12. */
  counter: number;
  title: string;
  level: string;
  status: "active" | "resolved" | "muted";
  protocol: Protocol;
  service: string;
  environment: string;
  exceptionClass: string | null;
  occurrences: number;
  firstAt: string;
  lastAt: string;
  /** 24 buckets over the asked range, oldest first. */
  sparkline: number[];
}
// GET /api/errors/items/{itemId} -> ItemDetail ; PATCH /api/errors/items/{itemId} {status} -> ItemSummary
export interface ItemDetail extends ItemSummary {
  fingerprint: string;
  latest: Occurrence;
  /** Newest first, at most 100. */
  recent: { occurrenceId: string; time: string; traceId: string | null; message: string | null; host: string | null; person: string | null }[];
  perHost: { host: string; count: number }[];
}
// GET /api/errors/occurrences/{occurrenceId} -> Occurrence
export interface Occurrence {
  occurrenceId: string;
  itemId: string;
  time: string;
  level: string;
  protocol: Protocol;
  title: string;
  message: string | null;
  environment: string;
  service: string;
  host: string | null;
  framework: string | null;
  language: string | null;
  codeVersion: string | null;
  notifier: string | null;
  traceId: string | null;
  request: { method: string | null; url: string | null; userIp: string | null; headers: Record<string, string>; query: Record<string, string>; body: string | null } | null;
  person: { id: string | null; username: string | null; email: string | null } | null;
  /** Outermost first; chained causes follow. */
  exceptions: { class: string; message: string | null; frames: StackFrame[] }[];
  custom: Record<string, AttributeValue>;
  /** The payload as received (JSON text). */
  payload: string;
}

// GET /api/search?q=<any id or text> -------------------------------------------------------------------------------
export interface SearchResult {
  matches: { kind: "trace" | "span" | "log" | "occurrence" | "item" | "logGroup" | "service"; id: string; title: string; detail: string; time: string | null; /** path in the UI */ link: string }[];
  notice: string | null;
}
