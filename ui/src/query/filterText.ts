import { FILTER_OPS } from "./menu";
import type { FilterOp } from "../api/words.generated";
import type { Filter, FilterValue, Scalar } from "../api/written";

// A filter as people type it: `http.status_code >= 500`, `name contains "a b"`, `region in eu, us`, `error exists`.

/** Longest first, so that ">=" is not read as ">", and with the other ways people write the same. */
const SPELLINGS: [string, FilterOp][] = [
  ...FILTER_OPS.map((op): [string, FilterOp] => [op, op]),
  ...FILTER_OPS.filter((op) => op.includes("-")).map((op): [string, FilterOp] => [op.replaceAll("-", " "), op]),
  ["==", "="] as [string, FilterOp],
  ["<>", "!="] as [string, FilterOp],
].sort((a, b) => b[0].length - a[0].length);

const NO_VALUE = new Set<FilterOp>(["exists", "does-not-exist"]);
const LIST = new Set<FilterOp>(["in", "not-in"]);

export type ParsedFilter =
  | { stage: "column"; column: string }
  | { stage: "op"; column: string; text: string }
  | { stage: "value"; column: string; op: FilterOp; text: string }
  | { stage: "done"; column: string; op: FilterOp; text: string; filter: Filter };

/** How far a text has got towards a filter; the completion asks the same question on every letter. */
export function readFilter(text: string): ParsedFilter {
  const { column, rest } = readColumn(text.trimStart());
  if (!column || (rest === "" && !/\s$/.test(text))) return { stage: "column", column };
  const after = rest.trimStart();
  const lower = after.toLowerCase();
  const spelled = SPELLINGS.find(
    ([word]) =>
      lower.startsWith(word) &&
      (!/[a-z]$/.test(word) || lower.length === word.length || /[\s"(]/.test(lower[word.length] ?? "")),
  );
  if (!spelled) return { stage: "op", column, text: after };
  const [word, op] = spelled;
  const given = after.slice(word.length);
  if (NO_VALUE.has(op))
    return given.trim() === ""
      ? { stage: "done", column, op, text: "", filter: { column, op } }
      : { stage: "op", column, text: after };
  // "exi" may become "exists", ">" may become ">=": as long as nothing follows, the operator is still being typed.
  if (given === "" && /[a-z]$/.test(word)) return { stage: "op", column, text: after };
  const value = LIST.has(op) ? readList(given) : readScalar(given.trim());
  if (value === null || (Array.isArray(value) && value.length === 0))
    return { stage: "value", column, op, text: given.trimStart() };
  return { stage: "done", column, op, text: given.trimStart(), filter: { column, op, value } };
}

export function parseFilter(text: string): Filter | null {
  const read = readFilter(text);
  return read.stage === "done" ? read.filter : null;
}

/** The error message for a text that is not a filter yet. */
export function filterTrouble(text: string): string {
  const read = readFilter(text);
  if (read.stage === "column")
    return `“${text.trim()}” needs an operator, like ${text.trim() || "status"} = 500 or exists`;
  if (read.stage === "op") return `“${read.text}” is not an operator; try =, >=, contains, in, exists`;
  return "The value is missing";
}

/** `within` another text, where words like "and" have a meaning, texts with a space are quoted. */
export function showFilter(filter: Filter, within = false): string {
  const column = showColumn(filter.column);
  if (NO_VALUE.has(filter.op) || filter.value === undefined) return `${column} ${filter.op}`;
  const value = Array.isArray(filter.value)
    ? filter.value
        .map((one) =>
          typeof one === "string" && within && /\s/.test(one) ? JSON.stringify(one) : showScalar(one, true),
        )
        .join(", ")
    : typeof filter.value === "string" && within && /\s/.test(filter.value)
      ? JSON.stringify(filter.value)
      : showScalar(filter.value, false);
  return `${column} ${filter.op} ${value}`;
}

/** A name with spaces or operators is written in backticks. */
export function showColumn(column: string): string {
  return /^[^\s=<>!`"(),]+$/.test(column) ? column : `\`${column.replaceAll("`", "``")}\``;
}

export function readColumn(text: string): { column: string; rest: string } {
  const quoted = /^`((?:[^`]|``)*)`?/.exec(text);
  if (quoted) return { column: (quoted[1] ?? "").replaceAll("``", "`"), rest: text.slice(quoted[0].length) };
  const plain = /^[^\s=<>!]+/.exec(text)?.[0] ?? "";
  return { column: plain, rest: text.slice(plain.length) };
}

export function showScalar(value: Scalar, inList: boolean): string {
  if (typeof value !== "string") return String(value);
  const plain =
    value !== "" && value === value.trim() && typeof readScalar(value) === "string" && !value.startsWith('"');
  return plain && !(inList && /[,"]/.test(value)) ? value : JSON.stringify(value);
}

/** Numbers and booleans are themselves; anything in quotes is text; null when nothing (or half a quote) was given. */
export function readScalar(text: string): Scalar | null {
  if (text === "") return null;
  if (text.startsWith('"')) {
    try {
      const value: unknown = JSON.parse(text);
      return typeof value === "string" ? value : null;
    } catch {
      return null;
    }
  }
  if (/^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) {
    const value = Number(text);
    // A long id of digits would lose its last ones as a number.
    return Number.isFinite(value) && (Number.isSafeInteger(value) || !/^-?\d+$/.test(text)) ? value : text;
  }
  if (text === "true" || text === "false") return text === "true";
  return text;
}

function readList(text: string): Scalar[] | null {
  const inside = text.trim().replace(/^[([]|[)\]]$/g, "");
  const found = inside.match(/"(?:[^"\\]|\\.)*"|[^,]+/g) ?? [];
  const values = found.map((one) => readScalar(one.trim())).filter((one) => one !== null);
  return values.length > 0 ? values : null;
}

/** The value as the specification wants it for this operator. */
export function filterOf(column: string, op: FilterOp, value: FilterValue | null): Filter {
  if (value === null) return { column, op: op === "!=" ? "exists" : "does-not-exist" };
  return NO_VALUE.has(op) ? { column, op } : { column, op, value };
}

/** Splits at a word outside quotes and backticks: `a = "x and y" and b exists` has two pieces. */
export function splitOutside(text: string, word: RegExp): string[] {
  const pieces: string[] = [];
  let quote = "";
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const mark = text[i] ?? "";
    if (quote) {
      if (mark === "\\" && quote === '"') i++;
      else if (mark === quote) quote = "";
    } else if (mark === '"' || mark === "`") quote = mark;
    else {
      const found = word.exec(text.slice(i));
      if (found?.index === 0 && found[0].length > 0) {
        pieces.push(text.slice(from, i));
        i += found[0].length - 1;
        from = i + 1;
      }
    }
  }
  pieces.push(text.slice(from));
  return pieces;
}
