import type { StoryAnswer, StoryError, StoryLog } from "../../api/types.generated";
import { isError, spanId, spansOf, traceOf, type Spans } from "./spans";

// Whatever has its own row is an entry, known by its number: spans first, then gaps (parents that were not received), log lines, errors.

export type EntryKind = "span" | "gap" | "log" | "error";

/** A parent that spans name and that was not received. */
export interface Gap {
  parentId: string;
  traceId: string;
  part: string;
  children: number;
}

/** Built once a story; only the visible rows are computed again. */
export interface Tree {
  spans: Spans;
  gaps: Gap[];
  logs: StoryLog[];
  errors: StoryError[];
  /** Entries of all kinds. */
  count: number;
  /** By entry. */
  parent: Int32Array;
  depth: Int32Array;
  at: Float64Array;
  end: Float64Array;
  /** Spans below, and how many of them failed. */
  below: Int32Array;
  failedBelow: Int32Array;
  /** Entries depth first, and the place of each entry there. */
  order: Int32Array;
  rank: Int32Array;
  /** Entries of the whole subtree, itself too: the next entry that is not below it stands that much later in `order`. */
  size: Int32Array;
  /** Children of entry e: `child[first[e]]` up to `child[first[e + 1]]`, in order of time; roots are those of `count`. */
  first: Int32Array;
  child: Int32Array;
  /** First and last instant in ns from the story's start; the first may be negative. */
  from: number;
  to: number;
  deepest: number;
  ids: SpanIds;
}

interface SpanIds {
  first: Map<string, number>;
  /** All spans of an id that several have (overwritten X-Ray segments do that). */
  shared: Map<string, number[]>;
}

export function kindOf(tree: Tree, entry: number): EntryKind {
  const { spans, gaps, logs } = tree;
  if (entry < spans.count) return "span";
  if (entry < spans.count + gaps.length) return "gap";
  return entry < spans.count + gaps.length + logs.length ? "log" : "error";
}
export const gapAt = (tree: Tree, entry: number) => tree.gaps[entry - tree.spans.count];
export const logAt = (tree: Tree, entry: number) => tree.logs[entry - tree.spans.count - tree.gaps.length];
export const errorAt = (tree: Tree, entry: number) =>
  tree.errors[entry - tree.spans.count - tree.gaps.length - tree.logs.length];

export function partOf(tree: Tree, entry: number): string {
  switch (kindOf(tree, entry)) {
    case "span":
      return tree.spans.parts[tree.spans.part[entry] ?? 0] ?? "";
    case "gap":
      return gapAt(tree, entry)?.part ?? "";
    case "log":
      return logAt(tree, entry)?.partId ?? "";
    case "error":
      return errorAt(tree, entry)?.partId ?? "";
  }
}

/** What the URL calls it: a span id (`~2` behind it for the second of that id), `log:`, `error:` or `missing:` with an id. */
export function keyOf(tree: Tree, entry: number): string {
  switch (kindOf(tree, entry)) {
    case "span": {
      const id = spanId(tree.spans, entry);
      const nth = tree.ids.shared.get(id)?.indexOf(entry) ?? 0;
      return nth > 0 ? `${id}~${nth + 1}` : id;
    }
    case "gap":
      return `missing:${gapAt(tree, entry)?.parentId ?? ""}`;
    case "log":
      return `log:${logAt(tree, entry)?.id ?? ""}`;
    case "error":
      return `error:${errorAt(tree, entry)?.occurrenceId ?? ""}`;
  }
}

