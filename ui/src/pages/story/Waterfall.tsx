import { useLocalStorage } from "@mantine/hooks";
import { memo, useEffect, useMemo, useRef } from "react";
import { useKeys } from "../../parts/keys";
import { useStable } from "../../parts/stable";
import { formatNs } from "../../values/format";
import type { Colouring } from "./colouring";
import { criticalPath, longestRoot } from "./criticalPath";
import { dragWidth } from "./drag";
import { failures } from "./find";
import { Legend } from "./Legend";
import { PathSummary } from "./PathSummary";
import { RowList, ROW_HEIGHT, type RowScroll } from "./RowList";
import { firstFrom, fold, foldedOf, rowOf, visibleRows, type Folding } from "./rows";
import { ticks, type Zoom } from "./scale";
import { nameOf } from "./spans";
import { Strip, type SeenMark } from "./Strip";
import { Toolbar } from "./Toolbar";
import { ancestors, findKey, hasChildren, keyOf, partOf, type Tree } from "./tree";
import { useFound } from "./useFound";
import { useWheelZoom } from "./wheelZoom";

export interface WaterfallProps {
  tree: Tree;
  colouring: Colouring;
  /** An attribute is being read to colour by. */
  colouringBusy: boolean;
  setColour: (field: string) => void;
  matched: ReadonlySet<string>;
  hidden: ReadonlySet<string>;
  selected: string | undefined;
  select: (key: string | undefined) => void;
  zoom: Zoom | null;
  setZoom: (zoom: Zoom | null) => void;
  find: string;
  setFind: (text: string) => void;
  folding: Folding;
  setFolding: (folding: Folding) => void;
  showPath: boolean;
  setShowPath: (on: boolean) => void;
}

