import type { ChartColours } from "../chartColours";
import { INSET } from "./Plot";

export const grid = { left: INSET.left, right: INSET.right, top: INSET.top, bottom: INSET.bottom };

export function timeAxis(colours: ChartColours, start: number, end: number) {
  return {
    type: "time" as const,
    min: start * 1000,
    max: end * 1000,
    axisLine: { lineStyle: { color: colours.line } },
    axisTick: { show: false },
    axisLabel: { color: colours.faint, hideOverlap: true },
    splitLine: { show: false },
  };
}
