// The shapes of `/api/xray/*`: X-Ray's reading side and its management, over every trace, OpenTelemetry's as well.
// Times are ISO 8601; durations in seconds as X-Ray counts them, unless a name says otherwise.

import type { Protocol } from "./types.ts";

export type Code = "ok" | "error" | "fault" | "throttle";
/** Each request in exactly one class: throttle before fault before error before ok. */
export type CodeCounts = Record<Code, number> & { total: number };

/** One step of a response-time histogram, as X-Ray gives them: sparse, in seconds. */
export interface TimeCount {
  value: number;
  count: number;
}

// GET /api/xray/traces?start&end&filter&group&order=newest|slowest&limit&cursor ------------------------------------
export interface XRayTraces {
  traces: XRayTrace[];
  nextCursor: string | null;
  notice: string | null;
  /** Of all that match in the time, not only of this page; null on later pages. */
  summary: { counts: CodeCounts; histogram: TimeCount[]; medianSeconds?: number | null } | null;
}
export interface XRayTrace {
  /** 32 hex digits, and the same as `1-8hex-24hex`. */
  traceId: string;
  xrayTraceId: string;
  start: string;
  /** Null while something is still open. */
  durationSeconds: number | null;
  /** Of the root segment. */
  responseTimeSeconds: number | null;
  root: { service: string; type: string | null } | null;
  method: string | null;
  url: string | null;
  httpStatus: number | null;
  clientIp: string | null;
  userAgent: string | null;
  code: Code;
  partial: boolean;
  users: string[];
  annotations: { key: string; value: string | number | boolean }[];
  protocols: Protocol[];
}

// GET /api/xray/filter/check?filter -> FilterCheck
export type FilterCheck = { ok: true } | { ok: false; message: string; position: number };
// GET /api/xray/filter/complete?filter&position&start&end -> FilterCompletion: names and values the data has
export interface FilterCompletion {
  /** The part of the text a suggestion replaces. */
  from: number;
  to: number;
  items: { text: string; kind: string; detail: string | null }[];
}

// GET /api/xray/map?start&end&filter&group&q&offset&limit: nodes whose name has q, those with most calls first
export interface XRayMap {
  start: string;
  end: string;
  /** How many traces the map is made of. */
  traces: number;
  notice: string | null;
  /** How many nodes there are; those from offset on are here. */
  total: number;
  offset: number;
  nodes: MapNode[];
  /** Between nodes that are here. */
  edges: MapEdge[];
}
export interface MapNode {
  /** The same from one answer to the next. */
  id: string;
  name: string;
  /** Origin ("AWS::ECS::Container"), "client", "remote", "Database::SQL"; null when unknown. */
  type: string | null;
  /** Where requests enter. */
  root: boolean;
  /** Told by its callers alone. */
  inferred: boolean;
  protocols: Protocol[];
  /** Null for clients. */
  statistics: NodeStatistics | null;
}
export interface NodeStatistics {
  counts: CodeCounts;
  averageSeconds: number;
  p50Seconds: number;
  p90Seconds: number;
  p99Seconds: number;
  histogram: TimeCount[];
}
export interface MapEdge {
  source: string;
  target: string;
  /** Asynchronous: a link, not a call. */
  link: boolean;
  statistics: NodeStatistics;
}

// GET /api/xray/timeseries?start&end&filter&group&name&type -> of one node, of all entry requests without a name -------
export interface XRayTimeSeries {
  bucketSeconds: number;
  points: { time: string; counts: CodeCounts; averageSeconds: number | null; p90Seconds: number | null }[];
}

// GET /api/xray/analytics?start&end&filter&group&from&to -----------------------------------------------------------
export interface XRayAnalytics {
  notice: string | null;
  /** Traces in the selected stretch of response times, and all others. */
  selected: number;
  rest: number;
  histogram: TimeCount[];
  tables: AnalyticsTable[];
}
export interface AnalyticsTable {
  /** service, url, method, status, user, client, exception, or annotation with its key. */
  by: "service" | "url" | "method" | "status" | "user" | "client" | "exception" | "annotation";
  key: string | null;
  /** How many values there are, shown or not. */
  distinct: number;
  rows: { value: string | number | boolean; selected: number; rest: number }[];
}

