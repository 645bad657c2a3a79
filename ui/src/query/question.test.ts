import { describe, expect, it } from "vitest";
import type { QueryResult } from "../api/written";
import { parseSearch, stringifySearch } from "../searchParams";
import { csv, resultCsv, seriesCsv } from "./csv";
import { formatNumber, groupName, showGranularity, unitOf } from "./format";
import {
  EMPTY,
  fromSearch,
  fromSpec,
  linkTo,
  rangeOfSpec,
  shortSpan,
  toSearch,
  toSpec,
  within,
  type Question,
} from "./question";
import { readQuestion } from "./readQuestion";

const FULL: Question = {
  dataset: "backend-flask",
  signals: ["spans", "logs"],
  calculations: [
    { op: "COUNT" },
    { op: "HEATMAP", column: "duration_ms" },
    { op: "COUNT", name: "failed", filters: [{ column: "error", op: "=", value: true }] },
  ],
  filters: [
    { column: "name", op: "=", value: "a & b = c, d" },
    { column: "http.status_code", op: "in", value: [500, "503"] },
  ],
  any: true,
  breakdowns: ["service.name", "a b"],
  orders: [{ op: "COUNT", order: "descending" }],
  havings: [{ calculate_op: "COUNT", op: ">", value: 10 }],
  limit: 50,
  granularity: 60,
  compare: 86_400,
  fields: [{ name: "slow", expression: "$duration_ms > 1 = true" }],
  formulas: [{ name: "rate", expression: "$failed / $COUNT * 100" }],
};

describe("a question and its URL", () => {
  it("comes back whole through the address bar", () => {
    const url = stringifySearch(toSearch(FULL));
    expect(fromSearch(readQuestion(parseSearch(url)))).toEqual({ question: FULL, lost: [] });
    expect(stringifySearch(toSearch(EMPTY))).toBe("");
    expect(linkTo(FULL).search.where).toEqual(["name = a & b = c, d", 'http.status_code in 500, "503"']);
  });
  it("names what it could not read and keeps the rest", () => {
    const { question, lost } = fromSearch({ calc: ["COUNT", "NONSENSE(x)"], where: ["half"] });
    expect(question.calculations).toEqual([{ op: "COUNT" }]);
    expect(lost).toEqual(["NONSENSE(x)", "half"]);
  });
  it("reads a template link with a specification, its time too", () => {
    const spec = { ...toSpec(FULL), time_range: 7200 };
    const search = readQuestion({ query: JSON.stringify(spec), in: "backend-flask" });
    expect(fromSearch(search).question).toEqual(FULL);
    expect(search.range).toBe("2h");
    expect(readQuestion({ query: "{not json" }).calc).toBeUndefined();
    expect(readQuestion({ query: "[1]" }).calc).toBeUndefined();
  });
  it("turns into a specification and back, leaving out what is default", () => {
    expect(fromSpec(toSpec(FULL), "backend-flask")).toEqual(FULL);
    expect(toSpec(EMPTY)).toEqual({});
    expect(toSpec({ ...FULL, any: false }).filter_combination).toBeUndefined();
  });
  it("puts the range into the specification, whole seconds and never empty", () => {
    const at = Date.parse("2026-03-01T10:00:00.250Z");
    expect(within({ start_time: 5, limit: 3 }, { kind: "last", preset: "90m" })).toEqual({
      limit: 3,
      time_range: 5400,
    });
    const hour = {
      kind: "between" as const,
      start: new Date(at - 3_600_000).toISOString(),
      end: new Date(at).toISOString(),
    };
    expect(within({ time_range: 5 }, hour)).toEqual({ start_time: 1772355600, end_time: 1772359201 });
    const none = within({}, { ...hour, start: hour.end });
    expect((none.end_time ?? 0) - (none.start_time ?? 0)).toBe(1);
  });
  it("reads the range of a kept specification", () => {
    expect(rangeOfSpec({ time_range: 5400 })).toEqual({ kind: "last", preset: "90m" });
    expect(rangeOfSpec({ start_time: 0, end_time: 60 })).toMatchObject({ kind: "between" });
    expect(rangeOfSpec({})).toBeNull();
    expect([60, 61, 3600, 86_400, 604_800].map(shortSpan)).toEqual(["1m", "61s", "1h", "1d", "1w"]);
  });
});

const RESULT: QueryResult = {
  query: {},
  start: 0,
  end: 120,
  granularity: 60,
  columns: [
    { name: "name", kind: "breakdown", op: null, column: null, type: "string" },
    { name: "COUNT", kind: "calculation", op: "COUNT", column: null, type: "integer" },
    { name: "HEATMAP(x)", kind: "calculation", op: "HEATMAP", column: "x", type: "float" },
  ],
  groups: [
    { key: { name: 'a, "b"' }, values: { COUNT: 3 } },
    { key: { name: null }, values: { COUNT: 1 } },
  ],
  times: [0, 60],
  series: [{ group: 0, values: { COUNT: [1, null] } }],
  total: { COUNT: 4 },
  other: null,
  totalSeries: {},
  heatmaps: [],
  compare: null,
  stats: { rowsRead: 4, bytesRead: null, rowsMatched: 4, elapsedMs: 1 },
  warnings: [],
};

describe("export", () => {
  it("writes the table and the series as CSV", () => {
    expect(resultCsv(RESULT)).toBe('name,COUNT\r\n"a, ""b""",3\r\n,1\r\n');
    expect(seriesCsv(RESULT)).toBe(
      'time,name,COUNT\r\n1970-01-01T00:00:00.000Z,"a, ""b""",1\r\n1970-01-01T00:01:00.000Z,"a, ""b""",\r\n',
    );
  });
  it("does not let a value become a spreadsheet's formula", () => {
    expect(csv(["x"], [["=1+1"], ["@a"], [-5], [true]])).toBe("x\r\n'=1+1\r\n'@a\r\n-5\r\ntrue\r\n");
  });
});

describe("numbers and names", () => {
  it.each([
    [0, "0"],
    [12345, "12,345"],
    [0.123456, "0.1235"],
    [1234567, "1.235M"],
    [0.0000123, "1.23e-5"],
    [123456.7, "123,457"],
  ])("%d is shown as %s", (value, text) => expect(formatNumber(value)).toBe(text));
  it("knows what is a duration", () => {
    expect(unitOf({ op: "P99", column: "duration_ms" })).toBe("ms");
    expect(unitOf({ op: "COUNT_DISTINCT", column: "duration_ms" })).toBe("plain");
    expect(unitOf({ op: "AVG", column: "rooms" })).toBe("plain");
  });
  it("names groups and buckets", () => {
    expect(groupName({ a: "x", b: null, c: "" })).toBe("x, (none), (empty)");
    expect(groupName({})).toBe("all");
    expect([0.25, 15, 300, 7200, 86_400].map(showGranularity)).toEqual(["250 ms", "15 s", "5 min", "2 h", "1 d"]);
  });
});
