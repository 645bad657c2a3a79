import { describe, expect, it } from "vitest";
import type { ColumnAnswer } from "../api/types.generated";
import {
  calculationSuggestions,
  filterSuggestions,
  havingSuggestions,
  orderSuggestions,
  rank,
  wantedValues,
} from "./completion";
import { parseCalculation, parseHaving, parseOrder } from "./calculationText";
import { parseFilter } from "./filterText";

const column = (name: string, type: ColumnAnswer["type"] = "string"): ColumnAnswer => ({
  name,
  type,
  signals: ["spans"],
  calculated: false,
  description: "",
  usage: 0.5,
});
const COLUMNS = [
  column("service.name"),
  column("http.status_code", "integer"),
  column("error", "boolean"),
  column("duration_ms", "float"),
  column("odd name"),
];

describe("completion", () => {
  it("puts the start of a name before the start of a part before the inside of a word", () => {
    expect(rank(["xname", "my_name", "service.name", "name"], (one) => one, "name", 9)).toEqual([
      "name",
      "my_name",
      "service.name",
      "xname",
    ]);
  });
  it("leads a filter from column over operator to value", () => {
    expect(filterSuggestions("stat", COLUMNS, [])[0]).toMatchObject({ text: "http.status_code ", done: false });
    expect(filterSuggestions("odd", COLUMNS, [])[0]?.text).toBe("`odd name` ");
    expect(filterSuggestions("root.stat", COLUMNS, [])[0]?.text).toBe("root.http.status_code ");
    const ops = filterSuggestions("http.status_code ", COLUMNS, []).map((one) => one.label);
    expect(ops[0]).toBe("=");
    expect(ops).not.toContain("contains");
    expect(filterSuggestions("error ", COLUMNS, []).map((one) => one.label)).not.toContain(">");
    const values = filterSuggestions("http.status_code >= 5", COLUMNS, [
      { value: 200, count: 9 },
      { value: 500, count: 2 },
    ]);
    expect(values).toEqual([{ label: "500", hint: "2", text: "http.status_code >= 500", done: true }]);
    expect(wantedValues("http.status_code >= 5")).toEqual({ column: "http.status_code", q: "5" });
    expect(wantedValues("region in eu, u")).toEqual({ column: "region", q: "u" });
  });
  it("adds to a list without losing what is in it", () => {
    const [first] = filterSuggestions("service.name in web, ba", COLUMNS, [{ value: "backend", count: 1 }]);
    expect(first).toMatchObject({ text: "service.name in web, backend, ", done: false });
    expect(parseFilter(first?.text ?? "")).toEqual({ column: "service.name", op: "in", value: ["web", "backend"] });
  });
  it("suggests only what can be read", () => {
    for (const text of ["", "p9", "P99(", "P99(dur", "duration", "COUNT_DISTINCT(serv", "x = p50("])
      for (const one of calculationSuggestions(text, COLUMNS))
        if (one.done) expect(parseCalculation(one.text), one.text).not.toBeNull();
    for (const one of orderSuggestions("", [{ op: "COUNT" }, { op: "P99", column: "duration_ms" }], ["a b"], ["rate"]))
      expect(parseOrder(one.text), one.text).not.toBeNull();
    for (const one of havingSuggestions("", [{ op: "P99", column: "duration_ms" }]))
      expect(parseHaving(`${one.text} 5`), one.text).not.toBeNull();
    for (const one of filterSuggestions("error ", COLUMNS, []))
      if (one.done) expect(parseFilter(one.text), one.text).not.toBeNull();
  });
  it("offers percentiles of numbers only", () => {
    expect(calculationSuggestions("P99(", COLUMNS).map((one) => one.label)).toEqual([
      "http.status_code",
      "duration_ms",
    ]);
  });
});
