import { describe, expect, it } from "vitest";
import { withoutGroup } from "./exclude";
import { EMPTY, type Question } from "./question";

const asked = (more: Partial<Question>): Question => ({ ...EMPTY, ...more });
const slow = { column: "duration_ms", op: ">" as const, value: 5 };
const failed = { column: "error", op: "=" as const, value: true };

describe("without a group", () => {
  it.each([
    ["one key", asked({}), { a: "x" }, { filters: [{ column: "a", op: "!=", value: "x" }], any: false, fields: [] }],
    ["a missing key", asked({}), { a: null }, { filters: [{ column: "a", op: "exists" }], any: false, fields: [] }],
    [
      "several keys, no filter before: any differs",
      asked({}),
      { a: "x", b: 2 },
      {
        filters: [
          { column: "a", op: "!=", value: "x" },
          { column: "b", op: "!=", value: 2 },
        ],
        any: true,
        fields: [],
      },
    ],
    [
      "several keys beside a filter: the combination as a calculated field",
      asked({ filters: [slow] }),
      { "a b": 'say "x"', c: null },
      {
        filters: [slow, { column: "without_1", op: "=", value: true }],
        any: false,
        fields: [
          {
            name: "without_1",
            expression: 'NOT(AND(EQUALS(STRING($"a b"), "say \\"x\\""), NOT(EXISTS($c))))',
          },
        ],
      },
    ],
    [
      "filters of which one is enough stay so",
      asked({ filters: [slow, failed], any: true }),
      { a: 1 },
      {
        filters: [
          { column: "any_of_1", op: "=", value: true },
          { column: "a", op: "!=", value: 1 },
        ],
        any: false,
        fields: [{ name: "any_of_1", expression: "OR(GT($duration_ms, 5), EQUALS($error, true))" }],
      },
    ],
  ])("%s", (_, question, key, wanted) => {
    expect(withoutGroup(question, key)).toMatchObject(wanted);
  });

  it("leaves out a second group by a second field", () => {
    const once = { ...EMPTY, ...withoutGroup(asked({ filters: [slow] }), { a: 1, b: 2 }) };
    const twice = withoutGroup(once, { a: 3, b: 4 });
    expect(twice.fields.map((one) => one.name)).toEqual(["without_1", "without_2"]);
    expect(twice.filters).toHaveLength(3);
  });
});
