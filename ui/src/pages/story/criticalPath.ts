import { childrenOf, type Tree } from "./tree";

/**
 * What the duration of a root is made of. From its end the path goes back through the child that finished last before that instant, from
 * its start through the child that finished last before it, and so on; where no child ran, the span itself was what took the time.
 * A child that begins before its parent or outlives it counts as far as they ran together.
 */
export interface CriticalPath {
  root: number;
  /** Pieces of the root's time by entry, latest first; together they cover it without a gap or an overlap. */
  pieces: Map<number, { from: number; to: number }[]>;
  /** Nanoseconds by service, most first; spans that were not received are "". */
  services: { service: string; ns: number }[];
  total: number;
}

export function criticalPath(tree: Tree, root: number): CriticalPath {
  const pieces: CriticalPath["pieces"] = new Map();
  const byService = new Map<string, number>();
  const add = (entry: number, from: number, to: number) => {
    if (to <= from) return;
    const own = pieces.get(entry);
    if (own) own.push({ from, to });
    else pieces.set(entry, [{ from, to }]);
    const service = entry < tree.spans.count ? (tree.spans.services[tree.spans.service[entry] ?? 0] ?? "") : "";
    byService.set(service, (byService.get(service) ?? 0) + to - from);
  };
  // Without recursion, as a chain may be thousands deep. A frame is a span with its children by end, latest first, and the instant
  // down to which its time is told.
  const frame = (entry: number, floor: number, reached: number) => ({
    entry,
    floor,
    /** Where its own telling began: at its end, or where an ancestor's end cuts it. */
    ceiling: reached,
    reached,
    children: byEnd(tree, entry),
    next: 0,
  });
  const total = (tree.end[root] ?? 0) - (tree.at[root] ?? 0);
  const stack = [frame(root, tree.at[root] ?? 0, tree.end[root] ?? 0)];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const child = top.children[top.next];
    if (child === undefined || top.reached <= top.floor) {
      add(top.entry, top.floor, top.reached);
      stack.pop();
      const above = stack.at(-1);
      if (above) above.reached = Math.min(above.reached, top.floor);
      continue;
    }
    top.next++;
    const from = Math.max(top.floor, tree.at[child] ?? 0);
    const to = Math.min(top.reached, tree.end[child] ?? 0);
    // Only children that outlive the span are cut; one that still ran when the path was elsewhere is not on it.
    if (to <= from || ((tree.end[child] ?? 0) > top.reached && top.reached < top.ceiling)) continue;
    add(top.entry, to, top.reached);
    top.reached = to;
    stack.push(frame(child, from, to));
  }
  const services = [...byService].map(([service, ns]) => ({ service, ns })).sort((a, b) => b.ns - a.ns);
  return { root, pieces, services, total };
}

function byEnd(tree: Tree, entry: number): Int32Array {
  const spans = tree.spans.count + tree.gaps.length;
  return childrenOf(tree, entry)
    .filter((one) => one < spans)
    .sort((a, b) => tree.end[b]! - tree.end[a]! || tree.at[b]! - tree.at[a]!);
}

/** The root whose path is worth telling: the longest one of the story's first part. */
export function longestRoot(tree: Tree): number {
  let best = -1;
  const part = tree.spans.part[tree.order[0] ?? 0];
  for (const root of childrenOf(tree, tree.count)) {
    if (root >= tree.spans.count + tree.gaps.length) continue;
    const own = root >= tree.spans.count || tree.spans.part[root] === part;
    const length = tree.end[root]! - tree.at[root]!;
    if (own && (best < 0 || length > tree.end[best]! - tree.at[best]!)) best = root;
  }
  return best;
}
