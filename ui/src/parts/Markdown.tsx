import { Fragment, useMemo } from "react";
import { parseMarkdown, type Block, type Inline } from "../values/markdown";

/** A note in markdown, as plain formatting. */
export function Markdown({ text }: { text: string }) {
  const blocks = useMemo(() => parseMarkdown(text), [text]);
  return (
    <div className="markdown">
      {blocks.map((one, i) => (
        <Part key={i} block={one} />
      ))}
    </div>
  );
}

function Part({ block }: { block: Block }) {
  switch (block.kind) {
    case "heading": {
      const Tag = ({ 1: "h1", 2: "h2", 3: "h3" } as const)[block.level];
      return (
        <Tag>
          <Words of={block.inlines} />
        </Tag>
      );
    }
    case "paragraph":
      return (
        <p>
          <Words of={block.inlines} />
        </p>
      );
    case "quote":
      return (
        <blockquote>
          <Words of={block.inlines} />
        </blockquote>
      );
    case "list": {
      const Tag = block.ordered ? "ol" : "ul";
      return (
        <Tag>
          {block.items.map((item, i) => (
            <li key={i}>
              <Words of={item} />
            </li>
          ))}
        </Tag>
      );
    }
    case "code":
      return <pre className="mono">{block.text}</pre>;
    case "rule":
      return <hr />;
  }
}

function Words({ of }: { of: Inline[] }) {
  return of.map((one, i) => {
    if (one.kind === "link")
      return (
        <a key={i} className="link" href={one.href} rel="noreferrer noopener">
          {one.text}
        </a>
      );
    if (one.kind === "strong") return <strong key={i}>{one.text}</strong>;
    if (one.kind === "em") return <em key={i}>{one.text}</em>;
    if (one.kind === "code")
      return (
        <code key={i} className="mono">
          {one.text}
        </code>
      );
    return <Fragment key={i}>{one.text}</Fragment>;
  });
}
