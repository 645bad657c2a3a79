import type { QuerySignal } from "../api/words.generated";
import type { AttributeValue, Filter } from "../api/written";
import { readScalar } from "./filterText";
import { EMPTY, type Question } from "./question";

// The filters of other pages as queries: "Open in Query" selects the same rows.

/** Every row with this value, as a heatmap of how long it takes, or counted where nothing takes time. */
export function questionOfValue(column: string, value: AttributeValue, signals: QuerySignal[]): Question {
  const timed = signals.includes("spans") || signals.length === 0;
  return {
    ...EMPTY,
    signals,
    calculations: timed ? [{ op: "HEATMAP", column: "duration_ms" }, { op: "COUNT" }] : [{ op: "COUNT" }],
    filters: [value === null ? { column, op: "does-not-exist" } : { column, op: "=", value }],
  };
}

/** Queries about one field of a span, over all data and within its trace. */
export function questionsOfField(
  field: string,
  value: AttributeValue,
  traceId: string,
): { label: string; question: Question }[] {
  const timed = [{ op: "HEATMAP" as const, column: "duration_ms" }, { op: "COUNT" as const }];
  const base = { ...EMPTY, signals: ["spans" as const], calculations: timed };
  const same: Filter = value === null ? { column: field, op: "does-not-exist" } : { column: field, op: "=", value };
  const other: Filter = value === null ? { column: field, op: "exists" } : { column: field, op: "!=", value };
  const ofNumber = typeof value === "number" && field !== "duration_ms";
  return [
    { label: "Spans with this value", question: { ...base, filters: [same] } },
    { label: "Spans with other values", question: { ...base, filters: [other] } },
    {
      label: "Group by this field",
      question: {
        ...base,
        calculations: [{ op: "COUNT" }, { op: "P95", column: "duration_ms" }],
        breakdowns: [field],
        filters: [{ column: field, op: "exists" }],
      },
    },
    ...(ofNumber || field === "duration_ms"
      ? [
          {
            label: "Heatmap of this field",
            question: {
              ...base,
              calculations: [{ op: "HEATMAP" as const, column: field }],
              filters: [{ column: field, op: "exists" as const }],
            },
          },
        ]
      : []),
    ...(traceId
      ? [
          {
            label: "Group by this field in this trace",
            question: {
              ...base,
              calculations: [{ op: "COUNT" as const }, { op: "SUM" as const, column: "duration_ms" }],
              filters: [{ column: "trace.trace_id", op: "=" as const, value: traceId }],
              breakdowns: [field],
            },
          },
        ]
      : []),
  ];
}

export interface TraceFiltersOfPage {
  service?: string | undefined;
  name?: string | undefined;
  status?: string | undefined;
  httpStatus?: string | undefined;
  min?: number | undefined;
  max?: number | undefined;
  attribute?: string[] | undefined;
}

export function questionOfTraces(search: TraceFiltersOfPage): Question {
  const filters: Filter[] = [];
  if (search.service) filters.push({ column: "service.name", op: "=", value: search.service });
  if (search.name) filters.push({ column: "name", op: "contains", value: search.name });
  if (search.status === "error") filters.push({ column: "error", op: "=", value: true });
  if (search.status === "ok") filters.push({ column: "error", op: "!=", value: true });
  const family = /^([1-5])xx$/i.exec(search.httpStatus ?? "")?.[1];
  const status = Number(search.httpStatus);
  if (family)
    filters.push(
      { column: "http.status_code", op: ">=", value: Number(family) * 100 },
      { column: "http.status_code", op: "<", value: Number(family) * 100 + 100 },
    );
  else if (search.httpStatus && Number.isInteger(status))
    filters.push({ column: "http.status_code", op: "=", value: status });
  if (search.min !== undefined) filters.push({ column: "duration_ms", op: ">=", value: search.min });
  if (search.max !== undefined) filters.push({ column: "duration_ms", op: "<=", value: search.max });
  for (const pair of search.attribute ?? []) {
    const at = pair.indexOf("=");
    const value = readScalar(pair.slice(at + 1));
    if (at > 0 && value !== null) filters.push({ column: pair.slice(0, at), op: "=", value });
  }
  // Without a filter the roots stand for their traces; with one, the rows that fit it are the answer.
  if (filters.length === 0) filters.push({ column: "is_root", op: "=", value: true });
  return {
    ...EMPTY,
    signals: ["spans"],
    calculations: [{ op: "HEATMAP", column: "duration_ms" }, { op: "COUNT" }],
    filters,
  };
}

export interface LogFiltersOfPage {
  group?: string | undefined;
  stream?: string | undefined;
  service?: string | undefined;
  severity?: string | undefined;
  text?: string | undefined;
}

export function questionOfLogs(search: LogFiltersOfPage): Question {
  const filters: Filter[] = [];
  if (search.group) filters.push({ column: "log_group", op: "=", value: search.group });
  if (search.stream) filters.push({ column: "log_stream", op: "=", value: search.stream });
  if (search.service) filters.push({ column: "service.name", op: "=", value: search.service });
  if (search.severity) filters.push({ column: "severity", op: "=", value: search.severity });
  if (search.text) filters.push({ column: "body", op: "contains", value: search.text });
  return { ...EMPTY, signals: ["logs"], calculations: [{ op: "COUNT" }], filters, breakdowns: ["severity"] };
}
