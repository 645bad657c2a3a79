import type { FilterCheck } from "../api/xray.ts";
import { KEYWORDS, tokenise, unquote, type FilterToken, type Place } from "../../src/xray/filterTokens.ts";
import type { Call, Record } from "./records.ts";

type Test = (record: Record, call: Call | null) => boolean;

class Wrong extends Error {
  constructor(
    message: string,
    readonly position: number,
  ) {
    super(message);
  }
}

/** As much of the filter language as the mock's pages need, with errors where the server would have them. */
class Parser {
  readonly #tokens: FilterToken[];
  readonly #end: number;
  readonly #groups: (name: string) => string | null;
  #at = 0;

  constructor(text: string, groups: (name: string) => string | null) {
    this.#tokens = tokenise(text);
    this.#end = text.length;
    this.#groups = groups;
  }

  whole(): Test {
    const test = this.#or("top");
    if (this.#now) throw this.#wrong("AND, OR or the end of the expression");
    return test;
  }

  get #now(): FilterToken | undefined {
    return this.#tokens[this.#at];
  }
  #is(text: string): boolean {
    return this.#now?.kind !== "string" && this.#now?.text.toLowerCase() === text;
  }
  #expect(text: string): void {
    if (!this.#is(text)) throw this.#wrong(`'${text}'`);
    this.#at++;
  }
  #wrong(wanted: string): Wrong {
    const found = this.#now;
    const at = found?.from ?? this.#end;
    if (found?.kind === "bad") return new Wrong(`Invalid input symbol '${found.text}'`, at);
    if (found?.open) return new Wrong("the string is not closed", at);
    const what = found ? `'${found.text}'` : "the end of the expression";
    return new Wrong(`Invalid input symbol: found ${what}, where ${wanted} was expected,`, at);
  }

  #or(place: Place): Test {
    const parts = [this.#and(place)];
    while (this.#is("or")) {
      this.#at++;
      parts.push(this.#and(place));
    }
    return (record, call) => parts.some((one) => one(record, call));
  }

  #and(place: Place): Test {
    const parts = [this.#unary(place)];
    for (;;) {
      if (this.#is("and")) this.#at++;
      else if (this.#is("or") || !(this.#now?.kind === "word" || this.#is("!") || this.#is("("))) break;
      parts.push(this.#unary(place));
    }
    return (record, call) => parts.every((one) => one(record, call));
  }

  #unary(place: Place): Test {
    if (this.#is("!") || this.#is("not")) {
      this.#at++;
      const inner = this.#unary(place);
      return (record, call) => !inner(record, call);
    }
    if (this.#is("(")) {
      this.#at++;
      const inner = this.#or(place);
      this.#expect(")");
      return inner;
    }
    if (this.#now?.kind !== "word") throw this.#wrong("a keyword");
    if (this.#is("service")) return this.#service();
    if (this.#is("edge")) return this.#edge();
    if (this.#now.text.toLowerCase().startsWith("rootcause.")) return this.#cause();
    return this.#predicate(place);
  }

  #name(): (call: { name: string; type: string | null }) => boolean {
    if (this.#is("id")) {
      this.#at++;
      this.#expect("(");
      const parts = new Map<string, string>();
      do {
        const part = this.#now?.text.toLowerCase() ?? "";
        this.#at++;
        this.#expect(":");
        parts.set(part, this.#string());
      } while (this.#is(",") && this.#at++ >= 0);
      this.#expect(")");
      return (call) =>
        (!parts.has("name") || parts.get("name") === call.name) &&
        (!parts.has("type") || parts.get("type") === call.type);
    }
    const name = this.#string();
    return (call) => call.name === name;
  }

  #string(): string {
    if (this.#now?.kind !== "string" || this.#now.open) throw this.#wrong("a string in quotes");
    return unquote(this.#tokens[this.#at++]?.text ?? "");
  }

  #body(place: Place): Test {
    if (!this.#is("{")) return () => true;
    this.#at++;
    const body = this.#or(place);
    this.#expect("}");
    return body;
  }

  #service(): Test {
    this.#at++;
    let fits: (call: Call) => boolean = () => true;
    if (this.#is("(")) {
      this.#at++;
      if (!this.#is(")")) fits = this.#name();
      this.#expect(")");
    }
    const body = this.#body("service");
    return (record) => record.calls.some((one) => fits(one) && body(record, one));
  }

  #edge(): Test {
    this.#at++;
    this.#expect("(");
    const from = this.#name();
    this.#expect(",");
    const to = this.#name();
    this.#expect(")");
    const body = this.#body("edge");
    return (record) =>
      record.calls.some(
        (one) => one.from !== null && from({ name: one.from, type: null }) && to(one) && body(record, one),
      );
  }

  #cause(): Test {
    const word = this.#now?.text.toLowerCase() ?? "";
    this.#at++;
    this.#expect("{");
    const from = this.#at;
    this.#or("cause");
    const names = this.#tokens.slice(from, this.#at).filter((one) => one.kind === "string");
    this.#expect("}");
    return (record) =>
      word.includes("fault") &&
      record.exception !== null &&
      names.every((one) => unquote(one.text) === record.exception);
  }

  #predicate(place: Place): Test {
    const word = this.#now;
    this.#at++;
    let keyword = (word?.text ?? "").toLowerCase();
    let key: string | null = /^annotation\.(\w+)$/i.exec(word?.text ?? "")?.[1] ?? null;
    if (keyword === "annotation") {
      this.#expect("[");
      key = unquote(this.#now?.text ?? "");
      this.#at++;
      this.#expect("]");
    }
    if (key !== null) keyword = "annotation";
    const known = KEYWORDS[keyword];
    if (key === null && !known) throw new Wrong(`Invalid input symbol '${word?.text ?? ""}'`, word?.from ?? 0);
    if (known && !known.in.includes(place)) throw new Wrong(`'${keyword}' can't stand there`, word?.from ?? 0);
    const op =
      this.#now?.kind === "comparison" || /^(contains|beginswith|endswith)$/i.test(this.#now?.text ?? "")
        ? this.#now?.text.toLowerCase()
        : undefined;
    if (!op) {
      if (known?.kind === "number") throw this.#wrong(`a comparison after '${keyword}'`);
      return (record, call) => {
        const found = values(record, call, keyword, key);
        return known?.kind === "flag" ? found.includes(true) : found.length > 0;
      };
    }
    this.#at++;
    const token = this.#now;
    if (!token || token.open || !["string", "number", "word"].includes(token.kind)) throw this.#wrong("a value");
    if (known?.kind === "number" && token.kind !== "number")
      throw new Wrong(`'${keyword}' takes a comparison with a number`, token.from);
    this.#at++;
    const literal: string | number | boolean =
      token.kind === "number"
        ? Number(token.text)
        : token.kind === "string"
          ? unquote(token.text)
          : /^(true|false)$/i.test(token.text)
            ? token.text.toLowerCase() === "true"
            : token.text;
    if (keyword === "group.name") {
      const inner = this.#groups(String(literal));
      const test = inner === null ? () => false : compile(inner, this.#groups);
      return (record, call) => test(record, call);
    }
    return (record, call) => values(record, call, keyword, key).some((value) => compare(value, op, literal));
  }
}

function compare(value: string | number | boolean, op: string, wanted: string | number | boolean): boolean {
  switch (op) {
    case "=":
    case "==":
      return value === wanted;
    case "!=":
      return value !== wanted;
    case "<":
      return value < wanted;
    case "<=":
      return value <= wanted;
    case ">":
      return value > wanted;
    case ">=":
      return value >= wanted;
    case "contains":
      return String(value).includes(String(wanted));
    case "beginswith":
      return String(value).startsWith(String(wanted));
    default:
      return String(value).endsWith(String(wanted));
  }
}

function values(record: Record, call: Call | null, keyword: string, key: string | null): (string | number | boolean)[] {
  const { trace } = record;
  const some = <T>(value: T | null): T[] => (value === null ? [] : [value]);
  switch (keyword) {
    case "ok":
    case "error":
    case "fault":
    case "throttle": {
      const code = call?.code ?? trace.code;
      return [code === keyword || (keyword === "error" && code === "throttle")];
    }
    case "partial":
      return [trace.partial];
    case "inferred":
      return [call?.inferred ?? false];
    case "root":
      return [call?.from === null];
    case "responsetime":
      return some(call ? call.seconds : trace.responseTimeSeconds);
    case "duration":
      return some(trace.durationSeconds);
    case "http.status":
      return some(trace.httpStatus);
    case "http.url":
      return some(trace.url);
    case "http.method":
      return some(trace.method);
    case "http.useragent":
      return some(trace.userAgent);
    case "http.clientip":
      return some(trace.clientIp);
    case "user":
      return trace.users;
    case "name":
      return some(call?.name ?? null);
    case "type":
      return some(call?.type ?? null);
    case "annotation":
      return trace.annotations.filter((one) => one.key === key).map((one) => one.value);
    default:
      return [];
  }
}

export function compile(text: string | null | undefined, groups: (name: string) => string | null): Test {
  return text?.trim() ? new Parser(text, groups).whole() : () => true;
}

export function checkFilter(text: string): FilterCheck {
  try {
    compile(text, () => null);
    return { ok: true };
  } catch (error) {
    if (error instanceof Wrong)
      return {
        ok: false,
        message: `Invalid filter expression: ${error.message} at offset ${error.position}`,
        position: error.position,
      };
    throw error;
  }
}
