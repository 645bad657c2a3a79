// The plain formatting of notes on boards: headings, lists, quotes, code, emphasis, links. Never markup from the text itself.

export type Inline =
  { kind: "text" | "strong" | "em" | "code"; text: string } | { kind: "link"; text: string; href: string };
export type Block =
  | { kind: "heading"; level: 1 | 2 | 3; inlines: Inline[] }
  | { kind: "paragraph" | "quote"; inlines: Inline[] }
  | { kind: "list"; ordered: boolean; items: Inline[][] }
  | { kind: "code"; text: string }
  | { kind: "rule" };

const INLINE =
  /`([^`]+)`|\*\*([^*]+)\*\*|__([^_]+)__|\*([^*\s][^*]*)\*|\[([^\]]+)\]\(([^)\s]+)\)|(https?:\/\/[^\s<>"')]+)/g;

export function inlines(text: string): Inline[] {
  const out: Inline[] = [];
  let last = 0;
  const plain = (piece: string) => {
    if (piece) out.push({ kind: "text", text: piece });
  };
  for (const found of text.matchAll(INLINE)) {
    const [whole, code, strong, strong2, em, label, href, bare] = found;
    const link = href ?? bare;
    // Only the web and Weir's own pages: a link must not run anything.
    if (link !== undefined && !/^(https?:\/\/|\/(?!\/))/i.test(link)) continue;
    plain(text.slice(last, found.index));
    if (code !== undefined) out.push({ kind: "code", text: code });
    else if (strong !== undefined || strong2 !== undefined) out.push({ kind: "strong", text: strong ?? strong2 ?? "" });
    else if (em !== undefined) out.push({ kind: "em", text: em });
    else if (link !== undefined) out.push({ kind: "link", text: label ?? link, href: link });
    last = found.index + whole.length;
  }
  plain(text.slice(last));
  return out;
}

export function parseMarkdown(text: string): Block[] {
  const blocks: Block[] = [];
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  let paragraph: string[] = [];
  const close = () => {
    if (paragraph.length > 0) blocks.push({ kind: "paragraph", inlines: inlines(paragraph.join(" ")) });
    paragraph = [];
  };
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? "";
    const heading = /^(#{1,6})\s+(.*)$/.exec(line);
    const item = /^\s*(?:([-*+])|(\d+)[.)])\s+(.*)$/.exec(line);
    const quote = /^>\s?(.*)$/.exec(line);
    if (line.startsWith("```")) {
      close();
      const code: string[] = [];
      while (++i < lines.length && !lines[i]?.startsWith("```")) code.push(lines[i] ?? "");
      blocks.push({ kind: "code", text: code.join("\n") });
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) {
      close();
      blocks.push({ kind: "rule" });
    } else if (heading) {
      close();
      const level = Math.min(3, heading[1]?.length ?? 1) as 1 | 2 | 3;
      blocks.push({ kind: "heading", level, inlines: inlines(heading[2] ?? "") });
    } else if (item) {
      close();
      const ordered = item[2] !== undefined;
      const before = blocks.at(-1);
      const list =
        before?.kind === "list" && before.ordered === ordered && /\S/.test(lines[i - 1] ?? "") ? before : null;
      if (list) list.items.push(inlines(item[3] ?? ""));
      else blocks.push({ kind: "list", ordered, items: [inlines(item[3] ?? "")] });
    } else if (quote) {
      close();
      blocks.push({ kind: "quote", inlines: inlines(quote[1] ?? "") });
    } else if (line.trim() === "") close();
    else paragraph.push(line.trim());
  }
  close();
  return blocks;
}
