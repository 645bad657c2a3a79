import type { ElkExtendedEdge, ElkNode } from "elkjs/lib/elk-api";
import type { XRayCounts, XRayMapEdge, XRayMapNode } from "../api/types.generated";

export const NODE = { width: 238, height: 62 };
const CLIENT = { width: 172, height: 50 };

export function sizeOf(node: Pick<XRayMapNode, "type">): { width: number; height: number } {
  return node.type === "client" ? CLIENT : NODE;
}
const LABEL = { width: 62, height: 16 };

/** The positions of all nodes and edges, in pixels of the map. */
export interface MapLayout {
  nodes: ReadonlyMap<string, { x: number; y: number }>;
  edges: ReadonlyMap<string, { path: string; label: { x: number; y: number } }>;
  width: number;
  height: number;
}

export function edgeId(edge: Pick<XRayMapEdge, "source" | "target">): string {
  return `${edge.source}>${edge.target}`;
}

type Shape = {
  nodes: readonly Pick<XRayMapNode, "id" | "type" | "root">[];
  edges: readonly Pick<XRayMapEdge, "source" | "target">[];
};

/** Whether a layout has a place for everything: then a refresh moves nothing, even when something is gone for a while. */
export function covers(layout: MapLayout, map: Shape): boolean {
  return map.nodes.every((one) => layout.nodes.has(one.id)) && map.edges.every((one) => layout.edges.has(edgeId(one)));
}

/** The graph in the form for elk; sorted, so that the same services always get the same positions. */
export function toElk(map: Shape): ElkNode {
  const known = new Set(map.nodes.map((one) => one.id));
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
  return {
    id: "map",
    layoutOptions: {
      "elk.algorithm": "layered",
      "elk.direction": "RIGHT",
      "elk.edgeRouting": "ORTHOGONAL",
      "elk.edgeLabels.inline": "true",
      "elk.spacing.nodeNode": "16",
      "elk.spacing.edgeNode": "12",
      "elk.spacing.edgeEdge": "10",
      "elk.spacing.componentComponent": "44",
      "elk.layered.spacing.nodeNodeBetweenLayers": "26",
      "elk.layered.spacing.edgeNodeBetweenLayers": "14",
      "elk.layered.nodePlacement.strategy": "BRANDES_KOEPF",
      "elk.layered.nodePlacement.favorStraightEdges": "true",
      "elk.layered.crossingMinimization.thoroughness": "20",
      "elk.padding": "[top=16,left=16,bottom=16,right=16]",
    },
    children: [...map.nodes].sort(byId).map((one) => ({
      id: one.id,
      ...sizeOf(one),
      ...(one.type === "client" && { layoutOptions: { "elk.layered.layering.layerConstraint": "FIRST" } }),
    })),
    edges: map.edges
      .filter((one) => known.has(one.source) && known.has(one.target))
      .map((one) => ({
        id: edgeId(one),
        sources: [one.source],
        targets: [one.target],
        labels: [{ id: `${edgeId(one)}#`, text: "rate", ...LABEL }],
      }))
      .sort(byId),
  };
}

export function fromElk(graph: ElkNode): MapLayout {
  const nodes = new Map((graph.children ?? []).map((one) => [one.id, { x: one.x ?? 0, y: one.y ?? 0 }]));
  const edges = new Map(
    (graph.edges ?? []).map((one) => {
      const points = pointsOf(one);
      const label = one.labels?.[0];
      return [
        one.id,
        {
          path: roundedPath(points),
          label: { x: (label?.x ?? 0) + LABEL.width / 2, y: (label?.y ?? 0) + LABEL.height / 2 },
        },
      ];
    }),
  );
  return { nodes, edges, width: graph.width ?? 0, height: graph.height ?? 0 };
}

interface Point {
  x: number;
  y: number;
}

function pointsOf(edge: ElkExtendedEdge): Point[] {
  return (edge.sections ?? []).flatMap((one) => [one.startPoint, ...(one.bendPoints ?? []), one.endPoint]);
}

