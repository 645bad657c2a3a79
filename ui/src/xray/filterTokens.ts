/** Pieces of a filter expression, as the editor colours and completes them. The server decides what is valid. */
export interface FilterToken {
  kind: "word" | "string" | "number" | "comparison" | "symbol" | "bad";
  text: string;
  from: number;
  to: number;
  /** A string that is not closed yet. */
  open?: boolean;
}

export function tokenise(text: string): FilterToken[] {
  const tokens: FilterToken[] = [];
  let at = 0;
  const take = (kind: FilterToken["kind"], to: number, more: Partial<FilterToken> = {}) => {
    tokens.push({ kind, text: text.slice(at, to), from: at, to, ...more });
    at = to;
  };
  while (at < text.length) {
    const c = text[at] ?? "";
    if (/\s/.test(c)) {
      at++;
    } else if (c === '"' || c === "'") {
      let end = at + 1;
      while (end < text.length && text[end] !== c) end += text[end] === "\\" ? 2 : 1;
      const closed = text[end] === c;
      take("string", Math.min(text.length, closed ? end + 1 : end), closed ? {} : { open: true });
    } else {
      const rest = text.slice(at);
      const word = /^[\p{L}_][\p{L}\p{N}_.-]*/u.exec(rest);
      const number = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?/.exec(rest);
      const comparison = /^(!=|<=|>=|==|=|<|>)/.exec(rest);
      if (word) take("word", at + word[0].length);
      else if (number) take("number", at + number[0].length);
      else if (comparison) take("comparison", at + comparison[0].length);
      else take("(){}[],:!#".includes(c) ? "symbol" : "bad", at + 1);
    }
  }
  return tokens;
}

/** The text of a quoted token. */
export function unquote(text: string): string {
  const quote = text[0];
  if (quote !== '"' && quote !== "'") return text;
  const closed = text.length > 1 && text.endsWith(quote);
  return text.slice(1, closed ? -1 : undefined).replace(/\\(["'\\])/g, "$1");
}

export function quote(text: string): string {
  return `"${text.replace(/["\\]/g, (mark) => `\\${mark}`)}"`;
}

export type KeywordKind = "flag" | "number" | "text";
interface Keyword {
  kind: KeywordKind;
  hint: string;
  /** Where it is allowed: at the top level, inside service { }, inside edge { }, inside a root cause. */
  in: readonly Place[];
}
export type Place = "top" | "service" | "edge" | "cause";

const CALLS = ["top", "service", "edge"] as const;

export const KEYWORDS: Record<string, Keyword> = {
  fault: { kind: "flag", hint: "5xx, an unhandled exception", in: CALLS },
  error: { kind: "flag", hint: "4xx", in: CALLS },
  throttle: { kind: "flag", hint: "429", in: CALLS },
  ok: { kind: "flag", hint: "no fault, error or throttle", in: CALLS },
  responsetime: { kind: "number", hint: "of the request, in seconds", in: CALLS },
  duration: { kind: "number", hint: "of the whole trace, in seconds", in: CALLS },
  "http.status": { kind: "number", hint: "status of the response", in: CALLS },
  "http.url": { kind: "text", hint: "URL of the request", in: CALLS },
  "http.method": { kind: "text", hint: "GET, POST …", in: CALLS },
  "http.useragent": { kind: "text", hint: "user agent of the client", in: CALLS },
  "http.clientip": { kind: "text", hint: "address of the client", in: CALLS },
  user: { kind: "text", hint: "user of any segment", in: CALLS },
  "group.name": { kind: "text", hint: "traces of a group", in: ["top"] },
  "group.arn": { kind: "text", hint: "traces of a group, by ARN", in: ["top"] },
  partial: { kind: "flag", hint: "a segment is in progress", in: CALLS },
  inferred: { kind: "flag", hint: "known only from its callers", in: [...CALLS, "cause"] },
  root: { kind: "flag", hint: "where the request entered", in: ["service"] },
  name: { kind: "text", hint: "", in: ["service", "cause"] },
  type: { kind: "text", hint: "like AWS::ECS::Container", in: ["service", "cause"] },
  availabilityzone: { kind: "text", hint: "of any segment", in: CALLS },
  "instance.id": { kind: "text", hint: "EC2 instance", in: CALLS },
  "resource.arn": { kind: "text", hint: "ARN of any segment", in: CALLS },
  first: { kind: "flag", hint: "first of the path", in: ["cause"] },
  last: { kind: "flag", hint: "last of the path", in: ["cause"] },
  remote: { kind: "flag", hint: "a call to another service", in: ["cause"] },
  message: { kind: "text", hint: "of the exception", in: ["cause"] },
  index: { kind: "number", hint: "position in the path", in: ["cause"] },
  coverage: { kind: "number", hint: "share of the response time, 0 to 1", in: ["cause"] },
};

export const SELECTORS: { text: string; label: string; hint: string }[] = [
  { text: 'service("', label: 'service("…")', hint: "passes through a service" },
  { text: "annotation.", label: "annotation.key", hint: "recorded by your code" },
  { text: 'edge("', label: 'edge("…", "…")', hint: "one service calls another" },
];

export const CAUSES: { text: string; label: string; hint: string }[] = (
  [
    ["fault", "cause of the fault"],
    ["error", "cause of the error"],
    ["responsetime", "cause of the response time"],
  ] as const
).flatMap(([kind, hint]) =>
  ["service", "entity", ...(kind === "responsetime" ? [] : ["exception"])].map((level) => ({
    text: `rootcause.${kind}.${level} { `,
    label: `rootcause.${kind}.${level} { … }`,
    hint,
  })),
);

export const WORD_OPERATORS = ["CONTAINS", "BEGINSWITH", "ENDSWITH"];
const JOINS = new Set(["and", "or", "not"]);

/** How a token is coloured. */
export function tokenClass(token: FilterToken): string {
  if (token.kind === "string") return "f-string";
  if (token.kind === "number") return "f-number";
  if (token.kind === "bad") return "f-bad";
  if (token.kind === "comparison") return "f-op";
  if (token.kind === "symbol") return token.text === "!" ? "f-join" : "";
  const word = token.text.toLowerCase();
  if (JOINS.has(word)) return "f-join";
  if (WORD_OPERATORS.includes(word.toUpperCase())) return "f-op";
  if (word === "true" || word === "false") return "f-number";
  if (
    Object.hasOwn(KEYWORDS, word) ||
    /^(service|edge|id)$/.test(word) ||
    word.startsWith("rootcause.") ||
    /^((source|destination)\.)?annotation(\.|$)/.test(word)
  )
    return "f-key";
  return "";
}

/** The whole text in pieces with their styles; null for text between tokens. */
export function pieces(text: string): { piece: string; from: number; look: string | null }[] {
  const found: { piece: string; from: number; look: string | null }[] = [];
  let last = 0;
  for (const token of tokenise(text)) {
    if (token.from > last) found.push({ piece: text.slice(last, token.from), from: last, look: null });
    found.push({ piece: token.text, from: token.from, look: tokenClass(token) });
    last = token.to;
  }
  if (last < text.length) found.push({ piece: text.slice(last), from: last, look: null });
  return found;
}
