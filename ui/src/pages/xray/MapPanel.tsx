import { ActionIcon, Tooltip } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import type { XRayInsight, XRayMap, XRayMapEdge, XRayMapNode, XRayStatistics } from "../../api/types.generated";
import { xrayAnalyticsQuery, xrayTimeSeriesQuery, type Scope } from "../../api/xrayQueries";
import { ProtocolBadges } from "../../parts/Marks";
import { useRange } from "../../parts/range";
import { formatCount, formatMs, formatPercent } from "../../values/format";
import { all, CODE_NAMES, CODES, conditionOf, showSeconds, throughNode } from "../../xray/conditions";
import { quote } from "../../xray/filterTokens";
import { edgeId, rateText, typeName } from "../../xray/mapLayout";
import { CodesOverTime } from "./CodesOverTime";
import { ResponseHistogram } from "./ResponseHistogram";
import { Ring } from "./Ring";

interface PanelProps {
  map: XRayMap;
  scope: Scope;
  pick: (id: string | undefined) => void;
}

/** Everything about a node: how long and how its requests went, what failed, and the traces behind it. */
export function NodePanel({
  node,
  map,
  scope,
  pick,
  insights = [],
}: PanelProps & { node: XRayMapNode; insights?: readonly XRayInsight[] }) {
  const { range } = useRange();
  const alone = map.nodes.filter((one) => one.name === node.name && one.type !== "client").length === 1;
  const isClient = node.type === "client";
  const through = throughNode(node, alone);
  const series = useQuery({
    ...xrayTimeSeriesQuery(range, scope, { name: node.name, type: alone ? undefined : (node.type ?? undefined) }),
    enabled: !isClient,
  });
  const callers = map.edges.filter((one) => one.target === node.id);
  const callees = map.edges.filter((one) => one.source === node.id);
  return (
    <Panel
      title={node.name}
      subtitle={typeName(node.type)}
      close={() => pick(undefined)}
      ring={<Ring statistics={node.statistics} type={node.type} size={40} />}
    >
      <div className="row wrap" style={{ gap: 6 }}>
        <ProtocolBadges protocols={node.protocols} />
        {node.root && (
          <span className="badge" title="Entry point of requests">
            entry
          </span>
        )}
        {node.inferred && !isClient && (
          <span className="badge" title="This service sends no traces; the figures come from its callers">
            from callers
          </span>
        )}
      </div>
      {insights.slice(0, 3).map((one) => (
        <Link key={one.id} className="link" to="/xray/insights/$insightId" params={{ insightId: one.id }}>
          <span className={`badge ${one.state === "ACTIVE" ? "bad" : ""}`}>insight</span> {one.summary}
        </Link>
      ))}
      {node.statistics && (
        <>
          <Figures statistics={node.statistics} map={map} />
          <Links
            scope={scope}
            through={through}
            body={(inner) => `${through} { ${inner} }`}
            statistics={node.statistics}
          />
          {series.data && (
            <section>
              <h3>Responses over time</h3>
              <CodesOverTime series={series.data} />
            </section>
          )}
          <TopErrors scope={scope} through={`${through} { fault }`} faults={node.statistics.counts.fault} />
        </>
      )}
      <Calls title="Called by" edges={callers} map={map} pick={pick} end="source" />
      <Calls title="Calls" edges={callees} map={map} pick={pick} end="target" />
    </Panel>
  );
}

export function EdgePanel({ edge, map, scope, pick }: PanelProps & { edge: XRayMapEdge }) {
  const source = map.nodes.find((one) => one.id === edge.source);
  const target = map.nodes.find((one) => one.id === edge.target);
  if (!source || !target) return null;
  const fromClient = source.type === "client";
  const through = fromClient ? throughNode(target) : `edge(${quote(source.name)}, ${quote(target.name)})`;
  return (
    <Panel
      title={`${fromClient ? "Clients" : source.name} → ${target.name}`}
      subtitle={edge.link ? "asynchronous link" : "measured by the caller"}
      close={() => pick(undefined)}
      ring={<Ring statistics={edge.statistics} type={target.type} size={40} />}
    >
      <Figures statistics={edge.statistics} map={map} />
      <Links scope={scope} through={through} body={(inner) => `${through} { ${inner} }`} statistics={edge.statistics} />
      <div className="row wrap">
        <button className="link" onClick={() => pick(source.id)}>
          {fromClient ? "Clients" : source.name}
        </button>
        <button className="link" onClick={() => pick(target.id)}>
          {target.name}
        </button>
      </div>
    </Panel>
  );
}

function Panel({
  title,
  subtitle,
  ring,
  close,
  children,
}: {
  title: string;
  subtitle: string;
  ring: ReactNode;
  close: () => void;
  children: ReactNode;
}) {
  return (
    <aside className="map-detail" aria-label="Details">
      <header>
        {ring}
        <div className="grow">
          <h2 className="cut" title={title}>
            {title}
          </h2>
          <div className="faint">{subtitle}</div>
        </div>
        <Tooltip label="Close (Esc)">
          <ActionIcon aria-label="Close the details" onClick={close} size={24}>
            <IconX size={15} />
          </ActionIcon>
        </Tooltip>
      </header>
      <div className="scroll">{children}</div>
    </aside>
  );
}

