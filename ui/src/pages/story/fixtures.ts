import { bigTrace, oddId, oddTrace } from "../../../e2e/world/large";
import type { SentSpan } from "../../../e2e/world/sent";
import type { StoryAnswer, StorySpan, StoryValues } from "../../api/types.generated";
import type { SpanTable } from "../../api/written";

// Stories for unit tests, in the shape that the server answers them in.

/** Up to so many spans are told whole; a larger story as a table. As the server does it. */
const MOST_WHOLE = 1_000;
const KINDS = ["unspecified", "internal", "server", "client", "producer", "consumer", "segment", "subsegment"];

interface Draft extends Partial<StorySpan> {
  name: string;
  spanId: string;
  parentSpanId: string | null;
  /** Start and length in ms. */
  at: number;
  ms: number;
}

export function span(partId: string, traceId: string, { at, ms, ...more }: Draft): StorySpan {
  return {
    partId,
    protocol: "otlp",
    traceId,
    parentMissing: false,
    service: "backend-flask",
    kind: "internal",
    status: "unset",
    statusMessage: null,
    inProgress: false,
    offsetNs: Math.round(at * 1e6),
    durationNs: Math.round(ms * 1e6),
    depth: 0,
    attributes: {},
    resource: {},
    scope: null,
    events: [],
    links: [],
    document: null,
    ...more,
  };
}

function storyOf(traceId: string, spans: StorySpan[], logs: StoryAnswer["logs"]): StoryAnswer {
  const link = { by: "origin", explanation: "", distanceMs: null, matchedOn: [], confidence: 1 } as const;
  return {
    traceId,
    xrayTraceId: "",
    title: "",
    start: new Date(0).toISOString(),
    durationMs: 4200,
    request: null,
    parts: [
      {
        id: "otlp",
        kind: "trace",
        protocol: "otlp",
        title: "",
        traceId,
        count: spans.length,
        link: { ...link, matchedOn: [] },
      },
    ],
    spanCount: spans.length,
    spans,
    table: null,
    logs,
    errors: [],
    notices: [],
    candidates: [],
  };
}

const received = (traceId: string, { startMs, ms, resource, scope, events, links, ...one }: SentSpan): StorySpan =>
  span("otlp", traceId, {
    ...one,
    traceId,
    at: startMs,
    ms,
    statusMessage: one.statusMessage ?? null,
    depth: Number(one.attributes["app.level"] ?? 0),
    scope: scope === undefined ? null : { name: scope, version: "" },
    resource: resource ?? {},
    events: events.map((event) => ({ ...event, offsetNs: Math.round(event.atMs * 1e6) })),
    links,
  });

export function bigStory(traceId: string, count: number): StoryAnswer {
  const { spans, logs } = bigTrace(count, 0);
  return storyOf(
    traceId,
    spans.map((one) => received(traceId, one)),
    logs.map((one, i) => ({
      partId: "otlp",
      id: `big-${i}`,
      protocol: "otlp",
      offsetNs: Math.round(one.timeMs * 1e6),
      time: new Date(one.timeMs).toISOString(),
      severity: one.severity,
      body: one.body,
      service: one.service,
      spanId: one.spanId,
      logGroup: null,
      logStream: null,
      attributes: one.attributes,
    })),
  );
}

export function oddStory(traceId: string): StoryAnswer {
  const spans = oddTrace(0).map((one) => received(traceId, one));
  const open = { spanId: oddId("open"), parentSpanId: oddId("root"), at: 900, ms: 0 };
  spans.push(span("otlp", traceId, { ...open, name: "never ended", service: "odd", inProgress: true }));
  return storyOf(traceId, spans, []);
}

/** As the server answers: a table instead of spans when there are many. */
export function answered(story: StoryAnswer): StoryAnswer {
  return story.spans.length > MOST_WHOLE ? { ...story, spans: [], table: tableOf(story.spans) } : story;
}

