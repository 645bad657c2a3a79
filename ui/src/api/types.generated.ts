// Made of the server's records by ./dev types; a test of the server compares. Change the records, not this file.
import type {
  Code,
  ColumnType,
  ItemStatus,
  Protocol,
  QuerySignal,
  RecipientType,
  Signal,
  SpanKindName,
  SpanStatusName,
} from "./words.generated";
import type {
  QuerySpec,
  Scalar,
  SpanTable,
  Values,
  VisualizationSettings,
} from "./written";

/** Weir.Features.Questions.AheadRows */
export interface AheadRows {
  rows: number;
  newest: string;
}

/** Weir.Protocols.Explore.Manage.AlertDelivery */
export interface AlertDelivery {
  recipient: string;
  ok: boolean;
  attempts: number;
  detail: string;
}

/** Weir.Protocols.Explore.Manage.AlertHistory */
export interface AlertHistory {
  items: AlertHistoryItem[];
}

/** Weir.Protocols.Explore.Manage.AlertHistoryItem */
export interface AlertHistoryItem {
  at: string;
  state: "triggered" | "ok" | "error";
  value: number | null;
  threshold: number | null;
  group: Values | null;
  detail?: string;
  deliveries: AlertDelivery[];
}

/** Weir.Features.Alerts.Notifications.AlertRecipient */
export interface AlertRecipient {
  id: string;
  type: string;
  target: string;
  notification_details?: unknown;
}

/** Weir.Protocols.Explore.Manage.AlertStanding */
export interface AlertStanding {
  triggered: boolean;
}

/** Weir.Features.Alerts.Baseline */
export interface Baseline {
  offset_minutes: number;
  type: "value" | "percentage";
}

/** Weir.Features.Questions.BubbleUp.BinShare */
export interface BinShare {
  from: number;
  to: number;
  selected: number;
  baseline: number;
}

/** Weir.Features.Boards.Board */
export interface Board extends BoardAddress {
  id: string;
  name: string;
  description: string;
  type: "flexible";
  layout_generation: "auto" | "manual";
  panels?: Panel[];
  tags?: Tag[];
  preset_filters?: PresetFilter[];
  created_at: string;
  updated_at: string;
}

/** Weir.Protocols.Explore.Manage.BoardAddress */
export interface BoardAddress {
  links: BoardLinks;
}

/** Weir.Protocols.Explore.Manage.BoardLinks */
export interface BoardLinks {
  board_url: string;
}

/** Weir.Features.Boards.BoardView */
export interface BoardView {
  id: string;
  name: string;
  filters?: ViewFilter[];
  created_at: string;
  updated_at: string;
}

/** Weir.Protocols.Explore.Compare.BubbleUpAnswer */
export interface BubbleUpAnswer {
  selected: RowSet;
  baseline: RowSet;
  sampleNote: string;
  warnings: string[];
  elapsedMs: number;
  dimensions: Dimension[];
  measures: Measure[];
}

/** Weir.Features.Alerts.BurnAlert */
export interface BurnAlert extends AlertStanding {
  id: string;
  alert_type: "exhaustion_time" | "budget_rate";
  description?: string;
  slo: SloReference;
  exhaustion_minutes?: number;
  budget_rate_window_minutes?: number;
  budget_rate_decrease_threshold_per_million?: number;
  recipients?: AlertRecipient[];
  created_at: string;
  updated_at: string;
}

/** Weir.Protocols.Explore.Columns.CheckBody */
export interface CheckBody {
  expression?: string | null;
}

/** Weir.Protocols.Explore.Columns.CheckedAnswer */
export interface CheckedAnswer {
  ok: true;
  type: string | null;
  columns: string[];
}

/** Weir.Protocols.Explore.Columns.ColumnAnswer */
export interface ColumnAnswer {
  name: string;
  type: ColumnType;
  signals: QuerySignal[];
  calculated: boolean;
  description: string;
  usage: number | null;
}

/** Weir.Features.Questions.Kept.ColumnDescription */
export interface ColumnDescription {
  id: string;
  key_name: string;
  type: string;
  description: string;
  hidden: boolean;
  created_at: string;
  updated_at: string;
}

/** Weir.Protocols.Explore.Columns.ColumnsAnswer */
export interface ColumnsAnswer {
  columns: ColumnAnswer[];
  total: number;
}

/** Weir.Protocols.Api.CounterShape */
export interface CounterShape {
  protocol: Protocol;
  signal: Signal;
  received: number;
  stored: number;
  dropped: DropShape[];
  firstAt: string | null;
  lastAt: string | null;
  repaired: DropShape[];
}

