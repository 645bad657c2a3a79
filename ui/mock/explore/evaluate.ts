import {
  type Calculation,
  type Combination,
  type Filter,
  type Group,
  type Heatmap,
  type QueryResult,
  type QuerySpec,
  type ResultColumn,
  type Values,
} from "../api/explore.ts";
import { calculationKey } from "../../src/query/calculationText.ts";
import { compile } from "./expression.ts";
import type { Row } from "./rows.ts";

type Value = string | number | boolean | null;
const STEPS = [1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];

/** The rows of the range and the signals, with calculated fields, that pass the filters. */
export function select(rows: readonly Row[], spec: QuerySpec, dataset: string): Row[] {
  const start = (spec.start_time ?? Date.now() / 1000 - (spec.time_range ?? 7200)) * 1000;
  const end = Math.min((spec.end_time ?? Date.now() / 1000) * 1000, Date.now());
  const signals = spec.signals ?? ["spans", "logs", "errors", "events"];
  const fields = (spec.calculated_fields ?? []).map((one) => ({ name: one.name, run: compile(one.expression) }));
  const roots = new Map<string, Row>();
  if (JSON.stringify(spec).includes('"root.'))
    for (const row of rows) if (row.traceId && row.data.is_root === true) roots.set(row.traceId, row);
  const kept: Row[] = [];
  for (const row of rows) {
    if (row.timeMs < start || row.timeMs >= end || !signals.includes(row.signal)) continue;
    if (dataset !== "__all__" && row.data["service.name"] !== dataset) continue;
    let seen = row;
    const root = row.traceId ? roots.get(row.traceId) : undefined;
    if (root || fields.length) {
      const data = { ...row.data };
      if (root) for (const [key, value] of Object.entries(root.data)) data[`root.${key}`] = value;
      for (const field of fields) data[field.name] = field.run((name) => data[name] ?? null);
      seen = { ...row, data };
    }
    if (passes(seen, spec.filters ?? [], spec.filter_combination)) kept.push(seen);
  }
  return kept;
}

export function passes(row: Row, filters: readonly Filter[], combination: Combination = "AND"): boolean {
  if (filters.length === 0) return true;
  return combination === "OR" ? filters.some((one) => fits(row, one)) : filters.every((one) => fits(row, one));
}

function fits(row: Row, { column, op, value }: Filter): boolean {
  const own = row.data[column] ?? null;
  const text = typeof own === "string" ? own : null;
  const part = String(value);
  switch (op) {
    case "exists":
      return own !== null;
    case "does-not-exist":
      return own === null;
    case "=":
      return own === value;
    case "!=":
      return own !== value;
    case "in":
      return Array.isArray(value) && value.includes(own as string);
    case "not-in":
      return Array.isArray(value) && !value.includes(own as string);
    case "contains":
      return text?.includes(part) ?? false;
    case "does-not-contain":
      return !text?.includes(part);
    case "starts-with":
      return text?.startsWith(part) ?? false;
    case "does-not-start-with":
      return !text?.startsWith(part);
    case "ends-with":
      return text?.endsWith(part) ?? false;
    case "does-not-end-with":
      return !text?.endsWith(part);
    default:
      if (own === null || value === undefined || Array.isArray(value)) return false;
      return op === ">" ? own > value : op === ">=" ? own >= value : op === "<" ? own < value : own <= value;
  }
}

