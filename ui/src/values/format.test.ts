import { describe, expect, it } from "vitest";
import {
  formatAgo,
  formatBytes,
  formatCount,
  formatMs,
  formatPercent,
  parseDurationMs,
  plural,
  prettyJson,
} from "./format";

describe("formatCount", () => {
  it.each([
    [0, "0"],
    [999, "999"],
    [1234, "1,234"],
    [9999, "9,999"],
    [10_000, "10k"],
    [12_345, "12.3k"],
    [999_499, "999k"],
    [999_999, "1M"],
    [1_230_000, "1.23M"],
    [4_200_000_000, "4.2G"],
  ])("%d", (value, text) => expect(formatCount(value)).toBe(text));
});

describe("formatMs", () => {
  it.each([
    [null, "–"],
    [0, "0 ms"],
    [0.000052, "52 ns"],
    [0.0123, "12.3 µs"],
    [0.9999, "1 ms"],
    [5.8, "5.8 ms"],
    [100, "100 ms"],
    [999.6, "1 s"],
    [1834, "1.83 s"],
    [59_990, "60 s"],
    [61_000, "1m 1s"],
    [3_660_000, "1h 1m"],
    [90_000_000, "1d 1h"],
  ])("%s", (ms, text) => expect(formatMs(ms)).toBe(text));
});

describe("formatBytes", () => {
  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1 KiB"],
    [1_572_864, "1.5 MiB"],
    [1_073_741_824, "1 GiB"],
  ])("%d", (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe("formatPercent", () => {
  it.each([
    [0, "0%"],
    [0.00001, "<0.01%"],
    [0.0133, "1.33%"],
    [0.1, "10%"],
    [1, "100%"],
  ])("%d", (share, text) => expect(formatPercent(share)).toBe(text));
});

describe("parseDurationMs", () => {
  it.each([
    ["200", 200],
    ["200ms", 200],
    ["1.5s", 1500],
    ["80us", 0.08],
    ["80 µs", 0.08],
    ["2m", 120_000],
  ])("%s", (text, ms) => expect(parseDurationMs(text)).toBeCloseTo(ms, 9));
  it.each(["", "fast", "1h30", "-3ms", "1,5s"])("refuses %j", (text) => expect(parseDurationMs(text)).toBeNull());
  it.each([0.0123, 5.8, 183, 1830])("reads back what is shown for %d ms", (ms) =>
    expect(parseDurationMs(formatMs(ms))).toBeCloseTo(ms, 9),
  );
});

describe("formatAgo", () => {
  const now = Date.parse("2026-03-01T12:00:00Z");
  it.each([
    ["2026-03-01T11:59:59.500Z", "just now"],
    ["2026-03-01T11:59:18Z", "42s ago"],
    ["2026-03-01T11:55:00Z", "5m ago"],
    ["2026-03-01T09:00:00Z", "3h ago"],
    ["2026-02-27T12:00:00Z", "2d ago"],
    ["2026-03-01T12:01:00Z", "in 1m"],
    [null, "never"],
    ["?", "–"],
  ])("%s", (iso, text) => expect(formatAgo(iso, now)).toBe(text));
});

it("counts in words", () => {
  expect(plural(1, "span")).toBe("1 span");
  expect(plural(0, "span")).toBe("0 spans");
  expect(plural(2, "entry", "entries")).toBe("2 entries");
});

it("makes JSON readable and leaves other text alone", () => {
  expect(prettyJson('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(prettyJson("{a")).toBe("{a");
});