/** Weir.Protocols.Explore.Columns.DatasetAnswer */
export interface DatasetAnswer {
  name: string;
  slug: string;
  signals: QuerySignal[];
  lastWrittenAt: string;
}

/** Weir.Protocols.Explore.Columns.DatasetsAnswer */
export interface DatasetsAnswer {
  datasets: DatasetAnswer[];
  more: boolean;
}

/** Weir.Features.Questions.Kept.DerivedColumn */
export interface DerivedColumn {
  id: string;
  alias: string;
  expression: string;
  description: string;
  created_at: string;
  updated_at: string;
}

/** Weir.Features.Questions.BubbleUp.Dimension */
export interface Dimension {
  column: string;
  score: number;
  values: ValueShare[];
  others: Share;
  distinct: number;
}

/** Weir.Protocols.Api.DropShape */
export interface DropShape {
  reason: string;
  count: number;
  lastMessage: string;
  lastAt: string;
}

/** Weir.Features.Requests.DurationAnswer */
export interface DurationAnswer {
  start: string;
  end: string;
  count: number;
  errors: number;
  bins: DurationBin[];
  below: number;
  percentile: number | null;
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
}

/** Weir.Features.Requests.DurationBin */
export interface DurationBin {
  fromNs: number;
  toNs: number;
  count: number;
  errors: number;
}

/** Weir.Features.Alerts.EvaluationSchedule */
export interface EvaluationSchedule {
  window?: EvaluationWindow;
}

/** Weir.Features.Alerts.EvaluationWindow */
export interface EvaluationWindow {
  days_of_week?: string[];
  start_time: string;
  end_time: string;
  [other: string]: unknown;
}

/** Weir.Protocols.Api.Health */
export interface Health {
  status: string;
  reasons: string[];
  warnings: string[];
}

/** Weir.Protocols.Api.Home */
export interface Home {
  empty: boolean;
  range: HomeRange;
  totals: HomeTotals;
  series: HomeBucket[];
  services: HomeService[];
  recentErrors: ItemSummary[];
  warnings: string[];
}

/** Weir.Protocols.Api.HomeBucket */
export interface HomeBucket {
  time: string;
  spans: number;
  logs: number;
  occurrences: number;
  errors: number;
}

/** Weir.Protocols.Api.HomeRange */
export interface HomeRange {
  start: string;
  end: string;
  bucketSeconds: number;
}

/** Weir.Protocols.Api.HomeService */
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

/** Weir.Protocols.Api.HomeTotals */
export interface HomeTotals {
  requests: number;
  spans: number;
  logs: number;
  occurrences: number;
  metrics: number;
  events: number;
  errorRate: number;
  p50Ms: number | null;
  p95Ms: number | null;
}

/** Weir.Features.Errors.HostCount */
export interface HostCount {
  host: string;
  count: number;
}

/** Weir.Features.Errors.ItemDetail */
export interface ItemDetail {
  itemId: string;
  counter: number;
  title: string;
  level: string;
  status: ItemStatus;
  protocol: Protocol;
  service: string;
  environment: string;
  exceptionClass: string | null;
  occurrences: number;
  firstAt: string;
  lastAt: string;
  sparkline: number[];
  fingerprint: string;
  latest: OccurrenceDetail;
  recent: RecentOccurrence[];
  perHost: HostCount[];
  warnings: string[];
}

/** Weir.Features.Errors.ItemList */
export interface ItemList {
  items: ItemSummary[];
  nextCursor: string | null;
  notice: string | null;
  ahead: AheadRows | null;
}

/** Weir.Features.Errors.ItemSummary */
export interface ItemSummary {
  itemId: string;
  counter: number;
  title: string;
  level: string;
  status: ItemStatus;
  protocol: Protocol;
  service: string;
  environment: string;
  exceptionClass: string | null;
  occurrences: number;
  firstAt: string;
  lastAt: string;
  sparkline: number[];
}

/** Weir.Protocols.Api.JournalNames */
export interface JournalNames {
  names?: string[] | null;
}

/** Weir.Protocols.Api.JournalRows */
export interface JournalRows {
  signal: Signal;
  reason: string;
  rows: number;
  message: string;
}

/** Weir.Protocols.Api.JournalSetAside */
export interface JournalSetAside {
  name: string;
  bytes: number;
  at: string;
  rows: JournalRows[];
}

/** Weir.Protocols.Api.JournalStatus */
export interface JournalStatus {
  bytes: number;
  limitBytes: number;
  trouble: string | null;
  waitingSegments: number;
  waitingReason: string | null;
  unknownFiles: string[];
  setAsideBytes: number;
  setAsideLimitBytes: number;
  deletedRows: number;
  setAside: JournalSetAside[];
}