export const Waterfall = memo(function Waterfall(props: WaterfallProps) {
  const { tree, colouring, matched, hidden, select, zoom, setZoom, find, setFind, folding, setFolding } = props;
  const [nameWidth, setNameWidth] = useLocalStorage({ key: "weir.story.names", defaultValue: 0 });
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<RowScroll>(null);
  const seen = useRef<SeenMark>(null);
  const finder = useRef<HTMLInputElement>(null);
  const scale = useRef<HTMLDivElement>(null);

  const folded = useMemo(() => foldedOf(tree, folding, (key) => findKey(tree, key)), [tree, folding]);
  const rows = useMemo(() => visibleRows(tree, folded, hidden), [tree, folded, hidden]);
  const selected = useMemo(() => findKey(tree, props.selected), [tree, props.selected]);
  const { found, flags, searching, note } = useFound(tree, find);
  const failed = useMemo(() => failures(tree, hidden, (entry) => partOf(tree, entry)), [tree, hidden]);
  const page = () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT) - 2);
  /** A window chosen on the strip is of use only with rows that lie in it: the first such row comes into view when none is. */
  const showWithin = (next: Zoom) => {
    const within = (row: number) => {
      const from = tree.at[rows.entries[row] ?? 0] ?? 0;
      return from >= next.from && from <= next.to;
    };
    const first = Math.floor((scroller.current?.scrollTop ?? 0) / ROW_HEIGHT);
    const last = Math.min(rows.entries.length, first + page());
    for (let row = first; row < last; row++) if (within(row)) return;
    const wanted = rows.entries.findIndex((_, row) => within(row));
    if (wanted >= 0) list.current?.show(wanted + Math.floor(page() / 3), true);
  };
  useEffect(() => {
    if (zoom && selected < 0) showWithin(zoom);
    // Once, for a window that the URL brought.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  const root = useMemo(() => longestRoot(tree), [tree]);
  const path = useMemo(
    () => (props.showPath && root >= 0 ? criticalPath(tree, root) : null),
    [tree, root, props.showPath],
  );
  const view = useMemo(() => zoom ?? { from: tree.from, to: tree.to }, [zoom, tree]);
  const marks = useMemo(() => ticks(view.from, view.to, 8), [view]);
  const at = rowOf(tree, rows, selected);

  useEffect(() => {
    if (at >= 0) list.current?.show(at);
    // Only a new selection scrolls; a refreshed story must not pull the reader away.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [selected]);

  const scrolled = useStable((first: number, last: number) => {
    const rankAt = (row: number) => (row >= rows.entries.length ? tree.count : (tree.rank[rows.entries[row]!] ?? 0));
    seen.current?.show(rankAt(first) / tree.count, rankAt(last) / tree.count);
  });
  const toggle = (entries: number[], on: boolean) => setFolding(fold(tree, folding, entries, on));
  /** Selects an entry wherever it is: opens what is folded above it. */
  const goTo = useStable((entry: number | undefined) => {
    if (entry === undefined || entry < 0) return;
    const closed = ancestors(tree, entry).filter((one) => folded[one]);
    if (closed.length > 0) toggle(closed, false);
    select(keyOf(tree, entry));
  });
  const step = (entries: Int32Array, by: 1 | -1) => {
    if (entries.length === 0) return;
    // From where the reader stands, also when that is no match itself.
    const rank = selected < 0 ? (by > 0 ? -1 : tree.count) : (tree.rank[selected] ?? 0);
    const next = by > 0 ? firstFrom(tree, entries, rank + 1) : firstFrom(tree, entries, rank) - 1;
    goTo(entries[(next + entries.length) % entries.length]);
  };
  const move = (by: number) => {
    // The first step goes to the first row.
    const wanted = at >= 0 ? at + by : Math.abs(by) === 1 ? 0 : by;
    const entry = rows.entries[Math.max(0, Math.min(rows.entries.length - 1, wanted))];
    if (entry !== undefined) select(keyOf(tree, entry));
  };
  const canFold = at >= 0 && hasChildren(tree, selected);
  const outward = () => {
    if (at < 0) return;
    if (canFold && !folded[selected]) toggle([selected], true);
    else goTo(ancestors(tree, selected)[0]);
  };
  const inward = () => {
    if (!canFold) return;
    if (folded[selected]) toggle([selected], false);
    else move(1);
  };
  const zoomToRow = () => {
    if (selected < 0 || selected >= tree.spans.count + tree.gaps.length) return;
    const [from, to] = [tree.at[selected] ?? 0, tree.end[selected] ?? 0];
    const margin = Math.max(1000, (to - from) * 0.05);
    setZoom({ from: from - margin, to: to + margin });
  };
  const foldDepth = useStable((depth: number | null) => setFolding({ ...folding, depth, closed: [], opened: [] }));
  const deeper = (by: 1 | -1) => {
    const now = folding.depth ?? tree.deepest;
    const next = folding.depth === null && by < 0 ? Math.min(tree.deepest - 1, 4) : now + by;
    foldDepth(next >= tree.deepest ? null : Math.max(0, next));
  };
  const foldName = useStable((name: string) =>
    setFolding({
      ...folding,
      names: folding.names.includes(name) ? folding.names.filter((one) => one !== name) : [...folding.names, name],
    }),
  );
  const stepFailure = useStable(() => step(failed, 1));
  const chooseWindow = useStable((next: Zoom | null) => {
    setZoom(next);
    if (next) showWithin(next);
  });
  const goToShare = useStable((share: number) => {
    const row = firstFrom(tree, rows.entries, Math.floor(share * tree.count));
    list.current?.show(Math.min(row, rows.entries.length - 1), true);
  });
  const selectRow = useStable((entry: number) => select(keyOf(tree, entry)));
  const foldRow = useStable((entry: number) => toggle([entry], !folded[entry]));
  useKeys({
    j: () => move(1),
    ArrowDown: () => move(1),
    k: () => move(-1),
    ArrowUp: () => move(-1),
    PageDown: () => move(page()),
    PageUp: () => move(-page()),
    Home: () => move(-tree.count),
    End: () => move(tree.count),
    h: outward,
    ArrowLeft: outward,
    l: inward,
    ArrowRight: inward,
    "[": () => deeper(-1),
    "]": () => deeper(1),
    F: () => selected >= 0 && selected < tree.spans.count && foldName(nameOf(tree.spans, selected)),
    n: () => step(found, 1),
    N: () => step(found, -1),
    e: () => step(failed, 1),
    E: () => step(failed, -1),
    c: () => props.setShowPath(!props.showPath),
    z: zoomToRow,
    0: () => setZoom(null),
    f: () => finder.current?.focus(),
    Escape: () => select(undefined),
  });
  useWheelZoom(scroller, scale, view, { from: tree.from, to: tree.to }, setZoom);

  return (
    <div className="wf" style={nameWidth > 0 ? ({ "--name-w": `${nameWidth}px` } as React.CSSProperties) : undefined}>
      <Toolbar
        tree={tree}
        rows={rows.entries.length}
        finder={finder}
        find={find}
        setFind={setFind}
        found={found}
        searching={searching}
        findNote={note}
        place={selected >= 0 && flags[selected] ? firstFrom(tree, found, tree.rank[selected] ?? 0) + 1 : null}
        step={(by) => step(found, by)}
        failed={failed}
        goTo={goTo}
        stepFailure={stepFailure}
        colouring={colouring}
        colouringBusy={props.colouringBusy}
        setColour={props.setColour}
        selected={selected}
        folding={folding}
        foldDepth={foldDepth}
        foldName={foldName}
        showPath={props.showPath}
        setShowPath={props.setShowPath}
        zoomed={zoom !== null}
        showAll={() => setZoom(null)}
      />
      {path && <PathSummary path={path} tree={tree} goTo={goTo} />}
      {colouring.field !== "service.name" && (
        <Legend
          colouring={colouring}
          find={(value) => setFind(`${colouring.field}=${value}`)}
          close={() => props.setColour("service.name")}
        />
      )}
      <Strip
        tree={tree}
        colouring={colouring}
        hidden={hidden}
        path={path}
        zoom={zoom}
        setZoom={chooseWindow}
        seen={seen}
        goTo={goToShare}
      />
      <div className="axis">
        <div className="corner">{zoom ? `window of ${formatNs(view.to - view.from)}` : "Service and operation"}</div>
        <div
          className="grip"
          role="separator"
          aria-orientation="vertical"
          aria-label="Width of the names"
          onPointerDown={(event) =>
            dragWidth(event, (x) => {
              const left = scroller.current?.getBoundingClientRect().left ?? 0;
              setNameWidth(Math.max(160, Math.min(720, x - left)));
            })
          }
        />
        <div className="scale" ref={scale}>
          {marks
            .filter((mark) => (mark - view.from) / (view.to - view.from) < 0.94)
            .map((mark) => (
              <span key={mark} style={{ left: `${((mark - view.from) / (view.to - view.from)) * 100}%` }}>
                {mark === 0 ? "0" : formatNs(mark)}
              </span>
            ))}
        </div>
      </div>
      <RowList
        tree={tree}
        rows={rows}
        folded={folded}
        hidden={hidden}
        matched={matched}
        colouring={colouring}
        path={path}
        view={view}
        marks={marks}
        selected={selected}
        found={flags}
        select={selectRow}
        fold={foldRow}
        scrolled={scrolled}
        scroller={scroller}
        handle={list}
      />
    </div>
  );
});
