import type { Durations, SpanTable, Story, StoryFound, StoryLog, StorySpan, StoryValues } from "../src/api/types.ts";
import { Random } from "./random.ts";
import { iso, span, xrayId } from "./stories.ts";

export const BIG_TRACE = "b16b16b16b16b16b16b16b16b16b16b1";
export const ODD_TRACE = "0dd0dd0dd0dd0dd0dd0dd0dd0dd0dd00";

/** Up to so many spans are told whole; a larger story as a table. As the server does it. */
const MOST_WHOLE = 1_000;
const KINDS = ["unspecified", "internal", "server", "client", "producer", "consumer", "segment", "subsegment"];

/** A story of many spans, to see that the page stays smooth. */
export function bigStory(traceId: string, count: number, startMs: number): Story {
  const random = new Random(count);
  const services = ["gateway", "orders", "payments", "inventory", "pricing", "users", "search", "emails"];
  const totalMs = 4200;
  const spans: StorySpan[] = [];
  const grow = (parent: StorySpan | null, from: number, ms: number, level: number, most: number): void => {
    const made = span("otlp", "otlp", traceId, {
      name:
        level === 0
          ? "POST /checkout"
          : `${random.pick(["load", "save", "check", "price", "render"])} ${random.pick(["cart", "order", "user", "stock", "offer"])}`,
      spanId: random.hex(16),
      parentSpanId: parent?.spanId ?? null,
      at: from,
      ms,
      kind: level === 0 ? "server" : random.pick(["internal", "client"] as const),
      service: level === 0 ? "gateway" : random.chance(0.7) && parent ? parent.service : random.pick(services),
      status: random.chance(0.004) ? "error" : "unset",
      depth: level,
      attributes: { "app.shard": random.int(1, 64), "app.level": level, "app.tenant": `tenant-${random.int(1, 9)}` },
      events: random.chance(0.05)
        ? [{ offsetNs: Math.round((from + ms * 0.6) * 1e6), name: "cache miss", attributes: { key: "k1" } }]
        : [],
      links: random.chance(0.004) ? [{ traceId: random.hex(32), spanId: random.hex(16), attributes: {} }] : [],
    });
    if (made.status === "error") made.statusMessage = "no such offer";
    spans.push(made);
    if (level > 11) return;
    const children = level < 2 ? 12 : level === 2 ? random.int(3, 8) : random.int(0, 4);
    // Each child may fill its share of what is left, so that the whole tree grows and not its first branch.
    for (let i = 0; i < children && spans.length < most; i++) {
      const share = spans.length + Math.ceil((most - spans.length) / (children - i));
      grow(made, from + (ms * i) / children, (ms / children) * random.between(0.5, 1), level + 1, share);
    }
  };
  grow(null, 0, totalMs, 0, count);
  const root = spans[0];
  while (spans.length < count && root) grow(root, random.between(0, totalMs * 0.9), random.between(5, 300), 4, count);
  const logs: StoryLog[] = Array.from({ length: 400 }, (_, i) => {
    const owner = spans[random.int(0, spans.length - 1)];
    const at = (owner?.offsetNs ?? 0) / 1e6 + random.between(0, (owner?.durationNs ?? 0) / 1e6);
    return {
      partId: "logs",
      id: `big-${i}`,
      protocol: "otlp",
      offsetNs: Math.round(at * 1e6),
      time: iso(startMs + at),
      severity: random.pick(["INFO", "INFO", "DEBUG", "WARN"]),
      body: `step ${i} of the checkout`,
      service: owner?.service ?? "gateway",
      spanId: owner?.spanId ?? null,
      logGroup: "otlp:gateway",
      logStream: "otlp",
      attributes: {},
    };
  });
  return {
    traceId,
    xrayTraceId: xrayId(traceId),
    title: "POST /checkout",
    start: iso(startMs),
    durationMs: totalMs,
    request: { method: "POST", target: "/checkout", httpStatus: 200, clientIp: "10.0.0.8" },
    parts: [
      {
        id: "otlp",
        kind: "trace",
        protocol: "otlp",
        title: "OpenTelemetry trace",
        traceId,
        count: spans.length,
        link: {
          by: "origin",
          explanation: "The trace this story was opened with.",
          distanceMs: null,
          matchedOn: [],
          confidence: 1,
        },
      },
      {
        id: "logs",
        kind: "logs",
        protocol: "otlp",
        title: "OpenTelemetry logs",
        traceId,
        count: logs.length,
        link: {
          by: "sameId",
          explanation: "The lines carry this trace id.",
          distanceMs: null,
          matchedOn: ["trace id"],
          confidence: 1,
        },
      },
    ],
    spanCount: spans.length,
    spans,
    table: null,
    logs,
    errors: [],
    candidates: [],
    notices: [],
  };
}

/** The span id of a name in the odd story: its letters in hex. */
export function oddId(name: string): string {
  return Buffer.from(name, "latin1").toString("hex").padStart(16, "0").slice(-16);
}

