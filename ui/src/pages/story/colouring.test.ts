import { describe, expect, it } from "vitest";
import type { StorySpan } from "../../api/types.generated";
import { colourByOwn, colourByValues, colourByWhole } from "./colouring";
import { answered, bigStory, span, valuesOf } from "./fixtures";
import { spansOf } from "./spans";
import { buildTree } from "./tree";

const made = (values: (string | number | boolean | undefined)[]) =>
  spansOf({
    table: null,
    spans: values.map((value, i): StorySpan =>
      span("p", "t", {
        name: `n${i % 2}`,
        spanId: `s${i}`,
        parentSpanId: null,
        at: 0,
        ms: 1,
        attributes: value === undefined ? {} : { v: value },
      }),
    ),
  });
const legend = (values: (string | number | boolean | undefined)[]) =>
  colourByWhole(made(values), "v").legend.map((one) => `${one.label} ${one.count}`);

describe("colouring", () => {
  it("names values, most frequent first, and says how many have none", () =>
    expect(legend(["a", "b", "b", undefined, true])).toEqual(["b 2", "a 1", "true 1", "not set 1"]));
  it("keeps eleven and calls the rest other", () => {
    const lines = legend(Array.from({ length: 40 }, (_, i) => (i < 20 ? "often" : `v${i}`)));
    expect(lines).toHaveLength(12);
    expect(lines[0]).toBe("often 20");
    expect(lines[11]).toBe("other 10");
  });
  it("puts many different numbers into steps of about as many spans", () => {
    const lines = legend(Array.from({ length: 60 }, (_, i) => i));
    expect(lines).toEqual(["0 – 9 10", "10 – 19 10", "20 – 29 10", "30 – 39 10", "40 – 49 10", "50 – 59 10"]);
  });
  it("puts a number that most spans have into one step", () => {
    const lines = legend([...Array.from({ length: 100 }, () => 5), ...Array.from({ length: 20 }, (_, i) => 10 + i)]);
    expect(lines[0]).toBe("5 100");
    expect(lines.map((one) => Number(one.split(" ").at(-1))).reduce((a, b) => a + b)).toBe(120);
  });
  it("gives each span the line of its value", () => {
    const { line, legend: lines } = colourByWhole(made(["a", "b", "a", undefined]), "v");
    expect([...line].map((one) => lines[one]?.label)).toEqual(["a", "b", "a", "not set"]);
  });
  it("knows the fields every span has", () => {
    const spans = made(["a", "b", "c"]);
    expect(colourByOwn(spans, "name")?.legend.map((one) => one.label)).toEqual(["n0", "n1"]);
    expect(colourByOwn(spans, "status")?.legend.map((one) => one.label)).toEqual(["unset"]);
    expect(colourByOwn(spans, "span.kind")?.legend.map((one) => one.label)).toEqual(["internal"]);
    expect(colourByOwn(spans, "v")).toBeNull();
  });
  it("colours a table by the server's answer as it colours the same spans whole", () => {
    const story = bigStory("b", 1_500);
    const tree = buildTree(answered(story));
    const values = valuesOf(story, "app.tenant");
    const byValues = colourByValues(tree, [values]);
    const whole = colourByWhole(spansOf(story), "app.tenant");
    expect(byValues.legend.map((one) => [one.label, one.count]).sort()).toEqual(
      whole.legend.map((one) => [one.label, one.count]).sort(),
    );
  });
});
