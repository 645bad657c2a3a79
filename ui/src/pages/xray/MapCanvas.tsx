import "@xyflow/react/dist/base.css";
import {
  BaseEdge,
  Controls,
  EdgeLabelRenderer,
  Handle,
  Position,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
  useStore,
  type Edge,
  type EdgeProps,
  type Node,
  type NodeProps,
} from "@xyflow/react";
import { memo, useEffect, useEffectEvent, useMemo, useRef, useState, type KeyboardEvent } from "react";
import type { XRayMap, XRayMapEdge, XRayMapNode } from "../../api/types.generated";
import { formatMs, formatPercent } from "../../values/format";
import { edgeId, NODE, nextTowards, rateText, sizeOf, typeName, worst, type MapLayout } from "../../xray/mapLayout";
import { Ring } from "./Ring";

type FlowNode = Node<
  {
    node: XRayMapNode;
    seconds: number;
    state: State;
    /** An insight names it as a root cause. */
    failing: boolean;
    press: (event: KeyboardEvent) => void;
    pick: () => void;
    look: (on: boolean) => void;
  },
  "service"
>;
type FlowEdge = Edge<
  { edge: XRayMapEdge; path: string; label: { x: number; y: number }; seconds: number; state: State; pick: () => void },
  "call"
>;
type State = "picked" | "near" | "far" | "";

const NODE_TYPES = { service: memo(ServiceNode) };
const EDGE_TYPES = { call: memo(CallEdge) };

export interface MapCanvasProps {
  map: XRayMap;
  layout: MapLayout;
  picked: string | undefined;
  pick: (id: string | undefined) => void;
  /** Names of services that an insight of this time names as root cause. */
  failing: ReadonlySet<string>;
}

/** The drawn map. Nodes are buttons: Tab reaches them, arrows go to the neighbour, Enter opens. */
export function MapCanvas(props: MapCanvasProps) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

function Canvas({ map, layout, picked, pick, failing }: MapCanvasProps) {
  const flow = useReactFlow();
  const box = useRef<HTMLDivElement>(null);
  // Far away only what can still be read is shown: names and rates, larger.
  const far = useStore((state) => state.transform[2] < 0.72);
  const [looked, setLooked] = useState<string | null>(null);
  const seconds = (Date.parse(map.end) - Date.parse(map.start)) / 1000;
  const focus = looked ?? picked ?? null;
  const near = useMemo(() => neighbours(map, focus), [map, focus]);
  const state = (id: string): State => (focus === null ? "" : id === picked ? "picked" : near.has(id) ? "near" : "far");

  const goTo = (from: string, key: string) => {
    if (key !== "ArrowLeft" && key !== "ArrowRight" && key !== "ArrowUp" && key !== "ArrowDown") return false;
    const next = nextTowards(
      layout,
      map.nodes.map((one) => one.id),
      from,
      key,
    );
    if (next === null) return true;
    box.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(next)}"]`)?.focus();
    return true;
  };

  // Tab goes from left to right and from the top down, whatever order the answer has.
  const at = (id: string) => layout.nodes.get(id) ?? { x: 0, y: 0 };
  const ordered = [...map.nodes].sort((a, b) => at(a.id).x - at(b.id).x || at(a.id).y - at(b.id).y);
  const nodes: FlowNode[] = ordered.map((node) => ({
    id: node.id,
    type: "service",
    position: at(node.id),
    ...sizeOf(node),
    data: {
      node,
      seconds,
      state: state(node.id),
      failing: failing.has(node.name),
      pick: () => pick(node.id === picked ? undefined : node.id),
      look: (on) => {
        setLooked(on ? node.id : null);
        if (on) keepInSight(node.id);
      },
      press: (event) => {
        if (goTo(node.id, event.key)) event.preventDefault();
        else if (event.key === "Escape") pick(undefined);
      },
    },
  }));
  const edges: FlowEdge[] = map.edges.flatMap((edge) => {
    const id = edgeId(edge);
    const drawn = layout.edges.get(id);
    if (!drawn) return [];
    const own = `edge:${id}`;
    return [
      {
        id,
        type: "call" as const,
        source: edge.source,
        target: edge.target,
        data: { edge, ...drawn, seconds, state: state(own), pick: () => pick(own === picked ? undefined : own) },
      },
    ];
  });

  const keepInSight = (id: string) => {
    const at = layout.nodes.get(id);
    const frame = box.current?.getBoundingClientRect();
    if (!at || !frame) return;
    const { x, y, zoom } = flow.getViewport();
    const left = at.x * zoom + x;
    const top = at.y * zoom + y;
    if (left < 0 || top < 0 || left + NODE.width * zoom > frame.width || top + NODE.height * zoom > frame.height)
      void flow.setCenter(at.x + NODE.width / 2, at.y + NODE.height / 2, { zoom, duration: 150 });
  };

  // A new layout is shown whole; a refresh, a click or a resize of the window leaves the view alone.
  const fit = useEffectEvent(() => void flow.fitView({ padding: 0.06, maxZoom: 1.1 }));
  useEffect(() => {
    const frame = requestAnimationFrame(() => fit());
    return () => cancelAnimationFrame(frame);
  }, [layout]);

  return (
    <div className={`map-canvas ${far ? "from-far" : ""}`} ref={box}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        zoomOnDoubleClick={false}
        minZoom={0.2}
        maxZoom={1.8}
        onPaneClick={() => pick(undefined)}
        proOptions={{ hideAttribution: true }}
        aria-label="Trace map"
      >
        <Controls showInteractive={false} position="bottom-left" fitViewOptions={{ padding: 0.06, maxZoom: 1.1 }} />
        <svg width="0" height="0" aria-hidden>
          <defs>
            <marker
              id="map-arrow"
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="7"
              markerHeight="7"
              orient="auto-start-reverse"
              markerUnits="userSpaceOnUse"
            >
              <path d="M0,0.8 L7.4,4 L0,7.2 z" fill="context-stroke" />
            </marker>
          </defs>
        </svg>
      </ReactFlow>
    </div>
  );
}

