import { CloseButton } from "@mantine/core";
import { useClickOutside } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import type { QueryResult, TracePoint } from "../../api/written";
import { tracesOfQuery } from "../../api/exploreQueries";
import { Bone } from "../../parts/States";
import { bodyOf } from "../../query/question";
import { clockOf } from "../../query/format";
import { formatMs } from "../../values/format";
import type { GroupActions } from "./ResultTable";

export interface Point {
  /** Where on the screen it was clicked. */
  x: number;
  y: number;
  title: string;
  value: string;
  at: TracePoint;
  group: number | null;
}

/** A clicked point of a chart: its traces, and actions for its group. */
export function PointCard({
  point,
  result,
  dataset,
  actions,
  isolate,
  close,
}: {
  point: Point;
  result: QueryResult;
  dataset: string;
  actions: GroupActions;
  isolate: (group: number) => void;
  close: () => void;
}) {
  const outside = useClickOutside(close);
  const traces = useQuery(tracesOfQuery(bodyOf(result, dataset), point.at));
  useEffect(() => {
    const press = (event: KeyboardEvent) => event.key === "Escape" && close();
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [close]);
  const then = (run: () => void) => () => {
    run();
    close();
  };
  const { group } = point;
  return (
    <div
      className="point-card"
      ref={outside}
      role="dialog"
      aria-label="Details of this point"
      style={{
        left: Math.min(point.x + 8, window.innerWidth - 372),
        top: Math.min(point.y + 8, window.innerHeight - 330),
      }}
    >
      <header>
        <div className="grow">
          <div className="cut">
            <b>{point.title}</b>
          </div>
          <div className="faint">
            {point.value}
            {point.at.time !== undefined && ` · ${clockOf(point.at.time)}`}
          </div>
        </div>
        <CloseButton size="sm" aria-label="Close" onClick={close} />
      </header>
      {group !== null && (
        <div className="acts">
          <button className="link" onClick={then(() => isolate(group))}>
            Isolate line
          </button>
          <button className="link" onClick={then(() => actions.only(group))}>
            Only
          </button>
          <button className="link" onClick={then(() => actions.exclude(group))}>
            Exclude
          </button>
          <button className="link" onClick={then(() => actions.bubbleUp(group))}>
            BubbleUp
          </button>
        </div>
      )}
      <div className="traces">
        <div className="faint" style={{ padding: "0 12px 4px" }}>
          Slowest traces of this point
        </div>
        {traces.isPending && (
          <div style={{ padding: "4px 12px", display: "grid", gap: 8 }}>
            <Bone />
            <Bone width="70%" />
          </div>
        )}
        {traces.isError && <div className="bad none">{traces.error.message}</div>}
        {traces.data?.traces.length === 0 && <div className="faint none">None of these rows belongs to a trace.</div>}
        {traces.data?.traces.slice(0, 6).map((one) => (
          <Link
            key={one.traceId}
            to="/story/$traceId"
            params={{ traceId: one.traceId }}
            search={one.spanId ? { span: one.spanId } : {}}
          >
            <span className="cut">
              {one.rootName ?? "no root span yet"} <span className="faint">{one.rootService}</span>
            </span>
            {one.errors > 0 && <span className="badge bad">{one.errors}</span>}
            <span className="num">{formatMs(one.matchDurationMs)}</span>
          </Link>
        ))}
      </div>
    </div>
  );
}
