import { expect, it } from "vitest";
import type { XRayRule } from "../api/types.generated";
import { groupCommand, ruleCommand, shellQuote, summariesCommand } from "./cli";
import { all, conditionOf, throughNode, wholeFilter, withCondition } from "./conditions";
import { quote, tokenClass, tokenise, unquote } from "./filterTokens";
import { bars, percentile, placeOf, valueAt } from "./histogram";
import { byPriority, expectedRate, tryRules, wildcardMatches } from "./rules";

it("cuts an expression into pieces that cover all but the spaces", () => {
  const text = `service("a \\" b") { http.status >= 500 } AND !annotation[x.y] = 'q' -1.5e3 $ "open`;
  const tokens = tokenise(text);
  for (const one of tokens) expect(text.slice(one.from, one.to)).toBe(one.text);
  expect(tokens.map((one) => one.text).join("")).toBe(
    tokenise(tokens.map((one) => one.text).join(" "))
      .map((one) => one.text)
      .join(""),
  );
  expect(tokens.filter((one) => one.kind === "bad").map((one) => one.text)).toEqual(["$"]);
  expect(tokens.at(-1)).toMatchObject({ kind: "string", open: true });
  expect(tokens.map(tokenClass).filter((one) => one === "f-key")).toHaveLength(3);
});

it.each(["plain", 'a "quote"', "back\\slash", ""])("quotes %s so that it reads back", (text) =>
  expect(unquote(quote(text))).toBe(text),
);

it.each([
  [undefined, {}, undefined],
  ["fault", {}, "fault"],
  ["fault OR error", { from: 0.5 }, "(fault OR error) AND responsetime >= 0.5"],
  ['service("a") { fault OR error }', { to: 2 }, 'service("a") { fault OR error } AND responsetime <= 2'],
  [undefined, { codes: ["fault", "error"] }, "error OR fault"],
  [
    "user",
    { codes: ["fault", "error"], from: 1 / 3, to: 2 },
    "user AND (error OR fault) AND responsetime >= 0.3333 AND responsetime <= 2",
  ],
  ["user", { codes: ["fault", "error", "ok", "throttle"] }, "user"],
  ['user = "x or y"', { codes: ["ok"] }, 'user = "x or y" AND ok'],
])("joins %s with %o", (filter, narrowing, wanted) => expect(wholeFilter(filter, narrowing)).toBe(wanted));

it("adds a condition once", () => {
  expect(withCondition(undefined, "fault")).toBe("fault");
  expect(withCondition("user", "fault")).toBe("user AND fault");
  expect(withCondition("user AND fault", "fault")).toBe("user AND fault");
  expect(all(["a OR b", "c OR d"])).toBe("(a OR b) AND (c OR d)");
});

it.each([
  ["service", null, "api", 'service("api")'],
  ["url", null, 'http://a/"x"', 'http.url = "http://a/\\"x\\""'],
  ["status", null, 404, "http.status = 404"],
  ["annotation", "handle", "worf", 'annotation.handle = "worf"'],
  ["annotation", "app.size", 3, "annotation[app.size] = 3"],
  ["annotation", "paid", true, "annotation.paid = true"],
  ["exception", null, "KeyError", 'rootcause.fault.exception { name = "KeyError" }'],
] as const)("makes a condition of %s %s %s", (by, key, value, wanted) =>
  expect(conditionOf({ by, key }, value)).toBe(wanted),
);

it("names a node by its type only where names are not enough", () => {
  const node = { name: "f", type: "AWS::Lambda::Function" };
  expect(throughNode(node)).toBe('service("f")');
  expect(throughNode(node, false, "fault")).toBe('service(id(name: "f", type: "AWS::Lambda::Function")) { fault }');
});

it("puts every count into one bar", () => {
  const histogram = [0.001, 0.002, 0.05, 0.05, 3].map((value) => ({ value, count: 2 }));
  const made = bars(histogram, 20);
  expect(made.edges).toHaveLength(21);
  expect(made.edges[0]).toBeCloseTo(0.001);
  expect(made.edges.at(-1)).toBeCloseTo(3);
  expect(made.counts.reduce((a, b) => a + b)).toBe(10);
  expect(made.counts[0]).toBe(2);
  expect(made.counts.at(-1)).toBe(2);
});

