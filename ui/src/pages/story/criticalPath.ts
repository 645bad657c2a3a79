import { childrenOf, type Tree } from "./tree";

/**
 * What the duration of a root is made of. From its end the path goes back through the child that finished last before that instant, from
 * its start through the child that finished last before it, and so on; where no child ran, the span itself was what took the time.
 * A child that begins before its parent or outlives it counts as far as they ran together.
 */
export interface CriticalPath {
  root: number;
  /** Pieces of the root's time, latest first; together they cover it without a gap or an overlap. */
  pieces: Pieces;
  /** Nanoseconds by service, most first; spans that were not received are "". */
  services: { service: string; ns: number }[];
  total: number;
}

/** By columns, as a path may go through each of a hundred thousand spans. */
export class Pieces {
  readonly entry: number[] = [];
  readonly from: number[] = [];
  readonly to: number[] = [];
  /** By entry: nanoseconds on the path; 0 when it is not on it. */
  readonly ns: Float64Array;
  /** Entries that are on the path. */
  entries = 0;
  /** By entry its latest added piece, and by piece the one added before; -1 ends the chain. */
  readonly #last: Int32Array;
  readonly #before: number[] = [];

  constructor(count: number) {
    this.ns = new Float64Array(count);
    this.#last = new Int32Array(count).fill(-1);
  }

  add(entry: number, from: number, to: number): void {
    if (this.#last[entry] === -1) this.entries++;
    this.#before.push(this.#last[entry]!);
    this.#last[entry] = this.entry.length;
    this.entry.push(entry);
    this.from.push(from);
    this.to.push(to);
    this.ns[entry]! += to - from;
  }

  has(entry: number): boolean {
    return (this.#last[entry] ?? -1) >= 0;
  }

  of(entry: number): { from: number; to: number }[] {
    const found: { from: number; to: number }[] = [];
    for (let i = this.#last[entry] ?? -1; i >= 0; i = this.#before[i]!)
      found.push({ from: this.from[i]!, to: this.to[i]! });
    return found;
  }

  /** The entries with the most time on the path, most first. */
  most(count: number): number[] {
    const best: number[] = [];
    for (let entry = 0; entry < this.ns.length; entry++) {
      const ns = this.ns[entry]!;
      if (ns === 0 || (best.length === count && ns <= this.ns[best[count - 1]!]!)) continue;
      let place = best.length;
      while (place > 0 && this.ns[best[place - 1]!]! < ns) place--;
      best.splice(place, 0, entry);
      best.length = Math.min(best.length, count);
    }
    return best;
  }
}

interface Frame {
  entry: number;
  /** The instant down to which its time is told. */
  floor: number;
  /** Where its own telling began: at its end, or where an ancestor's end cuts it. */
  ceiling: number;
  reached: number;
  /** Its children by end, latest first: where in the shared list the next one stands, and where they end. */
  last: number;
  next: number;
}

export function criticalPath(tree: Tree, root: number): CriticalPath {
  const pieces = new Pieces(tree.count);
  const { spans, at, end } = tree;
  // Of spans that were not received, and of those that name no service.
  const none = spans.services.includes("") ? spans.services.indexOf("") : spans.services.length;
  const byService = new Float64Array(spans.services.length + 1);
  const add = (entry: number, from: number, to: number) => {
    if (to <= from) return;
    pieces.add(entry, from, to);
    byService[entry < spans.count ? spans.service[entry]! : none]! += to - from;
  };
  // Without recursion, as a chain may be thousands deep. Frames are used again level by level, and the children of all that are open
  // stand one after another in one list.
  const frames: Frame[] = [];
  const children = new Int32Array(tree.count);
  let depth = -1;
  const open = (entry: number, floor: number, reached: number) => {
    const first = depth < 0 ? 0 : frames[depth]!.last;
    const last = byEnd(tree, entry, children, first);
    const frame = (frames[++depth] ??= { entry, floor, ceiling: reached, reached, last, next: first });
    frame.entry = entry;
    frame.floor = floor;
    frame.ceiling = frame.reached = reached;
    frame.next = first;
    frame.last = last;
  };
  const total = (end[root] ?? 0) - (at[root] ?? 0);
  open(root, at[root] ?? 0, end[root] ?? 0);
  while (depth >= 0) {
    const top = frames[depth]!;
    if (top.next === top.last || top.reached <= top.floor) {
      add(top.entry, top.floor, top.reached);
      depth--;
      const above = frames[depth];
      if (above) above.reached = Math.min(above.reached, top.floor);
      continue;
    }
    const child = children[top.next++]!;
    const from = Math.max(top.floor, at[child]!);
    const to = Math.min(top.reached, end[child]!);
    // Only children that outlive the span are cut; one that still ran when the path was elsewhere is not on it.
    if (to <= from || (end[child]! > top.reached && top.reached < top.ceiling)) continue;
    add(top.entry, to, top.reached);
    top.reached = to;
    open(child, from, to);
  }
  const services = [...spans.services, ""]
    .map((service, i) => ({ service, ns: byService[i]! }))
    .filter((one) => one.ns > 0)
    .sort((a, b) => b.ns - a.ns);
  return { root, pieces, services, total };
}

/** Writes the children of an entry that take time into a list from a place on, latest end first; the place behind them. */
function byEnd({ spans, gaps, first, child, at, end }: Tree, entry: number, list: Int32Array, from: number): number {
  const most = spans.count + gaps.length;
  const before = (a: number, b: number) => end[b]! - end[a]! || at[b]! - at[a]!;
  let last = from;
  let sorted = true;
  // They are in order of time, so that from the end on they mostly stand right.
  for (let i = first[entry + 1]! - 1; i >= first[entry]!; i--) {
    const one = child[i]!;
    if (one >= most) continue;
    if (last > from && before(list[last - 1]!, one) > 0) sorted = false;
    list[last++] = one;
  }
  if (!sorted) list.subarray(from, last).sort(before);
  return last;
}

/** The root of the shown critical path: the longest one of the story's first part. */
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
