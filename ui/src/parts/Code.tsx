import { useMemo, type ReactNode } from "react";
import { prettyJson } from "../values/format";
import { Copy } from "./Marks";

/** Above this size the text is shown plain: colouring a megabyte would freeze the page. */
const COLOUR_LIMIT = 120_000;

export function Code({ text, language, maxHeight }: { text: string; language?: string; maxHeight?: number }) {
  const shown = useMemo(() => (language === "json" ? prettyJson(text) : text), [text, language]);
  const body = useMemo(
    () => (language === "json" && shown.length < COLOUR_LIMIT ? colourJson(shown) : shown),
    [shown, language],
  );
  return (
    <div className="code">
      <pre style={maxHeight ? { maxHeight } : undefined}>{body}</pre>
      <div className="copy">
        <Copy value={shown} />
      </div>
    </div>
  );
}

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g;

function colourJson(text: string): ReactNode[] {
  const out: ReactNode[] = [];
  let last = 0;
  for (const found of text.matchAll(TOKEN)) {
    const [whole, string, colon, literal] = found;
    out.push(text.slice(last, found.index));
    const kind = string ? (colon ? "j-key" : "j-str") : literal ? "j-lit" : "j-num";
    out.push(
      <span key={found.index} className={kind}>
        {string ?? whole}
      </span>,
    );
    if (colon) out.push(colon);
    last = found.index + whole.length;
  }
  out.push(text.slice(last));
  return out;
}
