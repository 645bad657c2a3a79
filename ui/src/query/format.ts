import type { AttributeValue, ResultColumn } from "../api/written";
import { formatMs, formatTime } from "../values/format";

/** The unit of a number, as far as the name of its column shows it. */
export type Unit = "ms" | "plain";

const COUNTED = new Set(["COUNT", "COUNT_DISTINCT", "CONCURRENCY"]);

export function unitOf(column: Pick<ResultColumn, "op" | "column">): Unit {
  if (!column.column || (column.op && COUNTED.has(column.op))) return "plain";
  return unitOfColumn(column.column);
}

export function unitOfColumn(name: string): Unit {
  return /(^|[._])duration_?ms$|_ms$|Ms$/.test(name) ? "ms" : "plain";
}

/** At most four significant digits below a thousand, thousands grouped, then k, M, G. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && size < 0.001) return value.toExponential(2);
  if (Number.isInteger(value) && size < 100_000) return value.toLocaleString("en-US");
  if (size < 1000) return String(Number(value.toPrecision(4)));
  for (const [limit, unit] of [
    [1e12, "T"],
    [1e9, "G"],
    [1e6, "M"],
  ] as const)
    if (size >= limit) return `${Number((value / limit).toPrecision(4))}${unit}`;
  return Math.round(value).toLocaleString("en-US");
}

export function formatValue(value: number, unit: Unit): string {
  return unit === "ms" ? formatMs(value) : formatNumber(value);
}

/** A cell of the result table. */
export function showCell(value: AttributeValue | undefined, unit: Unit): string {
  if (value === undefined || value === null) return "–";
  return typeof value === "number" ? formatValue(value, unit) : String(value);
}

/** "30 s", "5 min", "2 h" for the width of a time bucket. */
export function showGranularity(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds % 86_400 === 0) return `${seconds / 86_400} d`;
  if (seconds % 3600 === 0) return `${seconds / 3600} h`;
  if (seconds % 60 === 0) return `${seconds / 60} min`;
  return `${Number(seconds.toPrecision(4))} s`;
}

/** The name of a group in legends and menus. */
export function groupName(key: Record<string, AttributeValue>): string {
  const values = Object.values(key);
  return values.length === 0
    ? "all"
    : values.map((one) => (one === null ? "(none)" : one === "" ? "(empty)" : String(one))).join(", ");
}

/** A moment of a chart, in the viewer's time; the day in front when it is not today. */
export function clockOf(seconds: number, granularity = 1): string {
  return formatTime(new Date(seconds * 1000).toISOString(), Date.now(), granularity < 1 ? 3 : 0);
}
