import type { XRayTimeCount } from "../api/types.generated";

/** Bars of equal width on a logarithmic axis: response times spread over decades. */
export interface Bars {
  /** Edges in seconds, one more than counts. */
  edges: number[];
  counts: number[];
}

const LEAST = 0.0001;

/** Sparse steps to about `wanted` bars, over the stretch the steps cover or over given bounds. */
export function bars(histogram: readonly XRayTimeCount[], wanted = 40, bounds?: readonly [number, number]): Bars {
  const given = histogram.filter((one) => one.count > 0);
  if (given.length === 0 && !bounds) return { edges: [], counts: [] };
  const values = given.map((one) => Math.max(LEAST, one.value));
  let low = bounds?.[0] ?? Math.min(...values);
  let high = bounds?.[1] ?? Math.max(...values);
  // All in one place: a little room on both sides, so that there is a bar and not a line.
  if (high / low < 1.2) [low, high] = [low / 1.25, high * 1.25];
  const step = Math.log(high / low) / wanted;
  const edges = Array.from({ length: wanted + 1 }, (_, i) => low * Math.exp(i * step));
  const counts = Array.from({ length: wanted }, () => 0);
  for (const one of given) {
    const at = Math.floor(Math.log(Math.max(LEAST, one.value) / low) / step + 1e-9);
    const bar = Math.max(0, Math.min(wanted - 1, at));
    counts[bar] = (counts[bar] ?? 0) + one.count;
  }
  return { edges, counts };
}

export function boundsOf(histogram: readonly XRayTimeCount[]): [number, number] | undefined {
  const values = histogram.filter((one) => one.count > 0).map((one) => Math.max(LEAST, one.value));
  return values.length === 0 ? undefined : [Math.min(...values), Math.max(...values)];
}

/** The value that `share` of the counts do not exceed; null for an empty histogram. */
export function percentile(histogram: readonly XRayTimeCount[], share: number): number | null {
  const sorted = [...histogram].sort((a, b) => a.value - b.value);
  const total = sorted.reduce((sum, one) => sum + one.count, 0);
  let seen = 0;
  for (const one of sorted) {
    seen += one.count;
    if (seen >= share * total && total > 0) return one.value;
  }
  return null;
}

/** The position of a value on the axis of the bars, 0 to 1. */
export function placeOf(edges: readonly number[], value: number): number {
  const low = edges[0] ?? 1;
  const high = edges.at(-1) ?? 1;
  return Math.max(0, Math.min(1, Math.log(Math.max(LEAST, value) / low) / Math.log(high / low)));
}

export function valueAt(edges: readonly number[], place: number): number {
  const low = edges[0] ?? 1;
  const high = edges.at(-1) ?? 1;
  return low * (high / low) ** place;
}
