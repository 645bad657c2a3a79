import type { Threshold } from "../api/types.generated";

export function crosses(value: number | null | undefined, op: Threshold["op"], threshold: number): boolean {
  if (value === null || value === undefined || Number.isNaN(value)) return false;
  return op === ">"
    ? value > threshold
    : op === ">="
      ? value >= threshold
      : op === "<"
        ? value < threshold
        : value <= threshold;
}

/** Stretches of time in which any of the lines is beyond the threshold: from the first such bucket to the end of the last. */
export function firings(
  times: readonly number[],
  lines: readonly (readonly (number | null)[])[],
  op: Threshold["op"],
  threshold: number,
  granularity: number,
): { start: number; end: number; most: number }[] {
  const found: { start: number; end: number; most: number }[] = [];
  let open: { start: number; end: number; most: number } | null = null;
  times.forEach((time, i) => {
    const beyond = lines.map((line) => line[i] ?? null).filter((value) => crosses(value, op, threshold));
    if (beyond.length === 0) {
      open = null;
      return;
    }
    const values = beyond.filter((value) => value !== null);
    const worst = op.startsWith(">") ? Math.max(...values) : Math.min(...values);
    if (open) {
      open.end = time + granularity;
      open.most = op.startsWith(">") ? Math.max(open.most, worst) : Math.min(open.most, worst);
    } else {
      open = { start: time, end: time + granularity, most: worst };
      found.push(open);
    }
  });
  return found;
}

/** 999000 -> "99.9%": as many digits as the target needs, no more. */
export function formatTarget(perMillion: number): string {
  return `${Number((perMillion / 10_000).toFixed(4))}%`;
}

/** A share in percent with enough digits to tell it from its target: 99.95 of 99.9. */
export function formatPercentOf(percent: number | null | undefined, digits = 2): string {
  if (percent === null || percent === undefined || Number.isNaN(percent)) return "–";
  return `${Number(percent.toFixed(digits))}%`;
}

/** 900 -> "15 min", 5400 -> "90 min", 86400 -> "1 day". */
export function formatSeconds(seconds: number): string {
  if (seconds % 86_400 === 0) return seconds === 86_400 ? "1 day" : `${seconds / 86_400} days`;
  if (seconds % 3600 === 0) return `${seconds / 3600} h`;
  if (seconds % 60 === 0) return `${seconds / 60} min`;
  return `${seconds} s`;
}
