import { useQuery } from "@tanstack/react-query";
import { alertHistoryQuery } from "../../api/manageQueries";
import { Ago } from "../../parts/Marks";
import { Failed, RowsSkeleton } from "../../parts/States";
import { formatNumber, groupName } from "../../query/format";

/** The history of a trigger or burn alert: each change of state, its value, and the notified recipients. */
export function AlertHistory({ kind, dataset, id }: { kind: "triggers" | "burn_alerts"; dataset: string; id: string }) {
  const query = useQuery({ ...alertHistoryQuery(kind, dataset, id), refetchInterval: 15_000 });
  if (query.isPending) return <RowsSkeleton rows={3} />;
  if (query.isError) return <Failed error={query.error} retry={() => void query.refetch()} />;
  if (query.data.items.length === 0) return <p className="nothing">The state has not changed yet.</p>;
  return (
    <table className="grid">
      <thead>
        <tr>
          <th>When</th>
          <th>State</th>
          <th className="num">Value</th>
          <th>Group</th>
          <th>Recipients</th>
        </tr>
      </thead>
      <tbody>
        {query.data.items.map((one, i) => (
          <tr key={i}>
            <td>
              <Ago iso={one.at} />
            </td>
            <td>
              <span className={`badge ${one.state === "triggered" ? "bad" : one.state === "ok" ? "good" : "warn"}`}>
                {one.state}
              </span>
            </td>
            <td className="num" title={one.threshold === null ? undefined : `threshold ${one.threshold}`}>
              {one.value === null ? "–" : formatNumber(one.value)}
            </td>
            <td>
              {one.group && Object.keys(one.group).length > 0 ? groupName(one.group) : <span className="faint">–</span>}
            </td>
            <td>
              {one.deliveries.length === 0 && <span className="faint">none</span>}
              {one.deliveries.map((told, at) => (
                <div key={at} className={told.ok ? "" : "bad"}>
                  {told.recipient}{" "}
                  <span className="faint">
                    {told.ok
                      ? told.detail || "delivered"
                      : `not delivered after ${told.attempts} attempts: ${told.detail}`}
                  </span>
                </div>
              ))}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
