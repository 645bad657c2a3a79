import { ActionIcon, TextInput, Tooltip } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import {
  IconAlertTriangle,
  IconArrowsMaximize,
  IconChevronDown,
  IconChevronUp,
  IconFold,
  IconSearch,
  IconTimelineEvent,
} from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import { useKeys } from "../../parts/keys";
import { formatCount, formatNs, plural } from "../../values/format";
import { dragWidth } from "./drag";
import { Minimap } from "./Minimap";
import { ancestors, findEntries, isFailed, ticks, visibleRows, type Tree } from "./waterfall";
import { WaterfallRow } from "./WaterfallRow";
import { useWheelZoom } from "./wheelZoom";

export const ROW_HEIGHT = 26;

export interface Zoom {
  from: number;
  to: number;
}

interface WaterfallProps {
  tree: Tree;
  colours: Map<string, string>;
  matched: ReadonlySet<string>;
  hidden: ReadonlySet<string>;
  selected: string | undefined;
  select: (key: string | undefined) => void;
  zoom: Zoom | null;
  setZoom: (zoom: Zoom | null) => void;
  find: string;
  setFind: (text: string) => void;
}

export function Waterfall(props: WaterfallProps) {
  const { tree, colours, matched, hidden, selected, select, zoom, setZoom, find, setFind } = props;
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [nameWidth, setNameWidth] = useLocalStorage({ key: "weir.story.names", defaultValue: 0 });
  const scroller = useRef<HTMLDivElement>(null);
  const finder = useRef<HTMLInputElement>(null);
  const scale = useRef<HTMLDivElement>(null);

  const rows = useMemo(() => visibleRows(tree, folded, hidden), [tree, folded, hidden]);
  const indexOf = useMemo(() => new Map(rows.map((row, i) => [row.key, i])), [rows]);
  const found = useMemo(() => findEntries(tree, find), [tree, find]);
  const foundSet = useMemo(() => new Set(found), [found]);
  const failed = useMemo(
    () =>
      visibleRows(tree, new Set(), hidden)
        .filter(isFailed)
        .map((row) => row.key),
    [tree, hidden],
  );
  const view = zoom ?? { from: tree.from, to: tree.to };
  const marks = useMemo(() => ticks(view.from, view.to, 8), [view.from, view.to]);

  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  });

  const at = selected === undefined ? -1 : (indexOf.get(selected) ?? -1);
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: "auto" });
    // Only a new selection scrolls; a refreshed story must not pull the reader away.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [selected]);

  const fold = (key: string, on: boolean) => {
    const next = new Set(folded);
    if (on) next.add(key);
    else next.delete(key);
    setFolded(next);
  };
  const goTo = (key: string | undefined) => {
    const entry = key === undefined ? undefined : tree.byKey.get(key);
    if (!entry) return;
    const closed = ancestors(entry).filter((one) => folded.has(one.key));
    if (closed.length > 0) {
      const next = new Set(folded);
      for (const one of closed) next.delete(one.key);
      setFolded(next);
    }
    select(entry.key);
  };
  const step = (keys: string[], by: 1 | -1) => {
    if (keys.length === 0) return;
    const position = selected === undefined ? -1 : keys.indexOf(selected);
    const next = position < 0 ? (by > 0 ? 0 : keys.length - 1) : (position + by + keys.length) % keys.length;
    goTo(keys[next]);
  };
  const move = (by: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by))];
    if (row) select(row.key);
  };
  const row = at >= 0 ? rows[at] : undefined;
  const outward = () => {
    if (!row) return;
    if (row.foldable && !row.folded) fold(row.key, true);
    else goTo(ancestors(row)[0]?.key);
  };
  const inward = () => {
    if (!row?.foldable) return;
    if (row.folded) fold(row.key, false);
    else move(1);
  };
  const zoomToRow = () => {
    if (row?.kind !== "span") return;
    const { offsetNs, durationNs } = row.node.span;
    const margin = Math.max(1000, durationNs * 0.05);
    setZoom({ from: offsetNs - margin, to: offsetNs + durationNs + margin });
  };
  useKeys({
    j: () => move(1),
    ArrowDown: () => move(1),
    k: () => move(-1),
    ArrowUp: () => move(-1),
    h: outward,
    ArrowLeft: outward,
    l: inward,
    ArrowRight: inward,
    n: () => step(found, 1),
    N: () => step(found, -1),
    e: () => step(failed, 1),
    z: zoomToRow,
    0: () => setZoom(null),
    f: () => finder.current?.focus(),
    Escape: () => select(undefined),
  });
  useWheelZoom(scroller, scale, view, { from: tree.from, to: tree.to }, setZoom);

  const allFolded = folded.size > 0;
  const foldAll = () =>
    setFolded(
      allFolded ? new Set() : new Set(tree.nodes.filter((one) => one.depth > 0 && one.below > 0).map((one) => one.key)),
    );
  const position = selected === undefined ? -1 : found.indexOf(selected);

  return (
    <div className="wf" style={nameWidth > 0 ? ({ "--name-w": `${nameWidth}px` } as React.CSSProperties) : undefined}>
      <div className="wf-bar">
        <TextInput
          ref={finder}
          aria-label="Find in this story"
          placeholder="Find in this story"
          leftSection={<IconSearch size={14} />}
          defaultValue={find}
          onChange={(event) => setFind(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") step(found, event.shiftKey ? -1 : 1);
            else if (event.key === "Escape") event.currentTarget.blur();
          }}
          w={230}
        />
        {find && (
          <span className="row" style={{ gap: 2 }}>
            <span className="dim num" style={{ minWidth: 48 }}>
              {found.length === 0 ? "none" : `${position >= 0 ? position + 1 : "–"} of ${formatCount(found.length)}`}
            </span>
            <ActionIcon aria-label="Match before" size={22} onClick={() => step(found, -1)}>
              <IconChevronUp size={14} />
            </ActionIcon>
            <ActionIcon aria-label="Next match" size={22} onClick={() => step(found, 1)}>
              <IconChevronDown size={14} />
            </ActionIcon>
          </span>
        )}
        <div className="grow" />
        {failed.length > 0 && (
          <Tooltip label="Go to the next error (e)">
            <button
              className="plain badge bad"
              style={{ height: 24, padding: "0 9px" }}
              onClick={() => step(failed, 1)}
            >
              <IconAlertTriangle size={13} /> {plural(failed.length, "failure")}
            </button>
          </Tooltip>
        )}
        <span className="faint">{plural(rows.length, "row")}</span>
        <Tooltip label={allFolded ? "Unfold all" : "Fold to the first level"}>
          <ActionIcon aria-label={allFolded ? "Unfold all" : "Fold to the first level"} onClick={foldAll}>
            {allFolded ? <IconTimelineEvent size={15} /> : <IconFold size={15} />}
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Show the whole time (0)">
          <ActionIcon aria-label="Show the whole time" disabled={!zoom} onClick={() => setZoom(null)}>
            <IconArrowsMaximize size={15} />
          </ActionIcon>
        </Tooltip>
      </div>
      <Minimap tree={tree} colours={colours} hidden={hidden} zoom={zoom} setZoom={setZoom} />
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
      <div className="wf-rows" ref={scroller} role="tree" aria-label="Timeline" tabIndex={0}>
        <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
          {virtual.getVirtualItems().map((item) => {
            const one = rows[item.index];
            if (!one) return null;
            return (
              <WaterfallRow
                key={one.key}
                row={one}
                top={item.start}
                from={view.from}
                to={view.to}
                marks={marks}
                colours={colours}
                matched={matched}
                hidden={hidden}
                selected={one.key === selected}
                found={foundSet.has(one.key)}
                select={select}
                fold={fold}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}