/** A line through the points with its corners rounded. */
export function roundedPath(points: readonly Point[], radius = 9): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let path = `M${first.x},${first.y}`;
  rest.forEach((point, i) => {
    const before = points[i] ?? point;
    const after = rest[i + 1];
    if (!after) {
      path += `L${point.x},${point.y}`;
      return;
    }
    const cut = Math.min(radius, distance(before, point) / 2, distance(point, after) / 2);
    const from = towards(point, before, cut);
    const to = towards(point, after, cut);
    path += `L${from.x},${from.y}Q${point.x},${point.y} ${to.x},${to.y}`;
  });
  return path;
}

const distance = (a: Point, b: Point) => Math.hypot(a.x - b.x, a.y - b.y);

function towards(from: Point, to: Point, by: number): Point {
  const length = distance(from, to) || 1;
  const round = (value: number) => Math.round(value * 10) / 10;
  return { x: round(from.x + ((to.x - from.x) / length) * by), y: round(from.y + ((to.y - from.y) / length) * by) };
}

/** The nearest place in a direction, for arrow keys; what lies straight ahead before what is aslant. */
export function nextTowards(
  layout: MapLayout,
  ids: readonly string[],
  from: string,
  key: "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown",
): string | null {
  const here = layout.nodes.get(from);
  if (!here) return null;
  let best: string | null = null;
  let least = Infinity;
  for (const id of ids) {
    const there = layout.nodes.get(id);
    if (!there || id === from) continue;
    const [dx, dy] = [there.x - here.x, there.y - here.y];
    const [ahead, aside] =
      key === "ArrowRight" ? [dx, dy] : key === "ArrowLeft" ? [-dx, dy] : key === "ArrowDown" ? [dy, dx] : [-dy, dx];
    if (ahead <= 1) continue;
    const cost = ahead + Math.abs(aside) * 2;
    if (cost < least) [best, least] = [id, cost];
  }
  return best;
}

/** The arcs of a ring: where each share of the requests begins and how long it is, of one. */
export function ringArcs(
  counts: XRayCounts,
): { code: "fault" | "throttle" | "error" | "ok"; from: number; share: number }[] {
  let from = 0;
  return (["fault", "throttle", "error", "ok"] as const).flatMap((code) => {
    const share = counts.total === 0 ? 0 : counts[code] / counts.total;
    if (share === 0) return [];
    const arc = { code, from, share };
    from += share;
    return [arc];
  });
}

/** What an edge or a node is coloured by: the worst that is more than a stray. */
export function worst(counts: XRayCounts): "ok" | "error" | "throttle" | "fault" {
  const over = (code: "fault" | "throttle" | "error", share: number) =>
    counts.total > 0 && counts[code] / counts.total >= share;
  return over("fault", 0.02) ? "fault" : over("throttle", 0.02) ? "throttle" : over("error", 0.05) ? "error" : "ok";
}

/** "3.4/min", "120/s": requests over a time, in the unit that reads best. */
export function rateText(count: number, seconds: number): string {
  const perMinute = seconds > 0 ? (count / seconds) * 60 : 0;
  if (perMinute >= 600) return `${trimmed(perMinute / 60)}/s`;
  if (perMinute >= 1 || perMinute === 0) return `${trimmed(perMinute)}/min`;
  return `${trimmed(perMinute * 60)}/h`;
}

function trimmed(value: number): string {
  return value >= 1000
    ? `${Number((value / 1000).toPrecision(3))}k`
    : String(Number(value.toPrecision(value >= 100 ? 3 : 2)));
}

/** A readable name for "AWS::ECS::Container". */
export function typeName(type: string | null): string {
  if (type === null || type === "") return "service";
  if (type === "client") return "clients";
  if (type === "remote") return "remote service";
  if (type === "Database::SQL") return "SQL database";
  return type
    .replace(/^AWS::/, "")
    .split("::")
    .join(" ");
}
