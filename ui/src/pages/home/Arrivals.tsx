import { useCallback } from "react";
import type { Home } from "../../api/types.generated";
import { chartColours, tooltipStyle, type ChartColours } from "../../parts/chartColours";
import { LazyChart } from "../../parts/LazyChart";
import { useRange } from "../../parts/range";
import { formatCount } from "../../values/format";
import { useComputedColorScheme } from "@mantine/core";

interface Hover {
  axisValue: number;
  marker: string;
  seriesName: string;
  /** Time, drawn height, and the count where it differs from the height. */
  value: [number, number, number?];
}

/** Received data over time; dragging over the chart narrows the time range. */
export function Arrivals({ home }: { home: Home }) {
  const { setRange } = useRange();
  const colours = chartColours(useComputedColorScheme("dark"));
  const { series, range } = home;

  const option = useCallback(
    (c: ChartColours) => {
      const bars = (name: string, color: string, key: "spans" | "logs" | "occurrences") => ({
        name,
        type: "bar",
        stack: "all",
        barCategoryGap: "18%",
        itemStyle: { color },
        emphasis: { disabled: true },
        data: series.map((one) => [Date.parse(one.time) + range.bucketSeconds * 500, one[key]]),
      });
      return {
        grid: { left: 44, right: 14, top: 18, bottom: 24 },
        tooltip: {
          trigger: "axis",
          axisPointer: { type: "line", lineStyle: { color: c.faint } },
          ...tooltipStyle(c),
          formatter: (points: Hover[]) => {
            const at = points[0]?.value[0];
            if (at === undefined) return "";
            const rows = points.map(
              (one) =>
                `${one.marker}${one.seriesName} <b style="float:right;margin-left:18px">${formatCount(one.value[2] ?? one.value[1])}</b>`,
            );
            return [
              `<span style="color:${c.faint}">${new Date(at - range.bucketSeconds * 500).toLocaleString()}</span>`,
              ...rows,
            ].join("<br/>");
          },
        },
        xAxis: {
          type: "time",
          min: Date.parse(range.start),
          max: Date.parse(range.end),
          axisLine: { lineStyle: { color: c.line } },
          axisTick: { show: false },
          axisLabel: { color: c.faint, hideOverlap: true },
          splitLine: { show: false },
        },
        yAxis: {
          type: "value",
          minInterval: 1,
          splitNumber: 3,
          axisLabel: { color: c.faint, formatter: (value: number) => formatCount(value) },
          splitLine: { lineStyle: { color: c.line } },
        },
        series: [
          bars("Spans", c.spans, "spans"),
          bars("Log lines", c.logs, "logs"),
          bars("Error reports", c.occurrences, "occurrences"),
          {
            name: "Failed spans",
            type: "scatter",
            symbol: "triangle",
            symbolSize: 7,
            symbolRotate: 180,
            symbolOffset: [0, -7],
            itemStyle: { color: c.err },
            z: 5,
            data: series
              .filter((one) => one.errors > 0)
              .map((one) => [
                Date.parse(one.time) + range.bucketSeconds * 500,
                one.spans + one.logs + one.occurrences,
                one.errors,
              ]),
          },
        ],
      };
    },
    [series, range.start, range.end, range.bucketSeconds],
  );

  return (
    <section className="panel">
      <header>
        <h2>Arrivals</h2>
        <div className="legend">
          {(
            [
              ["Spans", colours.spans],
              ["Log lines", colours.logs],
              ["Error reports", colours.occurrences],
              ["Failed spans", colours.err],
            ] as const
          ).map(([name, colour]) => (
            <span key={name}>
              <i style={{ background: colour }} />
              {name}
            </span>
          ))}
        </div>
        <span className="aside">Drag to zoom into a time range</span>
      </header>
      <LazyChart
        label="Received data over time"
        height={190}
        option={option}
        onSelect={([from, to]) => {
          if (to - from >= 1000)
            setRange({ kind: "between", start: new Date(from).toISOString(), end: new Date(to).toISOString() });
        }}
      />
    </section>
  );
}