export function evaluate(all: readonly Row[], asked: QuerySpec, dataset: string): QueryResult {
  const began = performance.now();
  const end = asked.end_time ?? Math.ceil(Date.now() / 1000);
  const start = asked.start_time ?? end - (asked.time_range ?? 7200);
  const granularity = asked.granularity ?? STEPS.find((one) => (end - start) / one <= 120) ?? 86_400;
  const spec: QuerySpec = {
    ...asked,
    start_time: start,
    end_time: end,
    granularity,
    limit: asked.limit ?? 100,
    calculations: asked.calculations?.length ? asked.calculations : [{ op: "COUNT" }],
  };
  const rows = select(all, spec, dataset);
  const times: number[] = [];
  for (let at = Math.floor(start / granularity) * granularity; at < end; at += granularity) times.push(at);
  const first = times[0] ?? start;
  const bucketOf = (row: Row) => Math.min(times.length - 1, Math.floor((row.timeMs / 1000 - first) / granularity));
  const breakdowns = spec.breakdowns ?? [];
  const calculations = spec.calculations ?? [];
  const formulas = (spec.formulas ?? []).map((one) => ({ name: one.name, run: compile(one.expression) }));

  const measure = (some: readonly Row[]): Values => {
    const values: Values = {};
    for (const one of calculations)
      if (one.op !== "HEATMAP") values[calculationKey(one)] = calculate(some, one, granularity);
    for (const formula of formulas) values[formula.name] = formula.run((name) => values[name] ?? null);
    return values;
  };
  const overTime = (some: readonly Row[]): Record<string, (number | null)[]> => {
    const buckets: Row[][] = times.map(() => []);
    for (const row of some) buckets[bucketOf(row)]?.push(row);
    const measured = buckets.map(measure);
    const keys = Object.keys(measure([]));
    return Object.fromEntries(
      keys.map((key) => [
        key,
        measured.map((one, i) => {
          const value = one[key];
          return (times[i] ?? 0) > Date.now() / 1000 ? null : typeof value === "number" ? value : null;
        }),
      ]),
    );
  };

  const byKey = new Map<string, { key: Values; rows: Row[] }>();
  for (const row of rows) {
    const key = Object.fromEntries(breakdowns.map((name) => [name, row.data[name] ?? null]));
    const text = JSON.stringify(key);
    const group = byKey.get(text) ?? { key, rows: [] };
    group.rows.push(row);
    byKey.set(text, group);
  }
  let groups = [...byKey.values()].map((one) => ({ ...one, values: measure(one.rows) }));
  for (const having of spec.havings ?? []) {
    const key = calculationKey({ op: having.calculate_op, ...(having.column && { column: having.column }) });
    groups = groups.filter((one) => compareNumbers(one.values[key] ?? null, having.op, having.value));
  }
  const orders = spec.orders?.length
    ? spec.orders
    : [
        {
          op: calculations.find((one) => one.op !== "HEATMAP")?.op ?? "COUNT",
          column: calculations.find((one) => one.op !== "HEATMAP")?.column,
          order: "descending" as const,
        },
      ];
  groups.sort((a, b) => {
    for (const order of orders) {
      const key = order.op
        ? calculationKey({ op: order.op, ...(order.column && { column: order.column }) })
        : (order.column ?? "");
      const by = compareValues(a.values[key] ?? a.key[key] ?? null, b.values[key] ?? b.key[key] ?? null);
      if (by !== 0) return order.order === "descending" ? -by : by;
    }
    return 0;
  });
  const shown = groups.slice(0, spec.limit);
  const rest = groups.slice(spec.limit);
  const columns: ResultColumn[] = [
    ...breakdowns.map((name): ResultColumn => ({ name, kind: "breakdown", op: null, column: null, type: "string" })),
    ...calculations
      .filter((one) => one.op !== "HEATMAP")
      .map((one): ResultColumn => ({
        name: calculationKey(one),
        kind: "calculation",
        op: one.op,
        column: one.column ?? null,
        type: one.op.startsWith("COUNT") ? "integer" : "float",
      })),
    ...formulas.map((one): ResultColumn => ({
      name: one.name,
      kind: "formula",
      op: null,
      column: null,
      type: "float",
    })),
  ];
  const offset = spec.compare_time_offset_seconds;
  const plain = { ...spec };
  delete plain.compare_time_offset_seconds;
  const before = offset
    ? evaluate(all, { ...plain, start_time: start - offset, end_time: end - offset }, dataset)
    : null;
  const beforeOf = (key: Values) =>
    before?.groups.findIndex((one) => JSON.stringify(one.key) === JSON.stringify(key)) ?? -1;
  return {
    query: spec,
    start,
    end,
    granularity,
    columns,
    groups: shown.map(({ key, values }) => ({ key, values })),
    times,
    series: shown.map((one, group) => ({ group, values: overTime(one.rows) })),
    total: measure(rows),
    other: rest.length ? measure(rest.flatMap((one) => one.rows)) : null,
    totalSeries: overTime(rows),
    heatmaps: calculations
      .filter((one) => one.op === "HEATMAP")
      .map((one) => heatmap(rows, one, times.length, bucketOf)),
    compare:
      before && offset
        ? {
            offset,
            groups: shown.map((one): Group => before.groups[beforeOf(one.key)] ?? { key: one.key, values: {} }),
            series: shown.map((one, group) => ({ group, values: before.series[beforeOf(one.key)]?.values ?? {} })),
          }
        : null,
    stats: {
      rowsRead: all.length,
      bytesRead: all.length * 310,
      rowsMatched: rows.length,
      elapsedMs: Math.max(1, Math.round(performance.now() - began)),
    },
    warnings:
      groups.length > shown.length
        ? [`${groups.length} groups; the first ${shown.length} are shown, the rest is OTHER.`]
        : [],
  };
}

