/** The window of time that is drawn, in nanoseconds from the start of the story. */
export interface Zoom {
  from: number;
  to: number;
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

/** The position of a span in the window, in percent; null when it is outside. */
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
