import { serviceColours } from "../../values/colours";
import { formatCount } from "../../values/format";
import type { StoryValues } from "../../api/types.generated";
import { KINDS, STATUSES, type Spans } from "./spans";
import type { Tree } from "./tree";
import { entriesOfIds } from "./find";

/** What each span is painted with, and what that means. */
export interface Colouring {
  field: string;
  /** By span: number of a legend's line. */
  line: Uint16Array;
  legend: LegendLine[];
  /** A note about values that the legend leaves out. */
  note: string | null;
}

export interface LegendLine {
  label: string;
  colour: string;
  count: number;
  /** Its value; null for several values and for none. */
  value: string | null;
}

/** Fields every span has; any other name is an attribute. */
export const OWN_FIELDS = ["service.name", "name", "span.kind", "status", "meta.protocol"] as const;
const MOST_LINES = 11;
const NOT_SET = "color-mix(in oklch, var(--text-3) 60%, var(--panel))";
const OTHER = "var(--text-3)";
/** Hues in an order that keeps neighbours apart. */
const HUES = [250, 75, 165, 345, 305, 110, 30, 205, 280, 140, 50];
const colour = (line: number) => `oklch(var(--svc-l) var(--svc-c) ${HUES[line % HUES.length] ?? 0})`;
/** From little to much, for numbers. */
const ramp = (share: number) =>
  `oklch(calc(var(--svc-l) + ${(0.12 - share * 0.2).toFixed(3)}) ${(0.05 + share * 0.13).toFixed(3)} ${(200 - share * 170).toFixed(0)})`;

export function colourByService(spans: Spans): Colouring {
  const colours = serviceColours(spans.services);
  const counts = new Array<number>(spans.services.length).fill(0);
  for (let i = 0; i < spans.count; i++) counts[spans.service[i] ?? 0]!++;
  return {
    field: "service.name",
    line: Uint16Array.from(spans.service),
    legend: spans.services.map((label, i) => ({
      label,
      colour: colours.get(label) ?? OTHER,
      count: counts[i] ?? 0,
      value: label,
    })),
    note: null,
  };
}

/** By one of the fields every span has; null when the field is an attribute. */
export function colourByOwn(spans: Spans, field: string): Colouring | null {
  switch (field) {
    case "service.name":
      return colourByService(spans);
    case "name":
      return byNumbers(field, spans.name, spans.names);
    case "span.kind":
      return byNumbers(field, spans.kind, KINDS);
    case "status": {
      const made = byNumbers(field, spans.status, STATUSES);
      const paints: Record<string, string> = { error: "var(--err)", ok: "var(--ok)", unset: OTHER };
      return { ...made, legend: made.legend.map((one) => ({ ...one, colour: paints[one.label] ?? one.colour })) };
    }
    case "meta.protocol":
      return byNumbers(field, spans.protocol, spans.protocols);
    default:
      return null;
  }
}

/** By an attribute, for spans with all attributes loaded. */
export function colourByWhole(spans: Spans, field: string): Colouring {
  const numbers = new Map<string, number>();
  const of = Int32Array.from(spans.whole ?? [], (span) => {
    const value =
      span.attributes[field] ??
      span.resource[field] ??
      (field === "library.name" ? span.scope?.name : field === "status_message" ? span.statusMessage : undefined);
    if (value === undefined || value === null) return -1;
    const text = String(value);
    const known = numbers.get(text) ?? numbers.size;
    numbers.set(text, known);
    return known;
  });
  return byNumbers(field, of, [...numbers.keys()]);
}

/** By an attribute that the server returns for a large story. */
export function colourByValues(tree: Tree, values: readonly StoryValues[]): Colouring {
  const numbers = new Map<string, number>();
  const of = new Int32Array(tree.spans.count).fill(-1);
  for (const one of values) {
    const mapped = one.values.map((value) => {
      const known = numbers.get(value) ?? numbers.size;
      numbers.set(value, known);
      return known;
    });
    for (let i = 0; i < one.of.length; i++)
      for (const entry of entriesOfIds(tree, one.ids.slice(i * 16, i * 16 + 16)))
        of[entry] = mapped[one.of[i] ?? 0] ?? -1;
  }
  return byNumbers(values[0]?.column ?? "", of, [...numbers.keys()]);
}

/** @param of By span the number of its value, or -1. */
function byNumbers(field: string, of: ArrayLike<number>, values: readonly string[]): Colouring {
  const counts = new Array<number>(values.length).fill(0);
  let unset = 0;
  for (let i = 0; i < of.length; i++)
    if (of[i]! >= 0) counts[of[i]!]!++;
    else unset++;
  const used = counts.flatMap((count, value) => (count > 0 ? [value] : []));
  const numeric =
    used.length > MOST_LINES && used.every((one) => values[one] !== "" && Number.isFinite(Number(values[one])));
  const { legend, lineOf } = numeric ? inBins(used, values, counts) : asNames(used, values, counts);
  const unsetLine = legend.length;
  if (unset > 0) legend.push({ label: "not set", colour: NOT_SET, count: unset, value: null });
  const line = Uint16Array.from(of, (one) => (one >= 0 ? (lineOf[one] ?? 0) : unsetLine));
  const note = numeric
    ? `${formatCount(used.length)} numbers in ${legend.length - (unset > 0 ? 1 : 0)} steps`
    : used.length > MOST_LINES
      ? `the ${MOST_LINES} most frequent of ${formatCount(used.length)} values`
      : null;
  return { field, line, legend, note };
}

function asNames(used: number[], values: readonly string[], counts: number[]) {
  const top = [...used].sort((a, b) => counts[b]! - counts[a]! || a - b).slice(0, MOST_LINES);
  const legend: LegendLine[] = top.map((value, i) => ({
    label: values[value] ?? "",
    colour: colour(i),
    count: counts[value]!,
    value: values[value] ?? "",
  }));
  const rest = used.filter((one) => !top.includes(one)).reduce((sum, one) => sum + counts[one]!, 0);
  const lineOf = values.map((_, value) => {
    const place = top.indexOf(value);
    return place < 0 ? top.length : place;
  });
  if (rest > 0) legend.push({ label: "other", colour: OTHER, count: rest, value: null });
  return { legend, lineOf };
}

/** Numbers in six steps of about as many values each. */
function inBins(used: number[], values: readonly string[], counts: number[]) {
  const sorted = [...used].sort((a, b) => Number(values[a]) - Number(values[b]));
  const total = sorted.reduce((sum, one) => sum + counts[one]!, 0);
  const lineOf = new Array<number>(values.length).fill(0);
  const steps: { from: number; to: number; count: number }[] = [];
  let seen = 0;
  let reached = -1;
  for (const one of sorted) {
    const step = Math.min(5, Math.floor((seen / total) * 6));
    const value = Number(values[one]);
    if (step > reached) steps.push({ from: value, to: value, count: 0 });
    reached = Math.max(reached, step);
    const now = steps.at(-1)!;
    now.to = value;
    now.count += counts[one]!;
    lineOf[one] = steps.length - 1;
    seen += counts[one]!;
  }
  const legend: LegendLine[] = steps.map(({ from, to, count }, i) => ({
    label: from === to ? show(from) : `${show(from)} – ${show(to)}`,
    colour: ramp(steps.length > 1 ? i / (steps.length - 1) : 0),
    count,
    value: from === to ? String(from) : null,
  }));
  return { legend, lineOf };
}

const show = (value: number) => String(Math.abs(value) >= 1000 ? Math.round(value) : Number(value.toPrecision(3)));