/** Rows by columns, depth first. */
function tableOf(rows: StorySpan[]): SpanTable {
  const byId = new Map<string, number>();
  rows.forEach((row, i) => byId.set(row.spanId, byId.get(row.spanId) ?? i));
  const children = new Map<number, number[]>();
  const parentOf = rows.map((row, i) => {
    const parent = row.parentSpanId === null ? -1 : (byId.get(row.parentSpanId) ?? -1);
    return parent === i ? -1 : parent;
  });
  parentOf.forEach((parent, i) => children.set(parent, [...(children.get(parent) ?? []), i]));
  const order: number[] = [];
  const place = new Map<number, number>();
  const walk = (root: number) => {
    const stack = [root];
    for (let one = stack.pop(); one !== undefined; one = stack.pop()) {
      if (place.has(one)) continue;
      place.set(one, order.length);
      order.push(one);
      stack.push(...[...(children.get(one) ?? [])].reverse());
    }
  };
  for (const root of children.get(-1) ?? []) walk(root);
  rows.forEach((_, i) => walk(i));

  const sorted = order.flatMap((i) => rows[i] ?? []);
  const dictionary = (of: (row: StorySpan) => string) => {
    const texts = [...new Set(sorted.map(of))];
    const numbers = new Map(texts.map((text, i) => [text, i]));
    return { texts, numbers: sorted.map((row) => numbers.get(of(row)) ?? 0) };
  };
  const [parts, traces, services, names] = [
    dictionary((row) => row.partId),
    dictionary((row) => row.traceId),
    dictionary((row) => row.service),
    dictionary((row) => row.name),
  ];
  const having = (fits: (row: StorySpan) => boolean) => sorted.flatMap((row, i) => (fits(row) ? [i] : []));
  const missing = having((row) => row.parentSpanId !== null && !byId.has(row.parentSpanId));
  const spoken = having((row) => row.statusMessage !== null);
  const events = sorted.flatMap((row, span) =>
    row.events.map((event) => ({ span, at: event.offsetNs, name: event.name })),
  );
  const eventNames = [...new Set(events.map((event) => event.name))];
  const links = sorted.flatMap((row, span) => row.links.map((link) => ({ span, ...link })));
  return {
    count: sorted.length,
    ids: sorted.map((row) => row.spanId).join(""),
    parent: order.map((i, at) => {
      const parent = place.get(parentOf[i] ?? -1) ?? -1;
      return parent < at ? parent : -1;
    }),
    parts: parts.texts,
    part: parts.numbers,
    traces: traces.texts,
    trace: traces.numbers,
    protocols: ["otlp"],
    protocol: sorted.map(() => 0),
    services: services.texts,
    service: services.numbers,
    names: names.texts,
    name: names.numbers,
    kind: sorted.map((row) => KINDS.indexOf(row.kind)),
    status: sorted.map((row) => ["unset", "ok", "error"].indexOf(row.status)),
    start: sorted.map((row) => row.offsetNs),
    duration: sorted.map((row) => row.durationNs),
    inProgress: having((row) => row.inProgress),
    missing: { span: missing, parentIds: missing.map((i) => sorted[i]?.parentSpanId ?? "").join("") },
    messages: {
      span: spoken,
      text: spoken.map((_, i) => i),
      texts: spoken.map((i) => sorted[i]?.statusMessage ?? ""),
    },
    events: {
      span: events.map((event) => event.span),
      at: events.map((event) => event.at),
      name: events.map((event) => eventNames.indexOf(event.name)),
      names: eventNames,
    },
    links: {
      span: links.map((link) => link.span),
      traceIds: links.map((link) => link.traceId),
      spanIds: links.map((link) => link.spanId),
    },
  };
}

/** `/api/story/{traceId}/values`. */
export function valuesOf(story: StoryAnswer, column: string): StoryValues {
  const having = story.spans.filter((one) => one.attributes[column] !== undefined);
  const values = [...new Set(having.map((one) => String(one.attributes[column])))];
  return {
    column,
    ids: having.map((one) => one.spanId).join(""),
    of: having.map((one) => values.indexOf(String(one.attributes[column]))),
    values,
    truncated: false,
  };
}
