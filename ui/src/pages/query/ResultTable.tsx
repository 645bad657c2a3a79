import { ActionIcon, Menu } from "@mantine/core";
import { useComputedColorScheme } from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconDotsVertical } from "@tabler/icons-react";
import { memo, useMemo, useState } from "react";
import type { AttributeValue, QueryResult, ResultColumn, Values } from "../../api/written";
import { groupColour } from "../../parts/plot/palette";
import { showCell, unitOf, type Unit } from "../../query/format";

export interface GroupActions {
  only: (group: number) => void;
  exclude: (group: number) => void;
  bubbleUp: (group: number) => void;
  traces: (group: number) => void;
}

const FIRST = 200;

/** The groups with their values, in the query's order or by a clicked column; hovering one lights its line. */
export function ResultTable({
  result,
  hovered,
  hover,
  isolated,
  isolate,
  actions,
  compact = false,
}: {
  result: QueryResult;
  hovered: number | null;
  hover: (group: number | null) => void;
  isolated: ReadonlySet<number> | null;
  isolate: (group: number) => void;
  actions?: GroupActions;
  compact?: boolean;
}) {
  const [sort, setSort] = useState<{ column: string; down: boolean } | null>(null);
  const [all, setAll] = useState(false);
  const columns = useMemo(() => result.columns.filter((one) => one.op !== "HEATMAP"), [result.columns]);
  const units = useMemo(() => columns.map((one): Unit => (one.kind === "formula" ? "plain" : unitOf(one))), [columns]);
  const most = useMemo(
    () =>
      columns.map((one) =>
        one.kind === "breakdown"
          ? 0
          : Math.max(0, ...result.groups.map((group) => Number(group.values[one.name] ?? 0))),
      ),
    [columns, result.groups],
  );
  const rows = useMemo(() => {
    const indexed = result.groups.map((group, index) => ({ group, index }));
    if (!sort) return indexed;
    const { column, down } = sort;
    const of = (one: (typeof indexed)[number]) => one.group.values[column] ?? one.group.key[column] ?? null;
    return indexed.sort((a, b) => compare(of(a), of(b)) * (down ? -1 : 1));
  }, [result.groups, sort]);
  const grouped = columns.some((one) => one.kind === "breakdown");
  const shown = all ? rows : rows.slice(0, compact ? 30 : FIRST);

  return (
    <div className={`result-table ${compact ? "compact" : ""}`}>
      <table className="grid" onMouseLeave={() => hover(null)}>
        <thead>
          <tr>
            {columns.map((one) => (
              <th
                key={one.name}
                className={one.kind === "breakdown" ? "" : "num"}
                aria-sort={sort?.column === one.name ? (sort.down ? "descending" : "ascending") : "none"}
              >
                <button
                  className="plain"
                  onClick={() =>
                    setSort((before) =>
                      before?.column !== one.name
                        ? { column: one.name, down: one.kind !== "breakdown" }
                        : before.down === (one.kind !== "breakdown")
                          ? { column: one.name, down: !before.down }
                          : null,
                    )
                  }
                >
                  {one.name}
                  {sort?.column === one.name && (sort.down ? <IconArrowDown size={12} /> : <IconArrowUp size={12} />)}
                </button>
              </th>
            ))}
            {actions && grouped && <th style={{ width: 34 }} aria-label="Actions" />}
          </tr>
        </thead>
        <tbody>
          {shown.map(({ group, index }) => (
            <Row
              key={index}
              index={index}
              group={group}
              columns={columns}
              units={units}
              most={most}
              before={result.compare?.groups[index]?.values}
              grouped={grouped}
              on={hovered === index}
              off={isolated !== null && !isolated.has(index)}
              hover={hover}
              isolate={isolate}
              actions={grouped ? actions : undefined}
            />
          ))}
        </tbody>
        {grouped && (
          <tfoot>
            {result.other && (
              <Sum
                name="OTHER"
                title="All groups above the limit"
                values={result.other}
                columns={columns}
                units={units}
                menu={actions !== undefined}
              />
            )}
            <Sum
              name="TOTAL"
              title="All rows together"
              values={result.total}
              columns={columns}
              units={units}
              menu={actions !== undefined}
            />
          </tfoot>
        )}
      </table>
      {rows.length > shown.length && (
        <div className="more">
          <span>
            {shown.length} of {rows.length} groups
          </span>
          <button className="link" onClick={() => setAll(true)}>
            Show all
          </button>
        </div>
      )}
    </div>
  );
}