/** Weir.Protocols.Explore.Manage.KeptQuery */
export interface KeptQuery {
  id: string;
  dataset: string;
  query: QuerySpec;
}

/** Weir.Features.Traces.Lists.ListedService */
export interface ListedService {
  service: string;
  protocols: Protocol[];
  names: string[];
}

/** Weir.Features.Logs.LogEvent */
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
  attributes: Values;
  resource: Values;
}

/** Weir.Features.Logs.LogEvents */
export interface LogEvents {
  events: LogEvent[];
  nextCursor: string | null;
  notice: string | null;
  ahead: AheadRows | null;
}

/** Weir.Features.Logs.LogGroupSummary */
export interface LogGroupSummary {
  name: string;
  protocol: Protocol;
  streams: number;
  events: number;
  bytes: number;
  lastAt: string | null;
  retentionDays: number | null;
}

/** Weir.Features.Logs.LogGroups */
export interface LogGroups {
  groups: LogGroupSummary[];
  warnings: string[];
}

/** Weir.Features.Logs.LogStreamSummary */
export interface LogStreamSummary {
  name: string;
  events: number;
  firstAt: string | null;
  lastAt: string | null;
}

/** Weir.Features.Logs.LogStreams */
export interface LogStreams {
  streams: LogStreamSummary[];
  warnings: string[];
}

/** Weir.Features.Boards.Marker */
export interface Marker extends MarkerColor {
  id: string;
  start_time: number;
  message: string;
  type: string;
  url: string;
  end_time?: number;
  created_at: string;
  updated_at: string;
}

/** Weir.Protocols.Explore.Manage.MarkerColor */
export interface MarkerColor {
  color?: string;
}

/** Weir.Features.Boards.MarkerSetting */
export interface MarkerSetting {
  id: string;
  type: string;
  color: string;
  created_at: string;
  updated_at: string;
}

/** Weir.Features.Questions.BubbleUp.Measure */
export interface Measure {
  column: string;
  score: number;
  bins: BinShare[];
  missing: Share;
}

/** Weir.Features.Errors.OccurrenceDetail */
export interface OccurrenceDetail {
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
  request: OccurrenceRequest | null;
  person: OccurrencePerson | null;
  exceptions: OccurrenceException[];
  custom: Values;
  payload: string;
}

/** Weir.Features.Errors.OccurrenceException */
export interface OccurrenceException {
  class: string;
  message: string | null;
  frames: OccurrenceFrame[];
}

/** Weir.Features.Errors.OccurrenceFrame */
export interface OccurrenceFrame {
  file: string | null;
  line: number | null;
  column: number | null;
  method: string | null;
  code: string | null;
  inProject: boolean;
}

/** Weir.Features.Errors.OccurrencePerson */
export interface OccurrencePerson {
  id: string | null;
  username: string | null;
  email: string | null;
}

/** Weir.Features.Errors.OccurrenceRequest */
export interface OccurrenceRequest {
  method: string | null;
  url: string | null;
  userIp: string | null;
  headers: Record<string, string>;
  query: Record<string, string>;
  body: string | null;
}

/** Weir.Features.Boards.Panel */
export interface Panel {
  type: "query" | "slo" | "text";
  position?: PanelPosition;
  query_panel?: QueryPanel;
  slo_panel?: SloPanel;
  text_panel?: TextPanel;
}

/** Weir.Features.Boards.PanelPosition */
export interface PanelPosition {
  x_coordinate: number;
  y_coordinate: number;
  height: number;
  width: number;
}

/** Weir.Features.Alerts.Notifications.PayloadTemplateText */
export interface PayloadTemplateText {
  body: string;
}

/** Weir.Features.Boards.PresetFilter */
export interface PresetFilter {
  column: string;
  alias: string;
}

/** Weir.Protocols.Wire.Problem */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  position?: number;
}

/** Weir.Features.Boards.QueryAnnotation */
export interface QueryAnnotation {
  id: string;
  name: string;
  description: string;
  query_id: string;
  source: "query" | "board";
  created_at: string;
  updated_at: string;
}

/** Weir.Features.Boards.QueryPanel */
export interface QueryPanel {
  query_id: string;
  query_annotation_id?: string;
  query_style: "graph" | "table" | "combo";
  visualization_settings?: VisualizationSettings;
  dataset?: string;
  [other: string]: unknown;
}

/** Weir.Features.Errors.RecentOccurrence */
export interface RecentOccurrence {
  occurrenceId: string;
  time: string;
  traceId: string | null;
  message: string | null;
  host: string | null;
  person: string | null;
}

