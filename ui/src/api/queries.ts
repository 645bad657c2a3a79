import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { resolveRange, type TimeRange } from "../values/timeRange";
import { call, pathWith, type Params } from "./client";
import type {
  DurationAnswer,
  Home,
  ItemDetail,
  ItemList,
  ItemSummary,
  JournalStatus,
  LogEvent,
  LogEvents,
  LogGroups,
  LogStreams,
  OccurrenceDetail,
  SearchResult,
  ServiceList,
  Setup,
  Status,
  StoryAnswer,
  StoryFound,
  StorySpanAnswer,
  StoryValues,
  TraceList,
} from "./types.generated";

// A preset range is part of the key as it stands ("1h") and becomes instants only when asked,
// so that a refresh slides the window instead of asking for the old one again.
const within = (range: TimeRange, params: Params = {}): Params => ({ ...resolveRange(range, Date.now()), ...params });

export const statusQuery = () =>
  queryOptions({ queryKey: ["status"], queryFn: ({ signal }) => call<Status>("/api/status", { signal }) });

export const homeQuery = (range: TimeRange) =>
  queryOptions({
    queryKey: ["home", range],
    queryFn: ({ signal }) => call<Home>(pathWith("/api/home", within(range)), { signal }),
    placeholderData: keepPreviousData,
  });

export const journalQuery = () =>
  queryOptions({ queryKey: ["journal"], queryFn: ({ signal }) => call<JournalStatus>("/api/journal", { signal }) });

export const setupQuery = () =>
  queryOptions({ queryKey: ["setup"], queryFn: ({ signal }) => call<Setup>("/api/setup", { signal }) });

export const servicesQuery = (range: TimeRange) =>
  queryOptions({
    queryKey: ["services", range],
    queryFn: ({ signal }) => call<ServiceList>(pathWith("/api/services", within(range)), { signal }),
    staleTime: 30_000,
    placeholderData: keepPreviousData,
  });

export interface TraceFilters {
  service?: string | undefined;
  name?: string | undefined;
  status?: string | undefined;
  httpStatus?: string | undefined;
  minDurationMs?: number | undefined;
  maxDurationMs?: number | undefined;
  attribute?: readonly string[] | undefined;
  order?: string | undefined;
}

export const tracesQuery = (range: TimeRange, filters: TraceFilters) =>
  infiniteQueryOptions({
    queryKey: ["traces", range, filters],
    queryFn: ({ signal, pageParam }) =>
      call<TraceList>(pathWith("/api/traces", within(range, { ...filters, limit: 100, cursor: pageParam })), {
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
  });

export const storyQuery = (traceId: string) =>
  queryOptions({
    queryKey: ["story", traceId],
    queryFn: ({ signal }) => call<StoryAnswer>(`/api/story/${encodeURIComponent(traceId)}`, { signal }),
  });

/** One span with everything it has, for stories too large to hold that of all. */
export const storySpanQuery = (traceId: string, spanId: string) =>
  queryOptions({
    queryKey: ["storySpan", traceId, spanId],
    queryFn: ({ signal }) =>
      call<StorySpanAnswer>(`/api/story/${encodeURIComponent(traceId)}/spans/${encodeURIComponent(spanId)}`, {
        signal,
      }),
    staleTime: 60_000,
  });

export const storyValuesQuery = (traceId: string, column: string) =>
  queryOptions({
    queryKey: ["storyValues", traceId, column],
    queryFn: ({ signal }) =>
      call<StoryValues>(pathWith(`/api/story/${encodeURIComponent(traceId)}/values`, { column }), { signal }),
    staleTime: 60_000,
  });

export const storyFindQuery = (traceId: string, text: string) =>
  queryOptions({
    queryKey: ["storyFind", traceId, text],
    queryFn: ({ signal }) =>
      call<StoryFound>(pathWith(`/api/story/${encodeURIComponent(traceId)}/find`, { text }), { signal }),
    staleTime: 60_000,
  });

/** How long spans of a service and name took, and where one duration stands among them. */
export const durationsQuery = (asked: {
  service: string;
  name: string;
  durationNs: number;
  start: string;
  end: string;
}) =>
  queryOptions({
    queryKey: ["durations", asked],
    queryFn: ({ signal }) => call<DurationAnswer>(pathWith("/api/durations", asked), { signal }),
    staleTime: 60_000,
  });

export const logGroupsQuery = () =>
  queryOptions({ queryKey: ["logGroups"], queryFn: ({ signal }) => call<LogGroups>("/api/logs/groups", { signal }) });

export const logStreamsQuery = (group: string) =>
  queryOptions({
    queryKey: ["logStreams", group],
    queryFn: ({ signal }) => call<LogStreams>(pathWith("/api/logs/streams", { group }), { signal }),
  });

export interface LogFilters {
  group?: string | undefined;
  stream?: string | undefined;
  service?: string | undefined;
  severity?: string | undefined;
  text?: string | undefined;
}

export const logEventsQuery = (range: TimeRange, filters: LogFilters) =>
  infiniteQueryOptions({
    queryKey: ["logEvents", range, filters],
    queryFn: ({ signal, pageParam }) =>
      call<LogEvents>(pathWith("/api/logs/events", within(range, { ...filters, limit: 200, cursor: pageParam })), {
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
  });

export const logEventQuery = (id: string) =>
  queryOptions({
    queryKey: ["logEvent", id],
    queryFn: ({ signal }) => call<LogEvent>(`/api/logs/events/${encodeURIComponent(id)}`, { signal }),
  });

export interface ItemFilters {
  status?: string | undefined;
  level?: string | undefined;
  service?: string | undefined;
  environment?: string | undefined;
  text?: string | undefined;
  order?: string | undefined;
}

export const itemsQuery = (range: TimeRange, filters: ItemFilters) =>
  infiniteQueryOptions({
    queryKey: ["items", range, filters],
    queryFn: ({ signal, pageParam }) =>
      call<ItemList>(pathWith("/api/errors/items", within(range, { ...filters, limit: 100, cursor: pageParam })), {
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
  });

export const itemQuery = (itemId: string) =>
  queryOptions({
    queryKey: ["item", itemId],
    queryFn: ({ signal }) => call<ItemDetail>(`/api/errors/items/${encodeURIComponent(itemId)}`, { signal }),
  });

export const occurrenceQuery = (occurrenceId: string) =>
  queryOptions({
    queryKey: ["occurrence", occurrenceId],
    queryFn: ({ signal }) =>
      call<OccurrenceDetail>(`/api/errors/occurrences/${encodeURIComponent(occurrenceId)}`, { signal }),
  });

export const setItemStatus = (itemId: string, status: ItemSummary["status"]) =>
  call<ItemSummary>(`/api/errors/items/${encodeURIComponent(itemId)}`, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ status }),
  });

export const search = (q: string, signal?: AbortSignal) =>
  call<SearchResult>(pathWith("/api/search", { q }), signal ? { signal } : {});

export const searchQuery = (q: string) =>
  queryOptions({
    queryKey: ["search", q],
    queryFn: ({ signal }) => search(q, signal),
    enabled: q.trim().length > 0,
    staleTime: 10_000,
  });
