import { describe, expect, it } from "vitest";
import type { StoryError, StoryLog, StorySpan } from "../../api/types";
import { bigStory } from "../../../mock/stories";
import { ancestors, buildTree, findEntries, place, ticks, visibleRows, type Tree } from "./waterfall";

function span(
  spanId: string,
  parentSpanId: string | null,
  from: number,
  to: number,
  more: Partial<StorySpan> = {},
): StorySpan {
  return {
    partId: "otlp",
    protocol: "otlp",
    traceId: "t",
    spanId,
    parentSpanId,
    parentMissing: false,
    service: "s",
    name: `name of ${spanId}`,
    kind: "internal",
    status: "unset",
    statusMessage: null,
    inProgress: false,
    offsetNs: from,
    durationNs: to - from,
    depth: 0,
    attributes: {},
    resource: {},
    scope: null,
    events: [],
    links: [],
    document: null,
    ...more,
  };
}
const log = (id: string, at: number, spanId: string | null, partId = "logs"): StoryLog => ({
  partId,
  id,
  protocol: "otlp",
  offsetNs: at,
  time: "",
  severity: "INFO",
  body: `line ${id}`,
  service: "s",
  spanId,
  logGroup: null,
  logStream: null,
  attributes: {},
});
const error = (id: string, at: number, spanId: string | null): StoryError => ({
  partId: "rollbar",
  occurrenceId: id,
  itemId: "i",
  protocol: "rollbar",
  offsetNs: at,
  time: "",
  level: "error",
  title: "KeyError",
  exceptionClass: "KeyError",
  message: null,
  spanId,
  frames: [],
});
const tree = (spans: StorySpan[], logs: StoryLog[] = [], errors: StoryError[] = []): Tree =>
  buildTree({ spans, logs, errors, durationMs: 0.001 });
const NONE = new Set<string>();
/** "root,-child,--grandchild": the keys with a dash a level. */
const draw = (of: Tree, folded: ReadonlySet<string> = NONE, hidden: ReadonlySet<string> = NONE) =>
  visibleRows(of, folded, hidden)
    .map((row) => "-".repeat(row.depth) + row.key)
    .join(",");

describe("buildTree", () => {
  it("joins children to parents whatever the order they came in, and sorts by start, longer first", () =>
    expect(
      draw(tree([span("c", "a", 50, 60), span("b", "a", 10, 20), span("d", "a", 10, 40), span("a", null, 0, 100)])),
    ).toBe("a,-d,-b,-c"));
  it("keeps a span whose parent was not received as a root", () =>
    expect(draw(tree([span("a", "gone", 0, 10), span("b", "a", 1, 2)]))).toBe("a,-b"));
  it("keeps both of two spans with one id", () =>
    expect(draw(tree([span("a", null, 0, 10), span("x", "a", 1, 2), span("x", "a", 3, 4)]))).toBe("a,-x,-x~2"));
  it("does not join across traces, and prefers a parent of the same part", () => {
    expect(draw(tree([span("a", null, 0, 10), span("b", "a", 1, 2, { traceId: "other" })]))).toBe("a,b");
    const built = tree([
      span("a", null, 0, 10),
      span("a", null, 2, 9, { partId: "xray" }),
      span("b", "a", 3, 4, { partId: "xray" }),
    ]);
    expect(draw(built)).toBe("a,a~2,-b");
  });
  it("breaks circles instead of losing their spans", () => {
    expect(draw(tree([span("a", "b", 0, 10), span("b", "a", 1, 9)])).split(",")).toHaveLength(2);
    expect(draw(tree([span("a", "a", 0, 10)]))).toBe("a");
  });
  it("puts lines and errors under the span they name, in order of time", () =>
    expect(
      draw(
        tree(
          [span("a", null, 0, 100), span("b", "a", 50, 60)],
          [log("1", 40, "a"), log("2", 70, "a"), log("3", 55, null)],
          [error("e", 58, "b")],
        ),
      ),
    ).toBe("a,-log:1,-b,--error:e,-log:2,log:3"));
  it("counts what is below, and what failed below", () => {
    const built = tree([
      span("a", null, 0, 9),
      span("b", "a", 1, 2),
      span("c", "b", 1, 2, { status: "error" }),
      span("d", "a", 3, 4, { status: "error" }),
    ]);
    expect(built.nodes.map((one) => [one.key, one.below, one.failedBelow, one.depth])).toEqual([
      ["a", 3, 2, 0],
      ["b", 1, 1, 1],
      ["c", 0, 0, 2],
      ["d", 0, 0, 1],
    ]);
  });
  it("covers a line before the first span and one after the last", () => {
    const built = tree([span("a", null, 0, 500)], [log("1", -200, null), log("2", 5000, null)]);
    expect(built.from).toBe(-200);
    expect(built.to).toBeGreaterThanOrEqual(5000);
  });
  it("takes a chain of 20,000 spans", () => {
    const chain = Array.from({ length: 20_000 }, (_, i) => span(`s${i}`, i === 0 ? null : `s${i - 1}`, i, 20_000));
    const built = tree(chain);
    expect(built.nodes[0]?.below).toBe(19_999);
    expect(visibleRows(built, NONE, NONE)).toHaveLength(20_000);
  }, 20_000);
});

