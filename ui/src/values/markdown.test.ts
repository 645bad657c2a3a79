import { describe, expect, it } from "vitest";
import { inlines, parseMarkdown } from "./markdown";

describe("markdown", () => {
  it("reads headings, paragraphs, lists, quotes, code and rules", () => {
    const text = "# One\ntwo\nlines\n\n- a\n- **b**\n\n1. x\n2. y\n> said\n---\n```\n<b>\n```";
    expect(parseMarkdown(text).map((one) => one.kind)).toEqual([
      "heading",
      "paragraph",
      "list",
      "list",
      "quote",
      "rule",
      "code",
    ]);
    expect(parseMarkdown(text)[2]).toMatchObject({
      ordered: false,
      items: [[{ text: "a" }], [{ kind: "strong", text: "b" }]],
    });
    expect(parseMarkdown(text).at(-1)).toEqual({ kind: "code", text: "<b>" });
  });
  it("links to the web and to Weir's own pages, to nothing else", () => {
    expect(inlines("[a](https://x.example/y) [b](/query?calc=COUNT)")).toEqual([
      { kind: "link", text: "a", href: "https://x.example/y" },
      { kind: "text", text: " " },
      { kind: "link", text: "b", href: "/query?calc=COUNT" },
    ]);
    for (const text of [
      "[a](javascript:alert(1))",
      "[a](//evil.example)",
      "[a](data:text/html,x)",
      "<script>x</script>",
    ])
      expect(
        inlines(text).every((one) => one.kind === "text"),
        text,
      ).toBe(true);
  });
  it("leaves an empty text and lone marks alone", () => {
    expect(parseMarkdown("")).toEqual([]);
    expect(inlines("2 * 3 * 4 `")).toEqual([{ kind: "text", text: "2 * 3 * 4 `" }]);
  });
});
