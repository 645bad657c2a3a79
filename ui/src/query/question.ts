import { SIGNALS } from "./menu";
import type { QuerySignal } from "../api/words.generated";
import type {
  Calculation,
  Filter,
  Having,
  NamedExpression,
  Order,
  QueryBody,
  QueryResult,
  QuerySpec,
} from "../api/written";
import { parseSpan, type TimeRange } from "../values/timeRange";
import { parseCalculation, parseHaving, parseOrder, showCalculation, showHaving, showOrder } from "./calculationText";
import { parseFilter, showFilter } from "./filterText";

/** A query as the page edits it: everything but the time, which is the shell's. */
export interface Question {
  dataset: string;
  /** Empty: the server's choice (spans, logs, errors, events). */
  signals: QuerySignal[];
  calculations: Calculation[];
  filters: Filter[];
  any: boolean;
  breakdowns: string[];
  orders: Order[];
  havings: Having[];
  limit: number | null;
  granularity: number | null;
  /** Seconds back to the period that is drawn behind. */
  compare: number | null;
  fields: NamedExpression[];
  formulas: NamedExpression[];
}

export const ALL = "__all__";

export const EMPTY: Question = {
  dataset: ALL,
  signals: [],
  calculations: [],
  filters: [],
  any: false,
  breakdowns: [],
  orders: [],
  havings: [],
  limit: null,
  granularity: null,
  compare: null,
  fields: [],
  formulas: [],
};

export function isEmpty(question: Question): boolean {
  const { calculations, filters, breakdowns, formulas } = question;
  return calculations.length + filters.length + breakdowns.length + formulas.length === 0;
}

/** The specification without its time, as boards and saved queries keep it. */
export function toSpec(question: Question): QuerySpec {
  const spec: QuerySpec = {};
  if (question.calculations.length) spec.calculations = question.calculations;
  if (question.filters.length) spec.filters = question.filters;
  if (question.any && question.filters.length > 1) spec.filter_combination = "OR";
  if (question.breakdowns.length) spec.breakdowns = question.breakdowns;
  if (question.orders.length) spec.orders = question.orders;
  if (question.havings.length) spec.havings = question.havings;
  if (question.limit !== null) spec.limit = question.limit;
  if (question.granularity !== null) spec.granularity = question.granularity;
  if (question.fields.length) spec.calculated_fields = question.fields;
  if (question.formulas.length) spec.formulas = question.formulas;
  if (question.compare !== null) spec.compare_time_offset_seconds = question.compare;
  if (question.signals.length) spec.signals = question.signals;
  return spec;
}

/** A sliding range stays a length of time, so that asking again is the same question; a fixed one is whole seconds, never empty. */
export function within(spec: QuerySpec, range: TimeRange): QuerySpec {
  const rest = { ...spec };
  delete rest.time_range;
  delete rest.start_time;
  delete rest.end_time;
  if (range.kind === "last")
    return { ...rest, time_range: Math.max(1, Math.round((parseSpan(range.preset) ?? 3_600_000) / 1000)) };
  const { start, end } = range;
  const from = Math.floor(Date.parse(start) / 1000);
  return { ...rest, start_time: from, end_time: Math.max(from + 1, Math.ceil(Date.parse(end) / 1000)) };
}

export function fromSpec(spec: QuerySpec, dataset: string): Question {
  return {
    dataset: dataset || ALL,
    signals: spec.signals ?? [],
    calculations: spec.calculations ?? [],
    filters: spec.filters ?? [],
    any: spec.filter_combination === "OR",
    breakdowns: spec.breakdowns ?? [],
    orders: spec.orders ?? [],
    havings: spec.havings ?? [],
    limit: spec.limit ?? null,
    granularity: spec.granularity ?? null,
    compare: spec.compare_time_offset_seconds ?? null,
    fields: spec.calculated_fields ?? [],
    formulas: spec.formulas ?? [],
  };
}

/** The range a stored specification names itself, if it does. */
export function rangeOfSpec(spec: QuerySpec): TimeRange | null {
  if (spec.start_time !== undefined && spec.end_time !== undefined)
    return {
      kind: "between",
      start: new Date(spec.start_time * 1000).toISOString(),
      end: new Date(spec.end_time * 1000).toISOString(),
    };
  if (spec.time_range !== undefined && spec.time_range > 0) return { kind: "last", preset: shortSpan(spec.time_range) };
  return null;
}

