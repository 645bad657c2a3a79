import type { Suggestion } from "../query/completion";
import {
  CAUSES,
  KEYWORDS,
  quote,
  SELECTORS,
  tokenise,
  unquote,
  WORD_OPERATORS,
  type FilterToken,
  type Place,
} from "./filterTokens";

/** What is allowed at the caret. */
export type Want =
  | { kind: "term"; place: Place }
  | { kind: "operator"; keyword: string }
  | { kind: "value"; keyword: string }
  | { kind: "service" }
  | { kind: "idPart" }
  | { kind: "annotationKey"; bracket: boolean }
  /** Between two terms: AND, OR, or a bracket that closes. */
  | { kind: "join"; closes: string[]; afterFlag: boolean }
  | { kind: "nothing" };

export interface Caret {
  want: Want;
  /** The part of the text that a suggestion replaces, and its beginning before the caret. */
  from: number;
  to: number;
  typed: string;
}

interface Frame {
  closes: ")" | "}" | "]";
  place: Place;
  /** Whose brackets: `service`, `edge`, `id`, or a plain group. */
  of: string;
}

/** Parses the expression up to the caret and returns what is expected there. */
export function readCaret(text: string, position: number): Caret {
  const tokens = tokenise(text);
  const under = tokens.find((one) => one.from < position && (position < one.to || (position === one.to && joins(one))));
  const before = tokens.filter((one) => one.to <= position && one !== under);
  const start = under?.from ?? position;
  const state = follow(before);
  const typed = text.slice(start, position);
  let want = state;
  let from = start;
  if (under?.kind === "word" && state.kind === "term") {
    const key = /^(?:(?:source|destination)\.)?annotation\./i.exec(typed);
    if (key) {
      from = start + key[0].length;
      want = { kind: "annotationKey", bracket: false };
    }
  }
  // In the middle of a number or after a finished string there is nothing to offer.
  if (under?.kind === "comparison") want = { kind: "nothing" };
  if (under?.kind === "string" && !["value", "service", "annotationKey"].includes(want.kind))
    want = { kind: "nothing" };
  return { want, from, to: under?.to ?? position, typed: unquote(text.slice(from, position)) };
}

// At the end of a word or an open string the caret is still in it; a closed string is done.
function joins(token: FilterToken): boolean {
  return token.kind === "word" || token.kind === "number" || token.open === true;
}

function follow(tokens: readonly FilterToken[]): Want {
  const frames: Frame[] = [];
  let want: Want = { kind: "term", place: "top" };
  const place = (): Place => frames.at(-1)?.place ?? "top";
  const done = (afterFlag = false): Want => ({ kind: "join", closes: frames.map((one) => one.closes), afterFlag });
  let body: Place | null = null;
  // The keyword an operator belongs to when it follows a flag ("fault = true"); the part of id() that a colon follows.
  let lastFlag = "fault";
  let part = "";
  for (const token of tokens) {
    const word = token.kind === "word" ? token.text.toLowerCase() : "";
    const frame = frames.at(-1);
    if (token.kind === "symbol") {
      if (token.text === "(") {
        const of: string = want.kind === "idPart" ? "id" : body === "service" || body === "edge" ? body : "";
        frames.push({ closes: ")", place: place(), of });
        want =
          of === "service" || of === "edge"
            ? { kind: "service" }
            : of === "id"
              ? want
              : { kind: "term", place: place() };
      } else if (token.text === "{") {
        frames.push({ closes: "}", place: body ?? place(), of: "" });
        body = null;
        want = { kind: "term", place: place() };
      } else if (token.text === "[") {
        frames.push({ closes: "]", place: place(), of: "annotation" });
        want = { kind: "annotationKey", bracket: true };
      } else if (token.text === ")" || token.text === "}" || token.text === "]") {
        frames.pop();
        if (token.text === "]") want = { kind: "operator", keyword: "annotation" };
        else want = done();
      } else if (token.text === ",") want = frame?.of === "id" ? { kind: "idPart" } : { kind: "service" };
      else if (token.text === ":") {
        want =
          part === "name"
            ? { kind: "service" }
            : part === "type"
              ? { kind: "value", keyword: "type" }
              : { kind: "nothing" };
      } else if (token.text === "!") want = { kind: "term", place: place() };
      else want = { kind: "nothing" };
      continue;
    }
    if (frame?.of === "annotation") {
      want = { kind: "nothing" };
    } else if (word === "id" && want.kind === "service") {
      want = { kind: "idPart" };
    } else if (frame?.of === "id" || frame?.of === "service" || frame?.of === "edge") {
      part = word;
      want = { kind: "nothing" };
    } else if (want.kind === "value") {
      want = done();
    } else if (token.kind === "comparison" || (word && WORD_OPERATORS.includes(token.text.toUpperCase()))) {
      want = want.kind === "operator" ? { kind: "value", keyword: want.keyword } : { kind: "value", keyword: lastFlag };
    } else if (word === "and" || word === "or" || word === "not") {
      want = { kind: "term", place: place() };
    } else if (word === "service" || word === "edge") {
      body = word;
      want = done();
    } else if (word.startsWith("rootcause.")) {
      body = "cause";
      want = { kind: "nothing" };
    } else if (/^((source|destination)\.)?annotation$/.test(word)) {
      want = { kind: "nothing" };
    } else if (/^((source|destination)\.)?annotation\./.test(word)) {
      want = { kind: "operator", keyword: token.text };
    } else if (Object.hasOwn(KEYWORDS, word)) {
      lastFlag = word;
      want = KEYWORDS[word]?.kind === "flag" ? done(true) : { kind: "operator", keyword: word };
    } else want = done();
    if (!frame?.of && word !== "service" && word !== "edge" && !word.startsWith("rootcause.")) body = null;
  }
  return want;
}
/** Names and values the data has, as far as they are known. */
export interface Known {
  services: readonly string[];
  groups: readonly string[];
  annotations: readonly string[];
  /** Values by keyword ("http.url", "annotation.handle"). */
  values: Readonly<Record<string, readonly string[]>>;
}