/** Weir.Features.Alerts.Notifications.Recipient */
export interface Recipient {
  id: string;
  type: RecipientType;
  details: RecipientDetails;
  created_at: string;
  updated_at: string;
}

/** Weir.Features.Alerts.Notifications.RecipientDetails */
export interface RecipientDetails {
  email_address?: string;
  pagerduty_integration_key?: string;
  pagerduty_integration_name?: string;
  slack_channel?: string;
  webhook_name?: string;
  webhook_url?: string;
  webhook_secret?: string;
  webhook_headers?: WebhookHeader[];
  webhook_payloads?: WebhookPayloads;
  include_results?: boolean;
}

/** Weir.Protocols.Explore.Columns.RefusedAnswer */
export interface RefusedAnswer {
  ok: false;
  message: string;
  position: number;
}

/** Weir.Features.Questions.BubbleUp.RowSet */
export interface RowSet {
  rows: number;
  sampled: number;
}

/** Weir.Protocols.Api.SearchMatch */
export interface SearchMatch {
  kind: "trace" | "span" | "log" | "occurrence" | "item" | "logGroup" | "service";
  id: string;
  title: string;
  detail: string;
  time: string | null;
  link: string;
}

/** Weir.Protocols.Api.SearchResult */
export interface SearchResult {
  matches: SearchMatch[];
  notice: string | null;
}

/** Weir.Features.Traces.Lists.ServiceList */
export interface ServiceList {
  services: ListedService[];
  warnings: string[];
}

/** Weir.Features.Traces.Lists.ServiceSpans */
export interface ServiceSpans {
  service: string;
  spans: number;
}

/** Weir.Protocols.Api.Setup */
export interface Setup {
  clients: SetupClient[];
  problems: SetupProblem[];
}

/** Weir.Protocols.Api.SetupClient */
export interface SetupClient {
  id: Protocol;
  title: string;
  summary: string;
  snippets: Snippet[];
  state: "waiting" | "received" | "rejected";
  received: number;
  lastAt: string | null;
  lastRejection: SetupRejection | null;
}

/** Weir.Protocols.Api.SetupProblem */
export interface SetupProblem {
  client: Protocol | "";
  problem: string;
  example: string;
  advice: string;
  count: number;
  firstAt: string;
  lastAt: string;
}

/** Weir.Protocols.Api.SetupRejection */
export interface SetupRejection {
  at: string;
  reason: string;
  message: string;
}

/** Weir.Features.Questions.BubbleUp.Share */
export interface Share {
  selected: number;
  baseline: number;
}

/** Weir.Features.Alerts.Sli */
export interface Sli {
  alias: string;
}

/** Weir.Features.Alerts.Slo */
export interface Slo extends Partial<SloDetails> {
  id: string;
  name: string;
  description: string;
  sli: Sli;
  time_period_days: number;
  target_per_million: number;
  tags?: Tag[];
  reset_at: string | null;
  dataset_slugs?: string[];
  created_at: string;
  updated_at: string;
}

/** Weir.Protocols.Explore.Manage.SloDetails */
export interface SloDetails {
  compliance: number | null;
  budget_remaining: number | null;
  burn_rate: number | null;
  status: "normal" | "triggered" | "no_alerts" | "no_events";
}

/** Weir.Features.Boards.SloPanel */
export interface SloPanel {
  slo_id: string;
  [other: string]: unknown;
}

/** Weir.Protocols.Explore.Manage.SloPoint */
export interface SloPoint {
  time: number;
  compliance: number | null;
  budgetRemaining: number | null;
  bad: number;
}

/** Weir.Features.Alerts.SloReference */
export interface SloReference {
  id: string;
}

/** Weir.Protocols.Explore.Manage.SloStatus */
export interface SloStatus {
  compliance: number | null;
  budgetRemaining: number | null;
  burnRate: number | null;
  total: number;
  bad: number;
  series: SloPoint[];
}

/** Weir.Protocols.Api.Snippet */
export interface Snippet {
  label: string;
  language: "bash" | "csharp" | "python" | "javascript" | "ini";
  code: string;
}

/** Weir.Protocols.Api.Status */
export interface Status {
  version: string;
  startedAt: string;
  uptimeSeconds: number;
  engine: StatusEngine;
  endpoints: StatusEndpoints;
  ingest: CounterShape[];
  storage: StatusStorage;
  problems: SetupProblem[];
}

/** Weir.Protocols.Api.StatusEndpoints */
export interface StatusEndpoints {
  main: string;
  otlpHttp: string;
  otlpGrpc: string;
  xrayDaemon: string;
}

