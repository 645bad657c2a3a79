import { describe, expect, it } from "vitest";
import type { StoryError, StoryLog, StorySpan } from "../../api/types.generated";
import { answered, bigStory, oddStory, span as spanOf } from "./fixtures";
import { findEntries, entriesOfIds, failures, isOrigin, reasonOf } from "./find";
import { fold, foldedOf, rowOf, UNFOLDED, visibleRows, type Folding } from "./rows";
import { place, ticks } from "./scale";
import { spanId } from "./spans";
import { ancestors, buildTree, findKey, keyOf, kindOf, partOf, type Tree } from "./tree";

function span(
  spanId: string,
  parentSpanId: string | null,
  from: number,
  to: number,
  more: Partial<StorySpan> = {},
): StorySpan {
  const draft = {
    spanId,
    parentSpanId,
    name: `name of ${spanId}`,
    service: "s",
    at: from / 1e6,
    ms: (to - from) / 1e6,
  };
  return { ...spanOf("otlp", "t", draft), ...more };
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
  buildTree({ spans, table: null, logs, errors, durationMs: 0.001 });
const NONE = new Set<string>();
const keys = (of: Tree, entries: Iterable<number>) => [...entries].map((entry) => keyOf(of, entry));
const foldedIn = (of: Tree, folding: Partial<Folding>) =>
  foldedOf(of, { ...UNFOLDED, ...folding }, (key) => findKey(of, key));
/** "root,-child,--grandchild": the keys with a dash a level. */
const draw = (of: Tree, folding: Partial<Folding> = {}, hidden: ReadonlySet<string> = NONE) => {
  const rows = visibleRows(of, foldedIn(of, folding), hidden);
  return [...rows.entries].map((entry) => "-".repeat(rows.depth[entry] ?? 0) + keyOf(of, entry)).join(",");
};

describe("buildTree", () => {
  it("joins children to parents whatever the order they came in, and sorts by start, longer first", () =>
    expect(
      draw(tree([span("c", "a", 50, 60), span("b", "a", 10, 20), span("d", "a", 10, 40), span("a", null, 0, 100)])),
    ).toBe("a,-d,-b,-c"));
  it("puts spans whose parent was not received under a gap, one for each such parent, over their time", () => {
    const built = tree([
      span("a", "gone", 5, 10),
      span("b", "a", 6, 7),
      span("c", "gone", 20, 30),
      span("d", "other", 1, 2),
      span("e", null, 0, 40),
    ]);
    expect(draw(built)).toBe("e,missing:other,-d,missing:gone,-a,--b,-c");
    const gap = findKey(built, "missing:gone");
    expect([kindOf(built, gap), built.at[gap], built.end[gap], built.below[gap]]).toEqual(["gap", 5, 30, 3]);
    expect(built.gaps.map((one) => one.children)).toEqual([2, 1]);
  });
  it("keeps both of two spans with one id", () =>
    expect(draw(tree([span("a", null, 0, 10), span("x", "a", 1, 2), span("x", "a", 3, 4)]))).toBe("a,-x,-x~2"));
  it("does not join across traces, and prefers a parent of the same part and service", () => {
    expect(draw(tree([span("a", null, 0, 10), span("b", "a", 1, 2, { traceId: "other" })]))).toBe("a,missing:a,-b");
    const zipkin = tree([
      span("a", null, 0, 10, { service: "client" }),
      span("a", null, 2, 9, { service: "server" }),
      span("b", "a", 3, 4, { service: "server" }),
    ]);
    expect(draw(zipkin)).toBe("a,a~2,-b");
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
    expect(
      [...built.order].map((one) => [keyOf(built, one), built.below[one], built.failedBelow[one], built.depth[one]]),
    ).toEqual([
      ["a", 3, 2, 0],
      ["b", 1, 1, 1],
      ["c", 0, 0, 2],
      ["d", 0, 0, 1],
    ]);
    expect(
      keys(
        built,
        failures(built, NONE, (entry) => partOf(built, entry)),
      ),
    ).toEqual(["c", "d"]);
    expect([...built.order].filter((one) => isOrigin(built, one)).map((one) => keyOf(built, one))).toEqual(["c", "d"]);
  });
  it("tells an error that a failed span reported with the span, others by themselves", () => {
    const built = tree(
      [span("a", null, 0, 9), span("b", "a", 1, 2, { status: "error" })],
      [],
      [error("of b", 1, "b"), error("of a", 3, "a"), error("of nobody", 4, null)],
    );
    const all = failures(built, NONE, (entry) => partOf(built, entry));
    expect(keys(built, all)).toEqual(["b", "error:of a", "error:of nobody"]);
    expect(reasonOf(built, findKey(built, "b"))).toBe("KeyError");
    const hidden = failures(built, new Set(["otlp"]), (entry) => partOf(built, entry));
    expect(keys(built, hidden)).toEqual(["error:of b", "error:of a", "error:of nobody"]);
  });
  it("covers a line before the first span and one after the last", () => {
    const built = tree([span("a", null, 0, 500)], [log("1", -200, null), log("2", 5000, null)]);
    expect(built.from).toBe(-200);
    expect(built.to).toBeGreaterThanOrEqual(5000);
  });
  it("takes a chain of 20,000 spans", () => {
    const chain = Array.from({ length: 20_000 }, (_, i) => span(`s${i}`, i === 0 ? null : `s${i - 1}`, i, 20_000));
    const built = tree(chain);
    expect(built.below[0]).toBe(19_999);
    expect(built.deepest).toBe(19_999);
    expect(visibleRows(built, new Uint8Array(20_000), NONE).entries).toHaveLength(20_000);
  }, 20_000);
  it("is the same from a table as from rows", () => {
    for (const story of [bigStory("b1", 1_500), oddStory("b2")]) {
      const table = answered(story);
      expect(table.table).not.toBeNull();
      const [whole, light] = [buildTree(story), buildTree(table)];
      expect(light.count).toBe(whole.count);
      const shape = (of: Tree) =>
        [...of.order]
          .map((one) => [one < of.spans.count ? spanId(of.spans, one) : keyOf(of, one), of.depth[one], of.below[one]])
          .sort();
      expect(shape(light)).toEqual(shape(whole));
      expect(light.spans.events.size).toBe(whole.spans.events.size);
      expect(light.spans.links.size).toBe(whole.spans.links.size);
      expect(light.spans.messages.size).toBe(whole.spans.messages.size);
    }
  });
});

describe("keys", () => {
  const built = tree(
    [span("a", null, 0, 10), span("x", "a", 1, 2), span("x", "a", 3, 4), span("o", "gone", 5, 6)],
    [log("1", 3, "a")],
    [error("e~1", 5, null)],
  );
  it("name each entry, and are found again", () => {
    for (let entry = 0; entry < built.count; entry++) expect(findKey(built, keyOf(built, entry))).toBe(entry);
  });
  it.each(["nobody", "x~3", "x~0", "a~2", "log:2", "error:", "missing:", ""])("do not find %j", (key) =>
    expect(findKey(built, key)).toBe(-1),
  );
});

describe("visibleRows", () => {
  const built = tree(
    [
      span("a", null, 0, 9),
      span("b", "a", 1, 5),
      span("c", "b", 2, 3, { partId: "xray", name: "same" }),
      span("d", "a", 6, 8, { name: "same" }),
      span("e", "d", 7, 8),
    ],
    [log("1", 2, "b")],
  );
  it.each<[string, Partial<Folding>, string]>([
    ["nothing", {}, "a,-b,--c,--log:1,-d,--e"],
    ["one", { closed: ["b"] }, "a,-b,-d,--e"],
    ["the roots", { depth: 0 }, "a"],
    ["from a depth on", { depth: 1 }, "a,-b,-d"],
    ["from a depth on but for one", { depth: 1, opened: ["d"] }, "a,-b,-d,--e"],
    ["by name", { names: ["same"] }, "a,-b,--c,--log:1,-d"],
    ["what is not there", { closed: ["gone"], names: ["gone"], depth: 99 }, "a,-b,--c,--log:1,-d,--e"],
  ])("folds %s", (_, folding, drawn) => expect(draw(built, folding)).toBe(drawn));
  it("hides a part", () => expect(draw(built, {}, new Set(["logs"]))).toBe("a,-b,--c,-d,--e"));
  it("moves the children of a hidden part up", () => expect(draw(built, {}, new Set(["otlp"]))).toBe("c,log:1"));
  it("does not fold by what is hidden", () =>
    expect(draw(built, { closed: ["b"] }, new Set(["otlp"]))).toBe("c,log:1"));
  it("knows the row of each entry, and of those folded away that they have none", () => {
    const rows = visibleRows(built, foldedIn(built, { closed: ["b"] }), NONE);
    expect(["a", "b", "c", "d", "e"].map((key) => rowOf(built, rows, findKey(built, key)))).toEqual([0, 1, -1, 2, 3]);
  });
  it("folds and opens one by one against what is folded at large", () => {
    const b = findKey(built, "b");
    const closed = fold(built, UNFOLDED, [b], true);
    expect(closed.closed).toEqual(["b"]);
    expect(fold(built, closed, [b], false)).toEqual({ ...UNFOLDED, opened: ["b"] });
  });
});

describe("findEntries", () => {
  const built = tree(
    [
      span("a", null, 0, 9),
      span("b", "a", 1, 5, { attributes: { "http.route": "/Home" }, statusMessage: "Broken" }),
      span("c", "gone", 2, 3),
    ],
    [log("1", 2, "a")],
  );
  it.each([
    ["/home", ["b"]],
    ["http.route=/h", ["b"]],
    ["NAME OF", ["a", "b", "c"]],
    ["line 1", ["log:1"]],
    ["broken", ["b"]],
    ["status_message=broke", ["b"]],
    ["name=of b", ["b"]],
    ["span.kind=client", []],
    ["span.kind=internal", ["a", "b", "c"]],
    ["(missing)", []],
    ["missing gone", ["missing:gone"]],
    ["  ", []],
  ])("finds %j in order of the tree", (text, found) => expect(keys(built, findEntries(built, text))).toEqual(found));
  it("adds what the server found", () =>
    expect(keys(built, findEntries(built, "nothing of that", [1, 0]))).toEqual(["a", "b"]));
  it.each([0, 5, 12])(
    "finds a part of an id from digit %d on, and no text that runs from one id into the next",
    (from) => {
      const large = buildTree(answered(bigStory("b1", 1_200)));
      const wanted = spanId(large.spans, 700).slice(from, from + 4);
      const having = Array.from({ length: large.spans.count }, (_, i) => i).filter((i) =>
        spanId(large.spans, i).includes(wanted),
      );
      expect(having).toContain(700);
      expect([...findEntries(large, wanted)].sort((a, b) => a - b)).toEqual(having);
      const across = spanId(large.spans, 7).slice(-6) + spanId(large.spans, 8).slice(0, 6);
      expect(findEntries(large, across).length).toBe(0);
    },
  );
  it("reads ids as the server hands them out, and passes over those it does not know", () => {
    const large = buildTree(answered(bigStory("b1", 1_200)));
    const ids = [7, 3].map((one) => spanId(large.spans, one)).join("");
    expect(entriesOfIds(large, `${ids}${"0".repeat(16)}`)).toEqual([7, 3]);
  });
});

it("knows the way up", () => {
  const built = tree([span("a", null, 0, 9), span("b", "a", 1, 5)], [log("1", 2, "b")]);
  expect(keys(built, ancestors(built, findKey(built, "log:1")))).toEqual(["b", "a"]);
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
