import { CALCULATION_OPS } from "./menu";
import type { CalculationOp } from "../api/words.generated";
import type { Calculation, Having, HavingOp, Order } from "../api/written";
import { parseFilter, readColumn, showColumn, showFilter, splitOutside } from "./filterText";

// A calculation as people type it: `COUNT`, `p99(duration_ms)`, `p99 duration_ms`,
// and with its own filters under a name: `failed = COUNT where error = true and status >= 500`.

const OPS = new Set<string>(CALCULATION_OPS);
/** These take no column; COUNT may have one and then counts the rows that have it. */
export const WITHOUT_COLUMN: ReadonlySet<CalculationOp> = new Set(["COUNT", "CONCURRENCY"]);

export function asOp(text: string): CalculationOp | null {
  const upper = text.trim().toUpperCase();
  return OPS.has(upper) ? (upper as CalculationOp) : null;
}

/** The name of this calculation in a result. */
export function calculationKey(calculation: { op: CalculationOp; column?: string; name?: string }): string {
  return calculation.name ?? (calculation.column ? `${calculation.op}(${calculation.column})` : calculation.op);
}

export function showCalculation(calculation: Calculation): string {
  const { op, column, name, filters, filter_combination } = calculation;
  const what = column ? `${op}(${showColumn(column)})` : op;
  const where = filters?.length
    ? ` where ${filters.map((one) => showFilter(one, true)).join(filter_combination === "OR" ? " or " : " and ")}`
    : "";
  return `${name ? `${name} = ` : ""}${what}${where}`;
}

export function parseCalculation(text: string): Calculation | null {
  const named = /^\s*([A-Za-z_][\w.-]*)\s*=\s*(.+)$/s.exec(text);
  if (named && !asOp(named[1] ?? "")) {
    const inner = parseCalculation(named[2] ?? "");
    return inner && !inner.name ? { ...inner, name: named[1] ?? "" } : null;
  }
  const [what = "", ...wheres] = splitOutside(text, /^\s+where\s+/i);
  const plain = parseOperation(what);
  if (!plain) return null;
  if (wheres.length === 0) return plain;
  const condition = wheres.join(" where ");
  const any = splitOutside(condition, /^\s+or\s+/i);
  const pieces = any.length > 1 ? any : splitOutside(condition, /^\s+and\s+/i);
  const filters = pieces.map(parseFilter);
  if (filters.some((one) => one === null)) return null;
  return {
    ...plain,
    filters: filters.filter((one) => one !== null),
    ...(any.length > 1 && { filter_combination: "OR" as const }),
  };
}

function parseOperation(text: string): { op: CalculationOp; column?: string } | null {
  const found = /^\s*([A-Za-z_0-9]+)\s*(?:\(([\s\S]*)\)|\s([\s\S]+))?\s*$/.exec(text);
  const op = asOp(found?.[1] ?? "");
  if (!op) return null;
  const inside = (found?.[2] ?? found?.[3] ?? "").trim();
  const { column, rest } = readColumn(inside);
  if (rest.trim() !== "") return null;
  if (!column) return WITHOUT_COLUMN.has(op) ? { op } : null;
  return op === "CONCURRENCY" ? null : { op, column };
}

export function showOrder(order: Order): string {
  const what = order.op
    ? order.column
      ? `${order.op}(${showColumn(order.column)})`
      : order.op
    : showColumn(order.column ?? "");
  return `${what} ${order.order === "descending" ? "desc" : "asc"}`;
}

export function parseOrder(text: string): Order | null {
  const found = /^\s*(.*?)(?:\s+(asc|desc|ascending|descending))?\s*$/i.exec(text);
  const what = found?.[1] ?? "";
  if (!what) return null;
  const calculation = parseOperation(what);
  // Calculations are ordered descending by default, names ascending.
  const order = found?.[2]
    ? /^d/i.test(found[2])
      ? "descending"
      : "ascending"
    : calculation
      ? "descending"
      : "ascending";
  if (calculation) return { ...calculation, order };
  const { column, rest } = readColumn(what);
  return column && rest.trim() === "" ? { column, order } : null;
}

export function showHaving(having: Having): string {
  const what = having.column ? `${having.calculate_op}(${showColumn(having.column)})` : having.calculate_op;
  return `${what} ${having.op} ${having.value}`;
}

export function parseHaving(text: string): Having | null {
  const found = /^(.*?)\s*(>=|<=|!=|==|=|>|<)\s*(-?[\d.]+(?:[eE][+-]?\d+)?)\s*$/.exec(text);
  const what = parseOperation(found?.[1] ?? "");
  const value = Number(found?.[3]);
  if (!found || !what || what.op === "HEATMAP" || !Number.isFinite(value)) return null;
  const op = (found[2] === "==" ? "=" : found[2]) as HavingOp;
  return { calculate_op: what.op, ...(what.column !== undefined && { column: what.column }), op, value };
}