/** Weir.Protocols.Api.StatusEngine */
export interface StatusEngine {
  kind: "embedded" | "remote";
  version: string;
  state: "ready" | "restarting" | "silent" | "closed";
  reason: string;
  restarts: number;
}

/** Weir.Protocols.Api.StatusStorage */
export interface StatusStorage {
  dataBytes: number;
  journalBytes: number;
  journalLimitBytes: number;
  freeBytes: number;
  tables: StatusTable[];
}

/** Weir.Protocols.Api.StatusTable */
export interface StatusTable {
  table: Signal;
  rows: number;
  bytes: number;
  oldest: string | null;
}

/** Weir.Features.Requests.StoryAnswer */
export interface StoryAnswer {
  traceId: string;
  xrayTraceId: string;
  title: string;
  start: string;
  durationMs: number;
  request: StoryRequest | null;
  parts: StoryPart[];
  spanCount: number;
  spans: StorySpan[];
  table: SpanTable | null;
  logs: StoryLog[];
  errors: StoryError[];
  candidates: StoryCandidate[];
  notices: string[];
}

/** Weir.Features.Requests.StoryCandidate */
export interface StoryCandidate {
  kind: "trace" | "xray" | "logs" | "error";
  protocol: Protocol;
  title: string;
  of: number;
  explanation: string;
  time: string | null;
  traceId: string | null;
  occurrenceId: string | null;
  body: string | null;
}

/** Weir.Features.Requests.StoryError */
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
  frames: StoryFrame[];
}

/** Weir.Features.Requests.StoryEvent */
export interface StoryEvent {
  offsetNs: number;
  name: string;
  attributes: Values;
}

/** Weir.Features.Requests.StoryFound */
export interface StoryFound {
  text: string;
  count: number;
  ids: string;
  truncated: boolean;
}

/** Weir.Features.Requests.StoryFrame */
export interface StoryFrame {
  file: string | null;
  line: number | null;
  column: number | null;
  method: string | null;
  code: string | null;
  inProject: boolean;
}

/** Weir.Features.Requests.StoryLink */
export interface StoryLink {
  by: "origin" | "sameId" | "idInText" | "match";
  explanation: string;
  distanceMs: number | null;
  matchedOn: string[];
  confidence: number;
}

/** Weir.Features.Requests.StoryLog */
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
  attributes: Values;
}

/** Weir.Features.Requests.StoryPart */
export interface StoryPart {
  id: string;
  kind: "trace" | "xray" | "logs" | "error";
  protocol: Protocol;
  title: string;
  link: StoryLink;
  traceId: string | null;
  count: number;
}

/** Weir.Features.Requests.StoryRequest */
export interface StoryRequest {
  method: string;
  target: string;
  httpStatus: number | null;
  clientIp: string | null;
}

/** Weir.Features.Requests.StoryScope */
export interface StoryScope {
  name: string;
  version: string;
}

/** Weir.Features.Requests.StorySpan */
export interface StorySpan {
  partId: string;
  protocol: Protocol;
  traceId: string;
  spanId: string;
  parentSpanId: string | null;
  parentMissing: boolean;
  service: string;
  name: string;
  kind: SpanKindName;
  status: SpanStatusName;
  statusMessage: string | null;
  inProgress: boolean;
  offsetNs: number;
  durationNs: number;
  depth: number;
  attributes: Values;
  resource: Values;
  scope: StoryScope | null;
  events: StoryEvent[];
  links: StorySpanLink[];
  document: string | null;
}

/** Weir.Features.Requests.StorySpanAnswer */
export interface StorySpanAnswer {
  spans: StorySpan[];
  notices: string[];
}

/** Weir.Features.Requests.StorySpanLink */
export interface StorySpanLink {
  traceId: string;
  spanId: string;
  attributes: Values;
}

/** Weir.Features.Requests.StoryValues */
export interface StoryValues {
  column: string;
  ids: string;
  of: number[];
  values: string[];
  truncated: boolean;
}

/** Weir.Features.Boards.Tag */
export interface Tag {
  key: string;
  value: string;
}

/** Weir.Features.Alerts.Notifications.TemplateVariable */
export interface TemplateVariable {
  name: string;
  default_value: string;
}

/** Weir.Features.Boards.TextPanel */
export interface TextPanel {
  content: string;
  [other: string]: unknown;
}

/** Weir.Features.Alerts.Threshold */
export interface Threshold {
  op: ">" | ">=" | "<" | "<=";
  value: number;
  exceeded_limit: number;
}

/** Weir.Features.Traces.Lists.TraceList */
export interface TraceList {
  traces: TraceSummary[];
  nextCursor: string | null;
  notice: string | null;
  ahead: AheadRows | null;
}

