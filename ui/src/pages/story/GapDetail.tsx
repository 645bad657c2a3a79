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
            {plural(children.length, "span")} {children.length === 1 ? "names" : "name"} this span as the parent, and it
            was not received. The row is drawn over the time of {children.length === 1 ? "that span" : "those spans"};
            when it really began and ended is not known.
          </div>
        </div>
        <p style={{ margin: "0 4px" }} className="dim">
          It may still be open or on its way; the client in front may keep no traces, or sends them elsewhere; a sampler
          may have dropped it; or its process ended before it could send.
        </p>
        <div className="failures">
          <h3>What names it</h3>
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
