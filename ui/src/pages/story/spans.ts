import type { StoryAnswer, StorySpan } from "../../api/types.generated";
import type { Protocol } from "../../api/words.generated";
import type { SpanTable } from "../../api/written";

// Spans of a story by columns, whichever way they came: a hundred thousand of them are a dozen arrays, not as many objects.

export const KINDS: readonly StorySpan["kind"][] = [
  "unspecified",
  "internal",
  "server",
  "client",
  "producer",
  "consumer",
  "segment",
  "subsegment",
];
export const STATUSES = ["unset", "ok", "error"] as const;
const ERROR = 2;

export interface SpanLink {
  traceId: string;
  spanId: string;
}

export interface Spans {
  count: number;
  ids: readonly string[] | string;
  traces: string[];
  trace: Int32Array;
  parts: string[];
  part: Int32Array;
  protocols: Protocol[];
  protocol: Int32Array;
  services: string[];
  service: Int32Array;
  names: string[];
  name: Int32Array;
  kind: Uint8Array;
  status: Uint8Array;
  /** Nanoseconds from the story's start. */
  start: Float64Array;
  duration: Float64Array;
  /** Position of the parent, or -1. */
  parent: Int32Array;
  inProgress: ReadonlySet<number>;
  /** The parent's id, of spans whose parent was not received. */
  missing: ReadonlyMap<number, string>;
  messages: ReadonlyMap<number, string>;
  events: ReadonlyMap<number, { at: number; name: string }[]>;
  links: ReadonlyMap<number, SpanLink[]>;
  /** Everything each span has, when the story is small enough to hold it. */
  whole: StorySpan[] | null;
}

export function spanId(spans: Spans, at: number): string {
  return typeof spans.ids === "string" ? spans.ids.slice(at * 16, at * 16 + 16) : (spans.ids[at] ?? "");
}
export const serviceOf = (spans: Spans, at: number) => spans.services[spans.service[at] ?? 0] ?? "";
export const nameOf = (spans: Spans, at: number) => spans.names[spans.name[at] ?? 0] ?? "";
export const protocolOf = (spans: Spans, at: number): Protocol => spans.protocols[spans.protocol[at] ?? 0] ?? "otlp";
export const traceOf = (spans: Spans, at: number) => spans.traces[spans.trace[at] ?? 0] ?? "";
export const isError = (spans: Spans, at: number) => spans.status[at] === ERROR;

export function spansOf(story: Pick<StoryAnswer, "spans" | "table">): Spans {
  return story.table ? fromTable(story.table) : fromRows(story.spans);
}

/** Numbers distinct texts in order of appearance. */
class Dictionary<T extends string> {
  readonly texts: T[] = [];
  readonly #numbers = new Map<string, number>();
  number(text: T): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.texts.length);
    this.texts.push(text);
    return this.texts.length - 1;
  }
}

function fromRows(rows: StorySpan[]): Spans {
  const [traces, parts, services, names] = [0, 1, 2, 3].map(() => new Dictionary<string>()) as [
    Dictionary<string>,
    Dictionary<string>,
    Dictionary<string>,
    Dictionary<string>,
  ];
  const protocols = new Dictionary<Protocol>();
  const numbers = (of: (row: StorySpan) => number) => Int32Array.from(rows, of);
  const { parent, missing } = parentsOf(rows);
  const some = <T>(of: (row: StorySpan) => T | null): Map<number, T> => {
    const found = new Map<number, T>();
    rows.forEach((row, i) => {
      const value = of(row);
      if (value !== null) found.set(i, value);
    });
    return found;
  };
  return {
    count: rows.length,
    ids: rows.map((row) => row.spanId),
    trace: numbers((row) => traces.number(row.traceId)),
    traces: traces.texts,
    part: numbers((row) => parts.number(row.partId)),
    parts: parts.texts,
    protocol: numbers((row) => protocols.number(row.protocol)),
    protocols: protocols.texts,
    service: numbers((row) => services.number(row.service)),
    services: services.texts,
    name: numbers((row) => names.number(row.name)),
    names: names.texts,
    kind: Uint8Array.from(rows, (row) => Math.max(0, KINDS.indexOf(row.kind))),
    status: Uint8Array.from(rows, (row) => STATUSES.indexOf(row.status)),
    start: Float64Array.from(rows, (row) => row.offsetNs),
    duration: Float64Array.from(rows, (row) => row.durationNs),
    parent,
    missing,
    inProgress: new Set(some((row) => (row.inProgress ? true : null)).keys()),
    messages: some((row) => row.statusMessage),
    events: some((row) =>
      row.events.length > 0 ? row.events.map(({ offsetNs, name }) => ({ at: offsetNs, name })) : null,
    ),
    links: some((row) => (row.links.length > 0 ? row.links : null)),
    whole: rows,
  };
}

/** Parents by id within a trace; where spans share the id, one of the same part and service is meant. */
function parentsOf(rows: StorySpan[]): { parent: Int32Array; missing: Map<number, string> } {
  const byId = new Map<string, number[]>();
  rows.forEach((row, i) => {
    const key = `${row.traceId}/${row.spanId}`;
    const same = byId.get(key);
    if (same) same.push(i);
    else byId.set(key, [i]);
  });
  const missing = new Map<number, string>();
  const parent = Int32Array.from(rows, (row, i) => {
    if (row.parentSpanId === null) return -1;
    const all = byId.get(`${row.traceId}/${row.parentSpanId}`);
    if (!all) {
      missing.set(i, row.parentSpanId);
      return -1;
    }
    let best = -1;
    let points = -1;
    for (const one of all) {
      const other = rows[one];
      if (one === i || !other) continue;
      const fits = (other.partId === row.partId ? 2 : 0) + (other.service === row.service ? 1 : 0);
      if (fits > points) [best, points] = [one, fits];
    }
    return best;
  });
  return { parent, missing };
}

function fromTable(table: SpanTable): Spans {
  const { missing, messages, events, links } = table;
  const marks = new Map<number, { at: number; name: string }[]>();
  events.span.forEach((span, i) => {
    const mark = { at: events.at[i] ?? 0, name: events.names[events.name[i] ?? 0] ?? "" };
    const all = marks.get(span);
    if (all) all.push(mark);
    else marks.set(span, [mark]);
  });
  const linked = new Map<number, SpanLink[]>();
  links.span.forEach((span, i) => {
    const link = { traceId: links.traceIds[i] ?? "", spanId: links.spanIds[i] ?? "" };
    const all = linked.get(span);
    if (all) all.push(link);
    else linked.set(span, [link]);
  });
  return {
    count: table.count,
    ids: table.ids,
    traces: table.traces,
    trace: Int32Array.from(table.trace),
    parts: table.parts,
    part: Int32Array.from(table.part),
    protocols: table.protocols,
    protocol: Int32Array.from(table.protocol),
    services: table.services,
    service: Int32Array.from(table.service),
    names: table.names,
    name: Int32Array.from(table.name),
    kind: Uint8Array.from(table.kind),
    status: Uint8Array.from(table.status),
    start: Float64Array.from(table.start),
    duration: Float64Array.from(table.duration),
    parent: Int32Array.from(table.parent),
    inProgress: new Set(table.inProgress),
    missing: new Map(missing.span.map((span, i) => [span, missing.parentIds.slice(i * 16, i * 16 + 16)])),
    messages: new Map(messages.span.map((span, i) => [span, messages.texts[messages.text[i] ?? 0] ?? ""])),
    events: marks,
    links: linked,
    whole: null,
  };
}
