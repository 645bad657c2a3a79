import type { QuerySpec } from "../api/written";
import { number, text, texts } from "../searchParams";
import { rangeToParams, type RangeParams } from "../values/timeRange";
import { fromSpec, rangeOfSpec, toSearch, type QuestionSearch } from "./question";

/** The query of a URL. Honeycomb's template links, `?query=<specification as JSON>`, are read too. */
export function readQuestion(raw: Record<string, unknown>): QuestionSearch & RangeParams {
  const spec = readSpec(text(raw.query));
  if (spec) {
    const range = rangeOfSpec(spec);
    return { ...toSearch(fromSpec(spec, text(raw.in) ?? "")), ...(range && rangeToParams(range)) };
  }
  return {
    calc: texts(raw.calc),
    where: texts(raw.where),
    match: text(raw.match),
    by: texts(raw.by),
    order: texts(raw.order),
    having: texts(raw.having),
    limit: number(raw.limit),
    every: number(raw.every),
    compare: number(raw.compare),
    in: text(raw.in),
    signals: text(raw.signals),
    field: texts(raw.field),
    formula: texts(raw.formula),
  };
}

function readSpec(json: string | undefined): QuerySpec | null {
  if (!json) return null;
  try {
    const found: unknown = JSON.parse(json);
    return typeof found === "object" && found !== null && !Array.isArray(found) ? found : null;
  } catch {
    return null;
  }
}