function Figures({ statistics, map }: { statistics: XRayStatistics; map: XRayMap }) {
  const { counts } = statistics;
  const seconds = (Date.parse(map.end) - Date.parse(map.start)) / 1000;
  const figures: [string, string, string][] = [
    ["Requests", rateText(counts.total, seconds), `${formatCount(counts.total)} in total`],
    ["Average", formatMs(statistics.averageSeconds * 1000), ""],
    ["p50", formatMs(statistics.p50Seconds * 1000), "half are faster"],
    ["p90", formatMs(statistics.p90Seconds * 1000), "90% are faster"],
    ["p99", formatMs(statistics.p99Seconds * 1000), "99% are faster"],
  ];
  return (
    <>
      <dl className="map-figures">
        {figures.map(([name, value, title]) => (
          <div key={name} title={title}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div
        className="map-shares"
        role="img"
        aria-label={CODES.map(
          (code) => `${CODE_NAMES[code].name} ${formatPercent(counts[code] / Math.max(1, counts.total))}`,
        ).join(", ")}
      >
        {(["ok", "error", "throttle", "fault"] as const).map(
          (code) => counts[code] > 0 && <i key={code} className={`code-${code}`} style={{ flexGrow: counts[code] }} />,
        )}
      </div>
      <div className="map-share-list">
        {CODES.map((code) => (
          <span key={code} className={`code-${code} ${counts[code] === 0 ? "faint" : ""}`}>
            <i className="swatch" /> {CODE_NAMES[code].name}{" "}
            <b>{formatPercent(counts[code] / Math.max(1, counts.total))}</b>
          </span>
        ))}
      </div>
    </>
  );
}

function Links({
  scope,
  through,
  body,
  statistics,
}: {
  scope: Scope;
  through: string;
  body: (inner: string) => string;
  statistics: XRayStatistics;
}) {
  const [stretch, setStretch] = useState<{ from?: number | undefined; to?: number | undefined }>({});
  const parts = [
    stretch.from === undefined ? undefined : `responsetime >= ${showSeconds(stretch.from)}`,
    stretch.to === undefined ? undefined : `responsetime <= ${showSeconds(stretch.to)}`,
  ];
  const narrowed = all(parts);
  const filter = (condition: string) => all([scope.filter, condition]);
  return (
    <>
      <section>
        <h3>
          Response times <span className="faint">{narrowed ? "" : "drag to select a range"}</span>
        </h3>
        <ResponseHistogram
          histogram={statistics.histogram}
          selected={stretch}
          select={(from, to) => setStretch({ from, to })}
          height={96}
        />
      </section>
      <nav className="map-links" aria-label="Traces">
        <Link
          className="link"
          to="/xray"
          search={{ group: scope.group, filter: filter(narrowed ? body(narrowed) : through) }}
        >
          {narrowed ? "Traces with these response times" : "Show traces"}
        </Link>
        {statistics.counts.fault > 0 && (
          <Link className="link" to="/xray" search={{ group: scope.group, filter: filter(body("fault")) }}>
            Traces with faults
          </Link>
        )}
        {statistics.counts.error > 0 && (
          <Link className="link" to="/xray" search={{ group: scope.group, filter: filter(body("error")) }}>
            Traces with errors
          </Link>
        )}
        <Link className="link" to="/xray/analytics" search={{ group: scope.group, filter: filter(through) }}>
          Analytics
        </Link>
      </nav>
    </>
  );
}

function TopErrors({ scope, through, faults }: { scope: Scope; through: string; faults: number }) {
  const { range } = useRange();
  const asked = { ...scope, filter: all([scope.filter, through]) };
  const query = useQuery({ ...xrayAnalyticsQuery(range, asked, {}), enabled: faults > 0 });
  const rows = query.data?.tables.find((one) => one.by === "exception")?.rows ?? [];
  if (faults === 0 || rows.length === 0) return null;
  return (
    <section>
      <h3>Top errors</h3>
      <table className="grid x-small">
        <tbody>
          {rows.slice(0, 5).map((one) => (
            <tr key={String(one.value)}>
              <td>
                <Link
                  className="link mono"
                  to="/xray"
                  search={{
                    group: scope.group,
                    filter: all([asked.filter, conditionOf({ by: "exception", key: null }, one.value)]),
                  }}
                >
                  {String(one.value)}
                </Link>
              </td>
              <td className="num">{formatCount(one.selected + one.rest)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Calls({
  title,
  edges,
  map,
  pick,
  end,
}: {
  title: string;
  edges: XRayMapEdge[];
  map: XRayMap;
  pick: (id: string) => void;
  end: "source" | "target";
}) {
  const seconds = (Date.parse(map.end) - Date.parse(map.start)) / 1000;
  if (edges.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <table className="grid x-small">
        <tbody>
          {[...edges]
            .sort((a, b) => b.statistics.counts.total - a.statistics.counts.total)
            .map((edge) => {
              const other = map.nodes.find((one) => one.id === edge[end]);
              const { counts } = edge.statistics;
              const failed = counts.fault / Math.max(1, counts.total);
              return (
                <tr key={edgeId(edge)}>
                  <td>
                    <button className="link" onClick={() => pick(`edge:${edgeId(edge)}`)}>
                      {other?.type === "client" ? "Clients" : (other?.name ?? edge[end])}
                    </button>
                  </td>
                  <td className="num">{rateText(counts.total, seconds)}</td>
                  <td className={`num ${failed > 0 ? "bad" : "faint"}`}>{formatPercent(failed)}</td>
                  <td className="num">{formatMs(edge.statistics.averageSeconds * 1000)}</td>
                </tr>
              );
            })}
        </tbody>
      </table>
    </section>
  );
}
