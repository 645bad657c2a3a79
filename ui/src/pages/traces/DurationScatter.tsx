import { useCallback } from "react";
import type { TraceSummary } from "../../api/types.generated";
import { escapeHtml, tooltipStyle, type ChartColours } from "../../parts/chartColours";
import { LazyChart } from "../../parts/LazyChart";
import { formatMs } from "../../values/format";

interface Point {
  value: [number, number];
  trace: TraceSummary;
}

/** Each loaded trace as a point, time against duration; a click opens it, a drag filters to the dragged area. */
export function DurationScatter({
  traces,
  start,
  end,
  open,
  select,
}: {
  traces: TraceSummary[];
  start: string;
  end: string;
  open: (traceId: string) => void;
  select: (time: [number, number], ms: [number, number]) => void;
}) {
  const option = useCallback(
    (c: ChartColours) => {
      // A log axis has no zero: what is shorter than a microsecond is drawn at one.
      const point = (trace: TraceSummary): Point => ({
        value: [Date.parse(trace.start), Math.max(0.001, trace.durationMs)],
        trace,
      });
      const series = (name: string, color: string, data: Point[]) => ({
        name,
        type: "scatter",
        symbolSize: 7,
        itemStyle: { color, opacity: 0.72, borderColor: c.panel, borderWidth: 0.5 },
        emphasis: { scale: 1.5, itemStyle: { opacity: 1 } },
        data,
      });
      return {
        grid: { left: 56, right: 14, top: 10, bottom: 22 },
        tooltip: {
          trigger: "item",
          ...tooltipStyle(c),
          formatter: ({ data }: { data: Point }) =>
            `<b>${escapeHtml(data.trace.root?.name ?? "no root span yet")}</b><br/>${formatMs(data.trace.durationMs)} · ${new Date(data.value[0]).toLocaleTimeString()}${data.trace.errorCount ? ` · <span style="color:${c.err}">${data.trace.errorCount} failed</span>` : ""}`,
        },
        xAxis: {
          type: "time",
          min: Date.parse(start),
          max: Date.parse(end),
          axisLine: { lineStyle: { color: c.line } },
          axisTick: { show: false },
          axisLabel: { color: c.faint, hideOverlap: true },
          splitLine: { show: false },
        },
        yAxis: {
          type: "log",
          axisLabel: { color: c.faint, formatter: (value: number) => formatMs(value) },
          splitLine: { lineStyle: { color: c.line } },
        },
        series: [
          series("ok", c.ok, traces.filter((one) => one.errorCount === 0).map(point)),
          series("failed", c.err, traces.filter((one) => one.errorCount > 0).map(point)),
        ],
      };
    },
    [traces, start, end],
  );
  return (
    <LazyChart
      label="Duration of each trace over time"
      height={150}
      option={option}
      onPick={(data) => open((data as Point).trace.traceId)}
      select="area"
      onSelect={(time, ms) => ms && time[1] - time[0] > 500 && select(time, ms)}
    />
  );
}