function calculate(rows: readonly Row[], one: Calculation, granularity: number): number | null {
  const { op, column } = one;
  const some = one.filters ? rows.filter((row) => passes(row, one.filters ?? [], one.filter_combination)) : rows;
  if (op === "COUNT") return column ? some.filter((row) => (row.data[column] ?? null) !== null).length : some.length;
  if (op === "CONCURRENCY")
    return some.reduce((sum, row) => sum + Number(row.data.duration_ms ?? 0), 0) / 1000 / granularity;
  const present = some.map((row) => row.data[column ?? ""] ?? null).filter((value) => value !== null);
  if (op === "COUNT_DISTINCT") return new Set(present).size;
  const sorted = present.filter((value): value is number => typeof value === "number").sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  const sum = sorted.reduce((a, b) => a + b, 0);
  if (op.startsWith("P")) {
    const share = Number(`0.${op.slice(1)}`);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
  }
  if (op === "MIN") return sorted[0] ?? null;
  if (op === "MAX") return sorted.at(-1) ?? null;
  return op.endsWith("AVG") ? sum / sorted.length : sum;
}

function heatmap(rows: readonly Row[], one: Calculation, times: number, bucketOf: (row: Row) => number): Heatmap {
  const values = rows
    .map((row): [number, number] => [bucketOf(row), Number(row.data[one.column ?? ""] ?? Number.NaN)])
    .filter(([, value]) => Number.isFinite(value));
  const least = Math.min(...values.map(([, value]) => value));
  const most = Math.max(...values.map(([, value]) => value));
  const log = least > 0 && most / least > 50;
  const bins = 40;
  const bounds = Array.from({ length: bins + 1 }, (_, i) =>
    log ? least * (most / least) ** (i / bins) : least + ((most - least || 1) * i) / bins,
  );
  const counts = new Map<number, number>();
  for (const [time, value] of values) {
    const bin = log
      ? Math.floor((Math.log(value / least) / Math.log(most / least)) * bins)
      : Math.floor(((value - least) / (most - least || 1)) * bins);
    const cell = time * bins + Math.max(0, Math.min(bins - 1, bin));
    counts.set(cell, (counts.get(cell) ?? 0) + 1);
  }
  const cells = [...counts].map(([cell, count]): [number, number, number] => [
    Math.floor(cell / bins),
    cell % bins,
    count,
  ]);
  return {
    calculation: calculationKey(one),
    scale: log ? "log" : "linear",
    bounds: times && values.length ? bounds : [0, 1],
    cells,
    max: cells.reduce((most_, [, , count]) => Math.max(most_, count), 0),
  };
}

function compareNumbers(value: Value, op: string, limit: number): boolean {
  if (typeof value !== "number") return false;
  return (
    {
      "=": value === limit,
      "!=": value !== limit,
      ">": value > limit,
      ">=": value >= limit,
      "<": value < limit,
      "<=": value <= limit,
    }[op] ?? false
  );
}

function compareValues(a: Value, b: Value): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
