import type { CalculationOp, FilterOp, QuerySignal } from "../api/words.generated";

// What the builder offers, in the order in which it does.

export const SIGNALS = ["spans", "logs", "errors", "metrics", "events"] as const satisfies readonly QuerySignal[];

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
] as const satisfies readonly FilterOp[];

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
] as const satisfies readonly CalculationOp[];