/**
 * What goes wrong in traces: a chain of 5,000, two spans that are each other's parent, three parents that never came, one id twice, a
 * child that begins before its parent, 2,000 children of one parent, spans without any duration, one still open.
 */
export function oddStory(traceId: string, startMs: number): Story {
  const spans: StorySpan[] = [];
  const add = (id: string, parent: string | null, at: number, ms: number, more: Partial<StorySpan> = {}) => {
    spans.push(
      span("otlp", "otlp", traceId, {
        name: id,
        spanId: oddId(id),
        parentSpanId: parent === null ? null : oddId(parent),
        at,
        ms,
        service: "odd",
        ...more,
      }),
    );
  };
  add("root", null, 0, 1000, { name: "GET /odd", kind: "server" });
  for (let i = 0; i < 5_000; i++)
    add(`d${i}`, i === 0 ? "root" : `d${i - 1}`, i * 0.05, 600 - i * 0.1, { name: "down" });
  for (let i = 0; i < 2_000; i++)
    add(`w${i}`, "root", 300 + i * 0.3, i % 7 === 0 ? 0 : 2, { name: "wide", service: "fan" });
  add("ring1", "ring2", 100, 50, { name: "ring of two" });
  add("ring2", "ring1", 110, 30, { name: "ring of two" });
  add("self", "self", 120, 5, { name: "its own parent" });
  for (let i = 0; i < 4; i++) add(`o${i}`, `gone${i % 3}`, 400 + i * 20, 15, { name: "orphan", service: "lost" });
  add("twin", "root", 700, 20, { name: "twin one" });
  add("twin", "root", 730, 20, { name: "twin two", service: "fan" });
  add("early", "twin", 690, 8, { name: "before its parent" });
  add("open", "root", 900, 0, { name: "never ended", inProgress: true });
  add("bad", "twin", 702, 10, { name: "fails", status: "error", statusMessage: "it broke" });
  const story = bigStory(traceId, 1, startMs);
  const [part] = story.parts;
  return {
    ...story,
    title: "GET /odd",
    durationMs: 1000,
    request: { method: "GET", target: "/odd", httpStatus: 500, clientIp: null },
    parts: part ? [{ ...part, count: spans.length }] : [],
    spanCount: spans.length,
    spans,
    logs: [],
    candidates: [],
    notices: [
      "2 spans share their id with another one; all are shown, and what names such an id as its parent stands below the likeliest.",
    ],
  };
}

/** As the server answers: a table instead of spans when there are many. */
export function answered(story: Story): Story {
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

/** `/api/story/{traceId}/spans|values|find`. */
export function lookUp(
  story: Story,
  what: string | undefined,
  id: string | undefined,
  query: URLSearchParams,
): unknown {
  if (what === "spans")
    return {
      spans: story.spans
        .filter((one) => one.spanId === id)
        .map((one) => ({
          ...one,
          offsetNs: 0,
          events: one.events.map((event) => ({ ...event, offsetNs: event.offsetNs - one.offsetNs })),
        })),
    };
  if (what === "values") {
    const column = query.get("column") ?? "";
    const having = story.spans.filter((one) => one.attributes[column] !== undefined);
    const values = [...new Set(having.map((one) => String(one.attributes[column])))];
    return {
      column,
      ids: having.map((one) => one.spanId).join(""),
      of: having.map((one) => values.indexOf(String(one.attributes[column]))),
      values,
    } satisfies StoryValues;
  }
  const text = query.get("text") ?? "";
  const found = story.spans.filter((one) =>
    Object.entries(one.attributes).some(([key, value]) =>
      `${key}=${String(value)}`.toLowerCase().includes(text.toLowerCase()),
    ),
  );
  return {
    text,
    count: found.length,
    ids: found.map((one) => one.spanId).join(""),
    truncated: false,
  } satisfies StoryFound;
}

/** `/api/durations`: a bell in half powers of two around 8 ms, whatever the name. */
export function durations(query: URLSearchParams): Durations {
  const mine = Number(query.get("durationNs") ?? 0);
  const bins = Array.from({ length: 17 }, (_, i) => ({
    fromNs: 2 ** ((38 + i) / 2),
    toNs: 2 ** ((39 + i) / 2),
    count: Math.round(900 * Math.exp(-((i - 8) ** 2) / 9)) + 1,
    errors: i > 13 ? 1 : 0,
  }));
  const count = bins.reduce((sum, one) => sum + one.count, 0);
  const below = bins.filter((one) => one.toNs <= mine).reduce((sum, one) => sum + one.count, 0);
  return {
    start: query.get("start") ?? "",
    end: query.get("end") ?? "",
    count,
    errors: 3,
    bins,
    below,
    percentile: (100 * below) / count,
    p50Ms: 8.1,
    p95Ms: 24.6,
    p99Ms: 61.2,
  };
}
