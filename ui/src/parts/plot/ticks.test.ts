import { expect, it } from "vitest";
import { linearTicks, logTicks } from "./ticks";

it.each([
  [0.5, 2000, [1, 10, 100, 1000]],
  [3, 60, [5, 10, 20, 50]],
  [0, 10, []],
  [5, 5, []],
])("labels a log axis from %d to %d", (least, most, ticks) => expect(logTicks(least, most)).toEqual(ticks));

it.each([
  [0, 10, [0, 2, 4, 6, 8, 10]],
  [-1, 1, [-1, -0.5, 0, 0.5, 1]],
  [3, 3, []],
])("labels a linear axis from %d to %d", (least, most, ticks) => expect(linearTicks(least, most)).toEqual(ticks));
