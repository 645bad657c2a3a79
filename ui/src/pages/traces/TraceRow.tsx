import { Link } from "@tanstack/react-router";
import { memo } from "react";
import type { TraceSummary } from "../../api/types.generated";
import { At, HttpStatus, ProtocolBadges, Service } from "../../parts/Marks";
import { formatCount, formatMs } from "../../values/format";
import { shortId } from "../../values/ids";

export const TraceRow = memo(function TraceRow({
  trace,
  share,
  picked,
}: {
  trace: TraceSummary;
  /** Length of the duration bar, 0 to 1. */
  share: number;
  picked: boolean;
}) {
  const { root } = trace;
  const failed = trace.errorCount > 0;
  return (
    <Link
      to="/story/$traceId"
      params={{ traceId: trace.traceId }}
      className={`trace-row ${failed ? "failed" : ""} ${picked ? "picked" : ""}`}
      data-key={trace.traceId}
      preload={false}
    >
      <span className="dim" style={{ fontSize: 12 }}>
        <At iso={trace.start} />
      </span>
      <span className="title">
        <HttpStatus status={root?.httpStatus} />
        <RootName root={root} />
        {failed && <span className="badge bad">{formatCount(trace.errorCount)} failed</span>}
      </span>
      <span className={`duration ${failed ? "failed" : ""}`}>
        <span className="num">{formatMs(trace.durationMs)}</span>
        <span className="track">
          <div style={{ width: `${Math.max(1, share * 100)}%` }} />
        </span>
      </span>
      <span className="chips">
        {trace.services.slice(0, 4).map((one) => (
          <Service key={one.service} name={one.service} count={one.spans} />
        ))}
        {trace.services.length > 4 && <span className="faint">+{trace.services.length - 4}</span>}
      </span>
      <span className="num dim">{formatCount(trace.spanCount)}</span>
      <ProtocolBadges protocols={trace.protocols} />
      <span className="mono faint id" title={trace.traceId}>
        {shortId(trace.traceId)}
      </span>
    </Link>
  );
});

/** What was asked for. A segment is named after its service, which says less than its request. */
function RootName({ root }: { root: TraceSummary["root"] }) {
  if (!root) return <i className="cut faint">root span not received</i>;
  const request = [root.method, root.target].filter(Boolean).join(" ");
  const title = root.name === root.service && request ? request : root.name;
  const more = title === request ? null : root.target && !title.includes(root.target) ? root.target : null;
  return (
    <span className="cut" title={`${root.name}\n${request}`}>
      {title}
      {more && <span className="faint"> {more}</span>}
    </span>
  );
}
