import { TextInput, useComputedColorScheme } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { memo, useMemo, useState } from "react";
import type { BubbleUpAnswer, Dimension, Measure, Share } from "../../api/types.generated";
import type { Filter, QueryBody, Scalar, Selection } from "../../api/written";
import { run } from "../../api/exploreQueries";
import { Empty, Failed, RowsSkeleton } from "../../parts/States";
import { formatNumber, formatValue, groupName, unitOfColumn } from "../../query/format";
import { formatPercent, formatTime } from "../../values/format";

export interface BubbleUpActions {
  filter: (filter: Filter) => void;
  groupBy: (column: string) => void;
  clear: () => void;
}

export function describeSelection(selection: Selection): string {
  if ("group" in selection) return groupName(selection.group);
  const unit = unitOfColumn(selection.column);
  const clock = (seconds: number) => formatTime(new Date(seconds * 1000).toISOString(), Date.now(), 0);
  return `${selection.column} from ${formatValue(selection.min, unit)} to ${formatValue(selection.max, unit)}, ${clock(selection.start)} – ${clock(selection.end)}`;
}

/** The differences between the selected rows and the rest: all columns, ranked by their difference. */
export function BubbleUpTab({
  body,
  selection,
  actions,
}: {
  body: QueryBody;
  selection: Selection;
  actions: BubbleUpActions;
}) {
  const [find, setFind] = useState("");
  const [all, setAll] = useState(false);
  const query = useQuery({
    queryKey: ["bubbleup", body, selection],
    queryFn: ({ signal }) =>
      run<BubbleUpAnswer>("/api/bubbleup", { ...body, selection, limit: 60 }, signal, () => undefined),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const result = query.data;
  const wanted = find.trim().toLowerCase();
  const cards = useMemo(() => {
    if (!result) return [];
    const fits = (column: string) => column.toLowerCase().includes(wanted);
    return [
      ...result.dimensions.filter((one) => fits(one.column)).map((one) => ({ kind: "dimension" as const, one })),
      ...result.measures.filter((one) => fits(one.column)).map((one) => ({ kind: "measure" as const, one })),
    ].sort((a, b) => b.one.score - a.one.score);
  }, [result, wanted]);
  if (query.isPending)
    return (
      <section className="panel">
        <RowsSkeleton rows={6} />
      </section>
    );
  if (query.isError) return <Failed error={query.error} retry={() => void query.refetch()} />;
  if (!result) return null;
  const telling = cards.filter((one) => one.one.score >= 0.1);
  const shown = all || wanted ? cards : cards.slice(0, Math.max(12, Math.min(24, telling.length)));
  return (
    <section className="bubbleup" aria-label="BubbleUp">
      <div className="panel head">
        <span className="set selected">
          <i /> selected <b className="num">{formatNumber(result.selected.rows)}</b>
        </span>
        <span className="set baseline">
          <i /> the rest <b className="num">{formatNumber(result.baseline.rows)}</b>
        </span>
        <span className="faint cut grow" title={describeSelection(selection)}>
          {describeSelection(selection)} · {note(result)} · {formatValue(result.elapsedMs, "ms")}
        </span>
        <TextInput
          aria-label="Find a column"
          placeholder="Find a column"
          leftSection={<IconSearch size={14} />}
          value={find}
          onChange={(event) => setFind(event.currentTarget.value)}
          w={190}
        />
        <button className="link" onClick={actions.clear}>
          Clear selection
        </button>
      </div>
      {result.selected.rows === 0 ? (
        <Empty icon={<IconSearch size={26} stroke={1.5} />} title="The selection contains no rows">
          <p>Drag a box over some of the cells.</p>
        </Empty>
      ) : (
        <>
          <div className="cards">
            {shown.map(({ kind, one }) =>
              kind === "dimension" ? (
                <DimensionCard key={one.column} dimension={one} actions={actions} />
              ) : (
                <MeasureCard key={one.column} measure={one} actions={actions} />
              ),
            )}
          </div>
          {shown.length === 0 && <p className="nothing">No column name contains “{find}”.</p>}
          {shown.length < cards.length && (
            <div className="more">
              <span>
                {shown.length} of {cards.length} columns, the most different first
              </span>
              <button className="link" onClick={() => setAll(true)}>
                Show all
              </button>
            </div>
          )}
        </>
      )}
    </section>
  );
}

function note(result: BubbleUpAnswer): string {
  const { selected, baseline, sampleNote } = result;
  if (selected.sampled >= selected.rows && baseline.sampled >= baseline.rows) return "all rows were compared";
  return sampleNote || `${formatNumber(selected.sampled)} and ${formatNumber(baseline.sampled)} rows were compared`;
}

interface BarOf extends Share {
  label: string;
  value: Scalar | null | undefined;
}

const DimensionCard = memo(function DimensionCard({
  dimension,
  actions,
}: {
  dimension: Dimension;
  actions: BubbleUpActions;
}) {
  const bars: BarOf[] = dimension.values.map((one) => ({
    ...one,
    label: one.value === null ? "(none)" : one.value === "" ? "(empty)" : String(one.value),
  }));
  // Values that differ come first, because equal bars are not informative.
  bars.sort((a, b) => Math.abs(b.selected - b.baseline) - Math.abs(a.selected - a.baseline));
  const shown = bars.slice(0, 14);
  const rest = bars
    .slice(14)
    .reduce((sum, one) => ({ selected: sum.selected + one.selected, baseline: sum.baseline + one.baseline }), {
      ...dimension.others,
    });
  if (rest.selected > 0 || rest.baseline > 0) shown.push({ label: "all others", value: undefined, ...rest });
  return (
    <Card
      column={dimension.column}
      score={dimension.score}
      about={`${formatNumber(dimension.distinct)} ${dimension.distinct === 1 ? "value" : "values"}`}
      bars={shown}
      actions={actions}
      filtersOf={(bar) =>
        bar.value === undefined
          ? []
          : bar.value === null
            ? [
                ["is absent", { column: dimension.column, op: "does-not-exist" }],
                ["exists", { column: dimension.column, op: "exists" }],
              ]
            : [
                ["=", { column: dimension.column, op: "=", value: bar.value }],
                ["≠", { column: dimension.column, op: "!=", value: bar.value }],
              ]
      }
    />
  );
});

const MeasureCard = memo(function MeasureCard({ measure, actions }: { measure: Measure; actions: BubbleUpActions }) {
  const unit = unitOfColumn(measure.column);
  const bars = measure.bins.map((one, i) => ({
    label: `${formatValue(one.from, unit)} – ${formatValue(one.to, unit)}`,
    value: i,
    selected: one.selected,
    baseline: one.baseline,
  }));
  const missing = measure.missing.selected > 0.001 || measure.missing.baseline > 0.001;
  return (
    <Card
      column={measure.column}
      score={measure.score}
      about="numbers"
      bars={missing ? [...bars, { label: "(none)", value: undefined, ...measure.missing }] : bars}
      actions={actions}
      ends={[formatValue(measure.bins[0]?.from ?? 0, unit), formatValue(measure.bins.at(-1)?.to ?? 0, unit)]}
      filtersOf={(bar) => {
        const bin = typeof bar.value === "number" ? measure.bins[bar.value] : undefined;
        if (!bin) return [];
        return [
          [
            `≥ ${formatValue(bin.from, unit)}`,
            { column: measure.column, op: ">=", value: Number(bin.from.toPrecision(6)) },
          ],
          [`< ${formatValue(bin.to, unit)}`, { column: measure.column, op: "<", value: Number(bin.to.toPrecision(6)) }],
        ];
      }}
    />
  );
});

function Card({
  column,
  score,
  about,
  bars,
  actions,
  filtersOf,
  ends,
}: {
  column: string;
  score: number;
  about: string;
  bars: BarOf[];
  actions: BubbleUpActions;
  filtersOf: (bar: BarOf) => [string, Filter][];
  ends?: [string, string];
}) {
  const scheme = useComputedColorScheme("dark");
  const [at, setAt] = useState<number | null>(null);
  const [held, setHeld] = useState<number | null>(null);
  const most = Math.max(0.0001, ...bars.map((one) => Math.max(one.selected, one.baseline)));
  const best = bars.reduce(
    (so, one, i) => (one.selected - one.baseline > (bars[so]?.selected ?? 0) - (bars[so]?.baseline ?? 0) ? i : so),
    0,
  );
  const told = bars[held ?? at ?? best];
  return (
    <div
      className={`panel card ${score >= 0.3 ? "telling" : ""}`}
      data-scheme={scheme}
      onMouseLeave={() => setAt(null)}
    >
      <div className="row">
        <b className="cut mono" title={column}>
          {column}
        </b>
        <span className="grow" />
        <span className="faint">{about}</span>
      </div>
      <div className="bars" role="group" aria-label={`Values of ${column}`}>
        {bars.map((one, i) => (
          <button
            key={i}
            className={`plain pair ${held === i ? "held" : ""}`}
            aria-label={`${one.label}: ${formatPercent(one.selected)} of the selection, ${formatPercent(one.baseline)} of the rest`}
            onMouseEnter={() => setAt(i)}
            onFocus={() => setAt(i)}
            onClick={() => setHeld(held === i ? null : i)}
          >
            <i className="baseline" style={{ height: `${(one.baseline / most) * 100}%` }} />
            <i className="selected" style={{ height: `${(one.selected / most) * 100}%` }} />
          </button>
        ))}
      </div>
      {ends && (
        <div className="row faint ends">
          <span>{ends[0]}</span>
          <span className="grow" />
          <span>{ends[1]}</span>
        </div>
      )}
      {told && (
        <div className="told">
          <div className="cut" title={told.label}>
            {told.label}
          </div>
          <div className="row nums">
            <b className="sel num">{formatPercent(told.selected)}</b>
            <span className="faint">against</span>
            <b className="base num">{formatPercent(told.baseline)}</b>
            <span className="grow" />
            {held !== null && (
              <span className="acts">
                {filtersOf(told).map(([label, filter]) => (
                  <button
                    key={label}
                    className="link"
                    title={`where ${column} ${label}`}
                    onClick={() => actions.filter(filter)}
                  >
                    {label}
                  </button>
                ))}
                <button className="link" onClick={() => actions.groupBy(column)}>
                  group by
                </button>
              </span>
            )}
          </div>
        </div>
      )}
    </div>
  );
}
