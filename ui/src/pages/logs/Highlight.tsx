import type { ReactNode } from "react";

/** The text with every place of the wanted words marked, whatever the case. */
export function Highlight({ text, wanted }: { text: string; wanted: string }) {
  if (!wanted) return text;
  const out: ReactNode[] = [];
  const low = text.toLowerCase();
  const needle = wanted.toLowerCase();
  let from = 0;
  for (let at = low.indexOf(needle); at >= 0; at = low.indexOf(needle, from)) {
    out.push(text.slice(from, at), <mark key={at}>{text.slice(at, at + needle.length)}</mark>);
    from = at + needle.length;
  }
  out.push(text.slice(from));
  return out;
}
