import { useComputedColorScheme } from "@mantine/core";
import { useCallback, useMemo, type PointerEvent } from "react";
import type { Heatmap, QueryResult, Selection } from "../../api/written";
import type { ChartColours } from "../../parts/chartColours";
import { grid, timeAxis } from "../../parts/plot/axes";
import { heatColour, heatScale, heatShare } from "../../parts/plot/palette";
import { linearTicks, logTicks } from "../../parts/plot/ticks";
import { Plot, type Box, type Place } from "../../parts/plot/Plot";
import { clockOf, formatNumber, formatValue, unitOfColumn } from "../../query/format";

/** Values of a column over time: how many rows fell into each cell. A drag selects a box. */
export function HeatPlot({
  result,
  heatmap,
  column,
  height,
  selection,
  onSelect,
  onPick,
}: {
  result: QueryResult;
  heatmap: Heatmap;
  column: string;
  height: number;
  selection?: Selection | null;
  onSelect?: (selection: Selection) => void;
  onPick?: (time: number, values: [number, number], event: PointerEvent) => void;
}) {
  const scheme = useComputedColorScheme("dark");
  const { bounds, scale, cells, max } = heatmap;
  const unit = unitOfColumn(column);
  const least = bounds[0] ?? 0;
  const most = bounds.at(-1) ?? 1;
  // The first bound of a log scale may be zero (its bin holds what is not positive): it is drawn one bin wide.
  const log = scale === "log" && (bounds[1] ?? 0) > 0;
  const floor = log && least <= 0 ? (bounds[1] ?? 1) ** 2 / (bounds[2] ?? (bounds[1] ?? 1) * 2) : least;
  const level = useCallback((value: number) => (log ? Math.log10(Math.max(value, floor)) : value), [log, floor]);
  const byCell = useMemo(() => new Map(cells.map(([time, bin, count]) => [time * 10_000 + bin, count])), [cells]);
  const columnSum = useMemo(() => {
    const sums = new Map<number, number>();
    for (const [time, , count] of cells) sums.set(time, (sums.get(time) ?? 0) + count);
    return sums;
  }, [cells]);

  const option = useCallback(
    (c: ChartColours, theme: "light" | "dark") => {
      const ticks = log ? logTicks(floor, most) : linearTicks(least, most);
      const palette = Array.from({ length: 33 }, (_, i) => heatColour(i / 32, theme));
      return {
        grid,
        xAxis: timeAxis(c, result.start, result.end),
        yAxis: {
          type: "value",
          min: level(floor),
          max: level(most),
          axisTick: { show: false, customValues: ticks.map(level) },
          axisLabel: {
            color: c.faint,
            customValues: ticks.map(level),
            formatter: (value: number) => formatValue(Number((log ? 10 ** value : value).toPrecision(3)), unit),
          },
          splitLine: { lineStyle: { color: c.line } },
        },
        series: [
          {
            type: "custom",
            silent: true,
            clip: true,
            encode: { x: [0, 1], y: [2, 3] },
            data: cells.map(([time, bin, count]) => {
              const at = result.times[time] ?? 0;
              return [
                at * 1000,
                (at + result.granularity) * 1000,
                level(bounds[bin] ?? 0),
                level(bounds[bin + 1] ?? 0),
                count,
              ];
            }),
            renderItem: (
              params: { coordSys: { x: number; y: number; width: number; height: number } },
              api: { value: (dimension: number) => number; coord: (point: [number, number]) => [number, number] },
            ) => {
              const [x0, y0] = api.coord([api.value(0), api.value(2)]);
              const [x1, y1] = api.coord([api.value(1), api.value(3)]);
              const share = Math.max(0, Math.min(1, heatShare(api.value(4), max)));
              const { x, y, width, height: tall } = params.coordSys;
              const left = Math.max(x, x0);
              const right = Math.min(x + width, x1);
              const top = Math.max(y, y1);
              const gap = x1 - x0 > 4 ? 1 : 0;
              return {
                type: "rect",
                shape: {
                  x: left,
                  y: top,
                  width: Math.max(1, right - left - gap),
                  height: Math.max(1, Math.min(y + tall, y0) - top - (y0 - y1 > 4 ? 1 : 0)),
                },
                style: { fill: palette[Math.round(share * 32)] },
              };
            },
          },
        ],
      };
    },
    [result, cells, bounds, max, least, most, floor, log, level, unit],
  );

  const timeAt = (x: number) => result.start + x * (result.end - result.start);
  const valueAt = (y: number) => {
    const at = level(floor) + y * (level(most) - level(floor));
    return log ? 10 ** at : at;
  };
  const cellAt = (place: Place) => {
    const time = Math.floor((timeAt(place.x) - (result.times[0] ?? 0)) / result.granularity);
    const value = valueAt(place.y);
    let bin = bounds.findIndex((bound) => bound > value) - 1;
    if (bin < 0) bin = value >= most ? bounds.length - 2 : 0;
    return { time, bin, count: byCell.get(time * 10_000 + bin) ?? 0 };
  };
  const box = (() => {
    if (!selection || "group" in selection || selection.column !== column) return null;
    const share = (value: number, from: number, to: number) => Math.max(0, Math.min(1, (value - from) / (to - from)));
    const y = (value: number) => share(level(value), level(floor), level(most));
    return {
      x: [share(selection.start, result.start, result.end), share(selection.end, result.start, result.end)],
      y: [y(selection.min), y(selection.max)],
    } satisfies Box;
  })();
  const select = (area: Box) => {
    const end = timeAt(area.x[1]);
    onSelect?.({
      start: Number(timeAt(area.x[0]).toFixed(3)),
      end: Number(end.toFixed(3)),
      column,
      // A box drawn to an edge means everything beyond it too.
      min: area.y[0] <= 0.001 ? Math.min(least, floor) : Number(valueAt(area.y[0]).toPrecision(6)),
      max:
        area.y[1] >= 0.999
          ? Number((most * (most > 0 ? 1.000001 : 1)).toPrecision(9))
          : Number(valueAt(area.y[1]).toPrecision(6)),
    });
  };

  return (
    <div>
      <Plot
        option={option}
        label={`${heatmap.calculation} over time`}
        height={height}
        drag="area"
        selected={box}
        selectedLabel="selected"
        {...(onSelect && { onDrag: select })}
        {...(onPick && {
          onClick: (place, event) => {
            const { time, bin } = cellAt(place);
            onPick(
              (result.times[time] ?? timeAt(place.x)) + result.granularity / 2,
              [bounds[bin] ?? least, bounds[bin + 1] ?? most],
              event,
            );
          },
        })}
        tip={(place) => {
          const { time, bin, count } = cellAt(place);
          const sum = columnSum.get(time) ?? 0;
          return (
            <>
              <div className="when">{clockOf(result.times[time] ?? 0, result.granularity)}</div>
              <div className="line">
                <span
                  className="dot"
                  style={{ background: count ? heatColour(heatShare(count, max), scheme) : "transparent" }}
                />
                <span>
                  {formatValue(bounds[bin] ?? 0, unit)} – {formatValue(bounds[bin + 1] ?? 0, unit)}
                </span>
                <b className="num">{formatNumber(count)}</b>
              </div>
              <div className="faint">
                {sum > 0 ? `${formatNumber(sum)} in this time step` : "no rows in this time step"}
                {onSelect && " · drag to select"}
              </div>
            </>
          );
        }}
      />
      <div className="heat-legend" aria-hidden>
        <span>1</span>
        <i style={{ background: `linear-gradient(90deg, ${heatScale(scheme).join(", ")})` }} />
        <span>{formatNumber(max)}</span>
      </div>
    </div>
  );
}
