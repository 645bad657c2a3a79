// Made of the server's records by ./dev types; a test of the server compares. Change the records, not this file.

export type CalculationOp =
  | "COUNT"
  | "CONCURRENCY"
  | "SUM"
  | "AVG"
  | "COUNT_DISTINCT"
  | "MAX"
  | "MIN"
  | "P001"
  | "P01"
  | "P05"
  | "P10"
  | "P20"
  | "P25"
  | "P50"
  | "P75"
  | "P80"
  | "P90"
  | "P95"
  | "P99"
  | "P999"
  | "HEATMAP"
  | "RATE_AVG"
  | "RATE_SUM"
  | "RATE_MAX"
  | "COUNT_DATAPOINTS"
  | "HISTOGRAM_COUNT";

export type Code =
  | "ok"
  | "error"
  | "fault"
  | "throttle";

export type ColumnType =
  | "string"
  | "integer"
  | "float"
  | "boolean";

export type FilterOp =
  | "="
  | "!="
  | ">"
  | ">="
  | "<"
  | "<="
  | "starts-with"
  | "does-not-start-with"
  | "ends-with"
  | "does-not-end-with"
  | "exists"
  | "does-not-exist"
  | "contains"
  | "does-not-contain"
  | "in"
  | "not-in"
  | "matches"
  | "does-not-match";

export type ItemStatus =
  | "active"
  | "resolved"
  | "muted";

export type Protocol =
  | "otlp"
  | "honeycomb"
  | "xray"
  | "cloudwatch-logs"
  | "rollbar";

export type QuerySignal =
  | "spans"
  | "logs"
  | "errors"
  | "metrics"
  | "events";

export type RecipientType =
  | "email"
  | "pagerduty"
  | "slack"
  | "webhook"
  | "msteams"
  | "msteams_workflow";

export type Signal =
  | "spans"
  | "logs"
  | "occurrences"
  | "metrics"
  | "events";

export type SpanKindName =
  | "unspecified"
  | "internal"
  | "server"
  | "client"
  | "producer"
  | "consumer"
  | "segment"
  | "subsegment";

export type SpanStatusName =
  | "unset"
  | "ok"
  | "error";
