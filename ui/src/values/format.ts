// Made once: toLocaleString looks the locale up with each call.
const WHOLE = new Intl.NumberFormat("en-US");

/** 1234567 -> "1.23M"; exact below 10,000. */
export function formatCount(value: number): string {
  const size = Math.abs(value);
  if (size < 10_000) return WHOLE.format(Math.round(value));
  for (const [limit, unit] of [
    [1e6, "k"],
    [1e9, "M"],
    [1e12, "G"],
  ] as const)
    if (size < limit * 0.9995) return `${trim((value / limit) * 1000, 3)}${unit}`;
  return `${trim(value / 1e12, 3)}T`;
}

export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : trim(value, 3)} ${units[unit] ?? ""}`;
}

/** Three significant digits in the unit that fits: 0.0123 -> "12.3 µs", 1834 -> "1.83 s". */
export function formatMs(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || Number.isNaN(ms)) return "–";
  const size = Math.abs(ms);
  if (size === 0) return "0 ms";
  if (size < 0.0009995) return `${Math.round(ms * 1e6)} ns`;
  if (size < 0.9995) return `${trim(ms * 1000, 3)} µs`;
  if (size < 999.5) return `${trim(ms, 3)} ms`;
  if (size < 59_995) return `${trim(ms / 1000, 3)} s`;
  const seconds = Math.round(size / 1000);
  const sign = ms < 0 ? "-" : "";
  if (seconds < 3600) return `${sign}${Math.floor(seconds / 60)}m ${seconds % 60}s`;
  if (seconds < 86_400) return `${sign}${Math.floor(seconds / 3600)}h ${Math.floor((seconds % 3600) / 60)}m`;
  return `${sign}${Math.floor(seconds / 86_400)}d ${Math.floor((seconds % 86_400) / 3600)}h`;
}

export function formatNs(ns: number): string {
  return formatMs(ns / 1e6);
}

export function formatPercent(share: number): string {
  if (share === 0) return "0%";
  const percent = share * 100;
  if (percent < 0.01) return "<0.01%";
  return `${trim(percent, percent < 1 ? 2 : 3)}%`;
}

function trim(value: number, digits: number): string {
  const text = value.toPrecision(digits);
  return text.includes("e")
    ? String(Math.round(value))
    : text.replace(/\.?0+$/, (zeros) => (text.includes(".") ? "" : zeros));
}

/** "200", "200ms", "1.5s", "80us", "2m" -> milliseconds; a bare number is milliseconds. Null when unreadable. */
export function parseDurationMs(text: string): number | null {
  const found = /^\s*(\d+(?:\.\d+)?)\s*(ns|us|µs|ms|s|m)?\s*$/i.exec(text);
  if (!found) return null;
  const factor: Record<string, number> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000 };
  return Number(found[1]) * (factor[(found[2] ?? "ms").toLowerCase()] ?? 1);
}

/** "just now", "12s ago", "5m ago", "3h ago", "2d ago"; a future time says "in ...". */
export function formatAgo(iso: string | null | undefined, now: number): string {
  if (!iso) return "never";
  const seconds = Math.round((now - Date.parse(iso)) / 1000);
  if (Number.isNaN(seconds)) return "–";
  if (Math.abs(seconds) < 2) return "just now";
  const size = Math.abs(seconds);
  const text =
    size < 60
      ? `${size}s`
      : size < 3600
        ? `${Math.floor(size / 60)}m`
        : size < 86_400
          ? `${Math.floor(size / 3600)}h`
          : `${Math.floor(size / 86_400)}d`;
  return seconds < 0 ? `in ${text}` : `${text} ago`;
}

/** "14:03:07.123" local; with the day in front when it is not today's. */
export function formatTime(iso: string, now: number, digits = 3): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const two = (value: number) => String(value).padStart(2, "0");
  const fraction = digits > 0 ? `.${String(at.getMilliseconds()).padStart(3, "0").slice(0, digits)}` : "";
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}${fraction}`;
  return new Date(now).toDateString() === at.toDateString()
    ? clock
    : `${at.toLocaleDateString("en-US", { month: "short", day: "2-digit" })} ${clock}`;
}

/** "3 spans", "1 span". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** Pretty JSON when the text is JSON, the text itself otherwise. */
export function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
