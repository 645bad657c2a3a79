import { Link } from "@tanstack/react-router";
import { memo } from "react";
import type { XRayTrace } from "../../api/types.generated";
import { At, ProtocolBadges, Service } from "../../parts/Marks";
import { formatMs } from "../../values/format";
import { shortId } from "../../values/ids";
import { annotationKeyword, isPlumbing, pathOf, throughNode } from "../../xray/conditions";
import { quote } from "../../xray/filterTokens";
import { CodeBadge } from "./XRayFrame";

interface RowProps {
  trace: XRayTrace;
  /** Length of the bar, 0 to 1. */
  share: number;
  picked: boolean;
  /** Adds a condition to the expression. */
  add: (condition: string) => void;
}

export const XRayTraceRow = memo(
  function XRayTraceRow({ trace, share, picked, add }: RowProps) {
    const { responseTimeSeconds: seconds } = trace;
    const annotations = trace.annotations.filter((one) => !isPlumbing(one.key));
    return (
      <Link
        to="/story/$traceId"
        params={{ traceId: trace.traceId }}
        className={`x-row code-${trace.code} ${trace.code === "ok" ? "" : "marked"} ${picked ? "picked" : ""}`}
        data-key={trace.traceId}
        preload={false}
      >
        <span className="dim" style={{ fontSize: 12 }}>
          <At iso={trace.start} />
        </span>
        <span className="title">
          <CodeBadge code={trace.code} status={trace.httpStatus} />
          <span className="cut" title={trace.url ?? undefined}>
            {trace.method && <b className="method">{trace.method}</b>}{" "}
            {pathOf(trace.url) ?? <i className="faint">not HTTP</i>}
          </span>
          {trace.partial && (
            <span className="badge warn" title="A segment is in progress, or its parent was not received">
              partial
            </span>
          )}
        </span>
        <span className="duration">
          <span
            className="num"
            title={trace.durationSeconds === null ? undefined : `whole trace ${formatMs(trace.durationSeconds * 1000)}`}
          >
            {seconds === null ? "open" : formatMs(seconds * 1000)}
          </span>
          <span className="track">
            <div style={{ width: `${Math.max(1, share * 100)}%` }} />
          </span>
        </span>
        <span className="row" style={{ gap: 6 }}>
          {trace.root ? (
            <Pick
              label={`Traces through ${trace.root.service}`}
              add={() => trace.root && add(throughNode({ name: trace.root.service, type: trace.root.type }))}
            >
              <Service name={trace.root.service} />
            </Pick>
          ) : (
            <i className="faint">not received</i>
          )}
          <ProtocolBadges protocols={trace.protocols} />
        </span>
        <span className="wide mono dim cut" title={[trace.clientIp, trace.userAgent].filter(Boolean).join("\n")}>
          {trace.clientIp ?? "–"}
        </span>
        <span className="wide x-annotations">
          {trace.users.map((user) => (
            <Pick key={user} label={`user = ${user}`} add={() => add(`user = ${quote(user)}`)}>
              <span className="badge accent">{user}</span>
            </Pick>
          ))}
          {annotations.slice(0, 3).map(({ key, value }) => {
            const condition = `${annotationKeyword(key)} = ${typeof value === "string" ? quote(value) : String(value)}`;
            return (
              <Pick key={`${key} ${String(value)}`} label={condition} add={() => add(condition)}>
                <span className="badge">
                  <span className="faint">{key}</span> {String(value)}
                </span>
              </Pick>
            );
          })}
          {annotations.length > 3 && <span className="faint">+{annotations.length - 3}</span>}
        </span>
        <span className="mono faint id" title={trace.xrayTraceId}>
          {shortId(trace.traceId)}
        </span>
      </Link>
    );
  },
  // `add` is made anew on every render of the page, and does the same each time.
  (a, b) => a.trace === b.trace && a.share === b.share && a.picked === b.picked,
);

/** A value in a row: a click adds it to the expression instead of opening the trace. */
function Pick({ label, add, children }: { label: string; add: () => void; children: React.ReactNode }) {
  return (
    <span
      className="x-pick"
      title={`${label}\nClick to add it to the expression`}
      onClick={(event) => {
        event.preventDefault();
        event.stopPropagation();
        add();
      }}
    >
      {children}
    </span>
  );
}
