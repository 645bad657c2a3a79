import { CALCULATION_OPS, FILTER_OPS } from "./menu";
import type { ColumnAnswer, ValueAnswer } from "../api/types.generated";
import type { Calculation } from "../api/written";
import { asOp, calculationKey, WITHOUT_COLUMN } from "./calculationText";
import { readFilter, showColumn, showScalar } from "./filterText";

/** A suggestion under an input: the text that it inserts, and whether the chip is complete after that. */
export interface Suggestion {
  label: string;
  /** Shown at the right, in grey. */
  hint: string;
  text: string;
  done: boolean;
}

const PREFIXES = ["root.", "parent.", "child.", "any.", "any2.", "any3.", "none."];
const OP_HINT: Record<string, string> = {
  COUNT: "number of rows",
  HEATMAP: "distribution over time",
  AVG: "mean",
  SUM: "total",
  COUNT_DISTINCT: "number of distinct values",
  CONCURRENCY: "number of concurrent spans",
  P50: "median",
  P99: "99% are faster",
  P95: "95% are faster",
  P90: "90% are faster",
  RATE_AVG: "change from bucket to bucket",
  RATE_SUM: "change from bucket to bucket",
  RATE_MAX: "change from bucket to bucket",
};

/** Best first: names that start with the text, then names with a part that starts with it, then names that contain it. */
export function rank<T>(all: readonly T[], name: (one: T) => string, typed: string, most: number): T[] {
  const wanted = typed.toLowerCase();
  if (!wanted) return all.slice(0, most);
  const scored: [number, number, T][] = [];
  all.forEach((one, i) => {
    const text = name(one).toLowerCase();
    const at = text.indexOf(wanted);
    if (at < 0) return;
    const score = text === wanted ? 0 : at === 0 ? 1 : /[._\-/ (]/.test(text[at - 1] ?? "") ? 2 : 3;
    scored.push([score, i, one]);
  });
  return scored
    .sort((a, b) => a[0] - b[0] || a[1] - b[1])
    .slice(0, most)
    .map(([, , one]) => one);
}

export function columnSuggestions(
  columns: readonly ColumnAnswer[],
  typed: string,
  after: string,
  done: boolean,
): Suggestion[] {
  // A relational prefix stands before any column; what follows it is completed as usual.
  const prefix = PREFIXES.find((one) => typed.startsWith(one)) ?? "";
  return rank(columns, (one) => one.name, typed.slice(prefix.length), 40).map((one) => ({
    label: prefix + one.name,
    hint: [one.calculated ? "calculated" : one.type, one.usage === null ? "" : usage(one.usage)]
      .filter(Boolean)
      .join(" · "),
    text: showColumn(prefix + one.name) + after,
    done,
  }));
}

const usage = (share: number) => (share >= 0.995 ? "always" : share < 0.01 ? "<1%" : `${Math.round(share * 100)}%`);

export function filterSuggestions(
  text: string,
  columns: readonly ColumnAnswer[],
  values: readonly ValueAnswer[],
): Suggestion[] {
  const read = readFilter(text);
  if (read.stage === "column") return columnSuggestions(columns, read.column, " ", false);
  const column = showColumn(read.column);
  if (read.stage === "op") {
    const type = columns.find(
      (one) => one.name === read.column.replace(/^(root|parent|child|any[23]?|none)\./, ""),
    )?.type;
    const ops = FILTER_OPS.filter(
      (op) => !(type && type !== "string" && /contain|start|end/.test(op)) && !(type === "boolean" && /[<>]/.test(op)),
    );
    return rank(ops, (op) => op, read.text.replaceAll(" ", "-"), 20).map((op) => {
      const done = op.endsWith("exists") || op.endsWith("exist");
      return { label: op, hint: "", text: `${column} ${op}${done ? "" : " "}`, done };
    });
  }
  // Within a list the last piece is being typed, and the pieces before it stay.
  const listed = read.op === "in" || read.op === "not-in";
  const comma = listed ? read.text.lastIndexOf(",") + 1 : 0;
  const before = read.text.slice(0, comma);
  const typed = read.text.slice(comma).trim().replace(/^"|"$/g, "");
  return rank(values, (one) => String(one.value), typed, 30).map((one) => ({
    label: one.value === "" ? "(empty)" : String(one.value),
    hint: one.count.toLocaleString("en-US"),
    text: `${column} ${read.op} ${before}${before ? " " : ""}${showScalar(one.value, listed)}${listed ? ", " : ""}`,
    done: !listed,
  }));
}

/** The column and the text for which values are suggested while a filter is typed. */
export function wantedValues(text: string): { column: string; q: string } {
  const read = readFilter(text);
  if (read.stage !== "value" && read.stage !== "done") return { column: "", q: "" };
  const last = read.op === "in" || read.op === "not-in" ? (read.text.split(",").at(-1) ?? "") : read.text;
  return { column: read.column, q: last.trim().replace(/^"|"$/g, "") };
}

export function calculationSuggestions(text: string, columns: readonly ColumnAnswer[]): Suggestion[] {
  const open = /^\s*(?:[\w.-]+\s*=\s*)?([A-Za-z_0-9]+)\s*[( ]\s*(.*?)\)?$/.exec(text);
  const op = asOp(open?.[1] ?? "");
  if (op && op !== "CONCURRENCY") {
    const numeric =
      op === "COUNT" || op === "COUNT_DISTINCT"
        ? columns
        : columns.filter((one) => one.type === "float" || one.type === "integer");
    return columnSuggestions(numeric, open?.[2]?.replace(/^`/, "") ?? "", "", true).map((one) => ({
      ...one,
      text: `${op}(${one.text})`,
    }));
  }
  const typed = text.trim();
  const ops = rank(CALCULATION_OPS, (one) => one, typed, 24).map((one): Suggestion => {
    const done = WITHOUT_COLUMN.has(one);
    return { label: done ? one : `${one}(…)`, hint: OP_HINT[one] ?? "", text: done ? one : `${one}(`, done };
  });
  // A column typed first: the calculations one would want of it.
  const numbers = typed.length < 2 ? [] : rank(columns, (one) => one.name, typed, 4);
  const ofColumn = numbers.flatMap((column) =>
    (column.type === "float" || column.type === "integer"
      ? (["HEATMAP", "P99", "AVG"] as const)
      : (["COUNT_DISTINCT"] as const)
    ).map((one): Suggestion => ({
      label: `${one}(${column.name})`,
      hint: OP_HINT[one] ?? "",
      text: `${one}(${showColumn(column.name)})`,
      done: true,
    })),
  );
  return [...ops, ...ofColumn];
}

/** The possible orders of the table: its calculations and its breakdowns. */
export function orderSuggestions(
  text: string,
  calculations: readonly Calculation[],
  breakdowns: readonly string[],
  formulas: readonly string[],
): Suggestion[] {
  const names = [
    ...(calculations.length ? calculations : [{ op: "COUNT" as const }])
      .filter((one) => one.op !== "HEATMAP")
      .map((one) => (one.name ? showColumn(one.name) : calculationKey(one))),
    ...formulas.map(showColumn),
    ...breakdowns.map(showColumn),
  ];
  const all = names.flatMap((one) => [`${one} desc`, `${one} asc`]);
  return rank(all, (one) => one, text.trim(), 20).map((one) => ({ label: one, hint: "", text: one, done: true }));
}

export function havingSuggestions(text: string, calculations: readonly Calculation[]): Suggestion[] {
  if (/[<>=]/.test(text)) return [];
  const names = (calculations.length ? calculations : [{ op: "COUNT" as const }])
    .filter((one) => one.op !== "HEATMAP" && !one.name)
    .map((one) => calculationKey(one));
  return rank(
    names.flatMap((one) => [`${one} >`, `${one} <`]),
    (one) => one,
    text.trim(),
    20,
  ).map((one) => ({ label: one, hint: "", text: `${one} `, done: false }));
}