/** 5400 -> "90m", 7200 -> "2h". */
export function shortSpan(seconds: number): string {
  for (const [unit, size] of [
    ["w", 604_800],
    ["d", 86_400],
    ["h", 3600],
    ["m", 60],
  ] as const)
    if (seconds % size === 0 && seconds >= size) return `${seconds / size}${unit}`;
  return `${Math.max(1, Math.round(seconds))}s`;
}

/** The URL parameters of `/query`, in a readable form. */
export interface QuestionSearch {
  calc?: string[] | undefined;
  where?: string[] | undefined;
  match?: string | undefined;
  by?: string[] | undefined;
  order?: string[] | undefined;
  having?: string[] | undefined;
  limit?: number | undefined;
  every?: number | undefined;
  compare?: number | undefined;
  in?: string | undefined;
  signals?: string | undefined;
  field?: string[] | undefined;
  formula?: string[] | undefined;
}

const some = (list: string[]): string[] | undefined => (list.length > 0 ? list : undefined);
const showNamed = (one: NamedExpression) => `${one.name} = ${one.expression}`;
const parseNamed = (text: string): NamedExpression | null => {
  const at = text.indexOf("=");
  const name = text.slice(0, at).trim();
  return at > 0 && name ? { name, expression: text.slice(at + 1).trim() } : null;
};

export function toSearch(question: Question): Required<QuestionSearch> {
  return {
    calc: some(question.calculations.map(showCalculation)),
    where: some(question.filters.map((one) => showFilter(one))),
    match: question.any ? "any" : undefined,
    by: some(question.breakdowns),
    order: some(question.orders.map(showOrder)),
    having: some(question.havings.map(showHaving)),
    limit: question.limit ?? undefined,
    every: question.granularity ?? undefined,
    compare: question.compare ?? undefined,
    in: question.dataset === ALL ? undefined : question.dataset,
    signals: question.signals.length ? question.signals.join(",") : undefined,
    field: some(question.fields.map(showNamed)),
    formula: some(question.formulas.map(showNamed)),
  };
}

/** Reads a URL; invalid parts are left out and listed in `lost`, so that the page can report a broken link. */
export function fromSearch(search: QuestionSearch): { question: Question; lost: string[] } {
  const lost: string[] = [];
  const read = <T>(texts: string[] | undefined, parse: (text: string) => T | null): T[] =>
    (texts ?? []).flatMap((text) => {
      const found = parse(text);
      if (found === null) lost.push(text);
      return found === null ? [] : [found];
    });
  const signals = (search.signals ?? "")
    .split(",")
    .filter((one): one is QuerySignal => SIGNALS.includes(one as QuerySignal));
  const question: Question = {
    dataset: search.in ?? ALL,
    signals,
    calculations: read(search.calc, parseCalculation),
    filters: read(search.where, parseFilter),
    any: search.match === "any",
    breakdowns: search.by ?? [],
    orders: read(search.order, parseOrder),
    havings: read(search.having, parseHaving),
    limit: search.limit ?? null,
    granularity: search.every ?? null,
    compare: search.compare ?? null,
    fields: read(search.field, parseNamed),
    formulas: read(search.formula, parseNamed),
  };
  return { question, lost };
}

/** The rows of a result: the same filters over the same time range, independent of the current time. */
export function bodyOf(result: QueryResult, dataset: string): QueryBody {
  const { filters, filter_combination, calculated_fields, signals } = result.query;
  return {
    dataset,
    query: {
      ...(filters && { filters }),
      ...(filter_combination && { filter_combination }),
      ...(calculated_fields && { calculated_fields }),
      ...(signals && { signals }),
      granularity: result.granularity,
      start_time: result.query.start_time ?? result.start,
      end_time: result.query.end_time ?? result.end,
    },
  };
}

/** One line that identifies a query in lists. */
export function describe(question: Question): string {
  const what = [...question.calculations.map(showCalculation), ...question.formulas.map((one) => one.name)];
  const parts = [what.length ? what.join(", ") : question.breakdowns.length ? "COUNT" : "rows"];
  if (question.filters.length)
    parts.push(`where ${question.filters.map((one) => showFilter(one)).join(question.any ? " or " : " and ")}`);
  if (question.breakdowns.length) parts.push(`by ${question.breakdowns.join(", ")}`);
  return parts.join(" ");
}

/** A link to the page with this query. */
export function linkTo(question: Question): { to: "/query"; search: Required<QuestionSearch> } {
  return { to: "/query", search: toSearch(question) };
}
