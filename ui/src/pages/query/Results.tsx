import { useMemo, useState, type PointerEvent, type ReactNode } from "react";
import type { QueryResult, Selection, TracePoint } from "../../api/written";
import { chartsOf } from "../../query/charts";
import { Notice } from "../../parts/States";
import { formatNumber, groupName, showGranularity, unitOf, unitOfColumn, formatValue } from "../../query/format";
import { HeatPlot } from "./HeatPlot";
import { PointCard, type Point } from "./PointCard";
import { ResultTable, type GroupActions } from "./ResultTable";
import { SeriesPlot, type ChartFlags, type Mark } from "./SeriesPlot";

export interface ResultsProps {
  result: QueryResult;
  dataset: string;
  flags: ChartFlags;
  marks: readonly Mark[];
  selection: Selection | null;
  select: (selection: Selection) => void;
  zoom: (from: number, to: number) => void;
  actions: GroupActions;
  /** With a selection being explained: its chart alone, the explanation under it. */
  explained?: ReactNode;
}

/** One chart for each calculation under each other on one time axis, and the table of groups. */
export function Results({ result, dataset, flags, marks, selection, select, zoom, actions, explained }: ResultsProps) {
  const [hovered, setHovered] = useState<number | null>(null);
  const [isolated, setIsolated] = useState<ReadonlySet<number> | null>(null);
  const [point, setPoint] = useState<Point | null>(null);
  // A new result has other groups, so an isolated position is no longer valid.
  const [seen, setSeen] = useState(result.groups);
  if (seen !== result.groups) {
    setSeen(result.groups);
    const same =
      seen.length === result.groups.length &&
      seen.every((one, i) => groupName(one.key) === groupName(result.groups[i]?.key ?? {}));
    if (!same) setIsolated(null);
  }

  const charts = useMemo(() => {
    const all = chartsOf(result);
    if (!explained) return all;
    const ofSelection = all.find(
      (one) => one.op === "HEATMAP" && selection && "column" in selection && one.column === selection.column,
    );
    return [ofSelection ?? all[0]].filter((one) => one !== undefined);
  }, [result, explained, selection]);
  const height = charts.length === 1 ? 270 : charts.length === 2 ? 200 : 160;
  const isolate = (group: number) =>
    setIsolated((before) => {
      const next = new Set(before ?? []);
      if (!next.delete(group)) next.add(group);
      return next.size === 0 ? null : next;
    });
  const open = (event: PointerEvent, title: string, value: string, at: TracePoint, group: number | null) =>
    setPoint({ x: event.clientX, y: event.clientY, title, value, at, group });

  const selectedGroup = selection && "group" in selection ? JSON.stringify(selection.group) : null;
  return (
    <div className="results-view">
      {result.warnings.map((one) => (
        <Notice key={one}>{one}</Notice>
      ))}
      {charts.map((column) => {
        const heatmap =
          column.op === "HEATMAP" ? result.heatmaps.find((one) => one.calculation === column.name) : undefined;
        const total = result.total[column.name];
        return (
          <section className="panel chart" key={column.name} aria-label={column.name}>
            <header>
              <h2 className="mono">{column.name}</h2>
              {typeof total === "number" && (
                <span className="dim num">
                  {formatValue(total, column.kind === "formula" ? "plain" : unitOf(column))}{" "}
                  {result.groups.length > 1 ? "over all" : ""}
                </span>
              )}
              <span className="aside">
                {isolated && !heatmap && (
                  <button className="link" onClick={() => setIsolated(null)}>
                    show all {result.groups.length} lines
                  </button>
                )}
                {heatmap && "draw a box to see what is different inside it · "}
                {heatmap && `${heatmap.scale} scale · `}
                {` every ${showGranularity(result.granularity)}`}
              </span>
            </header>
            {heatmap ? (
              heatmap.cells.length === 0 ? (
                <p className="nothing">No row in this time range has a number in {column.column}.</p>
              ) : (
                <HeatPlot
                  result={result}
                  heatmap={heatmap}
                  column={column.column ?? ""}
                  height={Math.max(height, 210)}
                  selection={selection}
                  onSelect={select}
                  onPick={(time, [from, to], event) =>
                    open(
                      event,
                      column.name,
                      `${formatValue(from, unitOfColumn(column.column ?? ""))} – ${formatValue(to, unitOfColumn(column.column ?? ""))}`,
                      { time, value: from, valueTo: to, ...(column.column && { column: column.column }) },
                      null,
                    )
                  }
                />
              )
            ) : (
              <SeriesPlot
                result={result}
                column={column}
                flags={flags}
                height={height}
                hovered={hovered}
                shown={isolated}
                marks={marks}
                onHover={setHovered}
                onZoom={zoom}
                onPick={(group, time, value, event) => {
                  const key = result.groups[group]?.key ?? {};
                  const grouped = Object.keys(key).length > 0;
                  open(
                    event,
                    grouped ? groupName(key) : column.name,
                    value === null ? "no value" : `${column.name} ${formatValue(value, unitOf(column))}`,
                    { time: time + result.granularity / 2, ...(grouped && { group: key }) },
                    grouped ? group : null,
                  );
                }}
              />
            )}
          </section>
        );
      })}
      {explained}
      {!explained && result.groups.length > 0 && (
        <section className="panel" aria-label="Result table">
          <ResultTable
            result={result}
            hovered={
              hovered ??
              (selectedGroup ? result.groups.findIndex((one) => JSON.stringify(one.key) === selectedGroup) : null)
            }
            hover={setHovered}
            isolated={isolated}
            isolate={isolate}
            actions={actions}
          />
        </section>
      )}
      {result.groups.length === 0 && charts.length === 0 && <p className="nothing">No rows in this time range.</p>}
      {point && (
        <PointCard
          point={point}
          result={result}
          dataset={dataset}
          actions={actions}
          isolate={isolate}
          close={() => setPoint(null)}
        />
      )}
      <div className="faint foot">
        {formatNumber(result.stats.rowsRead)} rows read
        {result.stats.rowsMatched !== null && `, ${formatNumber(result.stats.rowsMatched)} matched`} in{" "}
        {formatValue(result.stats.elapsedMs, "ms")}
      </div>
    </div>
  );
}
