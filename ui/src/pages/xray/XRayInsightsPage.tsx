import { Button, Select } from "@mantine/core";
import { IconActivityHeartbeat } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { XRayInsight } from "../../api/types.generated";
import { xrayGroupsQuery, xrayInsightsQuery } from "../../api/xrayQueries";
import { Ago } from "../../parts/Marks";
import { useRange } from "../../parts/range";
import { Empty, Failed, RowsSkeleton } from "../../parts/States";
import { formatCount, formatMs, formatPercent, plural } from "../../values/format";
import { describeRange } from "../../values/timeRange";
import { XRayTabs } from "./XRayFrame";

const route = getRouteApi("/xray/insights");

export function InsightState({ state }: { state: XRayInsight["state"] }) {
  return state === "ACTIVE" ? <span className="badge bad">active</span> : <span className="badge">closed</span>;
}

export function lasted(insight: Pick<XRayInsight, "start" | "end" | "updated">): string {
  const end = Date.parse(insight.end ?? insight.updated);
  return formatMs(Math.max(0, end - Date.parse(insight.start)));
}

/** Times in which a service failed more often than the hour before explains. */
export default function XRayInsightsPage() {
  const { filter, group } = route.useSearch();
  const navigate = route.useNavigate();
  const { range, refetchInterval } = useRange();
  const groups = useQuery(xrayGroupsQuery()).data?.groups;
  const query = useQuery({
    ...xrayInsightsQuery(range, group),
    refetchInterval: ({ state }) =>
      state.status === "error" || refetchInterval === false ? false : Math.max(15_000, 4 * refetchInterval),
  });
  const names = new Set(groups?.map((one) => one.name));
  if (group) names.add(group);
  const watched = groups?.filter((one) => one.insightsEnabled).length;
  return (
    <div className="page x-page">
      <section className="panel x-head">
        <div className="x-line">
          <XRayTabs scope={{ filter, group }} />
          <div className="grow" />
          {watched !== undefined && (
            <span className="faint">
              {watched === 0 ? "no group has insights enabled" : `${plural(watched, "group")} monitored`}
            </span>
          )}
          <Select
            aria-label="Group"
            placeholder="All monitored groups"
            data={[...names].sort()}
            value={group ?? null}
            onChange={(next) => void navigate({ search: (old) => ({ ...old, group: next ?? undefined }) })}
            clearable
            w={180}
          />
        </div>
      </section>
      <section className="panel" aria-label="Insights">
        {query.isPending ? (
          <RowsSkeleton rows={5} />
        ) : query.isError ? (
          <Failed error={query.error} retry={() => void query.refetch()} />
        ) : query.data.insights.length === 0 ? (
          <Empty icon={<IconActivityHeartbeat size={28} stroke={1.5} />} title="No insights in this time range">
            <p>
              {describeRange(range)}. An insight is a period in which a service of a monitored group failed more often
              than usual, compared with the hour before; it needs an hour of traffic.
            </p>
            <Button variant="default" renderRoot={(props) => <Link to="/xray/groups" {...props} />}>
              {watched === 0 ? "Enable insights for a group" : "Edit groups"}
            </Button>
          </Empty>
        ) : (
          <table className="grid">
            <thead>
              <tr>
                <th style={{ width: 84 }}>State</th>
                <th>Root cause</th>
                <th>Group</th>
                <th>Start</th>
                <th className="num">Duration</th>
                <th className="num">Failed requests</th>
                <th className="num">Failed client requests</th>
              </tr>
            </thead>
            <tbody>
              {query.data.insights.map((one) => (
                <tr key={one.id}>
                  <td>
                    <InsightState state={one.state} />
                  </td>
                  <td>
                    <Link className="link" to="/xray/insights/$insightId" params={{ insightId: one.id }}>
                      {one.rootCause.name}
                    </Link>
                    <div className="faint">{one.summary}</div>
                  </td>
                  <td>{one.group}</td>
                  <td>
                    <Ago iso={one.start} />
                  </td>
                  <td className="num">{lasted(one)}</td>
                  <td className="num">
                    {formatCount(one.faults)} of {formatCount(one.total)}
                  </td>
                  <td className="num">
                    {formatPercent(one.clientRequestImpact.faults / Math.max(1, one.clientRequestImpact.total))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
    </div>
  );
}
