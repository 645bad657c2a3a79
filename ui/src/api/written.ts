// Shapes whose JSON the server writes by hand, or only hands on: it has no record of them. The browser tests hold answers of a running
// server against these as against the generated types. Times are seconds since 1970 where they are numbers.

import type { CalculationOp, ColumnType, FilterOp, Protocol, QuerySignal } from "./words.generated";

/** What an attribute holds. Lists come as their JSON text. */
export type AttributeValue = string | number | boolean | null;

export type Scalar = string | number | boolean;

export type Values = Record<string, AttributeValue>;

export type FilterValue = Scalar | Scalar[];

export type Combination = "AND" | "OR";

export type Direction = "ascending" | "descending";

export type HavingOp = "=" | "!=" | ">" | ">=" | "<" | "<=";

export interface Filter {
  column: string;
  op: FilterOp;
  /** Absent for exists and does-not-exist, a list for in and not-in. */
  value?: FilterValue;
}

export interface Calculation {
  op: CalculationOp;
  column?: string;
  name?: string;
  filters?: Filter[];
  filter_combination?: Combination;
}

export interface Order {
  op?: CalculationOp;
  column?: string;
  order?: Direction;
}

export interface Having {
  calculate_op: CalculationOp;
  column?: string;
  op: HavingOp;
  value: number;
}

export interface NamedExpression {
  name: string;
  expression: string;
}

export interface QuerySpec {
  id?: string;
  calculations?: Calculation[];
  filters?: Filter[];
  filter_combination?: Combination;
  breakdowns?: string[];
  orders?: Order[];
  havings?: Having[];
  limit?: number;
  time_range?: number;
  start_time?: number;
  end_time?: number;
  granularity?: number;
  calculated_fields?: NamedExpression[];
  formulas?: NamedExpression[];
  compare_time_offset_seconds?: number;
  signals?: QuerySignal[];
}

export interface QueryBody {
  query: QuerySpec;
  dataset: string;
}
/** Answer of POST /api/query, POST /api/bubbleup and GET /api/query/{id}. */
export interface Run<T> {
  id: string;
  state: "running" | "done" | "failed" | "cancelled";
  elapsedMs: number;
  progress: Progress | null;
  problem: QueryProblem | null;
  result: T | null;
}
/** Problem details (RFC 9457), as Honeycomb's clients read them too. */
export interface QueryProblem {
  type: string;
  title: string;
  status: number;
  detail: string;
  error: string;
  position?: number;
  type_detail?: { field: string; code: string; description: string }[];
  errors?: { field: string; code: string; description: string }[];
}

export interface Progress {
  rowsRead: number;
  /** The engine's estimate for the statements that have begun. */
  totalRows: number | null;
  bytesRead: number;
  memoryBytes: number;
}

export interface ResultColumn {
  name: string;
  kind: "breakdown" | "calculation" | "formula";
  op: CalculationOp | null;
  column: string | null;
  type: ColumnType;
}

export interface Group {
  key: Values;
  values: Values;
}

export interface Series {
  /** Index into groups. */
  group: number;
  values: Record<string, (number | null)[]>;
}

export interface Heatmap {
  calculation: string;
  scale: "log" | "linear";
  /** n + 1 edges of n bins. */
  bounds: number[];
  /** Index of the time, index of the bin, weighted count. */
  cells: [number, number, number][];
  max: number;
}

export interface QueryResult {
  query: QuerySpec;
  start: number;
  end: number;
  granularity: number;
  columns: ResultColumn[];
  groups: Group[];
  times: number[];
  series: Series[];
  total: Values;
  other: Values | null;
  totalSeries: Record<string, (number | null)[]>;
  heatmaps: Heatmap[];
  compare: {
    offset: number;
    groups: Group[];
    series: Series[];
    total: Values;
    totalSeries: Record<string, (number | null)[]>;
  } | null;
  stats: { rowsRead: number; bytesRead: number | null; rowsMatched: number | null; elapsedMs: number };
  warnings: string[];
}

export interface EventRow {
  time: string;
  signal: QuerySignal;
  traceId: string | null;
  spanId: string | null;
  data: Values;
}

export interface EventRows {
  rows: EventRow[];
  next: string | null;
  stats: { rowsRead: number; elapsedMs: number };
  warnings: string[];
}

export interface TracePoint {
  time?: number;
  column?: string;
  /** With valueTo: from here to there. */
  value?: number;
  valueTo?: number;
  group?: Values;
}

export interface HistoryItem {
  id: string;
  query: QuerySpec;
  dataset: string;
  at: string;
  elapsedMs: number;
  rows: number;
}

export type Selection = { start: number; end: number; column: string; min: number; max: number } | { group: Values };

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

/** How the UI shows a panel; the server keeps it as it is. */
export interface VisualizationSettings {
  hide_compare?: boolean;
  charts?: { chart_index?: number; chart_type?: ChartType; omit_missing_values?: boolean; log_scale?: boolean }[];
}

export type ChartType = "default" | "line" | "stacked" | "stat" | "tsbar" | "cpie" | "cbar";
