// The shapes of exploring: query specifications (Honeycomb's words), their results, columns, values, BubbleUp.
// Seconds since 1970 are numbers, as in the specification; everything else as in types.ts.

import type { AttributeValue, Problem } from "./types.ts";

export const SIGNALS = ["spans", "logs", "errors", "metrics", "events"] as const;
export type QuerySignal = (typeof SIGNALS)[number];

export const FILTER_OPS = [
  "=",
  "!=",
  ">",
  ">=",
  "<",
  "<=",
  "exists",
  "does-not-exist",
  "contains",
  "does-not-contain",
  "starts-with",
  "does-not-start-with",
  "ends-with",
  "does-not-end-with",
  "in",
  "not-in",
] as const;
export type FilterOp = (typeof FILTER_OPS)[number];

export const CALCULATION_OPS = [
  "COUNT",
  "HEATMAP",
  "AVG",
  "SUM",
  "MIN",
  "MAX",
  "COUNT_DISTINCT",
  "P50",
  "P75",
  "P90",
  "P95",
  "P99",
  "P999",
  "P80",
  "P25",
  "P20",
  "P10",
  "P05",
  "P01",
  "P001",
  "CONCURRENCY",
  "RATE_AVG",
  "RATE_SUM",
  "RATE_MAX",
] as const;
export type CalculationOp = (typeof CALCULATION_OPS)[number];

export type Scalar = string | number | boolean;
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

// POST /api/query, GET /api/query/{id}?waitMs= -> Run ; DELETE /api/query/{id} cancels ------------------------------
export interface Run<T> {
  id: string;
  state: "running" | "done" | "failed" | "cancelled";
  elapsedMs: number;
  progress: Progress | null;
  problem: Problem | null;
  result: T | null;
}
export interface Progress {
  rowsRead: number;
  /** The engine's estimate for the statements that have begun. */
  totalRows: number | null;
  bytesRead?: number | null;
}

export type Values = Record<string, AttributeValue>;
export interface ResultColumn {
  name: string;
  kind: "breakdown" | "calculation" | "formula";
  op: CalculationOp | null;
  column: string | null;
  type: "float" | "integer" | "string" | "boolean";
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
  compare: { offset: number; groups: Group[]; series: Series[] } | null;
  stats: { rowsRead: number; bytesRead: number | null; rowsMatched: number | null; elapsedMs: number };
  warnings: string[];
}

// POST /api/query/rows --------------------------------------------------------------------------------------------
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
}

// POST /api/query/traces ------------------------------------------------------------------------------------------
export interface TracePoint {
  time?: number;
  column?: string;
  /** With valueTo: from here to there. */
  value?: number;
  valueTo?: number;
  group?: Values;
}
export interface TraceSample {
  traceId: string;
  spanId: string | null;
  rootService: string | null;
  rootName: string | null;
  /** Null when none of its spans is there. */
  start: string | null;
  durationMs: number;
  matchDurationMs: number | null;
  spans: number;
  errors: number;
}

// GET /api/query/history ------------------------------------------------------------------------------------------
export interface HistoryItem {
  id: string;
  query: QuerySpec;
  dataset: string;
  at: string;
  elapsedMs: number;
  rows: number;
}

// GET /api/datasets, /api/columns, /api/values, POST /api/calculated/check -----------------------------------------
export interface Dataset {
  name: string;
  slug: string;
  signals: string[];
  lastWrittenAt: string | null;
}
export interface Column {
  name: string;
  type: "string" | "integer" | "float" | "boolean";
  signals: string[];
  calculated: boolean;
  description: string;
  /** Share of rows that have it. */
  usage: number | null;
}
export interface ValueCount {
  value: Scalar;
  count: number;
}
export type ExpressionCheck = { ok: true; type: string } | { ok: false; message: string; position: number };

// POST /api/bubbleup -> Run<BubbleUp> ------------------------------------------------------------------------------
export type Selection = { start: number; end: number; column: string; min: number; max: number } | { group: Values };
export interface BubbleUp {
  selected: Sample;
  baseline: Sample;
  sampleNote: string;
  elapsedMs: number;
  dimensions: Dimension[];
  measures: Measure[];
}
export interface Sample {
  rows: number;
  sampled: number;
}
export interface Share {
  /** Share of the set, 0 to 1. */
  selected: number;
  baseline: number;
}
export interface Dimension {
  column: string;
  score: number;
  values: ({ value: Scalar | null } & Share)[];
  others: Share;
  distinct: number;
}
export interface Measure {
  column: string;
  score: number;
  bins: ({ from: number; to: number } & Share)[];
  missing: Share;
}
