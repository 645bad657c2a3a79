import { describe, expect, it } from "vitest";
import type { Calculation, Filter } from "../api/written";
import { parseCalculation, parseHaving, parseOrder, showCalculation, showHaving, showOrder } from "./calculationText";
import { filterTrouble, parseFilter, readFilter, showFilter, splitOutside } from "./filterText";

const FILTERS: [string, Filter][] = [
  ["http.status_code >= 500", { column: "http.status_code", op: ">=", value: 500 }],
  ["http.status_code>=500", { column: "http.status_code", op: ">=", value: 500 }],
  ["error = true", { column: "error", op: "=", value: true }],
  ["error == true", { column: "error", op: "=", value: true }],
  ["name <> x", { column: "name", op: "!=", value: "x" }],
  ["ratio > -1.5e3", { column: "ratio", op: ">", value: -1500 }],
  ["name = GET /api/activities/home", { column: "name", op: "=", value: "GET /api/activities/home" }],
  ['name = "500"', { column: "name", op: "=", value: "500" }],
  ['name = "a \\"b\\""', { column: "name", op: "=", value: 'a "b"' }],
  ['name = ""', { column: "name", op: "=", value: "" }],
  ["id = 12345678901234567890", { column: "id", op: "=", value: "12345678901234567890" }],
  ["trace.parent_id does-not-exist", { column: "trace.parent_id", op: "does-not-exist" }],
  ["trace.parent_id does not exist", { column: "trace.parent_id", op: "does-not-exist" }],
  ["x EXISTS", { column: "x", op: "exists" }],
  ["name contains = sign", { column: "name", op: "contains", value: "= sign" }],
  ["name starts with GET", { column: "name", op: "starts-with", value: "GET" }],
  ["name does-not-end-with .js", { column: "name", op: "does-not-end-with", value: ".js" }],
  ["region in eu, us", { column: "region", op: "in", value: ["eu", "us"] }],
  ['region in ["a, b", 2, true]', { column: "region", op: "in", value: ["a, b", 2, true] }],
  ["code not in 200,404", { column: "code", op: "not-in", value: [200, 404] }],
  ["`a b = c` > 1", { column: "a b = c", op: ">", value: 1 }],
  ["`tick``s` exists", { column: "tick`s", op: "exists" }],
  ["root.http.route = /home", { column: "root.http.route", op: "=", value: "/home" }],
];

describe("filters", () => {
  it.each(FILTERS)("reads %s", (text, filter) => {
    expect(parseFilter(text)).toEqual(filter);
    // What is shown reads back as the same: chips can be edited, links can be opened.
    expect(parseFilter(showFilter(filter))).toEqual(filter);
  });

  it.each([
    "",
    "status",
    "status ",
    "status >",
    "status >=",
    "status is 5",
    'name = "half',
    "region in ",
    "region in",
    "= 5",
    "x exists now",
  ])("does not read %j", (text) => {
    expect(parseFilter(text)).toBeNull();
    expect(filterTrouble(text)).not.toBe("");
  });

  it.each([
    ["http.st", "column"],
    ["http.status_code ", "op"],
    ["http.status_code con", "op"],
    ["http.status_code contains", "op"],
    ["http.status_code >", "value"],
    ["http.status_code contains ", "value"],
    ["http.status_code > 5", "done"],
  ])("%j has come to the %s", (text, stage) => {
    expect(readFilter(text).stage).toBe(stage);
  });

  it("splits at words outside quotes only", () => {
    expect(splitOutside('a = "x and y" and b exists', /^\s+and\s+/i)).toEqual(['a = "x and y"', "b exists"]);
    expect(splitOutside('a = "x \\" and y"', /^\s+and\s+/i)).toHaveLength(1);
  });
});

const CALCULATIONS: [string, Calculation][] = [
  ["COUNT", { op: "COUNT" }],
  ["count", { op: "COUNT" }],
  ["p99(duration_ms)", { op: "P99", column: "duration_ms" }],
  ["P99 duration_ms", { op: "P99", column: "duration_ms" }],
  ["COUNT(user.id)", { op: "COUNT", column: "user.id" }],
  ["AVG(`a (b)`)", { op: "AVG", column: "a (b)" }],
  ["CONCURRENCY", { op: "CONCURRENCY" }],
  [
    "failed = COUNT where error = true and http.status_code >= 500",
    {
      op: "COUNT",
      name: "failed",
      filters: [
        { column: "error", op: "=", value: true },
        { column: "http.status_code", op: ">=", value: 500 },
      ],
    },
  ],
  [
    'odd = P50(duration_ms) where name = "this or that" or x exists',
    {
      op: "P50",
      column: "duration_ms",
      name: "odd",
      filters: [
        { column: "name", op: "=", value: "this or that" },
        { column: "x", op: "exists" },
      ],
      filter_combination: "OR",
    },
  ],
];

describe("calculations", () => {
  it.each(CALCULATIONS)("reads %s", (text, calculation) => {
    expect(parseCalculation(text)).toEqual(calculation);
    expect(parseCalculation(showCalculation(calculation))).toEqual(calculation);
  });
  it.each(["", "P99", "P99(", "MEDIAN(x)", "HEATMAP()", "CONCURRENCY(x)", "a = b = COUNT", "x = COUNT where y"])(
    "does not read %j",
    (text) => expect(parseCalculation(text)).toBeNull(),
  );
});

describe("orders and havings", () => {
  it("orders calculations downwards and names upwards unless told", () => {
    expect(parseOrder("COUNT")).toEqual({ op: "COUNT", order: "descending" });
    expect(parseOrder("P99(duration_ms) asc")).toEqual({ op: "P99", column: "duration_ms", order: "ascending" });
    expect(parseOrder("service.name")).toEqual({ column: "service.name", order: "ascending" });
    expect(parseOrder("failed desc")).toEqual({ column: "failed", order: "descending" });
    expect(showOrder({ op: "COUNT", order: "descending" })).toBe("COUNT desc");
  });
  it("reads a having, but none on a heatmap", () => {
    const having = { calculate_op: "P99", column: "duration_ms", op: ">=", value: 500 } as const;
    expect(parseHaving("P99(duration_ms) >= 500")).toEqual(having);
    expect(parseHaving(showHaving(having))).toEqual(having);
    expect(parseHaving("HEATMAP(duration_ms) > 1")).toBeNull();
    expect(parseHaving("COUNT > many")).toBeNull();
  });
});