function ServiceNode({ data }: NodeProps<FlowNode>) {
  const { node, seconds, state, press, pick, look, failing } = data;
  const { statistics } = node;
  const code = statistics ? worst(statistics.counts) : "ok";
  const said = statistics
    ? `${rateText(statistics.counts.total, seconds)}, ${formatPercent(statistics.counts.fault / Math.max(1, statistics.counts.total))} faults, average ${formatMs(statistics.averageSeconds * 1000)}, 90% under ${formatMs(statistics.p90Seconds * 1000)}`
    : "source of requests";
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <button
        className={`map-node nodrag code-${code} ${state} ${node.type === "client" ? "client" : ""} ${node.inferred ? "inferred" : ""}`}
        data-node={node.id}
        aria-label={`${node.name}, ${typeName(node.type)}: ${said}`}
        aria-pressed={state === "picked"}
        onClick={pick}
        onKeyDown={press}
        onFocus={() => look(true)}
        onBlur={() => look(false)}
        onMouseEnter={() => look(true)}
        onMouseLeave={() => look(false)}
        style={sizeOf(node)}
      >
        {failing && (
          <span className="badge bad insight-mark" title="Fails more often than usual at the moment: see Insights">
            insight
          </span>
        )}
        <Ring statistics={statistics} type={node.type} size={node.type === "client" ? 34 : 44} />
        <span className="text">
          <b className="cut" title={node.name}>
            {node.type === "client" ? "Clients" : node.name}
          </b>
          <span className="type cut">{node.type === "client" ? `of ${node.name}` : typeName(node.type)}</span>
          {statistics && (
            <span className="figures">
              <span>{rateText(statistics.counts.total, seconds)}</span>
              <span title="average">{formatMs(statistics.averageSeconds * 1000)}</span>
              <span title="90% are faster">
                <i>p90</i> {formatMs(statistics.p90Seconds * 1000)}
              </span>
            </span>
          )}
        </span>
      </button>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </>
  );
}

function CallEdge({ id, data }: EdgeProps<FlowEdge>) {
  if (!data) return null;
  const { edge, path, label, seconds, state, pick } = data;
  const { counts } = edge.statistics;
  const perMinute = (counts.total / Math.max(1, seconds)) * 60;
  const code = worst(counts);
  const failed = (counts.fault + counts.throttle) / Math.max(1, counts.total);
  return (
    <>
      <BaseEdge
        id={id}
        path={path}
        className={`map-edge code-${code} ${state} ${edge.link ? "link" : ""}`}
        style={{ strokeWidth: 1.2 + Math.min(3.2, Math.log10(1 + perMinute)) }}
        markerEnd="url(#map-arrow)"
        interactionWidth={16}
      />
      <EdgeLabelRenderer>
        <button
          className={`map-edge-label nodrag nopan code-${code} ${state}`}
          style={{ transform: `translate(-50%, -50%) translate(${label.x}px, ${label.y}px)` }}
          onClick={pick}
          title={`${edge.link ? "Linked" : "Called"} ${rateText(counts.total, seconds)}, ${formatPercent(failed)} failed, average ${formatMs(edge.statistics.averageSeconds * 1000)}`}
          tabIndex={-1}
        >
          {rateText(counts.total, seconds)}
        </button>
      </EdgeLabelRenderer>
    </>
  );
}

/** What touches a node or an edge: it stays bright while the rest fades. */
function neighbours(map: XRayMap, id: string | null): Set<string> {
  const near = new Set<string>();
  if (id === null) return near;
  near.add(id);
  for (const edge of map.edges) {
    const own = edgeId(edge);
    if (edge.source === id || edge.target === id || id === `edge:${own}`) {
      near.add(edge.source);
      near.add(edge.target);
      near.add(`edge:${own}`);
    }
  }
  return near;
}
