import type { Story, StoryError, StoryLog, StorySpan } from "../../api/types";

/** One span in the tree. Built once a story; only the visible rows are computed again. */
export interface SpanNode {
  /** The span id, made unique with `~2` when one id came twice (overwritten X-Ray segments do that). */
  key: string;
  span: StorySpan;
  parent: SpanNode | null;
  children: Entry[];
  depth: number;
  /** All spans below this one. */
  below: number;
  failedBelow: number;
  logs: StoryLog[];
  errors: StoryError[];
}

/** Whatever has its own row. */
export type Entry =
  | { kind: "span"; key: string; at: number; node: SpanNode }
  | { kind: "log"; key: string; at: number; log: StoryLog; owner: SpanNode | null }
  | { kind: "error"; key: string; at: number; error: StoryError; owner: SpanNode | null };

export interface Tree {
  roots: Entry[];
  nodes: SpanNode[];
  byKey: Map<string, Entry>;
  /** First and last instant in ns from the story's start; the first may be negative. */
  from: number;
  to: number;
}

export type Row = Entry & { depth: number; folded: boolean; foldable: boolean };

const byTime = (a: Entry, b: Entry) => a.at - b.at || length(b) - length(a);
const length = (entry: Entry) => (entry.kind === "span" ? entry.node.span.durationNs : 0);

/** Joins spans to their parents and puts log lines and errors under the span they name, all in order of time. */
export function buildTree(story: Pick<Story, "spans" | "logs" | "errors" | "durationMs">): Tree {
  const byKey = new Map<string, Entry>();
  const byId = new Map<string, SpanNode[]>();
  const nodes: SpanNode[] = [];
  for (const span of story.spans) {
    let key = span.spanId;
    for (let n = 2; byKey.has(key); n++) key = `${span.spanId}~${n}`;
    const node: SpanNode = {
      key,
      span,
      parent: null,
      children: [],
      depth: 0,
      below: 0,
      failedBelow: 0,
      logs: [],
      errors: [],
    };
    nodes.push(node);
    byKey.set(key, { kind: "span", key, at: span.offsetNs, node });
    const same = byId.get(span.spanId);
    if (same) same.push(node);
    else byId.set(span.spanId, [node]);
  }

  for (const node of nodes) {
    const { span } = node;
    if (span.parentSpanId === null) continue;
    const candidates = byId.get(span.parentSpanId)?.filter((one) => one !== node && one.span.traceId === span.traceId);
    const parent = candidates?.find((one) => one.span.partId === span.partId) ?? candidates?.[0];
    if (parent) node.parent = parent;
  }

  breakCircles(nodes);

  const roots: Entry[] = [];
  for (const node of nodes) {
    const entry = byKey.get(node.key);
    if (entry) (node.parent?.children ?? roots).push(entry);
  }
  for (const log of story.logs) {
    const owner = (log.spanId ? byId.get(log.spanId)?.[0] : undefined) ?? null;
    const entry: Entry = { kind: "log", key: `log:${log.id}`, at: log.offsetNs, log, owner };
    owner?.logs.push(log);
    byKey.set(entry.key, entry);
    (owner?.children ?? roots).push(entry);
  }
  for (const error of story.errors) {
    const owner = (error.spanId ? byId.get(error.spanId)?.[0] : undefined) ?? null;
    const entry: Entry = { kind: "error", key: `error:${error.occurrenceId}`, at: error.offsetNs, error, owner };
    owner?.errors.push(error);
    byKey.set(entry.key, entry);
    (owner?.children ?? roots).push(entry);
  }

  roots.sort(byTime);
  for (const node of nodes) node.children.sort(byTime);
  countDown(roots);
  return { roots, nodes, byKey, ...extent(story) };
}

/** Broken or hostile data may name parents in a circle; one of its spans becomes a root. Each span is walked once. */
function breakCircles(nodes: SpanNode[]): void {
  const walked = new Map<SpanNode, SpanNode>();
  for (const start of nodes) {
    for (let node: SpanNode | null = start; node; node = node.parent) {
      const walk = walked.get(node);
      if (walk === start) node.parent = null;
      if (walk) break;
      walked.set(node, start);
    }
  }
}

