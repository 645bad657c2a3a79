import type { XRayAnalyticsTable, XRayMapNode } from "../api/types.generated";
import type { Code } from "../api/words.generated";
import { formatMs } from "../values/format";
import { quote, tokenise } from "./filterTokens";

export const CODES: readonly Code[] = ["ok", "error", "throttle", "fault"];
export const CODE_NAMES: Record<Code, { name: string; means: string }> = {
  ok: { name: "OK", means: "neither an error nor a fault" },
  error: { name: "Error", means: "response 4xx" },
  throttle: { name: "Throttle", means: "response 429" },
  fault: { name: "Fault", means: "response 5xx, or an unhandled exception" },
};

/** Filters of the list in addition to the expression: response codes, and a range of response times in seconds. */
export interface Narrowing {
  codes?: readonly string[] | undefined;
  from?: number | undefined;
  to?: number | undefined;
}

/** A number as the language reads it, with no more digits than anybody needs. */
export function showSeconds(seconds: number): string {
  return String(Number(seconds.toPrecision(4)));
}

/** One expression with all filters. Codes are alternatives; all other conditions must match. */
export function wholeFilter(filter: string | undefined, narrowing: Narrowing = {}): string | undefined {
  const codes = CODES.filter((one) => narrowing.codes?.includes(one));
  return all([
    filter,
    codes.length > 0 && codes.length < CODES.length ? codes.join(" OR ") : undefined,
    narrowing.from === undefined ? undefined : `responsetime >= ${showSeconds(narrowing.from)}`,
    narrowing.to === undefined ? undefined : `responsetime <= ${showSeconds(narrowing.to)}`,
  ]);
}

/** Conditions joined by AND; those with an OR of their own are put in brackets. */
export function all(parts: readonly (string | undefined)[]): string | undefined {
  const given = parts.map((one) => one?.trim()).filter((one): one is string => one !== undefined && one !== "");
  if (given.length <= 1) return given[0];
  return given.map((one) => (hasOr(one) ? `(${one})` : one)).join(" AND ");
}

function hasOr(text: string): boolean {
  let depth = 0;
  for (const token of tokenise(text)) {
    if (token.text === "(" || token.text === "{") depth++;
    else if (token.text === ")" || token.text === "}") depth--;
    else if (depth === 0 && token.kind === "word" && token.text.toLowerCase() === "or") return true;
  }
  return false;
}

/** The expression with one more condition, unless it has that already. */
export function withCondition(filter: string | undefined, condition: string): string {
  if (filter?.includes(condition)) return filter;
  return all([filter, condition]) ?? condition;
}

/** "traces through this service": by name and, if several nodes have the name, by type. */
export function throughNode(node: Pick<XRayMapNode, "name" | "type">, alone = true, body?: Code): string {
  const reference = alone || !node.type ? quote(node.name) : `id(name: ${quote(node.name)}, type: ${quote(node.type)})`;
  return `service(${reference})${body ? ` { ${body} }` : ""}`;
}

export function annotationKeyword(key: string): string {
  return /^[A-Za-z0-9_]+$/.test(key) ? `annotation.${key}` : `annotation[${key}]`;
}

/** The condition for a value of a ranked table. */
export function conditionOf(table: Pick<XRayAnalyticsTable, "by" | "key">, value: string | number | boolean): string {
  const shown = typeof value === "string" ? quote(value) : String(value);
  switch (table.by) {
    case "service":
      return `service(${quote(String(value))})`;
    case "url":
      return `http.url = ${shown}`;
    case "method":
      return `http.method = ${shown}`;
    case "status":
      return `http.status = ${String(value)}`;
    case "user":
      return `user = ${shown}`;
    case "client":
      return `http.clientip = ${shown}`;
    case "exception":
      return `rootcause.fault.exception { name = ${shown} }`;
    case "annotation":
      return `${annotationKeyword(table.key ?? "")} = ${shown}`;
  }
}

/** A range of response times as text. */
export function stretchText(from: number | undefined, to: number | undefined): string {
  if (from === undefined) return to === undefined ? "any time" : `up to ${formatMs(to * 1000)}`;
  return to === undefined ? `${formatMs(from * 1000)} or more` : `${formatMs(from * 1000)} to ${formatMs(to * 1000)}`;
}

/** The part of a URL that identifies a request: the path and the query, not the host. */
export function pathOf(url: string | null): string | null {
  if (url === null) return null;
  const found = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(.*)$/i.exec(url);
  return found ? found[1] || "/" : url;
}

/** What every HTTP library records about every request: true for annotations that tell nothing of this one. */
export function isPlumbing(key: string): boolean {
  return /^(http|url|net|network|server|client|user_agent|telemetry|process|host|otel|service)[._]/.test(key);
}
