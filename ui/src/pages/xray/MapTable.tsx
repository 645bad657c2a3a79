import { useState } from "react";
import type { XRayMap, XRayMapNode } from "../../api/types.generated";
import { ProtocolBadges } from "../../parts/Marks";
import { formatCount, formatMs, formatPercent } from "../../values/format";
import { CODE_NAMES } from "../../xray/conditions";
import { rateText, typeName } from "../../xray/mapLayout";
import { Ring } from "./Ring";

const SHARES = ["fault", "throttle", "error"] as const;
type Column = "name" | "total" | "fault" | "throttle" | "error" | "average" | "p90";

/** The map's figures as a table: sortable, and readable without a picture. */
export function MapTable({
  map,
  picked,
  pick,
}: {
  map: XRayMap;
  picked: string | undefined;
  pick: (id: string | undefined) => void;
}) {
  const [by, setBy] = useState<Column>("total");
  const seconds = (Date.parse(map.end) - Date.parse(map.start)) / 1000;
  const value = ({ statistics }: XRayMapNode): number => {
    if (!statistics) return -1;
    const { counts } = statistics;
    if (by === "average") return statistics.averageSeconds;
    if (by === "p90") return statistics.p90Seconds;
    if (by === "total" || by === "name") return counts.total;
    return counts.total === 0 ? 0 : counts[by] / counts.total;
  };
  const rows = map.nodes
    .filter((one) => one.statistics)
    .sort((a, b) => (by === "name" ? (a.name < b.name ? -1 : 1) : value(b) - value(a)));
  const head = (column: Column, label: string) => (
    <th
      className={column === "name" ? "" : "num"}
      aria-sort={by === column ? (column === "name" ? "ascending" : "descending") : "none"}
    >
      <button className="plain" onClick={() => setBy(column)}>
        {label}
        {by === column && (column === "name" ? " ↑" : " ↓")}
      </button>
    </th>
  );
  return (
    <div className="map-table">
      <table className="grid">
        <thead>
          <tr>
            {head("name", "Service")}
            <th>Kind</th>
            {head("total", "Requests")}
            {SHARES.map((code) => head(code, `${CODE_NAMES[code].name}s`))}
            {head("average", "Average")}
            {head("p90", "p90")}
            <th>Protocols</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((node) => {
            const { statistics } = node;
            if (!statistics) return null;
            const { counts } = statistics;
            return (
              <tr
                key={node.id}
                className={`open ${node.id === picked ? "picked" : ""}`}
                onClick={() => pick(node.id === picked ? undefined : node.id)}
              >
                <td>
                  <span className="row" style={{ gap: 9 }}>
                    <Ring statistics={statistics} type={node.type} size={26} />
                    <button className="plain">{node.name}</button>
                  </span>
                </td>
                <td className="dim">{typeName(node.type)}</td>
                <td className="num" title={`${formatCount(counts.total)} requests`}>
                  {rateText(counts.total, seconds)}
                </td>
                {SHARES.map((code) => (
                  <td key={code} className={`num code-${code} ${counts[code] > 0 ? "x-some" : "faint"}`}>
                    {formatPercent(counts.total === 0 ? 0 : counts[code] / counts.total)}
                  </td>
                ))}
                <td className="num">{formatMs(statistics.averageSeconds * 1000)}</td>
                <td className="num">{formatMs(statistics.p90Seconds * 1000)}</td>
                <td>
                  <ProtocolBadges protocols={node.protocols} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