// Without recursion: a chain of ten thousand spans is legal and would overflow the stack.
function countDown(roots: Entry[]): void {
  const order: SpanNode[] = [];
  const stack = roots.flatMap((one) => (one.kind === "span" ? [one.node] : []));
  for (let node = stack.pop(); node; node = stack.pop()) {
    order.push(node);
    for (const child of node.children)
      if (child.kind === "span") {
        child.node.depth = node.depth + 1;
        stack.push(child.node);
      }
  }
  for (const node of order.reverse()) {
    if (!node.parent) continue;
    node.parent.below += node.below + 1;
    node.parent.failedBelow += node.failedBelow + (node.span.status === "error" ? 1 : 0);
  }
}

function extent(story: Pick<Story, "spans" | "logs" | "errors" | "durationMs">): { from: number; to: number } {
  let from = 0;
  let to = story.durationMs * 1e6;
  for (const span of story.spans) {
    from = Math.min(from, span.offsetNs);
    to = Math.max(to, span.offsetNs + span.durationNs);
  }
  for (const point of [...story.logs, ...story.errors]) {
    from = Math.min(from, point.offsetNs);
    to = Math.max(to, point.offsetNs);
  }
  // A little room at the end, so that what happens last can be seen and clicked.
  return { from, to: Math.max(to, from + 1000) + (to - from) * 0.02 };
}

export function partOf(entry: Entry): string {
  return entry.kind === "span" ? entry.node.span.partId : entry.kind === "log" ? entry.log.partId : entry.error.partId;
}

/** The rows to show, top to bottom. Children of a hidden part's span move up to the nearest shown ancestor. */
export function visibleRows(tree: Tree, folded: ReadonlySet<string>, hidden: ReadonlySet<string>): Row[] {
  const rows: Row[] = [];
  const stack: { entry: Entry; depth: number }[] = [];
  const push = (entries: Entry[], depth: number) => {
    for (let i = entries.length - 1; i >= 0; i--) {
      const entry = entries[i];
      if (entry) stack.push({ entry, depth });
    }
  };
  push(tree.roots, 0);
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { entry, depth } = next;
    const shown = !hidden.has(partOf(entry));
    const children = entry.kind === "span" ? entry.node.children : [];
    const isFolded = shown && folded.has(entry.key);
    if (shown) rows.push({ ...entry, depth, folded: isFolded, foldable: children.length > 0 });
    if (!isFolded) push(children, shown ? depth + 1 : depth);
  }
  return rows;
}

/** The spans above an entry, nearest first. */
export function ancestors(entry: Entry): SpanNode[] {
  const found: SpanNode[] = [];
  for (let node = entry.kind === "span" ? entry.node.parent : entry.owner; node; node = node.parent) found.push(node);
  return found;
}

/** Keys of all entries in order of the tree whose name, service, text or attributes hold the words. */
export function findEntries(tree: Tree, text: string): string[] {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return [];
  return visibleRows(tree, new Set(), new Set())
    .filter((row) => textOf(row).toLowerCase().includes(wanted))
    .map((row) => row.key);
}

function textOf(entry: Entry): string {
  if (entry.kind === "log") return `${entry.log.severity} ${entry.log.body}`;
  if (entry.kind === "error") return `${entry.error.level} ${entry.error.title} ${entry.error.message ?? ""}`;
  const { span } = entry.node;
  const attributes = Object.entries(span.attributes).map(([key, value]) => `${key}=${String(value)}`);
  return [span.name, span.service, span.spanId, span.statusMessage ?? "", ...attributes].join(" ");
}

export function isFailed(entry: Entry): boolean {
  return entry.kind === "error" || (entry.kind === "span" && entry.node.span.status === "error");
}

/** Round marks for an axis: about `count` of them at 1, 2 or 5 times a power of ten. */
export function ticks(from: number, to: number, count: number): number[] {
  const rough = (to - from) / Math.max(1, count);
  if (!(rough > 0)) return [];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough) ?? power * 10;
  const marks: number[] = [];
  for (let i = Math.ceil(from / step); i * step <= to; i++) marks.push(i * step);
  return marks;
}

/** Where a span lies in the window, in percent; null when it is outside. */
export function place(
  offset: number,
  duration: number,
  from: number,
  to: number,
): { left: number; width: number } | null {
  if (offset > to || offset + duration < from) return null;
  const scale = 100 / (to - from);
  const left = Math.max(0, (offset - from) * scale);
  const right = Math.min(100, (offset + duration - from) * scale);
  return { left, width: Math.max(0, right - left) };
}