const FIXED: Record<string, string[]> = {
  "http.method": ["GET", "POST", "PUT", "PATCH", "DELETE"],
  "http.status": ["200", "400", "404", "422", "429", "500", "503"],
  responsetime: ["0.1", "0.5", "1", "5"],
  duration: ["0.1", "0.5", "1", "5"],
  coverage: ["0.5"],
};

/** Suggestions for the caret; `text` of each replaces `from` to `to`. `done` adds nothing that must follow. */
export function suggest(caret: Caret, known: Known): Suggestion[] {
  const { want, typed } = caret;
  const found: Suggestion[] = [];
  const add = (text: string, label: string, hint: string, done: boolean) => found.push({ text, label, hint, done });
  switch (want.kind) {
    case "term": {
      if (want.place === "top") for (const one of SELECTORS) add(one.text, one.label, one.hint, false);
      else if (want.place !== "cause") add("annotation.", "annotation.key", "recorded by your code", false);
      for (const [word, one] of Object.entries(KEYWORDS))
        if (one.in.includes(want.place))
          add(one.kind === "flag" ? word : `${word} `, word, one.hint, one.kind === "flag");
      if (want.place === "top") for (const one of CAUSES) add(one.text, one.label, one.hint, false);
      break;
    }
    case "operator": {
      const kind = KEYWORDS[want.keyword]?.kind;
      for (const [op, hint] of [
        ["=", "equal"],
        ["!=", "not equal"],
      ] as const)
        add(`${op} `, op, hint, false);
      if (kind === "text" || kind === undefined)
        for (const op of WORD_OPERATORS) add(`${op} `, op, "compare text", false);
      if (kind !== "text")
        for (const [op, hint] of [
          [">", "more than"],
          [">=", "at least"],
          ["<", "less than"],
          ["<=", "at most"],
        ] as const)
          add(`${op} `, op, hint, false);
      if (kind === undefined) add("AND ", "AND", "has any value", false);
      break;
    }
    case "value": {
      const keyword = want.keyword.toLowerCase();
      const kind = KEYWORDS[keyword]?.kind;
      if (kind === "flag") for (const one of ["true", "false"]) add(one, one, "", true);
      else if (keyword === "group.name") for (const one of known.groups) add(quote(one), one, "group", true);
      else {
        const values = [...(known.values[want.keyword] ?? known.values[keyword] ?? []), ...(FIXED[keyword] ?? [])];
        for (const one of new Set(values)) {
          const bare = kind === "number" || (kind === undefined && /^(-?\d+(\.\d+)?|true|false)$/.test(one));
          add(bare ? one : quote(one), one, "", true);
        }
      }
      break;
    }
    case "service":
      for (const one of known.services) add(quote(one), one, "service", true);
      break;
    case "idPart":
      for (const one of ["name", "type", "account.id"]) add(`${one}: `, one, "", false);
      break;
    case "annotationKey":
      for (const one of known.annotations) {
        if (!want.bracket && /[^A-Za-z0-9_]/.test(one)) continue;
        add(want.bracket ? `${one}] ` : `${one} `, one, "annotation", false);
      }
      break;
    case "join": {
      const closes = want.closes.at(-1);
      if (closes) add(`${closes} `, closes, "close", false);
      add("AND ", "AND", "both hold", false);
      add("OR ", "OR", "one holds", false);
      break;
    }
    case "nothing":
      break;
  }
  const wanted = typed.trim().toLowerCase();
  if (!wanted) return found.slice(0, 40);
  const rank = (one: Suggestion) => {
    const label = one.label.toLowerCase();
    return label.startsWith(wanted) ? 0 : label.includes(wanted) ? 1 : 2;
  };
  return found
    .filter((one) => rank(one) < 2 && !(one.done && one.label.toLowerCase() === wanted && want.kind === "term"))
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, 40);
}

/** The text after accepting the suggestion, and the new position of the caret. */
export function accept(text: string, caret: Caret, one: Suggestion): { text: string; position: number } {
  let put = one.text;
  let after = text.slice(caret.to);
  // What was opened is closed with it, unless it stands there already.
  if (caret.want.kind === "service" && text[caret.to] !== ")" && text[caret.to] !== ",") {
    const opened = /(edge|service)\s*\(\s*[^)]*$/i.exec(text.slice(0, caret.from));
    if (opened) put += opened[1]?.toLowerCase() === "edge" && !opened[0].includes(",") ? ', "' : ") ";
  } else if (one.done && !/^[\s),}\]]/.test(after)) put += " ";
  after = put.endsWith(" ") ? after.trimStart() : after;
  return { text: text.slice(0, caret.from) + put + after, position: caret.from + put.length };
}