it("has bars for one value, and for a time of zero", () => {
  expect(bars([{ value: 0.2, count: 4 }], 10).counts.reduce((a, b) => a + b)).toBe(4);
  expect(bars([{ value: 0, count: 1 }], 10).counts.reduce((a, b) => a + b)).toBe(1);
  expect(bars([])).toEqual({ edges: [], counts: [] });
});

it("goes from a place on the axis to the time and back", () => {
  const { edges } = bars(
    [
      { value: 0.01, count: 1 },
      { value: 10, count: 1 },
    ],
    30,
  );
  for (const place of [0, 0.25, 0.5, 1]) expect(placeOf(edges, valueAt(edges, place))).toBeCloseTo(place);
  expect(placeOf(edges, 100)).toBe(1);
});

it("finds percentiles of sparse steps", () => {
  const histogram = [
    { value: 3, count: 1 },
    { value: 1, count: 90 },
    { value: 2, count: 9 },
  ];
  expect(percentile(histogram, 0.5)).toBe(1);
  expect(percentile(histogram, 0.95)).toBe(2);
  expect(percentile(histogram, 1)).toBe(3);
  expect(percentile([], 0.5)).toBeNull();
});

it.each([
  ["*", "", true],
  ["*", "anything", true],
  ["/api/*", "/api/x", true],
  ["/api/*", "/API/", true],
  ["/api/?", "/api/x", true],
  ["/api/?", "/api/", false],
  ["*/home", "/api/activities/home", true],
  ["a*b*c", "aXbYbZc", true],
  ["a*b*c", "aXbYbZ", false],
  ["backend", "backend-flask", false],
  ["?*", "*", true],
])("matches %s against %s: %s", (pattern, text, wanted) => expect(wildcardMatches(pattern, text)).toBe(wanted));

const rule = (name: string, priority: number, more: Partial<XRayRule> = {}): XRayRule => ({
  name,
  arn: "",
  default: name === "Default",
  priority,
  fixedRate: 0.1,
  reservoirSize: 5,
  serviceName: "*",
  serviceType: "*",
  host: "*",
  httpMethod: "*",
  urlPath: "*",
  resourceArn: "*",
  attributes: {},
  boost: null,
  createdAt: null,
  modifiedAt: null,
  openTelemetry: null,
  ...more,
});

it("tries rules by priority, then name, Default last, and says what keeps a rule from a request", () => {
  const rules = [
    rule("Default", 10_000),
    rule("b", 9000, { urlPath: "/x" }),
    rule("a", 9000, { serviceName: "backend-*" }),
    rule("last", 10_000),
    rule("posts", 1, { httpMethod: "POST" }),
  ];
  expect(byPriority(rules).map((one) => one.name)).toEqual(["posts", "a", "b", "last", "Default"]);
  const tried = tryRules(rules, { service: "backend-flask", method: "GET", path: "/api/x", host: "", type: "" });
  expect(tried[0]?.why).toBe("method GET is not POST");
  expect(tried.find((one) => one.why === null)?.rule.name).toBe("a");
  expect(tried.at(-1)).toMatchObject({ rule: { name: "Default" }, why: null });
});

it.each([
  [3, 3],
  [5, 5],
  [105, 15],
])("means to record of %d requests %d", (requests, wanted) =>
  expect(expectedRate(rule("r", 1), requests)).toBeCloseTo(wanted),
);

it("writes the commands as they are typed", () => {
  expect(
    groupCommand("http://localhost:7070", { name: "Cruddur", filterExpression: 'service("backend-flask")' }, false),
  ).toBe(`aws xray create-group \\
    --endpoint-url http://localhost:7070 \\
    --group-name Cruddur \\
    --filter-expression 'service("backend-flask")'`);
  expect(ruleCommand("http://w", { name: "r", priority: 5, fixedRate: 0.1, reservoirSize: 1 }, false)).toContain(
    `--sampling-rule '{"RuleName":"r","ResourceARN":"*","Priority":5,`,
  );
  expect(ruleCommand("http://w", { fixedRate: 0.1, reservoirSize: 1 }, true, true)).toContain(
    `'{"RuleName":"Default","FixedRate":0.1,"ReservoirSize":1}'`,
  );
  expect(summariesCommand("http://w", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z", "fault")).toContain(
    "--start-time 1767225600",
  );
  expect(shellQuote("it's")).toBe(`'it'\\''s'`);
});
