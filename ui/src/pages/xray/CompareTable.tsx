import { useState } from "react";
import type { XRayAnalyticsTable } from "../../api/types.generated";
import { formatCount, formatPercent } from "../../values/format";
import { conditionOf, pathOf } from "../../xray/conditions";
import { shares, tableName } from "../../xray/compare";

const FIRST = 6;

/** Values of one dimension: how often among the selected traces, and how often among the rest. A click filters. */
export function CompareTable({
  table,
  selected,
  rest,
  compared,
  add,
}: {
  table: XRayAnalyticsTable;
  selected: number;
  rest: number;
  compared: boolean;
  add: (condition: string) => void;
}) {
  const [open, setOpen] = useState(false);
  // Without a selection everything is on one side, whichever that is.
  const count = (row: XRayAnalyticsTable["rows"][number]) => row.selected + row.rest;
  const of = (row: XRayAnalyticsTable["rows"][number]) => count(row) / Math.max(1, selected + rest);
  const rows = open ? table.rows : table.rows.slice(0, FIRST);
  const most = Math.max(
    0.0001,
    ...table.rows.flatMap((row) => {
      const { selected: s, rest: r } = shares(row, selected, rest);
      return compared ? [s, r] : [of(row)];
    }),
  );
  return (
    <section className="panel compare" aria-label={tableName(table)}>
      <header>
        <h2>{tableName(table)}</h2>
        {table.by === "annotation" && <span className="faint">annotation</span>}
        <span className="aside">{formatCount(table.distinct)} different</span>
      </header>
      <table className="grid">
        <thead>
          <tr>
            <th>Value</th>
            <th className="num">{compared ? "Selected" : "Traces"}</th>
            <th className="num">{compared ? "Rest" : "Share"}</th>
            <th aria-label="Shares" />
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const share = shares(row, selected, rest);
            const condition = conditionOf(table, row.value);
            const alike = compared && Math.abs(share.apart) < 0.03;
            return (
              <tr key={`${typeof row.value} ${String(row.value)}`} className={alike ? "alike" : ""}>
                <td>
                  <button
                    className="plain cut value mono"
                    title={`${String(row.value)}\nAdd to the expression: ${condition}`}
                    onClick={() => add(condition)}
                  >
                    {row.value === "" ? (
                      <i className="faint">empty</i>
                    ) : table.by === "url" ? (
                      pathOf(String(row.value))
                    ) : (
                      String(row.value)
                    )}
                  </button>
                </td>
                <td className="num" title={formatCount(compared ? row.selected : count(row))}>
                  {compared ? formatPercent(share.selected) : formatCount(count(row))}
                </td>
                <td className="num dim" title={formatCount(compared ? row.rest : count(row))}>
                  {formatPercent(compared ? share.rest : of(row))}
                </td>
                <td>
                  <div className="compare-bars" aria-hidden>
                    {compared && <i className="in" style={{ width: `${(share.selected / most) * 100}%` }} />}
                    <i className="out" style={{ width: `${((compared ? share.rest : of(row)) / most) * 100}%` }} />
                  </div>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {table.rows.length > FIRST && (
        <div className="more">
          <button className="link" onClick={() => setOpen(!open)}>
            {open ? "Fewer" : `${table.rows.length - FIRST} more`}
          </button>
        </div>
      )}
    </section>
  );
}
