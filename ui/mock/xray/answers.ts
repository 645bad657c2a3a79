import type {
  AnalyticsTable,
  FilterCompletion,
  MapEdge,
  MapNode,
  NodeStatistics,
  TimeCount,
  XRayAnalytics,
  XRayDocuments,
  XRayMap,
  XRayTimeSeries,
  XRayTraces,
} from "../api/xray.ts";
import { percentile } from "../../src/xray/histogram.ts";
import type { MockRequest } from "../requests.ts";
import { buildStory } from "../stories.ts";
import { bigMap } from "./bigMap.ts";
import { checkFilter, compile } from "./filter.ts";
import { insightAnswer } from "./insights.ts";
import { Management } from "./management.ts";
import { countCodes, recordOf, type Call, type Record } from "./records.ts";
import { Refused } from "./refused.ts";

/** Everything the mock answers under /api/xray; one for each running mock. */
export class XRayMock {
  readonly management: Management;
  readonly #requests: readonly MockRequest[];
  /** A map of this many nodes instead of Cruddur's. */
  mapNodes = 0;

  constructor(requests: readonly MockRequest[], now: number) {
    this.#requests = requests;
    this.management = new Management(requests.length === 0, now);
  }

  answer(method: string, path: string[], query: URLSearchParams, body: string): unknown {
    const [area, name, third] = path;
    switch (area) {
      case "groups":
        return this.management.answerGroups(method, name, body);
      case "rules":
        return this.management.answerRules(method, name, body);
      case "sampling":
        return this.management.sampling(Date.now());
      case "filter":
        return name === "check" ? checkFilter(query.get("filter") ?? "") : this.#complete(query);
      case "traces":
        if (third === "documents") return this.#documents(name ?? "");
        return this.#traces(query);
      case "map":
        return this.#map(query);
      case "timeseries":
        return this.#series(query);
      case "analytics":
        return this.#analytics(query);
      case "insights":
        return insightAnswer(name, this.#requests.length === 0, Date.now());
      default:
        throw new Refused(404, "Not found", `There is no /api/xray/${path.join("/")}.`);
    }
  }

  #window(query: URLSearchParams): [number, number] {
    const now = Date.now();
    return [
      Date.parse(query.get("start") ?? "") || now - 3_600_000,
      Math.min(now, Date.parse(query.get("end") ?? "") || now),
    ];
  }

