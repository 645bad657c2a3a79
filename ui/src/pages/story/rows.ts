import type { Tree } from "./tree";
import { kindOf, keyOf, partOf } from "./tree";

/** What is folded: everything from a depth on, all spans of some names, and single entries against that. */
export interface Folding {
  /** Entries of this depth and deeper show no children; null folds by depth not at all. */
  depth: number | null;
  names: readonly string[];
  /** Keys folded or opened one by one; they win. */
  closed: readonly string[];
  opened: readonly string[];
}

export const UNFOLDED: Folding = { depth: null, names: [], closed: [], opened: [] };

/** 1 for each folded entry. */
export function foldedOf(tree: Tree, folding: Folding, find: (key: string) => number): Uint8Array {
  const folded = new Uint8Array(tree.count);
  if (folding.depth !== null)
    for (let i = 0; i < tree.count; i++) if ((tree.depth[i] ?? 0) >= folding.depth) folded[i] = 1;
  if (folding.names.length > 0) {
    const wanted = new Set(folding.names);
    const byName = tree.spans.names.map((name) => wanted.has(name));
    for (let i = 0; i < tree.spans.count; i++) if (byName[tree.spans.name[i] ?? 0]) folded[i] = 1;
  }
  for (const [keys, value] of [
    [folding.closed, 1],
    [folding.opened, 0],
  ] as const)
    for (const key of keys) {
      const entry = find(key);
      if (entry >= 0) folded[entry] = value;
    }
  return folded;
}

/** Folds or opens one entry. */
export function fold(tree: Tree, folding: Folding, entries: readonly number[], on: boolean): Folding {
  const keys = entries.map((one) => keyOf(tree, one));
  const without = (list: readonly string[]) => list.filter((one) => !keys.includes(one));
  return {
    ...folding,
    closed: on ? [...without(folding.closed), ...keys] : without(folding.closed),
    opened: on ? without(folding.opened) : [...without(folding.opened), ...keys],
  };
}

export interface Rows {
  /** Entries top to bottom. */
  entries: Int32Array;
  /** By entry: how far in its row stands. */
  depth: Int32Array;
}

/** The rows to show. Children of a hidden part's span move up to the nearest shown ancestor. */
export function visibleRows(tree: Tree, folded: Uint8Array, hidden: ReadonlySet<string>): Rows {
  const { order, size, count } = tree;
  const entries = new Int32Array(count);
  let rows = 0;
  if (hidden.size === 0) {
    for (let i = 0; i < count;) {
      const entry = order[i]!;
      entries[rows++] = entry;
      i += folded[entry] ? size[entry]! : 1;
    }
    return { entries: entries.subarray(0, rows), depth: tree.depth };
  }
  const depth = new Int32Array(count);
  const isShown = shownOf(tree, hidden);
  for (let i = 0; i < count;) {
    const entry = order[i]!;
    const above = tree.parent[entry]!;
    depth[entry] = above < 0 ? 0 : depth[above]! + (isShown[above] ? 1 : 0);
    if (isShown[entry]) entries[rows++] = entry;
    i += isShown[entry] && folded[entry] ? size[entry]! : 1;
  }
  return { entries: entries.subarray(0, rows), depth };
}

function shownOf(tree: Tree, hidden: ReadonlySet<string>): Uint8Array {
  const shown = new Uint8Array(tree.count);
  const parts = tree.spans.parts.map((part) => !hidden.has(part));
  for (let i = 0; i < tree.count; i++)
    shown[i] = (kindOf(tree, i) === "span" ? parts[tree.spans.part[i] ?? 0] : !hidden.has(partOf(tree, i))) ? 1 : 0;
  return shown;
}

/** The row of an entry, or -1 when it is folded away or hidden: rows are in order of the tree. */
export function rowOf(tree: Tree, rows: Rows, entry: number): number {
  if (entry < 0) return -1;
  const at = firstFrom(tree, rows.entries, tree.rank[entry] ?? 0);
  return rows.entries[at] === entry ? at : -1;
}

/** Where in a list of entries, which is in order of the tree, those from a rank on begin. */
export function firstFrom(tree: Tree, entries: Int32Array, rank: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (tree.rank[entries[middle]!]! < rank) low = middle + 1;
    else high = middle;
  }
  return low;
}