/** Weir.Features.Traces.Lists.TraceRoot */
export interface TraceRoot {
  service: string;
  name: string;
  kind: string;
  method: string | null;
  target: string | null;
  httpStatus: number | null;
}

/** Weir.Protocols.Explore.TraceSample */
export interface TraceSample {
  traceId: string;
  spanId: string | null;
  rootService: string | null;
  rootName: string | null;
  start: string | null;
  durationMs: number;
  matchDurationMs: number;
  spans: number;
  errors: number;
}

/** Weir.Protocols.Explore.TraceSamples */
export interface TraceSamples {
  traces: TraceSample[];
  warnings: string[];
}

/** Weir.Features.Traces.Lists.TraceSummary */
export interface TraceSummary {
  traceId: string;
  xrayTraceId: string;
  start: string;
  durationMs: number;
  protocols: Protocol[];
  root: TraceRoot | null;
  services: ServiceSpans[];
  spanCount: number;
  errorCount: number;
}

/** Weir.Features.Alerts.Trigger */
export interface Trigger extends AlertStanding {
  id: string;
  name: string;
  description?: string;
  disabled: boolean;
  dataset_slug?: string;
  frequency: number;
  alert_type: "on_change" | "on_true";
  threshold: Threshold;
  tags?: Tag[];
  evaluation_schedule_type?: "frequency" | "window";
  evaluation_schedule?: EvaluationSchedule;
  baseline_details?: Baseline;
  recipients?: AlertRecipient[];
  query_id?: string;
  query?: QuerySpec;
  created_at: string;
  updated_at: string;
}

/** Weir.Protocols.Explore.Manage.TriggerCheck */
export interface TriggerCheck {
  value: number | null;
  wouldTrigger: boolean;
  groups: TriggerCheckGroup[];
}

/** Weir.Protocols.Explore.Manage.TriggerCheckGroup */
export interface TriggerCheckGroup {
  group: Values;
  value: number | null;
  wouldTrigger: boolean;
}

/** Weir.Protocols.Explore.Columns.ValueAnswer */
export interface ValueAnswer {
  value: Scalar;
  count: number;
}

/** Weir.Features.Questions.BubbleUp.ValueShare */
export interface ValueShare {
  value: Scalar | null;
  selected: number;
  baseline: number;
}

/** Weir.Protocols.Explore.Columns.ValuesAnswer */
export interface ValuesAnswer {
  values: ValueAnswer[];
  sampled: boolean;
}

/** Weir.Features.Boards.ViewFilter */
export interface ViewFilter {
  column: string;
  operation: string;
  value?: unknown;
}

/** Weir.Features.Alerts.Notifications.WebhookHeader */
export interface WebhookHeader {
  header: string;
  value: string;
}

/** Weir.Features.Alerts.Notifications.WebhookPayloads */
export interface WebhookPayloads {
  template_variables?: TemplateVariable[];
  payload_templates?: Record<string, PayloadTemplateText>;
}

/** Weir.Protocols.XRay.Ui.UiAnalytics */
export interface XRayAnalytics {
  notice: string | null;
  selected: number;
  rest: number;
  histogram: XRayTimeCount[];
  tables: XRayAnalyticsTable[];
}

/** Weir.Protocols.XRay.Ui.UiAnalyticsRow */
export interface XRayAnalyticsRow {
  value: Scalar;
  selected: number;
  rest: number;
}

/** Weir.Protocols.XRay.Ui.UiAnalyticsTable */
export interface XRayAnalyticsTable {
  by: "service" | "url" | "method" | "status" | "user" | "client" | "exception" | "annotation";
  key: string | null;
  distinct: number;
  more: boolean;
  rows: XRayAnalyticsRow[];
}

/** Weir.Protocols.XRay.Ui.UiAnnotation */
export interface XRayAnnotation {
  key: string;
  value: Scalar;
}

/** Weir.Protocols.XRay.Ui.UiBoost */
export interface XRayBoost {
  maxRate: number;
  cooldownMinutes: number;
}

/** Weir.Protocols.XRay.Ui.UiCheck */
export interface XRayCheck {
  ok: boolean;
  message?: string;
  position?: number;
}

/** Weir.Protocols.XRay.Ui.UiCompletion */
export interface XRayCompletion {
  from: number;
  to: number;
  items: XRaySuggestion[];
}

/** Weir.Protocols.XRay.Ui.UiCounts */
export interface XRayCounts {
  ok: number;
  error: number;
  fault: number;
  throttle: number;
  total: number;
}

/** Weir.Protocols.XRay.Ui.UiDocument */
export interface XRayDocument {
  id: string;
  document: string;
}

