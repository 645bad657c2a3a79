import { ActionIcon, Menu, Textarea, Tooltip } from "@mantine/core";
import { IconDotsVertical, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { Panel, QueryAnnotation, TextPanel } from "../../api/types.generated";
import type { QueryResult, ResultColumn } from "../../api/written";
import { keptQuery, markersQuery, savedQueriesQuery } from "../../api/manageQueries";
import { Markdown } from "../../parts/Markdown";
import { Bone } from "../../parts/States";
import { chartsOf } from "../../query/charts";
import { useEverywhere } from "../../query/everywhere";
import { formatValue, unitOf } from "../../query/format";
import { ALL, describe, fromSpec, linkTo } from "../../query/question";
import { useRun } from "../../query/useRun";
import type { TimeRange } from "../../values/timeRange";
import { SloTile } from "../alerts/SloTile";
import type { QueryPanelOf } from "./layout";
import { HeatPlot } from "../query/HeatPlot";
import { ResultTable } from "../query/ResultTable";
import { SeriesPlot, type Mark } from "../query/SeriesPlot";

export interface PanelViewProps {
  panel: Panel;
  height: number;
  range: TimeRange;
  every: number | false;
  editing: boolean;
  change: (panel: Panel) => void;
  remove: () => void;
}

export function PanelView(props: PanelViewProps) {
  const { panel } = props;
  if (panel.text_panel) return <TextView {...props} text={panel.text_panel} />;
  if (panel.slo_panel)
    return (
      <>
        <SloTile id={panel.slo_panel.slo_id} />
        {props.editing && <Remove remove={props.remove} />}
      </>
    );
  return panel.query_panel ? <QueryView {...props} panel={{ ...panel, query_panel: panel.query_panel }} /> : null;
}

function Remove({ remove, children }: { remove: () => void; children?: ReactNode }) {
  return (
    <div className="panel-tools">
      {children}
      <Tooltip label="Remove from the board">
        <ActionIcon size={22} aria-label="Remove panel" onClick={remove}>
          <IconTrash size={14} stroke={1.7} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

function TextView({ panel, text, editing, change, remove }: PanelViewProps & { text: TextPanel }) {
  return (
    <>
      {editing ? (
        <Textarea
          aria-label="Note in markdown"
          className="note-input"
          value={text.content}
          onChange={(event) => change({ ...panel, text_panel: { ...text, content: event.currentTarget.value } })}
        />
      ) : (
        <div className="note">
          <Markdown text={text.content} />
        </div>
      )}
      {editing && <Remove remove={remove} />}
    </>
  );
}

type Shown = "chart" | "stacked" | "table" | "combo" | "stat";
const SHOWN: [Shown, string][] = [
  ["chart", "Chart"],
  ["stacked", "Stacked chart"],
  ["table", "Table"],
  ["combo", "Chart and table"],
  ["stat", "Number"],
];

function shownAs({ query_panel }: QueryPanelOf): Shown {
  const type = query_panel.visualization_settings?.charts?.[0]?.chart_type;
  if (type === "stat") return "stat";
  if (query_panel.query_style === "table") return "table";
  if (query_panel.query_style === "combo") return "combo";
  return type === "stacked" ? "stacked" : "chart";
}

function showAs(panel: QueryPanelOf, as: Shown): QueryPanelOf {
  const before = panel.query_panel.visualization_settings;
  const charts = before?.charts?.length ? before.charts : [{ chart_index: 0 }];
  const type = as === "stat" ? "stat" : as === "stacked" ? "stacked" : "default";
  return {
    ...panel,
    query_panel: {
      ...panel.query_panel,
      query_style: as === "table" ? "table" : as === "combo" ? "combo" : "graph",
      visualization_settings: { ...before, charts: charts.map((one) => ({ ...one, chart_type: type })) },
    },
  };
}

function QueryView({ panel, height, range, every, editing, change, remove }: PanelViewProps & { panel: QueryPanelOf }) {
  const { query_id, query_annotation_id } = panel.query_panel;
  const saved = useEverywhere<QueryAnnotation>(savedQueriesQuery).items.find((one) => one.id === query_annotation_id);
  const dataset = panel.query_panel.dataset ?? saved?.dataset ?? ALL;
  const spec = useQuery(keptQuery(dataset, query_id));
  const run = useRun(spec.data, dataset, range, every);
  const question = spec.data ? fromSpec(spec.data, dataset) : null;
  const title = saved?.name ?? (question ? describe(question) : "");
  const as = shownAs(panel);
  const error = spec.error ?? run.error;
  return (
    <>
      <header className="panel-head" title={saved?.description ?? undefined}>
        {question ? (
          <Link {...linkTo(question)} className="cut">
            {title}
          </Link>
        ) : (
          <span className="cut">{title}</span>
        )}
      </header>
      {editing && (
        <Remove remove={remove}>
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon size={22} aria-label="Display">
                <IconDotsVertical size={14} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {SHOWN.map(([one, label]) => (
                <Menu.CheckboxItem key={one} checked={as === one} onChange={() => change(showAs(panel, one))}>
                  {label}
                </Menu.CheckboxItem>
              ))}
            </Menu.Dropdown>
          </Menu>
        </Remove>
      )}
      {error && !run.data ? (
        <div className="panel-trouble bad">{error.message}</div>
      ) : run.data ? (
        <ResultIn result={run.data} as={as} height={height - 40} panel={panel} />
      ) : (
        <div style={{ padding: 14, display: "grid", gap: 10 }}>
          <Bone height={14} width="60%" />
          <Bone height={Math.max(20, height - 110)} />
        </div>
      )}
    </>
  );
}

function ResultIn({
  result,
  as,
  height,
  panel,
}: {
  result: QueryResult;
  as: Shown;
  height: number;
  panel: QueryPanelOf;
}) {
  const [hovered, setHovered] = useState<number | null>(null);
  const markers = useQuery({ ...markersQuery(ALL), retry: false }).data;
  const marks = (markers ?? []).map((one): Mark => ({
    at: one.start_time,
    end: one.end_time ?? undefined,
    label: [one.type, one.message].filter(Boolean).join(": ") || "marker",
    colour: one.color ?? "#f2b04c",
  }));
  const charts = chartsOf(result);
  const settings = panel.query_panel.visualization_settings?.charts;
  if (as === "stat")
    return (
      <div className="stats">
        {charts
          .filter((one) => one.op !== "HEATMAP")
          .map((one) => (
            <Stat key={one.name} column={one} result={result} alone={charts.length === 1} />
          ))}
      </div>
    );
  const table = (
    <div className="panel-table">
      <ResultTable
        result={result}
        hovered={hovered}
        hover={setHovered}
        isolated={null}
        isolate={() => undefined}
        compact
      />
    </div>
  );
  if (as === "table") return table;
  const room = as === "combo" ? height * 0.55 : height;
  const each = Math.max(70, room / Math.max(1, charts.length) - (charts.length > 1 ? 18 : 0));
  return (
    <div className="panel-charts">
      {charts.map((one, i) => {
        const heatmap =
          one.op === "HEATMAP" ? result.heatmaps.find((other) => other.calculation === one.name) : undefined;
        return (
          <div key={one.name}>
            {charts.length > 1 && <div className="faint mono chart-name">{one.name}</div>}
            {heatmap ? (
              <HeatPlot result={result} heatmap={heatmap} column={one.column ?? ""} height={each - 20} />
            ) : (
              <SeriesPlot
                result={result}
                column={one}
                height={each}
                flags={{
                  stacked: as === "stacked",
                  log: settings?.[i]?.log_scale === true,
                  omit: settings?.[i]?.omit_missing_values === true,
                }}
                hovered={hovered}
                shown={null}
                marks={marks}
                onHover={setHovered}
              />
            )}
          </div>
        );
      })}
      {as === "combo" && table}
    </div>
  );
}

/** One big number, and the line it came by. */
function Stat({ column, result, alone }: { column: ResultColumn; result: QueryResult; alone: boolean }) {
  const value = result.total[column.name];
  const line = (result.totalSeries[column.name] ?? []).map((one) => one ?? 0);
  const most = Math.max(1e-9, ...line);
  const points = line
    .map((one, i) => `${(i / Math.max(1, line.length - 1)) * 100},${30 - (one / most) * 28}`)
    .join(" ");
  return (
    <div className="stat">
      {!alone && <div className="faint mono">{column.name}</div>}
      <div className="value">
        {typeof value === "number" ? formatValue(value, column.kind === "formula" ? "plain" : unitOf(column)) : "–"}
      </div>
      {line.length > 1 && (
        <svg viewBox="0 0 100 32" preserveAspectRatio="none" aria-hidden>
          <polyline
            points={points}
            fill="none"
            stroke="var(--accent)"
            strokeWidth={1.5}
            vectorEffect="non-scaling-stroke"
          />
        </svg>
      )}
    </div>
  );
}
