import { memo, useEffect, useImperativeHandle, useRef, useState, type Ref, type RefObject } from "react";
import type { Colouring } from "./colouring";
import type { CriticalPath } from "./criticalPath";
import type { Rows } from "./rows";
import { hasChildren, partOf, type Tree } from "./tree";
import { WaterfallRow } from "./WaterfallRow";

export const ROW_HEIGHT = 26;
const OVERSCAN = 12;

/** What others may ask of the list. */
export interface RowScroll {
  /** Brings a row into view if it is not; `centre` puts it into the middle. */
  show: (row: number, centre?: boolean) => void;
}

export interface RowListProps {
  tree: Tree;
  rows: Rows;
  folded: Uint8Array;
  hidden: ReadonlySet<string>;
  matched: ReadonlySet<string>;
  colouring: Colouring;
  path: CriticalPath | null;
  view: { from: number; to: number };
  marks: number[];
  selected: number;
  found: Uint8Array;
  select: (entry: number) => void;
  fold: (entry: number) => void;
  /** Called when the visible rows change, with the first row and the one after the last. */
  scrolled: (first: number, last: number) => void;
  scroller: RefObject<HTMLDivElement | null>;
  handle: Ref<RowScroll>;
}

/** Only the rows in view exist: a hundred thousand cost as much as fifty. */
export const RowList = memo(function RowList({ scroller, handle, ...props }: RowListProps) {
  const { tree, rows, folded, hidden, matched, colouring, path, view, marks, selected, found } = props;
  const total = rows.entries.length;
  const [{ first, last }, setRange] = useState({ first: 0, last: 60 });
  const frame = useRef(0);

  const look = () => {
    const box = scroller.current;
    if (!box) return;
    const top = Math.floor(box.scrollTop / ROW_HEIGHT);
    const bottom = Math.ceil((box.scrollTop + box.clientHeight) / ROW_HEIGHT);
    // In steps, so that a slow scroll does not draw the same rows again for each pixel.
    const next = { first: Math.max(0, (top >> 3) * 8 - OVERSCAN), last: ((bottom >> 3) + 1) * 8 + OVERSCAN };
    setRange((before) => (before.first === next.first && before.last === next.last ? before : next));
    props.scrolled(top, bottom);
  };
  const lookAgain = () => {
    cancelAnimationFrame(frame.current);
    frame.current = requestAnimationFrame(look);
  };
  useEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const sized = new ResizeObserver(lookAgain);
    sized.observe(box);
    lookAgain();
    return () => sized.disconnect();
    // The number of rows moves what is in view; nothing else does but scrolling and resizing.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [total]);
  useImperativeHandle(handle, () => ({
    show: (row, centre = false) => {
      const box = scroller.current;
      if (!box || row < 0) return;
      const top = row * ROW_HEIGHT;
      const inView = top >= box.scrollTop && top + ROW_HEIGHT <= box.scrollTop + box.clientHeight;
      if (inView && !centre) return;
      const near = Math.abs(top - box.scrollTop) < box.clientHeight * 1.5;
      if (near && !centre) box.scrollTop = top < box.scrollTop ? top : top + ROW_HEIGHT - box.clientHeight;
      else box.scrollTop = top - box.clientHeight / 2;
    },
  }));

  const drawn: React.ReactNode[] = [];
  for (let i = first; i < Math.min(last, total); i++) {
    const entry = rows.entries[i]!;
    drawn.push(
      <WaterfallRow
        key={entry}
        tree={tree}
        entry={entry}
        depth={rows.depth[entry] ?? 0}
        folded={folded[entry] === 1}
        foldable={hasChildren(tree, entry)}
        top={i * ROW_HEIGHT}
        view={view}
        colour={entry < tree.spans.count ? (colouring.legend[colouring.line[entry] ?? 0]?.colour ?? "") : ""}
        match={matched.has(partOf(tree, entry))}
        hidden={hidden}
        selected={entry === selected}
        found={found[entry] === 1}
        path={path}
      />,
    );
  }
  return (
    <div
      style={{ "--marks": gridOf(marks, view) } as React.CSSProperties}
      className={`wf-rows ${path ? "with-path" : ""}`}
      ref={scroller}
      role="tree"
      aria-label="Timeline"
      tabIndex={0}
      onScroll={lookAgain}
      onClick={(event) => {
        const target = event.target as HTMLElement;
        const entry = Number(target.closest<HTMLElement>("[data-entry]")?.dataset.entry ?? -1);
        if (entry < 0 || target.closest("a")) return;
        if (target.closest(".fold-btn.can")) props.fold(entry);
        else props.select(entry);
      }}
    >
      <div style={{ height: total * ROW_HEIGHT, position: "relative" }}>{drawn}</div>
    </div>
  );
});

/** The lines of the axis as one background of every row. */
function gridOf(marks: number[], view: { from: number; to: number }): string {
  const at = (mark: number) => `${(((mark - view.from) / (view.to - view.from)) * 100).toFixed(4)}%`;
  const line = "var(--grid-line)";
  const stops = marks.map(
    (mark) => `transparent ${at(mark)}, ${line} ${at(mark)} calc(${at(mark)} + 1px), transparent 0`,
  );
  return stops.length > 0 ? `linear-gradient(90deg, ${stops.join(", ")})` : "none";
}
