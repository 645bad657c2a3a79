import { SegmentedControl } from "@mantine/core";
import { IconTopologyStar3 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { lazy, Suspense, useMemo, useRef } from "react";
import { ApiError } from "../../api/client";
import { MAP_NODES, xrayInsightsQuery, xrayMapQuery } from "../../api/xrayQueries";
import type { XRayMap } from "../../api/types.generated";
import { CommitInput } from "../../parts/CommitInput";
import { useKeys } from "../../parts/keys";
import { useRange } from "../../parts/range";
import { Empty, Failed, Notice } from "../../parts/States";
import { plural } from "../../values/format";
import { describeRange } from "../../values/timeRange";
import { CODE_NAMES, CODES } from "../../xray/conditions";
import { edgeId } from "../../xray/mapLayout";
import { EdgePanel, NodePanel } from "./MapPanel";
import { MapTable } from "./MapTable";
import { ScopeBar, XRayTabs } from "./XRayFrame";

const DrawnMap = lazy(() => import("./DrawnMap"));
const route = getRouteApi("/xray/map");

export default function XRayMapPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { range, refetchInterval } = useRange();
  const first = useRef<HTMLTextAreaElement>(null);
  const { filter, group, node: picked } = search;
  const scope = { filter, group };
  const query = useQuery({
    ...xrayMapQuery(range, scope, search.q, search.skip),
    refetchInterval: ({ state }) =>
      state.status === "error" || refetchInterval === false ? false : 2 * refetchInterval,
  });
  const map = query.data;
  const change = (next: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...next }) });
  const pick = (id: string | undefined) => change({ node: id });
  useKeys({ f: () => first.current?.focus(), Escape: () => picked !== undefined && pick(undefined) });

  const insights = useQuery({ ...xrayInsightsQuery(range, group), retry: false, refetchInterval: 60_000 }).data
    ?.insights;
  const failing = useMemo(() => new Set(insights?.map((one) => one.rootCause.name)), [insights]);
  const node = map?.nodes.find((one) => one.id === picked);
  const edge = map?.edges.find((one) => `edge:${edgeId(one)}` === picked);
  const refused = query.error instanceof ApiError && query.error.problem.position !== undefined;
  return (
    <div className="page x-page map-page">
      <section className="panel x-head">
        <div className="x-line">
          <XRayTabs scope={scope} />
          <div className="grow" />
          {map && (map.total > map.nodes.length || search.q !== undefined) && (
            <MapPages map={map} q={search.q} change={change} />
          )}
          {map && map.nodes.length > 0 && (
            <span className="faint">
              {map.total > map.nodes.length
                ? `${map.nodes.length.toLocaleString("en-US")} of ${plural(map.total, "node")}`
                : plural(map.nodes.length, "node")}
              , {plural(map.traces, "trace")}
            </span>
          )}
          <SegmentedControl
            aria-label="View"
            data={[
              { value: "", label: "Map" },
              { value: "table", label: "Table" },
            ]}
            value={search.view === "table" ? "table" : ""}
            onChange={(view) => change({ view: view || undefined })}
          />
        </div>
        <ScopeBar scope={scope} change={change} first={first} />
      </section>
      {map?.notice && <Notice>{map.notice}</Notice>}
      <section className="panel map-panel">
        {query.isPending ? (
          <div role="status" aria-label="Loading" className="map-wait" />
        ) : query.isError && (!map || refused) ? (
          <Failed
            error={query.error}
            retry={() => void query.refetch()}
            {...(refused && { title: "The filter expression is not valid" })}
          />
        ) : !map || map.nodes.length === 0 ? (
          <Empty
            icon={<IconTopologyStar3 size={28} stroke={1.5} />}
            title={filter || group ? "No trace matches" : "No traces yet"}
          >
            <p>
              {describeRange(range)}
              {group && `, group ${group}`}.{" "}
              {filter || group
                ? "Choose a longer time range, or remove a filter."
                : "The map is drawn from the traces of X-Ray and OpenTelemetry."}
            </p>
            {filter || group ? (
              <button className="link" onClick={() => change({ filter: undefined, group: undefined })}>
                Show all traces
              </button>
            ) : (
              <Link className="link" to="/setup">
                Send the first trace
              </Link>
            )}
          </Empty>
        ) : (
          <div className={`map-body ${node || edge ? "with-panel" : ""}`}>
            {search.view === "table" ? (
              <MapTable map={map} picked={picked} pick={pick} />
            ) : (
              <Suspense fallback={<div role="status" aria-label="Loading" className="map-wait" />}>
                <DrawnMap map={map} picked={picked} pick={pick} failing={failing} />
              </Suspense>
            )}
            <Legend />
            {node && (
              <NodePanel
                key={node.id}
                node={node}
                map={map}
                scope={scope}
                pick={pick}
                insights={insights?.filter((one) => one.rootCause.name === node.name) ?? []}
              />
            )}
            {edge && <EdgePanel key={edgeId(edge)} edge={edge} map={map} scope={scope} pick={pick} />}
          </div>
        )}
      </section>
    </div>
  );
}

/** Of a map with more nodes than are drawn: a search by name, and the pages. */
function MapPages({
  map,
  q,
  change,
}: {
  map: XRayMap;
  q: string | undefined;
  change: (next: { q?: string | undefined; skip?: number | undefined }) => void;
}) {
  const last = map.offset + map.nodes.length;
  return (
    <>
      <CommitInput
        label="Find services"
        placeholder="service name"
        value={q ?? ""}
        commit={(text) => change({ q: text.trim() || undefined, skip: undefined })}
      />
      <button
        className="plain"
        disabled={map.offset === 0}
        onClick={() => change({ skip: map.offset > MAP_NODES ? map.offset - MAP_NODES : undefined })}
      >
        More traffic
      </button>
      <button className="plain" disabled={last >= map.total} onClick={() => change({ skip: last })}>
        Less traffic
      </button>
    </>
  );
}

function Legend() {
  return (
    <div className="map-legend" aria-label="Colours">
      {CODES.map((code) => (
        <span key={code} className={`code-${code}`} title={CODE_NAMES[code].means}>
          <i className="swatch" /> {CODE_NAMES[code].name}
        </span>
      ))}
      <span title="Asynchronous: a message or a link; the sender does not wait">
        <svg width="22" height="6" aria-hidden>
          <line x1="0" y1="3" x2="22" y2="3" stroke="currentColor" strokeDasharray="4 3" />
        </svg>{" "}
        link
      </span>
    </div>
  );
}
