// Enough of the calculated-field language for the mock: $columns, numbers, texts, arithmetic, comparisons and a few functions.

type Value = string | number | boolean | null;
export class ExpressionError extends Error {
  constructor(
    message: string,
    readonly position: number,
  ) {
    super(message);
  }
}

const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?)|("(?:[^"\\]|\\.)*")|\$("(?:[^"\\]|\\.)*"|[\w.]+)|([A-Z_]+)|(>=|<=|!=|[-+*/=<>(),]))/y;

export type Expression = (column: (name: string) => Value) => Value;

const num = (value: Value): number | null => (typeof value === "number" ? value : null);
const FUNCTIONS: Record<string, (args: Value[]) => Value> = {
  IF: ([test, yes, no]) => (test === true ? (yes ?? null) : (no ?? null)),
  AND: (args) => args.every((one) => one === true),
  OR: (args) => args.some((one) => one === true),
  NOT: ([one]) => one !== true,
  EXISTS: ([one]) => one !== null && one !== undefined,
  COALESCE: (args) => args.find((one) => one !== null) ?? null,
  CONCAT: (args) => args.map((one) => String(one ?? "")).join(""),
  CONTAINS: ([text, part]) => (typeof text === "string" && typeof part === "string" ? text.includes(part) : false),
  EQUALS: ([a, b]) => a === b,
  LT: ([a, b]) => (typeof a === "number" && typeof b === "number" ? a < b : null),
  GTE: ([a, b]) => (typeof a === "number" && typeof b === "number" ? a >= b : null),
};

export function compile(text: string): Expression {
  let at = 0;
  let token: RegExpExecArray | null = null;
  const next = () => {
    TOKEN.lastIndex = at;
    token = TOKEN.exec(text);
    if (!token && text.slice(at).trim())
      throw new ExpressionError(`unexpected “${text.slice(at).trim()[0] ?? ""}”`, at);
    if (token) at = TOKEN.lastIndex;
  };
  const more = () => token !== null;
  const symbol = () => token?.[5] ?? "";
  const take = (wanted: string) => {
    if (symbol() !== wanted) throw new ExpressionError(`expected “${wanted}”`, Math.min(at, text.length));
    next();
  };
  const binary = (lower: () => Expression, ops: string[], apply: (op: string, a: Value, b: Value) => Value) => () => {
    let left = lower();
    while (ops.includes(symbol())) {
      const op = symbol();
      next();
      const [a, b] = [left, lower()];
      left = (column) => apply(op, a(column), b(column));
    }
    return left;
  };
  const one = (): Expression => {
    const [, number, string, column, name] = token ?? [];
    if (number !== undefined) return (next(), () => Number(number));
    if (string !== undefined) return (next(), () => JSON.parse(string) as string);
    if (column !== undefined) {
      next();
      const wanted = column.startsWith('"') ? (JSON.parse(column) as string) : column;
      return (read) => read(wanted);
    }
    if (name !== undefined) {
      const started = at - name.length;
      next();
      if (name === "TRUE" || name === "FALSE") return () => name === "TRUE";
      const run = FUNCTIONS[name];
      if (!run) throw new ExpressionError(`there is no function ${name}`, started);
      take("(");
      const args: Expression[] = [];
      while (symbol() !== ")") {
        args.push(whole());
        if (symbol() !== ")") take(",");
      }
      take(")");
      return (read) => run(args.map((arg) => arg(read)));
    }
    if (symbol() === "(") {
      next();
      const inner = whole();
      take(")");
      return inner;
    }
    throw new ExpressionError("a value is missing here", Math.min(at, text.length));
  };
  const arithmetic = (op: string, a: Value, b: Value): Value => {
    const [x, y] = [num(a), num(b)];
    if (x === null || y === null) return null;
    if (op === "/") return y === 0 ? null : x / y;
    return op === "*" ? x * y : op === "+" ? x + y : x - y;
  };
  const compare = (op: string, a: Value, b: Value): Value => {
    if (op === "=" || op === "!=") return (a === b) === (op === "=");
    if (a === null || b === null) return null;
    return op === ">" ? a > b : op === ">=" ? a >= b : op === "<" ? a < b : a <= b;
  };
  const product = binary(one, ["*", "/"], arithmetic);
  const sum = binary(product, ["+", "-"], arithmetic);
  const whole: () => Expression = binary(sum, ["=", "!=", ">", ">=", "<", "<="], compare);
  next();
  const made = whole();
  if (more()) throw new ExpressionError("nothing more was expected here", at);
  return made;
}