/** Weir.Protocols.XRay.Ui.UiDocuments */
export interface XRayDocuments {
  traceId: string;
  segments: XRayDocument[];
}

/** Weir.Protocols.XRay.Ui.UiGroup */
export interface XRayGroup {
  name: string;
  arn: string;
  filterExpression: string | null;
  insightsEnabled: boolean;
  notificationsEnabled: boolean;
  default: boolean;
  recipients: string[] | null;
  traces: XRayGroupTraces | null;
}

/** Weir.Protocols.XRay.Ui.UiGroupForm */
export interface XRayGroupForm {
  name?: string | null;
  filterExpression?: string | null;
  insightsEnabled?: boolean | null;
  notificationsEnabled?: boolean | null;
  recipients?: string[] | null;
}

/** Weir.Protocols.XRay.Ui.UiGroupTraces */
export interface XRayGroupTraces {
  lastHour: number;
  minutes: XRayMinute[];
}

/** Weir.Protocols.XRay.Ui.UiGroups */
export interface XRayGroups {
  groups: XRayGroup[];
  limit: number;
}

/** Weir.Protocols.XRay.Ui.UiImpact */
export interface XRayImpact {
  faults: number;
  ok: number;
  total: number;
}

/** Weir.Protocols.XRay.Ui.UiInsight */
export interface XRayInsight {
  id: string;
  group: string;
  state: "ACTIVE" | "CLOSED";
  categories: string[];
  summary: string;
  start: string;
  end: string | null;
  updated: string;
  rootCause: XRayInsightService;
  services: XRayInsightService[];
  clientRequestImpact: XRayImpact;
  rootCauseRequestImpact: XRayImpact;
  faults: number;
  total: number;
}

/** Weir.Protocols.XRay.Ui.UiInsightDelivery */
export interface XRayInsightDelivery {
  recipient: string;
  ok: boolean;
  attempts: number;
  detail: string;
}

/** Weir.Protocols.XRay.Ui.UiInsightDetail */
export interface XRayInsightDetail {
  insight: XRayInsight;
  events: XRayInsightEvent[];
  timeline: XRayInsightMinute[];
  graph: XRayInsightGraph;
  notifications: XRayInsightNotification[];
}

/** Weir.Protocols.XRay.Ui.UiInsightEdge */
export interface XRayInsightEdge {
  source: string;
  target: string;
}

/** Weir.Protocols.XRay.Ui.UiInsightEvent */
export interface XRayInsightEvent {
  time: string;
  summary: string;
  clientRequestImpact: XRayImpact;
  rootCauseRequestImpact: XRayImpact;
  services: XRayInsightService[];
}

/** Weir.Protocols.XRay.Ui.UiInsightGraph */
export interface XRayInsightGraph {
  nodes: XRayInsightNode[];
  edges: XRayInsightEdge[];
}

/** Weir.Protocols.XRay.Ui.UiInsightMinute */
export interface XRayInsightMinute {
  time: string;
  total: number;
  faults: number;
  highestUsual: number;
}

/** Weir.Protocols.XRay.Ui.UiInsightNode */
export interface XRayInsightNode {
  id: string;
  name: string;
  type: string | null;
  rootCause: boolean;
  anomalous: boolean;
}

/** Weir.Protocols.XRay.Ui.UiInsightNotification */
export interface XRayInsightNotification {
  time: string;
  state: "ACTIVE" | "CLOSED";
  deliveries: XRayInsightDelivery[];
}

/** Weir.Protocols.XRay.Ui.UiInsightService */
export interface XRayInsightService {
  name: string;
  type: string | null;
}

/** Weir.Protocols.XRay.Ui.UiInsights */
export interface XRayInsights {
  insights: XRayInsight[];
}

/** Weir.Protocols.XRay.Ui.UiMap */
export interface XRayMap {
  start: string;
  end: string;
  traces: number;
  notice: string | null;
  total: number;
  offset: number;
  nodes: XRayMapNode[];
  edges: XRayMapEdge[];
}

/** Weir.Protocols.XRay.Ui.UiMapEdge */
export interface XRayMapEdge {
  source: string;
  target: string;
  link: boolean;
  statistics: XRayStatistics;
}

/** Weir.Protocols.XRay.Ui.UiMapNode */
export interface XRayMapNode {
  id: string;
  name: string;
  type: string | null;
  root: boolean;
  inferred: boolean;
  protocols: Protocol[];
  statistics: XRayStatistics | null;
}

/** Weir.Protocols.XRay.Ui.UiMinute */
export interface XRayMinute {
  time: number;
  traces: number;
}

/** Weir.Protocols.XRay.Ui.UiOperation */
export interface XRayOperation {
  operation: string;
  rule: string;
  probability: number;
}

