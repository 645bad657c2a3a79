import type { MapEdge, MapNode, NodeStatistics, XRayMap } from "../api/xray.ts";
import { Random } from "../random.ts";

const WORDS = ["orders", "cart", "users", "search", "billing", "stock", "mail", "media", "feed", "auth"];
const TYPES = [
  "AWS::ECS::Container",
  "AWS::Lambda::Function",
  "AWS::DynamoDB::Table",
  "AWS::SQS::Queue",
  "Database::SQL",
  "remote",
  null,
];

/** A map with so many nodes in layers, to see whether it can still be read. */
export function bigMap(count: number): Omit<XRayMap, "start" | "end"> {
  const random = new Random(count);
  const nodes: MapNode[] = [
    {
      id: "gateway|client",
      name: "gateway",
      type: "client",
      root: false,
      inferred: true,
      protocols: [],
      statistics: null,
    },
  ];
  const edges: MapEdge[] = [];
  for (let i = 0; nodes.length < count; i++) {
    const name =
      i === 0
        ? "gateway"
        : `${WORDS[i % WORDS.length] ?? ""}${i >= WORDS.length ? `-${["api", "worker", "store"][Math.floor(i / WORDS.length) - 1] ?? i}` : ""}`;
    const type = i === 0 ? "AWS::ApiGateway::Stage" : random.pick(TYPES);
    const parent = i === 0 ? 0 : Math.max(1, Math.floor((i - 1) / 2.6) + 1);
    const made = statistics(random, i);
    nodes.push({
      id: `${name}|${type ?? ""}`,
      name,
      type,
      root: i === 0,
      inferred: i > 8 && random.chance(0.5),
      protocols: i % 2 ? ["otlp"] : ["xray"],
      statistics: made,
    });
    edges.push({
      source: nodes[Math.min(parent, nodes.length - 2)]?.id ?? "",
      target: nodes.at(-1)?.id ?? "",
      link: random.chance(0.1),
      statistics: made,
    });
    if (i > 6 && random.chance(0.25))
      edges.push({
        source: nodes[random.int(1, 5)]?.id ?? "",
        target: nodes.at(-1)?.id ?? "",
        link: false,
        statistics: made,
      });
  }
  return {
    traces: 12_400,
    notice: null,
    total: nodes.length,
    offset: 0,
    nodes,
    edges: edges.filter(
      (one, i) => edges.findIndex((two) => two.source === one.source && two.target === one.target) === i,
    ),
  };
}

function statistics(random: Random, index: number): NodeStatistics {
  const total = random.int(40, 9000);
  const fault = index % 6 === 3 ? Math.round(total * random.between(0.02, 0.5)) : 0;
  const error = index % 4 === 1 ? Math.round(total * random.between(0.01, 0.2)) : 0;
  const throttle = index % 9 === 5 ? Math.round(total * 0.08) : 0;
  const middle = random.between(0.004, 0.4);
  const histogram = Array.from({ length: 24 }, (_, i) => ({
    value: middle * 1.25 ** (i - 12),
    count: Math.round(total * 0.08 * Math.exp(-((i - 12) ** 2) / 18)),
  }));
  return {
    counts: { total, ok: total - fault - error - throttle, error, fault, throttle },
    averageSeconds: middle * 1.1,
    p50Seconds: middle,
    p90Seconds: middle * 2.4,
    p99Seconds: middle * 6,
    histogram,
  };
}
