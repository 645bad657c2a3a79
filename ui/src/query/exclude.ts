import type { AttributeValue, Filter, Values } from "../api/written";
import type { Question } from "./question";

const differs = ([column, value]: [string, AttributeValue]): Filter =>
  value === null ? { column, op: "exists" } : { column, op: "!=", value };

/**
 * The question without one group. A group of several keys is left out as that combination: any of them differs. That is
 * a list of filters joined by OR where there are no others, and a calculated field where there are.
 */
export function withoutGroup(question: Question, key: Values): Pick<Question, "filters" | "any" | "fields"> {
  const pairs = Object.entries(key);
  const { filters, any } = question;
  const [first] = pairs;
  if (!first) return question;
  if (filters.length === 0) return { filters: pairs.map(differs), any: pairs.length > 1, fields: question.fields };
  const held =
    any && filters.length > 1 ? asField(question, "any_of", `OR(${filters.map(test).join(", ")})`) : question;
  if (pairs.length === 1) return { ...held, filters: [...held.filters, differs(first)], any: false };
  const same = pairs.map(([column, value]) =>
    test(value === null ? { column, op: "does-not-exist" } : { column, op: "=", value }),
  );
  const fields = asField({ ...held, filters: [] }, "without", `NOT(AND(${same.join(", ")}))`);
  return { filters: [...held.filters, ...fields.filters], any: false, fields: fields.fields };
}

/** The question with its filters replaced by one calculated field that must be true. */
function asField(question: Pick<Question, "filters" | "any" | "fields">, stem: string, expression: string) {
  const taken = new Set(question.fields.map((one) => one.name));
  let number = 1;
  while (taken.has(`${stem}_${number}`)) number++;
  const name = `${stem}_${number}`;
  const filter: Filter = { column: name, op: "=", value: true };
  return { filters: [filter], any: false, fields: [...question.fields, { name, expression }] };
}

/** A filter as an expression that is true or false. */
function test({ column, op, value }: Filter): string {
  const own = reference(column);
  const one = Array.isArray(value) ? value : [value ?? ""];
  // Texts are compared as filters compare them: "200" finds the number as well. Only "" must not find what is missing.
  const equals = one.map((each) =>
    typeof each === "string" && each !== ""
      ? `EQUALS(STRING(${own}), ${literal(each)})`
      : `EQUALS(${own}, ${literal(each)})`,
  );
  const any = equals.length === 1 ? (equals[0] ?? "") : `OR(${equals.join(", ")})`;
  const said = literal(one[0] ?? "");
  switch (op) {
    case "=":
    case "in":
      return any;
    case "!=":
    case "not-in":
      return `NOT(${any})`;
    case "exists":
      return `EXISTS(${own})`;
    case "does-not-exist":
      return `NOT(EXISTS(${own}))`;
    case ">":
      return `GT(${own}, ${said})`;
    case ">=":
      return `GTE(${own}, ${said})`;
    case "<":
      return `LT(${own}, ${said})`;
    case "<=":
      return `LTE(${own}, ${said})`;
    case "contains":
      return `CONTAINS(${own}, ${said})`;
    case "does-not-contain":
      return `NOT(CONTAINS(${own}, ${said}))`;
    case "starts-with":
      return `STARTS_WITH(${own}, ${said})`;
    case "does-not-start-with":
      return `NOT(STARTS_WITH(${own}, ${said}))`;
    case "ends-with":
      return `ENDS_WITH(${own}, ${said})`;
    case "does-not-end-with":
      return `NOT(ENDS_WITH(${own}, ${said}))`;
    case "matches":
      return `REG_MATCH(${own}, ${said})`;
    case "does-not-match":
      return `NOT(REG_MATCH(${own}, ${said}))`;
  }
}

/** A column in the language of calculated fields. */
function reference(column: string): string {
  return /^[A-Za-z_][\w.]*$/.test(column) ? `$${column}` : `$"${escaped(column)}"`;
}

function literal(value: string | number | boolean): string {
  return typeof value === "string" ? `"${escaped(value)}"` : String(value);
}

const escaped = (text: string) =>
  text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")
    .replaceAll("\t", "\\t");
