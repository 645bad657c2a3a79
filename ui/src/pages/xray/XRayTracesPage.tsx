import { SegmentedControl } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo, useRef } from "react";
import { ApiError } from "../../api/client";
import type { XRayCounts } from "../../api/types.generated";
import { xrayTracesQuery } from "../../api/xrayQueries";
import { useKeys } from "../../parts/keys";
import { LoadMore } from "../../parts/LoadMore";
import { Copy } from "../../parts/Marks";
import { useRange } from "../../parts/range";
import { useRowKeys } from "../../parts/rows";
import { Failed, Notice, RowsSkeleton } from "../../parts/States";
import { formatCount, formatMs, formatPercent } from "../../values/format";
import { resolveRange } from "../../values/timeRange";
import { summariesCommand } from "../../xray/cli";
import { CODE_NAMES, CODES, stretchText, wholeFilter, withCondition } from "../../xray/conditions";
import { percentile } from "../../xray/histogram";
import { NoTraces } from "./NoTraces";
import { ResponseHistogram } from "./ResponseHistogram";
import { ScopeBar, XRayTabs } from "./XRayFrame";
import { XRayTraceRow } from "./XRayTraceRow";

const route = getRouteApi("/xray");

export default function XRayTracesPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { range, refetchInterval } = useRange();
  const first = useRef<HTMLTextAreaElement>(null);
  const { filter, group, code, from, to, order } = search;
  const whole = wholeFilter(filter, { codes: code, from, to });

  const query = useInfiniteQuery({
    ...xrayTracesQuery(range, { filter: whole, group }, order),
    refetchInterval: ({ state }) =>
      state.status === "error" || (state.data?.pages.length ?? 0) > 1 ? false : refetchInterval,
  });
  // Bars and counts are of the expression alone: what a code or a drag leaves out must stay in sight to be chosen.
  const wider = useInfiniteQuery({
    ...xrayTracesQuery(range, { filter, group }, undefined),
    enabled: whole !== filter,
    refetchInterval: ({ state }) => (state.status === "error" ? false : refetchInterval),
  });
  const summary = (whole === filter ? query : wider).data?.pages[0]?.summary ?? null;
  const pages = query.data?.pages;
  const traces = useMemo(() => pages?.flatMap((page) => page.traces) ?? [], [pages]);
  const keys = useMemo(() => traces.map((one) => one.traceId), [traces]);
  const slowest = useMemo(
    () => traces.reduce((most, one) => Math.max(most, one.responseTimeSeconds ?? 0), 0),
    [traces],
  );

  const change = (next: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...next }) });
  const open = (traceId: string) => void navigate({ to: "/story/$traceId", params: { traceId } });
  const { picked, box } = useRowKeys(keys, (index) => {
    const trace = traces[index];
    if (trace) open(trace.traceId);
  });
  useKeys({ f: () => first.current?.focus() });

  const notices = [...new Set(pages?.flatMap((page) => (page.notice ? [page.notice] : [])))];
  const refused = query.error instanceof ApiError && query.error.problem.position !== undefined;
  const narrowed = code !== undefined || from !== undefined || to !== undefined;
  return (
    <div className="page x-page">
      <section className="panel x-head">
        <div className="x-line">
          <XRayTabs scope={{ filter, group }} />
          <div className="grow" />
          <Copy value={commandOf(range, whole)} label="Copy as aws CLI command" />
          <SegmentedControl
            aria-label="Order"
            data={[
              { value: "", label: "Newest" },
              { value: "slowest", label: "Slowest" },
            ]}
            value={order === "slowest" ? "slowest" : ""}
            onChange={(next) => change({ order: next || undefined })}
          />
        </div>
        <ScopeBar scope={{ filter, group }} change={change} first={first} />
        {summary && summary.counts.total > 0 && (
          <div className="x-overview">
            <Codes
              counts={summary.counts}
              chosen={code ?? []}
              choose={(next) => change({ code: next.length > 0 ? next : undefined })}
            />
            <div className="x-times">
              <div className="x-times-head">
                <b>Response time</b>
                <Percentiles histogram={summary.histogram} />
                <span className="grow" />
                {from !== undefined || to !== undefined ? (
                  <button className="plain chip" onClick={() => change({ from: undefined, to: undefined })}>
                    {stretchText(from, to)} <IconX size={12} />
                  </button>
                ) : (
                  <span className="faint">drag to select a range</span>
                )}
              </div>
              <ResponseHistogram
                histogram={summary.histogram}
                selected={{ from, to }}
                select={(least, most) => change({ from: short(least), to: short(most) })}
                height={104}
              />
            </div>
          </div>
        )}
      </section>
      {notices.map((one) => (
        <Notice key={one}>{one}</Notice>
      ))}
      <section className="panel">
        {query.isPending ? (
          <RowsSkeleton rows={12} />
        ) : query.isError && (traces.length === 0 || refused) ? (
          <Failed
            error={query.error}
            retry={() => void query.refetch()}
            {...(refused && { title: "The filter expression is not valid" })}
          />
        ) : traces.length === 0 ? (
          <NoTraces
            filter={filter}
            group={group}
            narrowed={narrowed}
            widen={() => change({ code: undefined, from: undefined, to: undefined })}
            use={(next) => change({ filter: next, code: undefined, from: undefined, to: undefined })}
            leaveGroup={() => change({ group: undefined })}
          />
        ) : (
          <>
            <div className="x-row x-row-head">
              <span>Start</span>
              <span>Request</span>
              <span>Response time</span>
              <span>Root service</span>
              <span className="wide">Client</span>
              <span className="wide">User, annotations</span>
              <span className="id">Trace</span>
            </div>
            <div ref={box} aria-label="Traces" className={query.isPlaceholderData ? "fading" : ""}>
              {traces.map((trace, i) => (
                <XRayTraceRow
                  key={trace.traceId}
                  trace={trace}
                  picked={i === picked}
                  share={slowest > 0 ? (trace.responseTimeSeconds ?? 0) / slowest : 0}
                  add={(condition) => change({ filter: withCondition(filter, condition) })}
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

const short = (seconds: number | undefined) => (seconds === undefined ? undefined : Number(seconds.toPrecision(3)));

function commandOf(range: Parameters<typeof resolveRange>[0], filter: string | undefined): string {
  const { start, end } = resolveRange(range, Date.now());
  return summariesCommand(window.location.origin, start, end, filter);
}

function Codes({
  counts,
  chosen,
  choose,
}: {
  counts: XRayCounts;
  chosen: readonly string[];
  choose: (codes: string[]) => void;
}) {
  return (
    <div className="x-codes" role="group" aria-label="Response codes">
      {CODES.map((code) => {
        const on = chosen.includes(code);
        return (
          <button
            key={code}
            className={`plain x-code code-${code} ${on ? "on" : ""}`}
            aria-pressed={on}
            disabled={counts[code] === 0 && !on}
            title={CODE_NAMES[code].means}
            onClick={() => choose(on ? chosen.filter((one) => one !== code) : [...chosen, code])}
          >
            <span className="name">
              <i className="swatch" />
              {CODE_NAMES[code].name}
            </span>
            <b className="num">{formatCount(counts[code])}</b>
            <span className="faint num">{formatPercent(counts.total === 0 ? 0 : counts[code] / counts.total)}</span>
          </button>
        );
      })}
    </div>
  );
}

function Percentiles({ histogram }: { histogram: Parameters<typeof percentile>[0] }) {
  return (
    <span className="x-percentiles">
      {(
        [
          ["p50", 0.5],
          ["p90", 0.9],
          ["p99", 0.99],
        ] as const
      ).map(([name, share]) => {
        const value = percentile(histogram, share);
        return (
          value !== null && (
            <span key={name}>
              <span className="faint">{name}</span> {formatMs(value * 1000)}
            </span>
          )
        );
      })}
    </span>
  );
}
