import { useDebouncedValue } from "@mantine/hooks";
import { useMemo, useState } from "react";
import type { Threshold } from "../../api/types.generated";
import { Failed } from "../../parts/States";
import { groupColour } from "../../parts/plot/palette";
import { chartsOf } from "../../query/charts";
import { clockOf, formatValue, groupName, unitOf } from "../../query/format";
import { toSpec, type Question } from "../../query/question";
import { useRun } from "../../query/useRun";
import { firings, formatSeconds } from "../../values/alerts";
import { plural } from "../../values/format";
import { SeriesPlot, type Mark } from "../query/SeriesPlot";
import { useComputedColorScheme, SegmentedControl } from "@mantine/core";

const SPANS = ["6h", "24h", "7d"];
const FLAGS = { log: false, stacked: false, omit: false };

/** The watched result over the past, one point a window, with the threshold across and the times beyond it marked. */
export function TriggerPreview({
  question,
  window,
  op,
  threshold,
}: {
  question: Question;
  window: number;
  op: Threshold["op"];
  threshold: number | null;
}) {
  const scheme = useComputedColorScheme("dark");
  const [span, setSpan] = useState("24h");
  const [hovered, setHovered] = useState<number | null>(null);
  const [asked] = useDebouncedValue(question, 500);
  const spec = useMemo(
    () => toSpec({ ...asked, orders: [], limit: 20, granularity: window, compare: null }),
    [asked, window],
  );
  const range = useMemo(() => ({ kind: "last" as const, preset: span }), [span]);
  const run = useRun(spec, asked.dataset, range, false);
  const result = run.data;
  const column = result && chartsOf(result).findLast((one) => one.op !== "HEATMAP");
  const unit = column && column.kind !== "formula" ? unitOf(column) : "plain";
  const fired = useMemo(() => {
    if (!result || !column || threshold === null) return [];
    const lines = (result.series.length ? result.series.map((one) => one.values) : [result.totalSeries]).map(
      (one) => one[column.name] ?? [],
    );
    return firings(result.times, lines, op, threshold, result.granularity);
  }, [result, column, op, threshold]);
  const marks = useMemo(
    () =>
      fired.map((one): Mark => ({
        at: one.start,
        end: one.end,
        label: `triggered, ${formatValue(one.most, unit)}`,
        colour: scheme === "dark" ? "#ff6b75" : "#e0485a",
      })),
    [fired, scheme, unit],
  );
  return (
    <section className="panel" aria-label="Preview">
      <header>
        <h2>Would have triggered</h2>
        {threshold === null ? (
          <span className="faint">set a threshold for the preview</span>
        ) : (
          <b className={fired.length ? "bad" : "good"}>{fired.length === 0 ? "never" : plural(fired.length, "time")}</b>
        )}
        <div className="aside">
          <SegmentedControl data={SPANS} value={span} onChange={setSpan} aria-label="Period of the preview" />
        </div>
      </header>
      {run.isError ? (
        <Failed error={run.error} retry={() => void run.refetch()} />
      ) : result && column ? (
        <>
          <div style={{ paddingTop: 8 }}>
            <SeriesPlot
              result={result}
              column={column}
              flags={FLAGS}
              height={240}
              hovered={hovered}
              shown={null}
              marks={marks}
              onHover={setHovered}
              {...(threshold !== null && { threshold })}
            />
          </div>
          <div className="preview-foot">
            {result.groups.length > 1 &&
              result.groups.slice(0, 8).map((one, i) => (
                <span key={i} className="row">
                  <span className="dot" style={{ background: groupColour(i, scheme) }} />
                  {groupName(one.key)}
                </span>
              ))}
            <span className="faint">each point covers {formatSeconds(window)} of data</span>
          </div>
          {fired.length > 0 && (
            <div className="fired">
              {fired
                .slice(-6)
                .reverse()
                .map((one) => (
                  <div key={one.start} className="row">
                    <span className="mono">{clockOf(one.start)}</span>
                    <span className="faint">for {formatSeconds(Math.round(one.end - one.start))}</span>
                    <span className="grow" />
                    <b className="num">{formatValue(one.most, unit)}</b>
                  </div>
                ))}
            </div>
          )}
        </>
      ) : (
        <div className="skeleton" style={{ height: 240, margin: 14 }} />
      )}
    </section>
  );
}
