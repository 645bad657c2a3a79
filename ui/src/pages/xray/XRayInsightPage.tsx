import "../../styles/alerts.css";
import "../../styles/boards.css";
import { Button } from "@mantine/core";
import { IconChevronLeft } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { XRayImpact, XRayInsightDetail } from "../../api/types.generated";
import { xrayInsightQuery } from "../../api/xrayQueries";
import { useNow } from "../../parts/clock";
import { Ago } from "../../parts/Marks";
import { Failed, RowsSkeleton } from "../../parts/States";
import { formatCount, formatPercent, formatTime } from "../../values/format";
import { typeName } from "../../xray/mapLayout";
import { InsightTimeline } from "./InsightTimeline";
import { InsightState, lasted } from "./XRayInsightsPage";
import { XRayTabs } from "./XRayFrame";

const route = getRouteApi("/xray/insights/$insightId");

export default function XRayInsightPage() {
  const { insightId } = route.useParams();
  const query = useQuery({
    ...xrayInsightQuery(insightId),
    refetchInterval: ({ state }) => (state.data?.insight.state === "ACTIVE" ? 20_000 : false),
  });
  return (
    <div className="page x-page">
      <section className="panel x-head">
        <div className="x-line">
          <XRayTabs />
        </div>
      </section>
      {query.isPending ? (
        <section className="panel">
          <RowsSkeleton rows={6} />
        </section>
      ) : query.isError ? (
        <section className="panel">
          <Failed error={query.error} retry={() => void query.refetch()} />
        </section>
      ) : (
        <Insight detail={query.data} />
      )}
    </div>
  );
}

function Insight({ detail }: { detail: XRayInsightDetail }) {
  const { insight, events, timeline, graph, notifications } = detail;
  const now = useNow();
  const around = {
    start: timeline[0]?.time ?? insight.start,
    end: new Date(Date.parse(insight.end ?? insight.updated) + 60_000).toISOString(),
  };
  const filter = `service(id(name: "${insight.rootCause.name.replaceAll('"', '\\"')}"${insight.rootCause.type ? `, type: "${insight.rootCause.type}"` : ""})) { fault = true }`;
  return (
    <>
      <div className="board-head">
        <Link to="/xray/insights" className="faint back" aria-label="All insights">
          <IconChevronLeft size={16} />
        </Link>
        <h1>{insight.rootCause.name}</h1>
        <InsightState state={insight.state} />
        <span className="dim grow">{insight.summary}</span>
        <Button
          variant="default"
          renderRoot={(props) => (
            <Link
              to="/xray"
              search={{ filter, start: insight.start, end: around.end, range: undefined, order: "newest" }}
              {...props}
            />
          )}
        >
          Failed traces
        </Button>
        <Button
          variant="default"
          renderRoot={(props) => (
            <Link to="/xray/map" search={{ start: around.start, end: around.end, range: undefined }} {...props} />
          )}
        >
          Map at that time
        </Button>
      </div>
      <section className="panel slo-facts">
        <Fact name="group" value={insight.group} />
        <Fact name="start" value={formatTime(insight.start, now, 0)} />
        <Fact name="duration" value={lasted(insight)} />
        <Fact {...factOf("root cause", insight.rootCauseRequestImpact)} bad />
        <Fact {...factOf("clients", insight.clientRequestImpact)} bad />
      </section>
      <section className="panel" aria-label="Timeline">
        <header>
          <h2>Faults per minute</h2>
          <span className="aside">the line shows the usual number</span>
        </header>
        <InsightTimeline timeline={timeline} insight={insight} />
      </section>
      <div className="insight-split">
        <section className="panel" aria-label="Affected services">
          <header>
            <h2>Affected services</h2>
            <span className="aside">the root cause and its direct and indirect callers</span>
          </header>
          <table className="grid">
            <tbody>
              {graph.nodes.map((one) => (
                <tr key={one.id}>
                  <td>
                    <b>{one.name}</b> <span className="faint">{typeName(one.type)}</span>
                  </td>
                  <td className="faint">
                    {graph.edges
                      .filter((edge) => edge.source === one.id)
                      .map((edge) => graph.nodes.find((other) => other.id === edge.target)?.name)
                      .filter(Boolean)
                      .map((name) => `calls ${name ?? ""}`)
                      .join(", ")}
                  </td>
                  <td style={{ textAlign: "right" }}>
                    {one.rootCause ? (
                      <span className="badge bad">root cause</span>
                    ) : one.anomalous ? (
                      <span className="badge warn">unusual faults</span>
                    ) : (
                      <span className="badge">normal</span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
        <section className="panel" aria-label="Events">
          <header>
            <h2>Events</h2>
          </header>
          {events.map((one, i) => (
            <div className="insight-event" key={i}>
              <Ago iso={one.time} />
              <div>
                {one.summary}
                <div className="faint">
                  clients {shareOf(one.clientRequestImpact)} · root cause {shareOf(one.rootCauseRequestImpact)}
                </div>
              </div>
            </div>
          ))}
          {events.length === 0 && <p className="nothing">No events.</p>}
          <header>
            <h2>Notifications</h2>
          </header>
          {notifications.length === 0 && (
            <p className="nothing">
              No recipient was notified.{" "}
              <Link className="link" to="/xray/groups" search={{ edit: insight.group }}>
                Add recipients to the group
              </Link>
            </p>
          )}
          {notifications.map((one, i) => (
            <div className="insight-event" key={i}>
              <Ago iso={one.time} />
              <div>
                {one.state === "ACTIVE" ? "started" : "ended"}
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
              </div>
            </div>
          ))}
        </section>
      </div>
    </>
  );
}

const shareOf = ({ faults, total }: XRayImpact) =>
  `${formatCount(faults)} of ${formatCount(total)} (${formatPercent(faults / Math.max(1, total))})`;

const factOf = (whose: string, { faults, total }: XRayImpact) => ({
  name: `${whose}: ${formatCount(faults)} of ${formatCount(total)} failed`,
  value: formatPercent(faults / Math.max(1, total)),
});

function Fact({ name, value, bad = false }: { name: string; value: string; bad?: boolean }) {
  return (
    <div>
      <div className="faint">{name}</div>
      <div className={`value ${bad ? "bad" : ""}`}>{value}</div>
    </div>
  );
}