  /** What fits, newest first. */
  #found(query: URLSearchParams): Record[] {
    const [start, end] = this.#window(query);
    const check = checkFilter(query.get("filter") ?? "");
    if (!check.ok) throw new Refused(400, "Invalid filter expression", check.message, check.position);
    const groups = (name: string) => this.management.expressionOf(name);
    const test = compile(query.get("filter"), groups);
    const group = query.get("group");
    const inGroup = group ? compile(groups(group) ?? "", groups) : () => true;
    return this.#requests
      .filter((one) => one.startMs >= start && one.startMs <= end)
      .map(recordOf)
      .filter((one) => inGroup(one, null) && test(one, null))
      .reverse();
  }

  #traces(query: URLSearchParams): XRayTraces {
    const found = this.#found(query);
    if (query.get("order") === "slowest")
      found.sort((a, b) => (b.trace.responseTimeSeconds ?? 0) - (a.trace.responseTimeSeconds ?? 0));
    const from = Number(query.get("cursor") ?? 0);
    const limit = Number(query.get("limit") ?? 100);
    return {
      traces: found.slice(from, from + limit).map((one) => one.trace),
      nextCursor: found.length > from + limit ? String(from + limit) : null,
      notice: null,
      summary:
        from > 0
          ? null
          : {
              counts: countCodes(found.map((one) => one.trace.code)),
              histogram: histogram(found.map((one) => one.trace.responseTimeSeconds ?? 0)),
            },
    };
  }

  #documents(traceId: string): XRayDocuments {
    const request = this.#requests.find((one) => one.traceId === traceId || one.otherTraceId === traceId);
    const spans = request ? buildStory(request).spans.filter((one) => one.document !== null) : [];
    if (spans.length === 0) throw new Refused(404, "Not found", `Nothing is stored under trace id ${traceId}`);
    return { traceId, segments: spans.map((one) => ({ id: one.spanId, document: one.document ?? "" })) };
  }

  #complete(query: URLSearchParams): FilterCompletion {
    const position = Number(query.get("position") ?? 0);
    const before = (query.get("filter") ?? "").slice(0, position);
    const records = this.#found(new URLSearchParams());
    const annotation = /annotation(?:\.(\w+)|\[([^\]]+)\])\s*(?:=|!=|contains)\s*"?[^"]*$/i.exec(before);
    const key = annotation?.[1] ?? annotation?.[2];
    const keyword =
      /(user|http\.url|http\.useragent|http\.clientip)\s*(?:=|!=|contains|beginswith|endswith)\s*"?[^"]*$/i
        .exec(before)?.[1]
        ?.toLowerCase();
    const items = (texts: (string | number | boolean | null)[], kind: string) =>
      [...new Set(texts.filter((one) => one !== null))]
        .sort()
        .slice(0, 30)
        .map((text) => ({ text: String(text), kind, detail: null }));
    const of = (pick: (one: Record) => (string | number | boolean | null)[], kind: string): FilterCompletion => ({
      from: position,
      to: position,
      items: items(records.flatMap(pick), kind),
    });
    if (key)
      return of((one) => one.trace.annotations.filter((two) => two.key === key).map((two) => two.value), "value");
    if (keyword === "user") return of((one) => one.trace.users, "value");
    if (keyword === "http.url") return of((one) => [one.trace.url], "value");
    if (keyword === "http.useragent") return of((one) => [one.trace.userAgent], "value");
    if (keyword === "http.clientip") return of((one) => [one.trace.clientIp], "value");
    if (/annotation[.[]\w*$/i.test(before))
      return of((one) => one.trace.annotations.map((two) => two.key), "annotation");
    return of((one) => one.calls.map((two) => two.name), "service");
  }

  #map(query: URLSearchParams): XRayMap {
    const [start, end] = this.#window(query);
    const range = { start: new Date(start).toISOString(), end: new Date(end).toISOString() };
    if (this.mapNodes > 0) return { ...range, ...bigMap(this.mapNodes) };
    const found = this.#found(query);
    const nodes = new Map<string, { call: Call; calls: Call[]; root: boolean; records: Set<Record> }>();
    const edges = new Map<string, { source: string; target: string; link: boolean; calls: Call[] }>();
    const id = (name: string, type: string | null) => `${name}|${type ?? ""}`;
    for (const record of found) {
      const byName = new Map(record.calls.map((one) => [one.name, id(one.name, one.type)]));
      for (const call of record.calls) {
        const target = id(call.name, call.type);
        const node = nodes.get(target) ?? { call, calls: [], root: false, records: new Set() };
        node.calls.push(call);
        node.root ||= call.from === null;
        node.records.add(record);
        nodes.set(target, node);
        const source = call.from === null ? id(call.name, "client") : (byName.get(call.from) ?? "");
        const edge = edges.get(`${source}>${target}`) ?? { source, target, link: call.link === true, calls: [] };
        edge.calls.push(call);
        edges.set(`${source}>${target}`, edge);
      }
    }
    const made: MapNode[] = [...nodes].map(([key, one]) => ({
      id: key,
      name: one.call.name,
      type: one.call.type,
      root: one.root,
      inferred: one.call.inferred,
      protocols: [...new Set([...one.records].flatMap((record) => record.trace.protocols))],
      statistics: statistics(one.calls),
    }));
    for (const one of made.filter((node) => node.root))
      made.push({
        id: id(one.name, "client"),
        name: one.name,
        type: "client",
        root: false,
        inferred: true,
        protocols: [],
        statistics: null,
      });
    const drawn: MapEdge[] = [...edges.values()].map(({ calls, ...one }) => ({
      ...one,
      statistics: statistics(calls),
    }));
    return { ...range, traces: found.length, notice: null, total: made.length, offset: 0, nodes: made, edges: drawn };
  }

  #series(query: URLSearchParams): XRayTimeSeries {
    const [start, end] = this.#window(query);
    const bucketSeconds = Math.max(60, Math.ceil((end - start) / 60_000 / 60) * 60);
    const first = Math.floor(start / 1000 / bucketSeconds) * bucketSeconds;
    const found = this.#found(query);
    const name = query.get("name");
    const points = Array.from({ length: Math.ceil((end / 1000 - first) / bucketSeconds) }, (_, i) => {
      const from = (first + i * bucketSeconds) * 1000;
      const calls = found
        .filter((one) => one.startMs >= from && one.startMs < from + bucketSeconds * 1000)
        .flatMap((one) =>
          one.calls.filter((call) =>
            name ? call.name === name && (!query.get("type") || call.type === query.get("type")) : call.from === null,
          ),
        );
      const made = statistics(calls);
      return {
        time: new Date(from).toISOString(),
        counts: made.counts,
        averageSeconds: calls.length > 0 ? made.averageSeconds : null,
        p90Seconds: calls.length > 0 ? made.p90Seconds : null,
      };
    });
    return { bucketSeconds, points };
  }

  #analytics(query: URLSearchParams): XRayAnalytics {
    const found = this.#found(query);
    const from = Number(query.get("from") ?? 0);
    const to = query.get("to") ? Number(query.get("to")) : Infinity;
    const chosen = query.get("from") !== null || query.get("to") !== null;
    const inside = (one: Record) =>
      chosen && (one.trace.responseTimeSeconds ?? 0) >= from && (one.trace.responseTimeSeconds ?? 0) <= to;
    const tables: AnalyticsTable[] = [];
    const table = (
      by: AnalyticsTable["by"],
      key: string | null,
      pick: (one: Record) => (string | number | boolean | null)[],
    ) => {
      const rows = new Map<string | number | boolean, { selected: number; rest: number }>();
      for (const one of found)
        for (const value of new Set(pick(one))) {
          if (value === null) continue;
          const row = rows.get(value) ?? { selected: 0, rest: 0 };
          row[inside(one) ? "selected" : "rest"]++;
          rows.set(value, row);
        }
      if (rows.size === 0) return;
      const sorted = [...rows]
        .map(([value, row]) => ({ value, ...row }))
        .sort((a, b) => b.selected + b.rest - a.selected - a.rest);
      tables.push({ by, key, distinct: sorted.length, rows: sorted.slice(0, 20) });
    };
    table("service", null, (one) => one.calls.map((call) => call.name));
    table("url", null, (one) => [one.trace.url]);
    table("method", null, (one) => [one.trace.method]);
    table("status", null, (one) => [one.trace.httpStatus]);
    table("user", null, (one) => one.trace.users);
    table("client", null, (one) => [one.trace.clientIp]);
    table("exception", null, (one) => [one.exception]);
    for (const key of new Set(found.flatMap((one) => one.trace.annotations.map((two) => two.key))))
      table("annotation", key, (one) => one.trace.annotations.filter((two) => two.key === key).map((two) => two.value));
    const selected = found.filter(inside).length;
    return {
      notice: null,
      selected,
      rest: found.length - selected,
      histogram: histogram(found.map((one) => one.trace.responseTimeSeconds ?? 0)),
      tables,
    };
  }
}

function histogram(seconds: number[]): TimeCount[] {
  const steps = new Map<number, number>();
  for (const one of seconds) {
    const value = Number(one.toPrecision(2));
    steps.set(value, (steps.get(value) ?? 0) + 1);
  }
  return [...steps].map(([value, count]) => ({ value, count }));
}

function statistics(calls: Call[]): NodeStatistics {
  const steps = histogram(calls.map((one) => one.seconds));
  return {
    counts: countCodes(calls.map((one) => one.code)),
    averageSeconds: calls.reduce((sum, one) => sum + one.seconds, 0) / Math.max(1, calls.length),
    p50Seconds: percentile(steps, 0.5) ?? 0,
    p90Seconds: percentile(steps, 0.9) ?? 0,
    p99Seconds: percentile(steps, 0.99) ?? 0,
    histogram: steps,
  };
}