/** The entry of a key, or -1. */
export function findKey(tree: Tree, key: string | undefined): number {
  if (key === undefined) return -1;
  const { spans, gaps, logs } = tree;
  const [, kind, rest] = /^(log|error|missing):(.*)$/s.exec(key) ?? [];
  const among = (base: number, index: number) => (index < 0 ? -1 : base + index);
  if (kind === "log")
    return among(spans.count + gaps.length, logs.findIndex((one) => one.id === rest)); // prettier-ignore
  if (kind === "error")
    return among(spans.count + gaps.length + logs.length, tree.errors.findIndex((one) => one.occurrenceId === rest)); // prettier-ignore
  if (kind === "missing")
    return among(
      spans.count,
      gaps.findIndex((one) => one.parentId === rest),
    );
  const [id = "", nth] = key.split("~");
  return (nth === undefined ? tree.ids.first.get(id) : tree.ids.shared.get(id)?.[Number(nth) - 1]) ?? -1;
}

/** The entries above one, nearest first. */
export function ancestors(tree: Tree, entry: number): number[] {
  const found: number[] = [];
  for (let above = tree.parent[entry] ?? -1; above >= 0; above = tree.parent[above] ?? -1) found.push(above);
  return found;
}

export function childrenOf(tree: Tree, entry: number): Int32Array {
  return tree.child.subarray(tree.first[entry] ?? 0, tree.first[entry + 1] ?? 0);
}
export const hasChildren = (tree: Tree, entry: number) => (tree.size[entry] ?? 1) > 1;

export function isFailed(tree: Tree, entry: number): boolean {
  return entry < tree.spans.count ? isError(tree.spans, entry) : kindOf(tree, entry) === "error";
}

/** Joins spans to their parents and puts log lines and errors under the span they name, all in order of time. */
export function buildTree(story: Pick<StoryAnswer, "spans" | "table" | "logs" | "errors" | "durationMs">): Tree {
  const spans = spansOf(story);
  const ids = idsOf(spans);
  const { gaps, gapOf } = gapsOf(spans);
  const { logs, errors } = story;
  const count = spans.count + gaps.length + logs.length + errors.length;
  const parent = new Int32Array(count).fill(-1);
  const at = new Float64Array(count);
  const end = new Float64Array(count);
  for (let i = 0; i < spans.count; i++) {
    parent[i] = spans.parent[i] ?? -1;
    at[i] = spans.start[i] ?? 0;
    end[i] = (spans.start[i] ?? 0) + (spans.duration[i] ?? 0);
  }
  breakCircles(parent, spans.count);
  at.fill(Infinity, spans.count, spans.count + gaps.length);
  end.fill(-Infinity, spans.count, spans.count + gaps.length);
  for (const [span, gap] of gapOf) {
    const entry = spans.count + gap;
    parent[span] = entry;
    at[entry] = Math.min(at[entry] ?? 0, at[span] ?? 0);
    end[entry] = Math.max(end[entry] ?? 0, end[span] ?? 0);
  }
  [...logs, ...errors].forEach((point, i) => {
    const entry = spans.count + gaps.length + i;
    parent[entry] = (point.spanId === null ? undefined : ids.first.get(point.spanId)) ?? -1;
    at[entry] = end[entry] = point.offsetNs;
  });

  const families = familiesOf(parent, at, end);
  const walk = walkOf(families, parent, spans);
  return { spans, gaps, logs, errors, count, parent, at, end, ids, ...families, ...walk, ...extent(at, end, story) };
}

function idsOf(spans: Spans): SpanIds {
  const first = new Map<string, number>();
  const shared = new Map<string, number[]>();
  for (let i = 0; i < spans.count; i++) {
    const id = spanId(spans, i);
    const before = first.get(id);
    if (before === undefined) first.set(id, i);
    else shared.set(id, [...(shared.get(id) ?? [before]), i]);
  }
  return { first, shared };
}

function gapsOf(spans: Spans): { gaps: Gap[]; gapOf: Map<number, number> } {
  const gaps: Gap[] = [];
  const known = new Map<string, number>();
  const gapOf = new Map<number, number>();
  for (const [span, parentId] of spans.missing) {
    const traceId = traceOf(spans, span);
    let gap = known.get(`${traceId}/${parentId}`);
    if (gap === undefined) {
      gap = gaps.length;
      known.set(`${traceId}/${parentId}`, gap);
      gaps.push({ parentId, traceId, part: spans.parts[spans.part[span] ?? 0] ?? "", children: 0 });
    }
    const one = gaps[gap];
    if (one) one.children++;
    gapOf.set(span, gap);
  }
  return { gaps, gapOf };
}

