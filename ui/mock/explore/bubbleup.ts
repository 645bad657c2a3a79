import type { BubbleUp, Dimension, Measure, QuerySpec, Selection } from "../api/explore.ts";
import { select } from "./evaluate.ts";
import type { Row } from "./rows.ts";

type Value = string | number | boolean | null;

export function bubbleUp(all: readonly Row[], spec: QuerySpec, dataset: string, selection: Selection): BubbleUp {
  const began = performance.now();
  const rows = select(all, spec, dataset);
  const inside = (row: Row): boolean => {
    if ("group" in selection)
      return Object.entries(selection.group).every(([key, value]) => (row.data[key] ?? null) === value);
    const value = row.data[selection.column];
    const at = row.timeMs / 1000;
    return (
      at >= selection.start &&
      at < selection.end &&
      typeof value === "number" &&
      value >= selection.min &&
      value <= selection.max
    );
  };
  const selected = rows.filter(inside);
  const baseline = rows.filter((row) => !inside(row));
  const names = [...new Set(rows.flatMap((row) => Object.keys(row.data)))].filter(
    (name) => !/_id$|^event_id$/.test(name),
  );
  const dimensions: Dimension[] = [];
  const measures: Measure[] = [];
  for (const name of names) {
    const [a, b] = [selected, baseline].map((some) => some.map((row) => row.data[name] ?? null)) as [Value[], Value[]];
    const numbers = [...a, ...b].filter((one) => typeof one === "number");
    if (new Set(numbers).size > 12) measures.push(measureOf(name, a, b, numbers));
    else dimensions.push(dimensionOf(name, a, b));
  }
  return {
    selected: { rows: selected.length, sampled: selected.length },
    baseline: { rows: baseline.length, sampled: baseline.length },
    sampleNote: "every row was counted",
    elapsedMs: Math.max(1, Math.round(performance.now() - began)),
    dimensions: dimensions.filter((one) => one.distinct > 0).sort((x, y) => y.score - x.score),
    measures: measures.sort((x, y) => y.score - x.score),
  };
}

const share = (count: number, of: number) => (of === 0 ? 0 : count / of);

function dimensionOf(column: string, a: Value[], b: Value[]): Dimension {
  const counts = new Map<Value, [number, number]>();
  [a, b].forEach((some, set) => {
    for (const value of some) {
      const pair = counts.get(value) ?? [0, 0];
      pair[set as 0 | 1]++;
      counts.set(value, pair);
    }
  });
  const values = [...counts]
    .map(([value, [x, y]]) => ({ value, selected: share(x, a.length), baseline: share(y, b.length) }))
    .sort((x, y) => Math.max(y.selected, y.baseline) - Math.max(x.selected, x.baseline));
  const shown = values.slice(0, 24);
  const rest = values.slice(24);
  const sum = (key: "selected" | "baseline") => rest.reduce((all, one) => all + one[key], 0);
  return {
    column,
    score: values.length > 80 ? 0 : Math.max(0, ...values.map((one) => Math.abs(one.selected - one.baseline))),
    values: shown,
    others: { selected: sum("selected"), baseline: sum("baseline") },
    distinct: values.filter((one) => one.value !== null).length,
  };
}

function measureOf(column: string, a: Value[], b: Value[], numbers: number[]): Measure {
  const sorted = numbers.toSorted((x, y) => x - y);
  const least = sorted[0] ?? 0;
  const most = sorted[Math.floor(sorted.length * 0.99)] ?? 1;
  const bins = Array.from({ length: 12 }, (_, i) => {
    const from = least + ((most - least) * i) / 12;
    const to = least + ((most - least) * (i + 1)) / 12;
    const inBin = (value: Value) => typeof value === "number" && value >= from && (i === 11 || value < to);
    return {
      from,
      to,
      selected: share(a.filter(inBin).length, a.length),
      baseline: share(b.filter(inBin).length, b.length),
    };
  });
  return {
    column,
    score: Math.max(...bins.map((one) => Math.abs(one.selected - one.baseline))),
    bins,
    missing: {
      selected: share(a.filter((one) => typeof one !== "number").length, a.length),
      baseline: share(b.filter((one) => typeof one !== "number").length, b.length),
    },
  };
}
