import "../../styles/lists.css";
import "../../styles/logs.css";
import { Select } from "@mantine/core";
import { IconFileSearch } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef } from "react";
import { logEventQuery, logEventsQuery, servicesQuery } from "../../api/queries";
import { OpenInQuery } from "../../parts/OpenInQuery";
import { CommitInput } from "../../parts/CommitInput";
import { useKeys } from "../../parts/keys";
import { LoadMore } from "../../parts/LoadMore";
import { useRange } from "../../parts/range";
import { useRowKeys } from "../../parts/rows";
import { Empty, Failed, Notice, RowsSkeleton } from "../../parts/States";
import { questionOfLogs } from "../../query/fromPages";
import { describeRange } from "../../values/timeRange";
import { Groups } from "./Groups";
import { LogRow } from "./LogRow";

const route = getRouteApi("/logs");
const SEVERITIES = ["fatal", "error", "warn", "info", "debug", "trace"];

export default function LogsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { range, refetchInterval } = useRange();
  const { group, stream, service, severity, text, event: opened } = search;
  const scroller = useRef<HTMLDivElement>(null);
  const finder = useRef<HTMLInputElement>(null);

  const query = useInfiniteQuery({
    ...logEventsQuery(range, { group, stream, service, severity, text }),
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) > 1 ? false : refetchInterval),
  });
  const pages = query.data?.pages;
  const events = useMemo(() => pages?.flatMap((page) => page.events) ?? [], [pages]);
  const keys = useMemo(() => events.map((one) => one.id), [events]);
  const services = useQuery(servicesQuery(range)).data?.services.map((one) => one.service) ?? [];

  type Search = typeof search;
  const change = (next: Partial<Search>) =>
    void navigate({ search: (before) => ({ ...before, event: undefined, ...next }) });
  const toggle = (id: string) =>
    void navigate({ search: (before) => ({ ...before, event: before.event === id ? undefined : id }), replace: true });

  const virtual = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => events[index]?.id ?? index,
    estimateSize: () => 29,
    overscan: 15,
  });
  const { picked } = useRowKeys(
    keys,
    (index) => {
      const event = events[index];
      if (event) toggle(event.id);
    },
    (index) => virtual.scrollToIndex(index, { align: "auto" }),
  );
  useKeys({ f: () => finder.current?.focus() });

  // A deep link to one event that is not among those loaded (older, or outside the filters) is shown on top.
  const isListed = opened !== undefined && events.some((one) => one.id === opened);
  const pinned = useQuery({
    ...logEventQuery(opened ?? ""),
    enabled: opened !== undefined && !isListed && !query.isPending,
  });

  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && (pages?.length ?? 0) > 1 && last >= events.length - 20)
      void fetchNextPage();
  }, [last, events.length, hasNextPage, isFetchingNextPage, fetchNextPage, pages?.length]);

  const notices = [...new Set(pages?.flatMap((page) => (page.notice ? [page.notice] : [])))];
  const filtered = [group, stream, service, severity, text].some((one) => one !== undefined);
  return (
    <div className="logs">
      <Groups group={group} stream={stream} pick={(next) => change(next)} refetchInterval={refetchInterval} />
      <div className="logs-main">
        <div className="filters">
          <CommitInput
            ref={finder}
            aria-label="Text in the line"
            placeholder="Text in the line"
            value={text ?? ""}
            commit={(value) => change({ text: value || undefined })}
            w={280}
          />
          <Select
            aria-label="Severity"
            placeholder="Any severity"
            data={SEVERITIES}
            value={severity ?? null}
            onChange={(value) => change({ severity: value ?? undefined })}
            clearable
            w={130}
          />
          <Select
            aria-label="Service"
            placeholder="Any service"
            data={[...new Set([...services, ...(service ? [service] : [])])].sort()}
            value={service ?? null}
            onChange={(value) => change({ service: value ?? undefined })}
            searchable
            clearable
            w={170}
          />
          {filtered && (
            <button
              className="link"
              onClick={() =>
                change({
                  group: undefined,
                  stream: undefined,
                  service: undefined,
                  severity: undefined,
                  text: undefined,
                })
              }
            >
              Clear
            </button>
          )}
          <div className="grow" />
          <OpenInQuery question={questionOfLogs(search)} />
          <span className="faint cut">
            {group ?? "All groups"}
            {stream && ` / ${stream}`}, newest first
          </span>
        </div>
        {notices.map((one) => (
          <Notice key={one}>{one}</Notice>
        ))}
        {pinned.isError && opened && !isListed && <Failed error={pinned.error} retry={() => void pinned.refetch()} />}
        {pinned.data && !isListed && (
          <div style={{ borderBottom: "2px solid var(--line-strong)", background: "var(--panel)" }}>
            <LogRow
              event={pinned.data}
              opened
              picked={false}
              text=""
              wide={false}
              toggle={() => toggle(pinned.data.id)}
            />
          </div>
        )}
        <div className="log-list" ref={scroller} tabIndex={0} aria-label="Log events">
          {query.isPending ? (
            <RowsSkeleton rows={18} />
          ) : query.isError && events.length === 0 ? (
            <Failed error={query.error} retry={() => void query.refetch()} />
          ) : events.length === 0 ? (
            <Empty
              icon={<IconFileSearch size={28} stroke={1.5} />}
              title={filtered ? "No line matches the filters" : "No log lines in this time range"}
            >
              <p>
                {describeRange(range)}.{" "}
                {filtered ? "Remove a filter or choose a longer time range." : "Choose a longer time range, or "}
                {!filtered && (
                  <Link to="/setup" search={{ client: "cloudwatch-logs" }} className="link">
                    set up a client
                  </Link>
                )}
              </p>
            </Empty>
          ) : (
            <>
              <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
                {items.map((item) => {
                  const event = events[item.index];
                  if (!event) return null;
                  return (
                    <div
                      key={item.key}
                      ref={virtual.measureElement}
                      data-index={item.index}
                      style={{ position: "absolute", left: 0, right: 0, transform: `translateY(${item.start}px)` }}
                    >
                      <LogRow
                        event={event}
                        opened={event.id === opened}
                        picked={item.index === picked}
                        text={text ?? ""}
                        wide={group === undefined}
                        toggle={() => toggle(event.id)}
                      />
                    </div>
                  );
                })}
              </div>
              <LoadMore
                shown={events.length}
                noun="line"
                hasMore={query.hasNextPage}
                loading={query.isFetchingNextPage}
                load={() => void query.fetchNextPage()}
                paused={refetchInterval !== false && (pages?.length ?? 0) > 1}
              />
            </>
          )}
        </div>
      </div>
    </div>
  );
}