/** Broken or hostile data may name parents in a circle; one of its spans becomes a root. Each span is walked once. */
function breakCircles(parent: Int32Array, count: number): void {
  const walked = new Int32Array(count).fill(-1);
  for (let start = 0; start < count; start++) {
    for (let one = start; one >= 0; one = parent[one] ?? -1) {
      const walk = walked[one] ?? -1;
      if (walk === start) parent[one] = -1;
      if (walk >= 0) break;
      walked[one] = start;
    }
  }
}

/** Children of each entry one after another, by time; the roots are the children of number `count`. */
function familiesOf(parent: Int32Array, at: Float64Array, end: Float64Array): { first: Int32Array; child: Int32Array } {
  const count = parent.length;
  const first = new Int32Array(count + 2);
  const familyOf = (entry: number) => {
    const above = parent[entry] ?? -1;
    return above < 0 ? count : above;
  };
  for (let i = 0; i < count; i++) first[familyOf(i) + 1]!++;
  for (let i = 0; i <= count; i++) first[i + 1]! += first[i]!;
  const child = new Int32Array(count);
  const next = first.slice();
  for (let i = 0; i < count; i++) child[next[familyOf(i)]!++] = i;
  const before = (a: number, b: number) => at[a]! - at[b]! || end[b]! - at[b]! - (end[a]! - at[a]!) || a - b;
  for (let family = 0; family <= count; family++) {
    const from = first[family]!;
    const to = first[family + 1]!;
    for (let i = from + 1; i < to; i++)
      if (before(child[i - 1]!, child[i]!) > 0) {
        child.subarray(from, to).sort(before);
        break;
      }
  }
  return { first, child };
}

// Without recursion: a chain of ten thousand spans is legal and would overflow the stack.
function walkOf({ first, child }: { first: Int32Array; child: Int32Array }, parent: Int32Array, spans: Spans) {
  const count = parent.length;
  const order = new Int32Array(count);
  const rank = new Int32Array(count);
  const depth = new Int32Array(count);
  const size = new Int32Array(count).fill(1);
  const below = new Int32Array(count);
  const failedBelow = new Int32Array(count);
  const stack = new Int32Array(count + 1);
  let top = 0;
  let placed = 0;
  let deepest = 0;
  const push = (family: number) => {
    for (let i = first[family + 1]! - 1; i >= first[family]!; i--) stack[top++] = child[i]!;
  };
  push(count);
  while (top > 0) {
    const entry = stack[--top]!;
    const above = parent[entry]!;
    depth[entry] = above < 0 ? 0 : depth[above]! + 1;
    deepest = Math.max(deepest, depth[entry]);
    rank[entry] = placed;
    order[placed++] = entry;
    push(entry);
  }
  for (let i = count - 1; i >= 0; i--) {
    const entry = order[i]!;
    const above = parent[entry]!;
    if (above < 0) continue;
    size[above]! += size[entry]!;
    const span = entry < spans.count;
    below[above]! += below[entry]! + (span ? 1 : 0);
    failedBelow[above]! += failedBelow[entry]! + (span && isError(spans, entry) ? 1 : 0);
  }
  return { order, rank, depth, size, below, failedBelow, deepest };
}

function extent(
  at: Float64Array,
  end: Float64Array,
  story: Pick<StoryAnswer, "durationMs">,
): { from: number; to: number } {
  let from = 0;
  let to = story.durationMs * 1e6;
  for (let i = 0; i < at.length; i++) {
    from = Math.min(from, at[i]!);
    to = Math.max(to, end[i]!);
  }
  // A little room at the end, so that what happens last can be seen and clicked.
  return { from, to: Math.max(to, from + 1000) + (to - from) * 0.02 };
}
