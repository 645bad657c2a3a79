import { useComputedColorScheme } from "@mantine/core";
import type { EChartsType } from "echarts/core";
import { useCallback, useEffect, useMemo, useRef, useState, type PointerEvent } from "react";
import type { QueryResult, ResultColumn } from "../../api/written";
import type { ChartColours } from "../../parts/chartColours";
import { grid, timeAxis } from "../../parts/plot/axes";
import { groupColour } from "../../parts/plot/palette";
import { INSET, Plot, type Place } from "../../parts/plot/Plot";
import { clockOf, formatValue, groupName, unitOf } from "../../query/format";

export interface ChartFlags {
  log: boolean;
  stacked: boolean;
  omit: boolean;
}
export interface Mark {
  /** Unix seconds. */
  at: number;
  end?: number | undefined;
  label: string;
  colour: string;
}
export interface SeriesPlotProps {
  result: QueryResult;
  column: ResultColumn;
  flags: ChartFlags;
  height: number;
  hovered: number | null;
  /** Groups that are drawn; null draws all. */
  shown: ReadonlySet<number> | null;
  marks: readonly Mark[];
  /** A value to draw a line at: a trigger's threshold. */
  threshold?: number | undefined;
  onHover?: (group: number | null) => void;
  onPick?: (group: number, time: number, value: number | null, event: PointerEvent) => void;
  onZoom?: (from: number, to: number) => void;
}

/** Counting nothing is zero; the mean of nothing is no value. */
const ZERO_WHEN_MISSING = new Set(["COUNT", "COUNT_DISTINCT", "SUM", "CONCURRENCY"]);

