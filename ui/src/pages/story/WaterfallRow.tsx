import {
  IconAlertTriangleFilled,
  IconChevronDown,
  IconChevronRight,
  IconFileText,
  IconHourglassEmpty,
} from "@tabler/icons-react";
import { memo } from "react";
import type { Protocol } from "../../api/types";
import { levelTone } from "../../parts/Marks";
import { formatCount, formatNs } from "../../values/format";
import { partOf, place, type Row, type SpanNode } from "./waterfall";

interface RowProps {
  row: Row;
  top: number;
  from: number;
  to: number;
  marks: number[];
  colours: Map<string, string>;
  matched: ReadonlySet<string>;
  hidden: ReadonlySet<string>;
  selected: boolean;
  found: boolean;
  select: (key: string) => void;
  fold: (key: string, on: boolean) => void;
}

const SOURCE: Record<Protocol, string> = {
  otlp: "OTel",
  honeycomb: "Honeycomb",
  xray: "X-Ray",
  "cloudwatch-logs": "CW",
  rollbar: "Rollbar",
};

export const WaterfallRow = memo(
  function WaterfallRow(props: RowProps) {
    const { row, top, from, to, marks, matched, selected, found, select } = props;
    const match = matched.has(partOf(row));
    const scale = 100 / (to - from);
    return (
      <div
        className={`wf-row ${selected ? "sel" : ""} ${found ? "found" : ""}`}
        style={{ transform: `translateY(${top}px)` }}
        role="treeitem"
        aria-level={row.depth + 1}
        aria-selected={selected}
        {...(row.foldable ? { "aria-expanded": !row.folded } : {})}
        data-key={row.key}
        onClick={() => select(row.key)}
      >
        <div className="wf-name">
          <span className="guides" style={{ width: 8 + row.depth * 13 }} />
          <FoldButton {...props} />
          <Name {...props} match={match} />
        </div>
        <div className="wf-line">
          {marks.map((mark) => (
            <span key={mark} className="mark" style={{ left: `${(mark - from) * scale}%` }} />
          ))}
          {row.kind === "span" ? <Bar {...props} node={row.node} match={match} /> : <Point {...props} match={match} />}
        </div>
      </div>
    );
  },
  (a, b) =>
    a.row.key === b.row.key &&
    a.row.folded === b.row.folded &&
    a.row.depth === b.row.depth &&
    sameData(a.row, b.row) &&
    a.top === b.top &&
    a.from === b.from &&
    a.to === b.to &&
    a.selected === b.selected &&
    a.found === b.found &&
    a.hidden === b.hidden &&
    a.colours === b.colours,
);

function sameData(a: Row, b: Row): boolean {
  return a.kind === "span" && b.kind === "span" ? a.node === b.node : a.kind === b.kind;
}

function FoldButton({ row, fold }: RowProps) {
  if (!row.foldable) return <span className="fold-btn" />;
  return (
    <button
      className="plain fold-btn"
      tabIndex={-1}
      aria-label={row.folded ? "Unfold" : "Fold"}
      onClick={(event) => {
        event.stopPropagation();
        fold(row.key, !row.folded);
      }}
    >
      {row.folded ? <IconChevronRight size={13} /> : <IconChevronDown size={13} />}
    </button>
  );
}

function Name({ row, colours, match }: RowProps & { match: boolean }) {
  const mark = match && (
    <span className="warn" title="Here by a match, not by an id">
      ≈
    </span>
  );
  if (row.kind === "log")
    return (
      <>
        <IconFileText size={13} style={{ flex: "none" }} className={levelTone(row.log.severity) || "faint"} />
        {mark}
        <span className="cut text" title={row.log.body}>
          {row.log.body}
        </span>
      </>
    );
  if (row.kind === "error")
    return (
      <>
        <IconAlertTriangleFilled size={13} style={{ flex: "none" }} className="bad" />
        {mark}
        <span className="cut bad" title={row.error.title}>
          {row.error.title}
        </span>
      </>
    );
  const { span, below, failedBelow } = row.node;
  const failed = span.status === "error";
  return (
    <>
      <span className="dot" style={{ background: colours.get(span.service) }} />
      {mark}
      {failed && <IconAlertTriangleFilled size={12} className="bad" style={{ flex: "none" }} />}
      <span className={`cut ${failed ? "bad" : ""}`} title={span.name}>
        {span.name}
      </span>
      {span.inProgress && (
        <IconHourglassEmpty size={12} className="warn" style={{ flex: "none" }} aria-label="still open" />
      )}
      {span.parentMissing && (
        <span className="badge outline" title={`Its parent ${span.parentSpanId ?? ""} was not received`}>
          parent missing
        </span>
      )}
      {row.folded && below > 0 && (
        <span className={`count ${failedBelow > 0 ? "bad" : ""}`}>+{formatCount(below)}</span>
      )}
      <span className="grow" />
      <span className="svc cut" title={span.service}>
        {span.protocol === "xray" && row.depth === 0 ? `${SOURCE.xray} · ` : ""}
        {span.service}
      </span>
    </>
  );
}

function Bar({ node, from, to, colours, match, hidden }: RowProps & { node: SpanNode; match: boolean }) {
  const { span } = node;
  const at = place(span.offsetNs, span.durationNs, from, to);
  const label = span.inProgress ? "still open" : formatNs(span.durationNs);
  return (
    <>
      {at && (
        <>
          <div
            className={`span ${match ? "match" : ""} ${span.status === "error" ? "failed" : ""} ${span.inProgress ? "open" : ""}`}
            style={
              { left: `${at.left}%`, width: `${at.width}%`, "--c": colours.get(span.service) } as React.CSSProperties
            }
          />
          <span className={`label ${beside(at) === "inside" ? "inside" : ""}`} style={labelStyle(at)}>
            {label}
          </span>
        </>
      )}
      {pips(node, from, to, hidden).map((one) => (
        <span key={one.key} className={`pip ${one.tone}`} style={{ left: `${one.left}%` }} title={one.title} />
      ))}
    </>
  );
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

function pips(node: SpanNode, from: number, to: number, hidden: ReadonlySet<string>) {
  const scale = 100 / (to - from);
  const seen = new Set<string>();
  const found: { key: string; left: number; tone: string; title: string }[] = [];
  const add = (at: number, tone: string, title: string) => {
    const left = (at - from) * scale;
    const key = `${tone}-${left.toFixed(1)}`;
    if (left < 0 || left > 100 || seen.has(key) || found.length >= MOST_PIPS) return;
    seen.add(key);
    found.push({ key, left, tone, title });
  };
  for (const error of node.errors) if (!hidden.has(error.partId)) add(error.offsetNs, "error", error.title);
  for (const log of node.logs)
    if (!hidden.has(log.partId)) add(log.offsetNs, levelTone(log.severity) || "info", `${log.severity} ${log.body}`);
  for (const event of node.span.events) add(event.offsetNs, event.name === "exception" ? "error" : "event", event.name);
  return found;
}

function Point({ row, from, to, match }: RowProps & { match: boolean }) {
  if (row.kind === "span" || row.at < from || row.at > to) return null;
  const left = ((row.at - from) / (to - from)) * 100;
  const tone = row.kind === "error" ? "error" : levelTone(row.log.severity) || "info";
  const text = row.kind === "error" ? (row.error.exceptionClass ?? row.error.level) : row.log.severity.toLowerCase();
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
