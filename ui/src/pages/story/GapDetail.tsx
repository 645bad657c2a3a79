import { formatNs, plural } from "../../values/format";
import { Copy } from "../../parts/Marks";
import { nameOf, serviceOf } from "./spans";
import { childrenOf, gapAt, type Tree } from "./tree";

const MOST = 50;

/** A parent that was never received: what names it, and what may be the reason. */
export function GapDetail({ tree, entry, select }: { tree: Tree; entry: number; select: (entry: number) => void }) {
  const gap = gapAt(tree, entry);
  if (!gap) return null;
  const children = [...childrenOf(tree, entry)];
  return (
    <>
      <header>
        <h2 style={{ paddingRight: 26 }}>(missing) span</h2>
        <div className="timing">
          <span className="row" style={{ gap: 3 }}>
            span <span className="mono">{gap.parentId}</span>
            <Copy value={gap.parentId} label="Copy the span id" size={18} />
          </span>
        </div>
      </header>
      <div className="scroll">
        <div className="notice">
          <div>
            {plural(children.length, "span")} {children.length === 1 ? "has" : "have"} this span as parent, but it was
            not received. The row covers the time of {children.length === 1 ? "that span" : "those spans"}; the real
            start and end are unknown.
          </div>
        </div>
        <p style={{ margin: "0 4px" }} className="dim">
          Possible reasons: the span is still open or has not arrived yet; its service sends no traces, or sends them to
          another place; a sampler dropped it; or its process ended before sending it.
        </p>
        <div className="failures">
          <h3>Child spans</h3>
          {children.slice(0, MOST).map((child) => (
            <button key={child} className="plain failure" onClick={() => select(child)}>
              <span className="num faint">{formatNs(tree.at[child] ?? 0)}</span>
              <span className="cut">{nameOf(tree.spans, child)}</span>
              <span className="faint cut">{serviceOf(tree.spans, child)}</span>
            </button>
          ))}
          {children.length > MOST && <p className="faint">and {children.length - MOST} more</p>}
        </div>
      </div>
    </>
  );
}
