import { useCallback } from "react";
import type { SloStatus } from "../../api/types.generated";
import type { ChartColours } from "../../parts/chartColours";
import { grid, timeAxis } from "../../parts/plot/axes";
import { Plot } from "../../parts/plot/Plot";
import { clockOf, formatNumber } from "../../query/format";
import { formatPercentOf } from "../../values/alerts";

/** Seconds, whether the server wrote a number or an ISO time. */
const seconds = (time: number | string) => (typeof time === "number" ? time : Date.parse(time) / 1000);

/** The error budget running down over the period; below zero it is overdrawn. Failures as bars underneath. */
export function BudgetPlot({ status, height = 230 }: { status: Pick<SloStatus, "series">; height?: number }) {
  const { series } = status;
  const start = seconds(series[0]?.time ?? 0);
  const end = seconds(series.at(-1)?.time ?? 1);
  const option = useCallback(
    (c: ChartColours) => {
      const most = Math.max(1, ...series.map((one) => one.bad));
      return {
        grid,
        xAxis: timeAxis(c, start, Math.max(end, start + 1)),
        yAxis: [
          {
            type: "value",
            max: 100,
            min: (extent: { min: number }) => Math.min(0, Math.floor(extent.min / 10) * 10),
            axisLabel: { color: c.faint, formatter: (value: number) => `${value}%` },
            splitLine: { lineStyle: { color: c.line } },
            splitNumber: 4,
          },
          { type: "value", show: false, min: 0, max: most * 4 },
        ],
        series: [
          {
            type: "bar",
            yAxisIndex: 1,
            silent: true,
            barMaxWidth: 8,
            itemStyle: { color: c.err, opacity: 0.55 },
            data: series.map((one) => [seconds(one.time) * 1000, one.bad]),
          },
          {
            type: "line",
            silent: true,
            showSymbol: false,
            lineStyle: { color: c.accent, width: 1.8 },
            areaStyle: { color: c.accent, opacity: 0.1 },
            data: series.map((one) => [seconds(one.time) * 1000, one.budgetRemaining]),
            markLine: {
              symbol: "none",
              animation: false,
              label: { show: false },
              data: [{ yAxis: 0, lineStyle: { color: c.err, type: "dashed", width: 1.2 } }],
            },
          },
        ],
      };
    },
    [series, start, end],
  );
  return (
    <Plot
      option={option}
      label="Error budget over time"
      height={height}
      tip={(place) => {
        const at = start + place.x * (end - start);
        const one = series.reduce<(typeof series)[number] | null>(
          (best, other) =>
            best === null || Math.abs(seconds(other.time) - at) < Math.abs(seconds(best.time) - at) ? other : best,
          null,
        );
        if (!one) return null;
        return (
          <>
            <div className="when">{clockOf(seconds(one.time))}</div>
            <div className="line">
              budget left <b className="num">{formatPercentOf(one.budgetRemaining, 1)}</b>
            </div>
            <div className="line">
              kept <b className="num">{formatPercentOf(one.compliance, 3)}</b>
            </div>
            <div className="line">
              bad <b className="num">{formatNumber(one.bad)}</b>
            </div>
          </>
        );
      }}
    />
  );
}
