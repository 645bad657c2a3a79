import { describe, expect, it } from "vitest";
import { crosses, firings, formatPercentOf, formatSeconds, formatTarget } from "./alerts";

describe("alerts", () => {
  it("knows what is beyond a threshold; nothing is not", () => {
    expect([crosses(5, ">", 5), crosses(5, ">=", 5), crosses(5, "<", 5), crosses(5, "<=", 5)]).toEqual([
      false,
      true,
      false,
      true,
    ]);
    expect(crosses(null, "<", 5)).toBe(false);
    expect(crosses(Number.NaN, "<", 5)).toBe(false);
  });
  it("joins neighbouring buckets into one firing, over all lines", () => {
    const lines = [
      [1, 9, null, 1, 8],
      [0, 0, 12, 0, 0],
    ];
    expect(firings([0, 60, 120, 180, 240], lines, ">", 5, 60)).toEqual([
      { start: 60, end: 180, most: 12 },
      { start: 240, end: 300, most: 8 },
    ]);
    expect(firings([0, 60], [[3, 1]], "<", 2, 60)).toEqual([{ start: 60, end: 120, most: 1 }]);
    expect(firings([], [], ">", 1, 60)).toEqual([]);
  });
  it("writes targets, shares and lengths of time", () => {
    expect([999_000, 950_000, 999_999].map(formatTarget)).toEqual(["99.9%", "95%", "99.9999%"]);
    expect([99.987, null].map((one) => formatPercentOf(one))).toEqual(["99.99%", "–"]);
    expect([90, 900, 7200, 86_400, 172_800].map(formatSeconds)).toEqual(["90 s", "15 min", "2 h", "1 day", "2 days"]);
  });
});
