import type { QueryResult, ResultColumn } from "../api/written";
import { calculationKey } from "./calculationText";

/** The charts of a result, in the query's order: its calculations (a heatmap is not a column of the table), then its formulas. */
export function chartsOf(result: QueryResult): ResultColumn[] {
  const values = result.columns.filter((one) => one.kind !== "breakdown");
  const calculations = result.query.calculations?.length ? result.query.calculations : [{ op: "COUNT" as const }];
  const drawn = calculations.flatMap((one): ResultColumn[] => {
    const name = calculationKey(one);
    const column = values.find((other) => other.kind === "calculation" && other.name === name);
    if (column) return [column];
    const heatmap = one.op === "HEATMAP" && result.heatmaps.some((other) => other.calculation === name);
    return heatmap ? [{ name, kind: "calculation", op: "HEATMAP", column: one.column ?? null, type: "float" }] : [];
  });
  return [...drawn, ...values.filter((one) => !drawn.includes(one))];
}
