import type { XRayAnalytics, XRayAnalyticsTable } from "../api/types.generated";

type Row = XRayAnalyticsTable["rows"][number];

/** A row's share among the selected, among the rest, and how far they are apart. */
export function shares(row: Row, selected: number, rest: number): { selected: number; rest: number; apart: number } {
  const s = selected > 0 ? row.selected / selected : 0;
  const r = rest > 0 ? row.rest / rest : 0;
  return { selected: s, rest: r, apart: s - r };
}

/**
 * What tells the selection from the rest comes first, tables and rows alike; without a selection they stay as they
 * came, most frequent first.
 */
export function rankTables(result: XRayAnalytics, compared: boolean): XRayAnalyticsTable[] {
  if (!compared || result.selected === 0 || result.rest === 0) return result.tables;
  const apart = (row: Row) => Math.abs(shares(row, result.selected, result.rest).apart);
  return result.tables
    .map((table) => ({ ...table, rows: [...table.rows].sort((a, b) => apart(b) - apart(a)) }))
    .map((table) => ({ table, most: table.rows[0] ? apart(table.rows[0]) : 0 }))
    .sort((a, b) => b.most - a.most)
    .map(({ table }) => table);
}

const NAMES: Record<XRayAnalyticsTable["by"], string> = {
  service: "Service",
  url: "URL",
  method: "Method",
  status: "Status",
  user: "User",
  client: "Client",
  exception: "Exception",
  annotation: "Annotation",
};

export function tableName(table: Pick<XRayAnalyticsTable, "by" | "key">): string {
  return table.by === "annotation" ? (table.key ?? "") : NAMES[table.by];
}
