import { describe, expect, it } from "vitest";
import type { StorySpan } from "../../api/types.generated";
import { criticalPath, longestRoot, type CriticalPath } from "./criticalPath";
import { bigStory, oddStory, span } from "./fixtures";
import { buildTree, keyOf, type Tree } from "./tree";

/** "a 0-10, b<a 2-6/db": ids, parents, ms from and to, service. */
function treeOf(text: string): Tree {
  const spans: StorySpan[] = text.split(", ").map((one) => {
    const [, id = "", parent, from, to, service] = /^(\w+)(?:<(\w+))? (-?\d+)-(\d+)(?:\/(\w+))?$/.exec(one) ?? [];
    const at = Number(from);
    return span("p", "t", {
      name: id,
      spanId: id,
      parentSpanId: parent ?? null,
      at,
      ms: Number(to) - at,
      service: service ?? "s",
    });
  });
  return buildTree({ spans, table: null, logs: [], errors: [], durationMs: 1 });
}
function inOrder({ pieces }: CriticalPath) {
  return pieces.entry
    .map((entry, i) => ({ entry, from: pieces.from[i]!, to: pieces.to[i]! }))
    .sort((a, b) => a.from - b.from);
}
/** "a 0-2, b 2-6": the pieces in order of time. */
function told(tree: Tree): string {
  const path = criticalPath(tree, longestRoot(tree));
  return inOrder(path)
    .map((one) => ({ ...one, key: keyOf(tree, one.entry) }))
    .map((one) => `${one.key} ${one.from / 1e6}-${one.to / 1e6}`)
    .join(", ");
}

describe("criticalPath", () => {
  it.each([
    ["one span", "a 0-10", "a 0-10"],
    ["a child in the middle", "a 0-10, b<a 2-6", "a 0-2, b 2-6, a 6-10"],
    ["children one after the other", "a 0-10, b<a 1-4, c<a 5-9", "a 0-1, b 1-4, a 4-5, c 5-9, a 9-10"],
    ["of two at once the one that finished last", "a 0-10, b<a 1-8, c<a 1-9", "a 0-1, c 1-9, a 9-10"],
    ["what ran beside the path is not on it", "a 0-10, b<a 2-7, c<a 6-9", "a 0-6, c 6-9, a 9-10"],
    ["what ended when the path began is", "a 0-10, b<a 2-6, c<a 6-9", "a 0-2, b 2-6, c 6-9, a 9-10"],
    ["children of children", "a 0-10, b<a 1-9, c<b 2-5, d<b 4-8", "a 0-1, b 1-4, d 4-8, b 8-9, a 9-10"],
    ["a child that outlives its parent counts as far as both ran", "a 0-10, b<a 6-15", "a 0-6, b 6-10"],
    ["a grandchild that outlives the root as well", "a 0-10, b<a 6-15, c<b 8-20", "a 0-6, b 6-8, c 8-10"],
    ["a child that begins after its parent's end is not on it", "a 0-10, b<a 12-15", "a 0-10"],
    ["a child that begins before its parent (clocks differ)", "a 5-10, b<a 2-8", "b 5-8, a 8-10"],
    ["a child that covers its parent", "a 0-10, b<a 0-10", "b 0-10"],
    ["children without a duration", "a 0-10, b<a 5-5", "a 0-10"],
    ["the longest of several roots", "a 0-4, b 2-10, c<b 3-4", "b 2-3, c 3-4, b 4-10"],
    ["through a parent that was not received", "b<gone 0-4, c<gone 4-9", "b 0-4, c 4-9"],
  ])("%s", (_, spans, path) => expect(told(treeOf(spans))).toBe(path));

  it("covers the root's time without a gap or an overlap, and the services' shares add up to it", () => {
    for (const story of [bigStory("b", 5_000), oddStory("b")]) {
      const tree = buildTree(story);
      const path = criticalPath(tree, longestRoot(tree));
      const pieces = inOrder(path);
      expect(pieces[0]?.from).toBe(tree.at[path.root]);
      expect(pieces.at(-1)?.to).toBe(tree.end[path.root]);
      for (let i = 1; i < pieces.length; i++) expect(pieces[i]?.from).toBe(pieces[i - 1]?.to);
      expect(path.services.reduce((sum, one) => sum + one.ns, 0)).toBe(path.total);
    }
  });

  it("tells the time by service", () =>
    expect(
      (() => {
        const tree = treeOf("a 0-10/web, b<a 2-8/db, c<b 3-4/db");
        return criticalPath(tree, longestRoot(tree)).services;
      })(),
    ).toEqual([
      { service: "db", ns: 6e6 },
      { service: "web", ns: 4e6 },
    ]));

  it("knows of each entry its pieces, their sum, and who has most", () => {
    const tree = treeOf("a 0-10, b<a 1-4, c<a 5-9, d<c 6-6");
    const { pieces } = criticalPath(tree, longestRoot(tree));
    expect(pieces.of(0)).toEqual([
      { from: 0, to: 1e6 },
      { from: 4e6, to: 5e6 },
      { from: 9e6, to: 10e6 },
    ]);
    expect([0, 1, 2, 3].map((entry) => pieces.has(entry))).toEqual([true, true, true, false]);
    expect([...pieces.ns]).toEqual([3e6, 3e6, 4e6, 0]);
    expect([pieces.most(2), pieces.most(9)]).toEqual([
      [2, 0],
      [2, 0, 1],
    ]);
    expect(pieces.of(3)).toEqual([]);
  });

  it("of a chain of 20,000 is the chain", () => {
    const spans = Array.from({ length: 20_000 }, (_, i) => `s${i}${i > 0 ? `<s${i - 1}` : ""} ${i}-40000`).join(", ");
    const tree = treeOf(spans);
    const path = criticalPath(tree, longestRoot(tree));
    expect(path.pieces.entries).toBe(20_000);
  });
});
