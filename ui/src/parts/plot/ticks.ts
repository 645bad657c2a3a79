/** The labels of a log axis: 1, 2 and 5 times the powers of ten within the bounds. */
export function logTicks(least: number, most: number, wanted = 6): number[] {
  if (!(least > 0) || !(most > least)) return [];
  const all: number[] = [];
  for (let power = Math.floor(Math.log10(least)); power <= Math.ceil(Math.log10(most)); power++)
    for (const step of [1, 2, 5]) {
      const tick = Number((step * 10 ** power).toPrecision(3));
      if (tick >= least && tick <= most) all.push(tick);
    }
  const tens = all.filter((tick) => Math.abs(Math.log10(tick) - Math.round(Math.log10(tick))) < 1e-9);
  return all.length <= wanted
    ? all
    : tens.length >= 2
      ? tens
      : all.filter((_, i) => i % Math.ceil(all.length / wanted) === 0);
}

/** About `wanted` round numbers within the bounds. */
export function linearTicks(least: number, most: number, wanted = 5): number[] {
  if (!(most > least)) return [];
  const rough = (most - least) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough) ?? 10 * power;
  const ticks: number[] = [];
  for (let at = Math.ceil(least / step) * step; at <= most; at += step) ticks.push(Number(at.toPrecision(12)));
  return ticks;
}