describe("visibleRows", () => {
  const built = tree(
    [span("a", null, 0, 9), span("b", "a", 1, 5), span("c", "b", 2, 3, { partId: "xray" })],
    [log("1", 2, "b")],
  );
  it("folds", () => expect(draw(built, new Set(["b"]))).toBe("a,-b"));
  it("hides a part", () => expect(draw(built, NONE, new Set(["logs"]))).toBe("a,-b,--c"));
  it("moves the children of a hidden part up", () => expect(draw(built, NONE, new Set(["otlp"]))).toBe("c,log:1"));
  it("says what can be folded", () =>
    expect(
      visibleRows(built, NONE, NONE)
        .filter((row) => row.foldable)
        .map((row) => row.key),
    ).toEqual(["a", "b"]));
});

it("finds by name, attribute and line, in order of the tree", () => {
  const built = tree(
    [span("a", null, 0, 9), span("b", "a", 1, 5, { attributes: { "http.route": "/Home" } })],
    [log("1", 2, "a")],
  );
  expect(findEntries(built, "/home")).toEqual(["b"]);
  expect(findEntries(built, "NAME OF")).toEqual(["a", "b"]);
  expect(findEntries(built, "line 1")).toEqual(["log:1"]);
  expect(findEntries(built, "  ")).toEqual([]);
});

it("knows the way up", () => {
  const built = tree([span("a", null, 0, 9), span("b", "a", 1, 5)], [log("1", 2, "b")]);
  const line = built.byKey.get("log:1");
  expect(line && ancestors(line).map((one) => one.key)).toEqual(["b", "a"]);
});

describe("ticks", () => {
  it.each([
    [0, 100, 5, [0, 20, 40, 60, 80, 100]],
    [3, 11, 4, [4, 6, 8, 10]],
    [-5, 5, 2, [-5, 0, 5]],
  ])("from %d to %d", (from, to, count, marks) => expect(ticks(from, to, count)).toEqual(marks));
  it("has none for an empty window", () => expect(ticks(5, 5, 4)).toEqual([]));
});

describe("place", () => {
  it.each([
    [0, 50, { left: 0, width: 50 }],
    [25, 25, { left: 25, width: 25 }],
    [-50, 100, { left: 0, width: 50 }],
    [90, 100, { left: 90, width: 10 }],
  ])("a bar from %d, %d long", (offset, duration, at) => expect(place(offset, duration, 0, 100)).toEqual(at));
  it("has no place outside the window", () => {
    expect(place(-20, 10, 0, 100)).toBeNull();
    expect(place(101, 10, 0, 100)).toBeNull();
  });
});

it("builds and lays out 10,000 spans well within a blink", () => {
  const story = bigStory("b1", 10_000, 0);
  const began = performance.now();
  const built = buildTree(story);
  const rows = visibleRows(built, NONE, NONE);
  expect(rows).toHaveLength(10_400);
  // About 15 ms here; the limit leaves room for a slow, busy machine.
  expect(performance.now() - began).toBeLessThan(500);
});
