import "../../styles/lists.css";
import { Button } from "@mantine/core";
import { IconTimeline } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useMemo, useRef } from "react";
import { tracesQuery } from "../../api/queries";
import { useKeys } from "../../parts/keys";
import { LoadMore } from "../../parts/LoadMore";
import { useRange } from "../../parts/range";
import { useRowKeys } from "../../parts/rows";
import { Empty, Failed, Notice, RowsSkeleton } from "../../parts/States";
import { describeRange, resolveRange } from "../../values/timeRange";
import { DurationScatter } from "./DurationScatter";
import { TraceFilterBar, type TraceSearch } from "./TraceFilterBar";
import { TraceRow } from "./TraceRow";

const route = getRouteApi("/traces");

export default function TracesPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { range, refetchInterval } = useRange();
  const first = useRef<HTMLInputElement>(null);
  const { min, max, service, name, status, httpStatus, attribute, order } = search;

  const query = useInfiniteQuery({
    ...tracesQuery(range, {
      service,
      name,
      status,
      httpStatus,
      attribute,
      order,
      minDurationMs: min,
      maxDurationMs: max,
    }),
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : refetchInterval),
  });
  const pages = query.data?.pages;
  const traces = useMemo(() => pages?.flatMap((page) => page.traces) ?? [], [pages]);
  const keys = useMemo(() => traces.map((one) => one.traceId), [traces]);
  const slowest = useMemo(() => traces.reduce((most, one) => Math.max(most, one.durationMs), 0), [traces]);
  const window = useMemo(() => resolveRange(range, query.dataUpdatedAt), [range, query.dataUpdatedAt]);

  const change = (next: Partial<TraceSearch>) => void navigate({ search: (before) => ({ ...before, ...next }) });
  const open = (traceId: string) => void navigate({ to: "/story/$traceId", params: { traceId } });
  const { picked, box } = useRowKeys(keys, (index) => {
    const trace = traces[index];
    if (trace) open(trace.traceId);
  });
  useKeys({ f: () => first.current?.focus() });

  const notices = [...new Set(pages?.flatMap((page) => (page.notice ? [page.notice] : [])))];
  const filtered = [service, name, status, httpStatus, attribute, min, max].some((one) => one !== undefined);
  return (
    <div className="page">
      <TraceFilterBar search={search} change={change} first={first} />
      {notices.map((one) => (
        <Notice key={one}>{one}</Notice>
      ))}
      {traces.length > 0 && (
        <section className="panel" style={{ paddingTop: 4 }}>
          <DurationScatter
            traces={traces}
            start={window.start}
            end={window.end}
            open={open}
            select={([from, to], [least, most]) =>
              void navigate({
                search: (before) => ({
                  ...before,
                  range: undefined,
                  start: new Date(from).toISOString(),
                  end: new Date(to).toISOString(),
                  min: Number(least.toPrecision(3)),
                  max: Number(most.toPrecision(3)),
                }),
              })
            }
          />
        </section>
      )}
      <section className="panel">
        {query.isPending ? (
          <RowsSkeleton rows={14} />
        ) : query.isError && traces.length === 0 ? (
          <Failed error={query.error} retry={() => void query.refetch()} />
        ) : traces.length === 0 ? (
          <Empty
            icon={<IconTimeline size={28} stroke={1.5} />}
            title={filtered ? "No trace matches these filters" : "No traces in this time range"}
          >
            <p>
              {describeRange(range)}.{" "}
              {filtered
                ? "Remove a filter or choose a longer time range."
                : "Choose a longer time range, or send the first trace."}
            </p>
            {!filtered && (
              <Button variant="default" renderRoot={(props) => <Link to="/setup" {...props} />}>
                Set up a client
              </Button>
            )}
          </Empty>
        ) : (
          <>
            {query.isError && <Failed error={query.error} retry={() => void query.refetch()} />}
            <div className="trace-head">
              <span>Start</span>
              <span>Request</span>
              <span>Duration</span>
              <span>Services</span>
              <span className="num">Spans</span>
              <span>Protocols</span>
              <span className="id">Trace</span>
            </div>
            <div ref={box} aria-label="Traces">
              {traces.map((trace, i) => (
                <TraceRow
                  key={trace.traceId}
                  trace={trace}
                  picked={i === picked}
                  share={slowest > 0 ? trace.durationMs / slowest : 0}
                />
              ))}
            </div>
            <LoadMore
              shown={traces.length}
              noun="trace"
              hasMore={query.hasNextPage}
              loading={query.isFetchingNextPage}
              load={() => void query.fetchNextPage()}
              paused={refetchInterval !== false && (pages?.length ?? 0) > 1}
            />
          </>
        )}
      </section>
    </div>
  );
}
