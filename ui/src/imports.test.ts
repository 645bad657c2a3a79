import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

type Graph = ReadonlyMap<string, readonly string[]>;

/** Circles of a graph, each told once; of those that share a node one is told. */
function circles(graph: Graph): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const walk = (node: string, path: string[]) => {
    const at = path.indexOf(node);
    if (at >= 0) found.push([...path.slice(at), node].join(" > "));
    if (at >= 0 || done.has(node)) return;
    for (const next of graph.get(node) ?? []) walk(next, [...path, node]);
    done.add(node);
  };
  for (const node of graph.keys()) walk(node, []);
  return found;
}

/** What each file of a folder imports of it, imports of types and those that wait for a page among them. */
function importsOf(folder: string): Graph {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((one) => /\.tsx?$/.test(one));
  return new Map(
    files.map((file) => {
      const text = readFileSync(join(folder, file), "utf8");
      const named = [...text.matchAll(/(?:\bfrom|\bimport\(|^import)\s*"(\.[^"]+)"/gm)].map((one) => one[1] ?? "");
      const whole = named.flatMap((one) =>
        ["", ".ts", ".tsx", "/index.ts"]
          .map((end) => relative(folder, join(folder, dirname(file), one + end)))
          .filter((path) => /\.tsx?$/.test(path) && existsSync(join(folder, path))),
      );
      return [file, whole];
    }),
  );
}

describe("imports", () => {
  it("go in no circle", () => {
    const graph = importsOf(fileURLToPath(new URL(".", import.meta.url)));
    expect([...graph.values()].flat().length).toBeGreaterThan(500);
    expect(circles(graph)).toEqual([]);
  });

  it("in a circle are found", () => {
    const planted = new Map([
      ["a", ["b", "c"]],
      ["b", ["d"]],
      ["c", ["d"]],
      ["d", ["c"]],
    ]);
    expect(circles(planted)).toEqual(["d > c > d"]);
  });
});