function compare(a: AttributeValue, b: AttributeValue): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  if (typeof a === "string" && typeof b === "string") return a.localeCompare(b, undefined, { numeric: true });
  return a < b ? -1 : a > b ? 1 : 0;
}

interface RowProps {
  index: number;
  group: { key: Values; values: Values };
  columns: ResultColumn[];
  units: Unit[];
  most: number[];
  before: Values | undefined;
  grouped: boolean;
  on: boolean;
  off: boolean;
  hover: (group: number | null) => void;
  isolate: (group: number) => void;
  actions: GroupActions | undefined;
}

const Row = memo(function Row({
  index,
  group,
  columns,
  units,
  most,
  before,
  grouped,
  on,
  off,
  hover,
  isolate,
  actions,
}: RowProps) {
  const scheme = useComputedColorScheme("dark");
  const [opened, setOpened] = useState(false);
  return (
    <tr
      className={`open ${on ? "picked" : ""} ${off ? "off" : ""}`}
      onMouseEnter={() => hover(index)}
      onClick={() => grouped && isolate(index)}
      title={grouped ? "Click to show only this line" : undefined}
    >
      {columns.map((one, i) =>
        one.kind === "breakdown" ? (
          <td key={one.name} className="key">
            <span className="row">
              {i === 0 && <span className="dot" style={{ background: groupColour(index, scheme) }} />}
              <KeyValue value={group.key[one.name]} />
            </span>
          </td>
        ) : (
          <td key={one.name} className="num value">
            <Bar
              share={(Number(group.values[one.name] ?? 0) || 0) / (most[i] || 1)}
              colour={groupColour(index, scheme)}
              hidden={!grouped}
            />
            <span title={typeof group.values[one.name] === "number" ? String(group.values[one.name]) : undefined}>
              {showCell(group.values[one.name], units[i] ?? "plain")}
            </span>
            {before && <Change now={group.values[one.name]} was={before[one.name]} unit={units[i] ?? "plain"} />}
          </td>
        ),
      )}
      {actions && (
        <td className="act" onClick={(event) => event.stopPropagation()}>
          <Menu position="bottom-end" opened={opened} onChange={setOpened} withinPortal>
            <Menu.Target>
              <ActionIcon size={22} aria-label="Actions for this group">
                <IconDotsVertical size={14} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => actions.only(index)}>Only this group</Menu.Item>
              <Menu.Item onClick={() => actions.exclude(index)}>Exclude this group</Menu.Item>
              <Menu.Item onClick={() => actions.bubbleUp(index)}>BubbleUp: what is different here?</Menu.Item>
              <Menu.Item onClick={() => actions.traces(index)}>Traces of this group</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </td>
      )}
    </tr>
  );
});

function KeyValue({ value }: { value: AttributeValue | undefined }) {
  if (value === null || value === undefined) return <i className="faint">none</i>;
  if (value === "") return <i className="faint">empty</i>;
  return (
    <span className="cut" title={String(value)}>
      {String(value)}
    </span>
  );
}

function Bar({ share, colour, hidden }: { share: number; colour: string; hidden: boolean }) {
  if (hidden || !(share > 0)) return null;
  return <span className="bar" style={{ width: `${Math.min(1, share) * 100}%`, background: colour }} />;
}

/** By how much it changed against the period before. */
function Change({ now, was, unit }: { now: AttributeValue | undefined; was: AttributeValue | undefined; unit: Unit }) {
  if (typeof now !== "number" || typeof was !== "number") return <span className="change faint">new</span>;
  const change = was === 0 ? (now === 0 ? 0 : Number.POSITIVE_INFINITY) : (now - was) / Math.abs(was);
  const text = Number.isFinite(change) ? `${change > 0 ? "+" : ""}${Math.round(change * 100)}%` : "new";
  return (
    <span className="change faint" title={`before: ${showCell(was, unit)}`}>
      {text}
    </span>
  );
}

function Sum({
  name,
  title,
  values,
  columns,
  units,
  menu,
}: {
  name: string;
  title: string;
  values: Values;
  columns: ResultColumn[];
  units: Unit[];
  menu: boolean;
}) {
  return (
    <tr title={title}>
      {columns.map((one, i) => (
        <td key={one.name} className={one.kind === "breakdown" ? "faint" : "num faint"}>
          {one.kind === "breakdown" ? (i === 0 ? name : "") : showCell(values[one.name], units[i] ?? "plain")}
        </td>
      ))}
      {menu && <td />}
    </tr>
  );
}
