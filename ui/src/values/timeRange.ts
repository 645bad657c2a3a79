/** A time range as in the URL: a preset relative to now, or two fixed times. */
export type TimeRange = { kind: "last"; preset: string } | { kind: "between"; start: string; end: string };

export const PRESETS = ["5m", "15m", "1h", "6h", "24h", "7d"] as const;
export const DEFAULT_RANGE: TimeRange = { kind: "last", preset: "1h" };

const UNIT_MS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** "90m" -> 5400000; null when it is not a number with a unit of s, m, h, d or w. */
export function parseSpan(text: string): number | null {
  const found = /^\s*(\d{1,6})\s*([smhdw])\s*$/.exec(text);
  if (!found) return null;
  const amount = Number(found[1]);
  const unit = UNIT_MS[found[2] ?? ""];
  return unit === undefined || amount === 0 ? null : amount * unit;
}

export interface RangeParams {
  range?: string | undefined;
  start?: string | undefined;
  end?: string | undefined;
}

/** Reads `range` or `start`/`end` from the URL. Anything unreadable falls back to the default, never to an error. */
export function rangeFromParams(params: RangeParams): TimeRange {
  if (params.start !== undefined && params.end !== undefined) {
    const start = parseInstant(params.start);
    const end = parseInstant(params.end);
    if (start !== null && end !== null && start < end)
      return { kind: "between", start: new Date(start).toISOString(), end: new Date(end).toISOString() };
  }
  if (params.range !== undefined && parseSpan(params.range) !== null)
    return { kind: "last", preset: params.range.trim() };
  return DEFAULT_RANGE;
}

export function rangeToParams(range: TimeRange): RangeParams {
  if (range.kind === "between") return { range: undefined, start: range.start, end: range.end };
  return { range: range.preset === "1h" ? undefined : range.preset, start: undefined, end: undefined };
}

/** Milliseconds since 1970 of an ISO time, of "2026-03-01 10:00" (local) or of a Unix time in s or ms. */
export function parseInstant(text: string): number | null {
  const trimmed = text.trim();
  if (/^\d{10}(\.\d+)?$/.test(trimmed)) return Number(trimmed) * 1000;
  if (/^\d{13}$/.test(trimmed)) return Number(trimmed);
  if (!/^\d{4}-\d{2}-\d{2}/.test(trimmed)) return null;
  const at = Date.parse(trimmed.replace(" ", "T"));
  return Number.isNaN(at) ? null : at;
}

/** The instants to ask the server for, in ISO; a preset is measured back from `now`. */
export function resolveRange(range: TimeRange, now: number): { start: string; end: string } {
  if (range.kind === "between") return { start: range.start, end: range.end };
  const span = parseSpan(range.preset) ?? 3_600_000;
  return { start: new Date(now - span).toISOString(), end: new Date(now).toISOString() };
}

const WORDS: Record<string, [string, string]> = {
  s: ["second", "seconds"],
  m: ["minute", "minutes"],
  h: ["hour", "hours"],
  d: ["day", "days"],
  w: ["week", "weeks"],
};

export function describeRange(range: TimeRange): string {
  if (range.kind === "between") {
    const start = new Date(range.start);
    const end = new Date(range.end);
    const day = (at: Date) => at.toLocaleDateString(undefined, { month: "short", day: "numeric" });
    const clock = (at: Date) => at.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", hour12: false });
    return start.toDateString() === end.toDateString()
      ? `${day(start)}, ${clock(start)} – ${clock(end)}`
      : `${day(start)} ${clock(start)} – ${day(end)} ${clock(end)}`;
  }
  const amount = Number.parseInt(range.preset, 10);
  const words = WORDS[range.preset.slice(-1)] ?? ["", ""];
  return amount === 1 ? `Last ${words[0]}` : `Last ${amount} ${words[1]}`;
}
