import { expect, it } from "vitest";
import type { QueryResult, ResultColumn } from "../api/written";
import { chartsOf } from "./charts";

const column = (name: string, kind: ResultColumn["kind"], op: ResultColumn["op"] = null): ResultColumn => ({
  name,
  kind,
  op,
  column: null,
  type: "float",
});

it("draws calculations in the query's order, heatmaps among them, and formulas after", () => {
  const result = {
    query: { calculations: [{ op: "HEATMAP", column: "x" }, { op: "COUNT" }, { op: "HEATMAP", column: "gone" }] },
    columns: [column("name", "breakdown"), column("COUNT", "calculation", "COUNT"), column("rate", "formula")],
    heatmaps: [{ calculation: "HEATMAP(x)", scale: "log", bounds: [1, 2], cells: [], max: 0 }],
  } as unknown as QueryResult;
  expect(chartsOf(result).map((one) => one.name)).toEqual(["HEATMAP(x)", "COUNT", "rate"]);
});
