import {
  IconAlertTriangleFilled,
  IconChevronDown,
  IconChevronRight,
  IconFileText,
  IconHourglassEmpty,
  IconLink,
  IconUnlink,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { memo } from "react";
import type { StoryError, StoryLog } from "../../api/types.generated";
import { levelTone, sourceName } from "../../parts/Marks";
import { formatCount, formatNs, plural } from "../../values/format";
import type { CriticalPath } from "./criticalPath";
import { place } from "./scale";
import { isError, nameOf, protocolOf, serviceOf } from "./spans";
import { childrenOf, errorAt, gapAt, keyOf, kindOf, logAt, partOf, type Tree } from "./tree";

interface RowProps {
  tree: Tree;
  entry: number;
  depth: number;
  folded: boolean;
  foldable: boolean;
  top: number;
  view: { from: number; to: number };
  /** Of a span's bar. */
  colour: string;
  /** Linked by a match, not by an id. */
  match: boolean;
  hidden: ReadonlySet<string>;
  selected: boolean;
  found: boolean;
  path: CriticalPath | null;
}

/** Deeper rows are not indented further: the name has to stay readable. The level stands beside it. */
const MOST_INDENT = 14;

/** One row; clicks are heard by the list. */
export const WaterfallRow = memo(function WaterfallRow(props: RowProps) {
  const { tree, entry, depth, folded, foldable, top, selected, found, path } = props;
  const kind = kindOf(tree, entry);
  const off = path !== null && !path.pieces.has(entry);
  return (
    <div
      className={`wf-row ${selected ? "sel" : ""} ${found ? "found" : ""} ${off ? "off-path" : ""}`}
      style={{ transform: `translateY(${top}px)` }}
      role="treeitem"
      aria-level={depth + 1}
      aria-selected={selected}
      {...(foldable ? { "aria-expanded": !folded } : {})}
      data-key={keyOf(tree, entry)}
      data-entry={entry}
    >
      <div className="wf-name">
        <span className="guides" style={{ width: 8 + Math.min(depth, MOST_INDENT) * 13 }} />
        {foldable ? (
          <button className="plain fold-btn can" tabIndex={-1} aria-label={folded ? "Unfold" : "Fold"}>
            {folded ? <IconChevronRight size={13} /> : <IconChevronDown size={13} />}
          </button>
        ) : (
          <span className="fold-btn" />
        )}
        {depth > MOST_INDENT && <span className="count">{depth}</span>}
        {kind === "span" && <SpanName {...props} />}
        {kind === "gap" && <GapName {...props} />}
        {kind === "log" && <LogName log={logAt(tree, entry)} match={props.match} />}
        {kind === "error" && <ErrorName error={errorAt(tree, entry)} match={props.match} />}
      </div>
      <div className="wf-line">
        {kind === "span" || kind === "gap" ? <Bar {...props} gap={kind === "gap"} /> : <Point {...props} />}
      </div>
    </div>
  );
});

const matchMark = (
  <span className="warn" title="Linked by a match, not by an id">
    ≈
  </span>
);

function SpanName({ tree, entry, depth, folded, colour, match }: RowProps) {
  const { spans } = tree;
  const failed = isError(spans, entry);
  const links = spans.links.get(entry);
  const link = links?.[0];
  const name = nameOf(spans, entry);
  const service = serviceOf(spans, entry);
  return (
    <>
      <span className="dot" style={{ background: colour }} />
      {match && matchMark}
      {failed && <IconAlertTriangleFilled size={12} className="bad" style={{ flex: "none" }} />}
      <span className={`cut ${failed ? "bad" : ""}`} title={name}>
        {name}
      </span>
      {spans.inProgress.has(entry) && (
        <IconHourglassEmpty size={12} className="warn" style={{ flex: "none" }} aria-label="still open" />
      )}
      {link && (
        <Link
          className="linked"
          to="/story/$traceId"
          params={{ traceId: link.traceId }}
          search={{ span: link.spanId }}
          title={
            links.length > 1
              ? `${links.length} links; opens the first one, trace ${link.traceId}`
              : `Linked to trace ${link.traceId}`
          }
          aria-label={`Open the linked trace ${link.traceId}`}
        >
          <IconLink size={12} />
        </Link>
      )}
      {folded && <Below tree={tree} entry={entry} />}
      <span className="grow" />
      <span className="svc cut" title={service}>
        {protocolOf(spans, entry) === "xray" && depth === 0 ? `${sourceName("xray")} · ` : ""}
        {service}
      </span>
    </>
  );
}

function Below({ tree, entry }: { tree: Tree; entry: number }) {
  const below = tree.below[entry] ?? 0;
  const failed = tree.failedBelow[entry] ?? 0;
  if (below === 0) return null;
  return (
    <span className={`count ${failed > 0 ? "bad" : ""}`} title={failed > 0 ? `${plural(failed, "failure")} below` : ""}>
      +{formatCount(below)}
    </span>
  );
}

function GapName({ tree, entry, folded }: RowProps) {
  const gap = gapAt(tree, entry);
  return (
    <>
      <IconUnlink size={13} className="warn" style={{ flex: "none" }} />
      <span
        className="cut warn"
        title={`Span ${gap?.parentId ?? ""} is the parent of ${plural(gap?.children ?? 0, "span")} and was not received`}
      >
        (missing)
      </span>
      {folded && <Below tree={tree} entry={entry} />}
      <span className="grow" />
      <span className="svc cut mono">{gap?.parentId}</span>
    </>
  );
}

function LogName({ log, match }: { log: StoryLog | undefined; match: boolean }) {
  if (!log) return null;
  return (
    <>
      <IconFileText size={13} style={{ flex: "none" }} className={levelTone(log.severity) || "faint"} />
      {match && matchMark}
      <span className="cut text" title={log.body}>
        {log.body}
      </span>
    </>
  );
}

function ErrorName({ error, match }: { error: StoryError | undefined; match: boolean }) {
  if (!error) return null;
  return (
    <>
      <IconAlertTriangleFilled size={13} style={{ flex: "none" }} className="bad" />
      {match && matchMark}
      <span className="cut bad" title={error.title}>
        {error.title}
      </span>
    </>
  );
}

function Bar({ tree, entry, view, colour, match, hidden, path, gap }: RowProps & { gap: boolean }) {
  const { spans } = tree;
  const from = tree.at[entry] ?? 0;
  const length = (tree.end[entry] ?? 0) - from;
  const at = place(from, length, view.from, view.to);
  const open = !gap && spans.inProgress.has(entry);
  const label = gap ? "not received" : open ? "still open" : formatNs(length);
  const failed = !gap && isError(spans, entry);
  return (
    <>
      {at && (
        <>
          <div
            className={`span ${gap ? "gap" : ""} ${match ? "match" : ""} ${failed ? "failed" : ""} ${open ? "open" : ""}`}
            style={{ left: `${at.left}%`, width: `${at.width}%`, "--c": colour } as React.CSSProperties}
          />
          <Outliving tree={tree} entry={entry} view={view} />
          <span className={`label ${!gap && beside(at) === "inside" ? "inside" : ""}`} style={labelStyle(at)}>
            {label}
          </span>
        </>
      )}
      {!at && <Elsewhere before={from < view.from} />}
      {path?.pieces.of(entry).map((piece) => {
        const on = place(piece.from, piece.to - piece.from, view.from, view.to);
        return (
          on && <span key={piece.from} className="on-path" style={{ left: `${on.left}%`, width: `${on.width}%` }} />
        );
      })}
      {pips(tree, entry, view, hidden).map((one) => (
        <span key={one.key} className={`pip ${one.tone}`} style={{ left: `${one.left}%` }} title={one.title} />
      ))}
    </>
  );
}

/** The row is outside the window: on which side. */
function Elsewhere({ before }: { before: boolean }) {
  return (
    <span className="elsewhere" style={before ? { left: 4 } : { right: 4 }} title={before ? "Earlier" : "Later"}>
      {before ? "‹" : "›"}
    </span>
  );
}

/** A thin line as far as asynchronous children of a span run on after it. */
function Outliving({ tree, entry, view }: { tree: Tree; entry: number; view: { from: number; to: number } }) {
  const end = tree.end[entry] ?? 0;
  let last = end;
  for (const child of childrenOf(tree, entry))
    if (child < tree.spans.count) last = Math.max(last, tree.end[child] ?? 0);
  const at = last > end ? place(end, last - end, view.from, view.to) : null;
  return at && <span className="outlived" style={{ left: `${at.left}%`, width: `${at.width}%` }} />;
}

type Placed = { left: number; width: number };

/** A label stands after its bar, before it where there is no room, or inside a bar that fills the line. */
function beside({ left, width }: Placed): "after" | "before" | "inside" {
  return left + width < 88 ? "after" : left > 14 ? "before" : "inside";
}

function labelStyle(at: Placed): React.CSSProperties {
  const end = at.left + at.width;
  const where = beside(at);
  if (where === "after") return { left: `calc(${end}% + 7px)` };
  return where === "before"
    ? { right: `calc(${100 - at.left}% + 7px)` }
    : { left: `${at.left + at.width / 2}%`, transform: "translateX(-50%)" };
}

/** At most so many dots on one bar: more would only be a smear. */
const MOST_PIPS = 80;

function pips(tree: Tree, entry: number, view: { from: number; to: number }, hidden: ReadonlySet<string>) {
  const scale = 100 / (view.to - view.from);
  const seen = new Set<string>();
  const found: { key: string; left: number; tone: string; title: string }[] = [];
  const add = (at: number, tone: string, title: string) => {
    const left = (at - view.from) * scale;
    const key = `${tone}-${left.toFixed(1)}`;
    if (left < 0 || left > 100 || seen.has(key) || found.length >= MOST_PIPS) return;
    seen.add(key);
    found.push({ key, left, tone, title });
  };
  for (const child of childrenOf(tree, entry)) {
    if (child < tree.spans.count || hidden.has(partOf(tree, child))) continue;
    const error = errorAt(tree, child);
    const log = logAt(tree, child);
    if (error) add(error.offsetNs, "error", error.title);
    else if (log) add(log.offsetNs, levelTone(log.severity) || "info", `${log.severity} ${log.body}`);
  }
  for (const event of tree.spans.events.get(entry) ?? [])
    add(event.at, event.name === "exception" ? "error" : "event", event.name);
  return found;
}

function Point({ tree, entry, view, match }: RowProps) {
  const at = tree.at[entry] ?? 0;
  if (at < view.from || at > view.to) return <Elsewhere before={at < view.from} />;
  const left = ((at - view.from) / (view.to - view.from)) * 100;
  const error = errorAt(tree, entry);
  const log = logAt(tree, entry);
  const tone = error ? "error" : levelTone(log?.severity ?? "") || "info";
  const text = error ? (error.exceptionClass ?? error.level) : (log?.severity.toLowerCase() ?? "");
  return (
    <>
      <span className={`pip ${tone} ${match ? "match" : ""}`} style={{ left: `${left}%` }} />
      <span
        className="label"
        style={left < 80 ? { left: `calc(${left}% + 10px)` } : { right: `calc(${100 - left}% + 10px)` }}
      >
        {text}
      </span>
    </>
  );
}
