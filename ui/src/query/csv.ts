import type { AttributeValue, QueryResult } from "../api/written";

/** RFC 4180, with a quote before values that a spreadsheet would treat as a formula. */
export function csv(header: readonly string[], rows: readonly (readonly AttributeValue[])[]): string {
  return [header, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

function cell(value: AttributeValue): string {
  if (value === null) return "";
  if (typeof value !== "string") return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function resultCsv(result: QueryResult): string {
  const columns = result.columns.filter((one) => one.op !== "HEATMAP");
  return csv(
    columns.map((one) => one.name),
    result.groups.map((group) =>
      columns.map((one) => (one.kind === "breakdown" ? group.key : group.values)[one.name] ?? null),
    ),
  );
}

/** One row for each time and group. */
export function seriesCsv(result: QueryResult): string {
  const breakdowns = result.columns.filter((one) => one.kind === "breakdown").map((one) => one.name);
  const values = result.columns
    .filter((one) => one.kind !== "breakdown" && one.op !== "HEATMAP")
    .map((one) => one.name);
  const rows = result.series.flatMap((series) =>
    result.times.map((time, i) => [
      new Date(time * 1000).toISOString(),
      ...breakdowns.map((name) => result.groups[series.group]?.key[name] ?? null),
      ...values.map((name) => series.values[name]?.[i] ?? null),
    ]),
  );
  return csv(["time", ...breakdowns, ...values], rows);
}

export function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