export function SeriesPlot(props: SeriesPlotProps) {
  const { result, column, flags, height, hovered, shown, marks, threshold, onHover, onPick, onZoom } = props;
  const scheme = useComputedColorScheme("dark");
  const chart = useRef<EChartsType>(null);
  const [near, setNear] = useState<number | null>(null);
  const unit = unitOf(column);
  const { name } = column;

  const lines = useMemo(() => {
    const zero = column.op !== null && ZERO_WHEN_MISSING.has(column.op) && !flags.omit;
    const clean = (values: (number | null)[] | undefined, future: boolean) =>
      (values ?? []).map((value, i) => {
        const filled = value ?? (zero && !(future && (result.times[i] ?? 0) > result.end) ? 0 : null);
        return flags.log && filled !== null && filled <= 0 ? null : filled;
      });
    const ungrouped = result.series.length === 0 && result.totalSeries[name];
    const own = ungrouped ? [{ group: 0, values: result.totalSeries }] : result.series;
    return own.map((one) => ({
      group: one.group,
      values: clean(one.values[name], true),
      before: clean(result.compare?.series.find((other) => other.group === one.group)?.values[name], false),
    }));
  }, [result, name, column.op, flags.log, flags.omit]);
  const visible = useMemo(() => (shown ? lines.filter((one) => shown.has(one.group)) : lines), [lines, shown]);

  const option = useCallback(
    (c: ChartColours, theme: "light" | "dark") => {
      const data = (values: (number | null)[]) =>
        values.map((value, i) => {
          const lone = value !== null && (values[i - 1] ?? null) === null && (values[i + 1] ?? null) === null;
          const point = [(result.times[i] ?? 0) * 1000, value];
          return lone ? { value: point, symbol: "circle", symbolSize: 4 } : { value: point, symbol: "none" };
        });
      const line = (group: number, values: (number | null)[], before: boolean) => ({
        id: `${before ? "before" : "now"}-${group}`,
        type: "line",
        data: data(values),
        showSymbol: true,
        connectNulls: flags.omit,
        color: groupColour(group, theme),
        lineStyle: { width: before ? 1.2 : 1.6, type: before ? "dashed" : "solid", opacity: before ? 0.55 : 1 },
        ...(flags.stacked && !before && { stack: "all", areaStyle: { opacity: 0.35 } }),
        ...(!flags.stacked && !before && visible.length === 1 && { areaStyle: { opacity: 0.1 } }),
        emphasis: { lineStyle: { width: before ? 1.2 : 2.6 } },
        blur: { lineStyle: { opacity: 0.15 }, areaStyle: { opacity: 0.05 }, itemStyle: { opacity: 0.15 } },
        silent: true,
        z: before ? 1 : 2,
      });
      return {
        grid,
        xAxis: timeAxis(c, result.start, result.end),
        yAxis: {
          type: flags.log ? "log" : "value",
          axisLabel: { color: c.faint, formatter: (value: number) => formatValue(value, unit) },
          splitNumber: 4,
          splitLine: { lineStyle: { color: c.line } },
        },
        series: [
          ...visible.filter((one) => one.before.length > 0).map((one) => line(one.group, one.before, true)),
          ...visible.map((one) => line(one.group, one.values, false)),
          {
            type: "line",
            data: [],
            silent: true,
            markLine: {
              symbol: "none",
              animation: false,
              label: { show: false },
              data: [
                ...marks.map((one) => ({
                  xAxis: one.at * 1000,
                  lineStyle: { color: one.colour, width: 1.2, type: "solid" },
                })),
                ...(threshold === undefined
                  ? []
                  : [{ yAxis: threshold, lineStyle: { color: c.err, width: 1.2, type: "dashed" } }]),
              ],
            },
            markArea: {
              silent: true,
              data: marks
                .filter((one) => one.end !== undefined)
                .map((one) => [
                  { xAxis: one.at * 1000, itemStyle: { color: one.colour, opacity: 0.14 } },
                  { xAxis: (one.end ?? 0) * 1000 },
                ]),
            },
          },
        ],
      };
    },
    [result, visible, flags, unit, marks, threshold],
  );
  const ready = useCallback((made: EChartsType | null) => {
    chart.current = made;
  }, []);

  useEffect(() => {
    const made = chart.current;
    if (!made || made.isDisposed()) return;
    made.dispatchAction({ type: "downplay" });
    const ids = hovered === null ? [] : [`now-${hovered}`];
    const present = hovered !== null && visible.some((one) => one.group === hovered);
    if (present && visible.length > 1) made.dispatchAction({ type: "highlight", seriesId: ids });
    // The library only blurs the rest for its own pointer; ours is outside it.
    const width = (group: number) => (present && group === hovered ? 2.6 : 1.6);
    const opacity = (group: number) => (present && visible.length > 1 && group !== hovered ? 0.22 : 1);
    made.setOption({
      series: visible.map((one) => ({
        id: `now-${one.group}`,
        lineStyle: { width: width(one.group), opacity: opacity(one.group) },
        z: one.group === hovered ? 5 : 2,
      })),
    });
  }, [hovered, visible, option]);

  const timeAt = (x: number) => result.start + x * (result.end - result.start);
  const indexAt = (x: number) => {
    const { times, granularity } = result;
    const at = Math.round((timeAt(x) - (times[0] ?? 0)) / granularity);
    return Math.max(0, Math.min(times.length - 1, at));
  };
  const nearest = (place: Place): number | null => {
    const made = chart.current;
    if (!made || made.isDisposed()) return null;
    const i = indexAt(place.x);
    let best: number | null = null;
    let distance = 60;
    let base = 0;
    for (const one of visible) {
      const value = one.values[i] ?? null;
      if (value === null) continue;
      base += value;
      const y = made.convertToPixel({ yAxisIndex: 0 }, flags.stacked ? base : value);
      const away = Math.abs(y - INSET.top - place.py);
      if (Number.isFinite(away) && away < distance) {
        distance = away;
        best = one.group;
      }
    }
    return best;
  };

  return (
    <Plot
      option={option}
      label={`${name} over time`}
      height={height}
      onReady={ready}
      onMove={(place) => {
        const group = place && visible.length > 0 ? nearest(place) : null;
        if (group !== near) {
          setNear(group);
          onHover?.(group);
        }
      }}
      onClick={(place, event) => {
        const group = nearest(place) ?? (visible.length === 1 ? (visible[0]?.group ?? null) : null);
        if (group === null) return;
        const i = indexAt(place.x);
        onPick?.(
          group,
          result.times[i] ?? timeAt(place.x),
          visible.find((one) => one.group === group)?.values[i] ?? null,
          event,
        );
      }}
      {...(onZoom && { onDrag: (box) => onZoom(timeAt(box.x[0]), timeAt(box.x[1])) })}
      tip={(place) => {
        const i = indexAt(place.x);
        const rows = visible
          .map((one) => ({ ...one, value: one.values[i] ?? null, was: one.before[i] ?? null }))
          .filter((one) => one.value !== null || one.was !== null)
          .sort((a, b) => (b.value ?? -1) - (a.value ?? -1));
        const top = rows.slice(0, 10);
        const picked = rows.find((one) => one.group === near);
        if (picked && !top.includes(picked)) top.push(picked);
        const mark = marks.find((one) => Math.abs(one.at - timeAt(place.x)) < (result.end - result.start) / 150);
        return (
          <>
            <div className="when">{clockOf(result.times[i] ?? 0, result.granularity)}</div>
            {mark && (
              <div className="mark" style={{ color: mark.colour }}>
                ▎{mark.label}
              </div>
            )}
            {rows.length === 0 && <div className="faint">no values</div>}
            {top.map((one) => (
              <div key={one.group} className={`line ${one.group === near ? "on" : ""}`}>
                <span className="dot" style={{ background: groupColour(one.group, scheme) }} />
                <span className="cut">{groupName(result.groups[one.group]?.key ?? {})}</span>
                <b className="num">{one.value === null ? "–" : formatValue(one.value, unit)}</b>
                {result.compare && (
                  <span className="num faint">{one.was === null ? "–" : formatValue(one.was, unit)}</span>
                )}
              </div>
            ))}
            {rows.length > top.length && <div className="faint">and {rows.length - top.length} more</div>}
          </>
        );
      }}
    />
  );
}