// GET /api/xray/insights?start&end&group, newest first; /api/xray/insights/ID for one of them ----------------------
export interface XRayInsights {
  insights: XRayInsight[];
}
export interface InsightService {
  name: string;
  type: string | null;
}
export interface Impact {
  faults: number;
  ok: number;
  total: number;
}
export interface XRayInsight {
  id: string;
  group: string;
  state: "ACTIVE" | "CLOSED";
  categories: string[];
  summary: string;
  start: string;
  end: string | null;
  updated: string;
  rootCause: InsightService;
  services: InsightService[];
  clientRequestImpact: Impact;
  rootCauseRequestImpact: Impact;
  /** Of the root cause. */
  faults: number;
  total: number;
}
export interface XRayInsightDetail {
  insight: XRayInsight;
  /** Newest first. */
  events: {
    time: string;
    summary: string;
    clientRequestImpact: Impact;
    rootCauseRequestImpact: Impact;
    services: InsightService[];
  }[];
  /** Minutes of the root cause, oldest first; `highestUsual`: faults that would not have been unusual. */
  timeline: { time: string; total: number; faults: number; highestUsual: number }[];
  graph: {
    nodes: { id: string; name: string; type: string | null; rootCause: boolean; anomalous: boolean }[];
    edges: { source: string; target: string }[];
  };
  notifications: {
    time: string;
    state: string;
    deliveries: { recipient: string; ok: boolean; attempts: number; detail: string }[];
  }[];
}

// GET /api/xray/traces/{id}/documents ---------------------------------------------------------------------------------
export interface XRayDocuments {
  traceId: string;
  segments: { id: string; document: string }[];
}

// GET|POST /api/xray/groups, PUT|DELETE /api/xray/groups/NAME --------------------------------------------------------
export interface XRayGroups {
  groups: XRayGroup[];
  limit: number;
}
export interface XRayGroup {
  name: string;
  arn: string;
  filterExpression: string | null;
  insightsEnabled: boolean;
  notificationsEnabled: boolean;
  /** Ids of who is told; null for every webhook and email. */
  recipients?: string[] | null;
  /** The group of all traces, which can't be changed or deleted. */
  default: boolean;
}
export interface GroupForm {
  name?: string;
  filterExpression?: string;
  insightsEnabled?: boolean;
  notificationsEnabled?: boolean;
  recipients?: string[];
}

// GET|POST /api/xray/rules, PUT|DELETE /api/xray/rules/NAME ----------------------------------------------------------
export interface XRayRules {
  rules: XRayRule[];
  limit: number;
  modifiedAt: string | null;
}
export interface RuleMatchers {
  serviceName: string;
  serviceType: string;
  host: string;
  httpMethod: string;
  urlPath: string;
  resourceArn: string;
}
export interface XRayRule extends RuleMatchers {
  name: string;
  arn: string;
  default: boolean;
  priority: number;
  /** 0 to 1. */
  fixedRate: number;
  /** Requests a second. */
  reservoirSize: number;
  attributes: Record<string, string>;
  boost: { maxRate: number; cooldownMinutes: number } | null;
  createdAt: string | null;
  modifiedAt: string | null;
  /** Null when the rule is told to OpenTelemetry SDKs as well, else why it is not. */
  openTelemetry: string | null;
}
export type RuleForm = Partial<RuleMatchers> & {
  name?: string;
  priority?: number;
  fixedRate?: number;
  reservoirSize?: number;
  attributes?: Record<string, string>;
  boost?: { maxRate: number; cooldownMinutes: number };
};

// GET /api/xray/sampling: who asks, and what the rules do ------------------------------------------------------------
export interface XRaySampling {
  time: string;
  windowSeconds: number;
  rules: RuleActivity[];
  openTelemetry: {
    service: string;
    lastAsked: string;
    instances: number;
    rule: string;
    probability: number;
    lowerBound: number;
    operations: { operation: string; rule: string; probability: number }[];
  }[];
}
export interface RuleActivity {
  name: string;
  /** A second, of the window that closed last. */
  rates: { requests: number; sampled: number; borrowed: number; expected: number } | null;
  /** `time`: its start, in seconds since 1970. */
  windows: { time: number; requests: number; sampled: number; borrowed: number }[];
  reservoirSize: number;
  leased: number;
  clients: { id: string; requestsPerSecond: number; quota: number | null; lastReport: string; leasedUntil: string }[];
}
