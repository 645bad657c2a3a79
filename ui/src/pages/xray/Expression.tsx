import { pieces } from "../../xray/filterTokens";

/** A filter expression in its colours, to read. */
export function Expression({ text }: { text: string }) {
  return (
    <span className="mono">
      {pieces(text).map(({ piece, from, look }) => (
        <span key={from} className={look ?? undefined}>
          {piece}
        </span>
      ))}
    </span>
  );
}
