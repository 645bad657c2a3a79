import { describe, expect, it } from "vitest";
import { describeRange, parseInstant, parseSpan, rangeFromParams, rangeToParams, resolveRange } from "./timeRange";

const NOW = Date.parse("2026-03-01T12:00:00Z");

describe("parseSpan", () => {
  it.each([
    ["5m", 300_000],
    ["90m", 5_400_000],
    ["24h", 86_400_000],
    ["7d", 604_800_000],
    ["2w", 1_209_600_000],
    [" 30 s ", 30_000],
  ])("%s", (text, ms) => expect(parseSpan(text)).toBe(ms));
  it.each(["", "5", "m", "-5m", "0h", "1y", "5m5", "1.5h", "99999999d"])("refuses %j", (text) =>
    expect(parseSpan(text)).toBeNull(),
  );
});

describe("rangeFromParams", () => {
  it("takes a preset", () => expect(rangeFromParams({ range: "6h" })).toEqual({ kind: "last", preset: "6h" }));
  it("prefers two instants", () =>
    expect(rangeFromParams({ range: "6h", start: "2026-03-01T10:00:00Z", end: "2026-03-01T11:00:00Z" })).toEqual({
      kind: "between",
      start: "2026-03-01T10:00:00.000Z",
      end: "2026-03-01T11:00:00.000Z",
    }));
  it.each([
    [{}],
    [{ range: "soon" }],
    [{ start: "2026-03-01T11:00:00Z" }],
    [{ start: "2026-03-01T11:00:00Z", end: "2026-03-01T10:00:00Z" }],
    [{ start: "x", end: "y" }],
  ])("falls back to the last hour for %j", (params) =>
    expect(rangeFromParams(params)).toEqual({ kind: "last", preset: "1h" }),
  );
  it("comes back from the URL as it went", () => {
    const range = { kind: "between", start: "2026-03-01T10:00:00.000Z", end: "2026-03-01T11:00:00.000Z" } as const;
    expect(rangeFromParams(rangeToParams(range))).toEqual(range);
    expect(rangeFromParams(rangeToParams({ kind: "last", preset: "7d" }))).toEqual({ kind: "last", preset: "7d" });
  });
});

describe("parseInstant", () => {
  it.each([
    ["2026-03-01T12:00:00Z", NOW],
    ["1772366400", NOW],
    ["1772366400000", NOW],
    ["2026-03-01T12:00:00.123456789Z", NOW + 123],
  ])("%s", (text, ms) => expect(parseInstant(text)).toBe(ms));
  it.each(["", "noon", "12:00", "2026-13-01", "177236"])("refuses %j", (text) => expect(parseInstant(text)).toBeNull());
});

describe("resolveRange", () => {
  it("measures a preset back from now", () =>
    expect(resolveRange({ kind: "last", preset: "15m" }, NOW)).toEqual({
      start: "2026-03-01T11:45:00.000Z",
      end: "2026-03-01T12:00:00.000Z",
    }));
});

describe("describeRange", () => {
  it.each([
    ["1h", "Last hour"],
    ["5m", "Last 5 minutes"],
    ["7d", "Last 7 days"],
    ["1d", "Last day"],
  ])("%s", (preset, words) => expect(describeRange({ kind: "last", preset })).toBe(words));
});