/** Weir.Protocols.XRay.Ui.UiPoint */
export interface XRayPoint {
  time: string;
  counts: XRayCounts;
  averageSeconds: number | null;
  p90Seconds: number | null;
}

/** Weir.Protocols.XRay.Ui.UiRates */
export interface XRayRates {
  requests: number;
  sampled: number;
  borrowed: number;
  expected: number;
}

/** Weir.Protocols.XRay.Ui.UiRemoteService */
export interface XRayRemoteService {
  service: string;
  lastAsked: string;
  instances: number;
  rule: string;
  probability: number;
  lowerBound: number;
  operations: XRayOperation[];
}

/** Weir.Protocols.XRay.Ui.UiRoot */
export interface XRayRoot {
  service: string;
  type: string | null;
}

/** Weir.Protocols.XRay.Ui.UiRule */
export interface XRayRule {
  name: string;
  arn: string;
  default: boolean;
  priority: number;
  fixedRate: number;
  reservoirSize: number;
  serviceName: string;
  serviceType: string;
  host: string;
  httpMethod: string;
  urlPath: string;
  resourceArn: string;
  attributes: Record<string, string>;
  boost: XRayBoost | null;
  createdAt: string | null;
  modifiedAt: string | null;
  openTelemetry: string | null;
}

/** Weir.Protocols.XRay.Ui.UiRuleActivity */
export interface XRayRuleActivity {
  name: string;
  rates: XRayRates | null;
  windows: XRayWindow[];
  reservoirSize: number;
  leased: number;
  clients: XRaySamplingClient[];
}

/** Weir.Protocols.XRay.Ui.UiRuleForm */
export interface XRayRuleForm {
  name?: string | null;
  priority?: number | null;
  fixedRate?: number | null;
  reservoirSize?: number | null;
  serviceName?: string | null;
  serviceType?: string | null;
  host?: string | null;
  httpMethod?: string | null;
  urlPath?: string | null;
  resourceArn?: string | null;
  attributes?: Record<string, string> | null;
  boost?: XRayBoost | null;
}

/** Weir.Protocols.XRay.Ui.UiRules */
export interface XRayRules {
  rules: XRayRule[];
  limit: number;
  modifiedAt: string | null;
}

/** Weir.Protocols.XRay.Ui.UiSampling */
export interface XRaySampling {
  time: string;
  windowSeconds: number;
  rules: XRayRuleActivity[];
  openTelemetry: XRayRemoteService[];
}

/** Weir.Protocols.XRay.Ui.UiSamplingClient */
export interface XRaySamplingClient {
  id: string;
  requestsPerSecond: number;
  quota: number | null;
  lastReport: string;
  leasedUntil: string;
}

/** Weir.Protocols.XRay.Ui.UiStatistics */
export interface XRayStatistics {
  counts: XRayCounts;
  averageSeconds: number;
  p50Seconds: number;
  p90Seconds: number;
  p99Seconds: number;
  histogram: XRayTimeCount[];
}

/** Weir.Protocols.XRay.Ui.UiSuggestion */
export interface XRaySuggestion {
  text: string;
  kind: string;
  detail: string | null;
}

/** Weir.Protocols.XRay.Ui.UiSummary */
export interface XRaySummary {
  counts: XRayCounts;
  histogram: XRayTimeCount[];
  medianSeconds: number | null;
}

/** Weir.Protocols.XRay.Ui.UiTimeCount */
export interface XRayTimeCount {
  value: number;
  count: number;
}

/** Weir.Protocols.XRay.Ui.UiTimeSeries */
export interface XRayTimeSeries {
  bucketSeconds: number;
  points: XRayPoint[];
  notice: string | null;
}

/** Weir.Protocols.XRay.Ui.UiTrace */
export interface XRayTrace {
  traceId: string;
  xrayTraceId: string;
  start: string;
  durationSeconds: number | null;
  responseTimeSeconds: number | null;
  root: XRayRoot | null;
  method: string | null;
  url: string | null;
  httpStatus: number | null;
  clientIp: string | null;
  userAgent: string | null;
  code: Code;
  partial: boolean;
  users: string[];
  annotations: XRayAnnotation[];
  protocols: Protocol[];
}

/** Weir.Protocols.XRay.Ui.UiTraces */
export interface XRayTraces {
  traces: XRayTrace[];
  nextCursor: string | null;
  notice: string | null;
  summary: XRaySummary | null;
}

/** Weir.Protocols.XRay.Ui.UiWindow */
export interface XRayWindow {
  time: number;
  requests: number;
  sampled: number;
  borrowed: number;
}
