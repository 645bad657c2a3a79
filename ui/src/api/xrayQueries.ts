import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { resolveRange, type TimeRange } from "../values/timeRange";
import { call, pathWith, type Params } from "./client";
import type {
  XRayAnalytics,
  XRayCheck,
  XRayCompletion,
  XRayDocuments,
  XRayGroup,
  XRayGroupForm,
  XRayGroups,
  XRayInsightDetail,
  XRayInsights,
  XRayMap,
  XRayRule,
  XRayRuleForm,
  XRayRules,
  XRaySampling,
  XRayTimeSeries,
  XRayTraces,
} from "./types.generated";

const within = (range: TimeRange, params: Params): Params => ({ ...resolveRange(range, Date.now()), ...params });

/** Which traces: an expression, and a group whose expression must hold as well. */
export interface Scope {
  filter?: string | undefined;
  group?: string | undefined;
}

export const xrayTracesQuery = (range: TimeRange, scope: Scope, order: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ["xray", "traces", range, scope, order],
    queryFn: ({ signal, pageParam }) =>
      call<XRayTraces>(
        pathWith("/api/xray/traces", within(range, { ...scope, order, limit: 100, cursor: pageParam })),
        {
          signal,
        },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    placeholderData: keepPreviousData,
  });

/** Counts and histogram of a scope alone, for a page that shows them over more than its list. */
export const xraySummaryQuery = (range: TimeRange, scope: Scope) =>
  queryOptions({
    queryKey: ["xray", "summary", range, scope],
    queryFn: async ({ signal }) =>
      (await call<XRayTraces>(pathWith("/api/xray/traces", within(range, { ...scope, limit: 1 })), { signal })).summary,
    placeholderData: keepPreviousData,
  });

/** Nodes of one page of the map: more can't be drawn. */
export const MAP_NODES = 500;

export const xrayMapQuery = (range: TimeRange, scope: Scope, q?: string, offset = 0) =>
  queryOptions({
    queryKey: ["xray", "map", range, scope, q, offset],
    queryFn: ({ signal }) =>
      call<XRayMap>(
        pathWith("/api/xray/map", within(range, { ...scope, q, offset: offset || undefined, limit: MAP_NODES })),
        { signal },
      ),
    placeholderData: keepPreviousData,
  });

export const xrayTimeSeriesQuery = (
  range: TimeRange,
  scope: Scope,
  node: { name?: string | undefined; type?: string | undefined },
) =>
  queryOptions({
    queryKey: ["xray", "timeseries", range, scope, node],
    queryFn: ({ signal }) =>
      call<XRayTimeSeries>(pathWith("/api/xray/timeseries", within(range, { ...scope, ...node })), { signal }),
    placeholderData: keepPreviousData,
  });

export const xrayAnalyticsQuery = (
  range: TimeRange,
  scope: Scope,
  stretch: { from?: number | undefined; to?: number | undefined },
) =>
  queryOptions({
    queryKey: ["xray", "analytics", range, scope, stretch],
    queryFn: ({ signal }) =>
      call<XRayAnalytics>(pathWith("/api/xray/analytics", within(range, { ...scope, ...stretch })), { signal }),
    placeholderData: keepPreviousData,
  });

export const xrayInsightsQuery = (range: TimeRange, group: string | undefined) =>
  queryOptions({
    queryKey: ["xray", "insights", range, group],
    queryFn: ({ signal }) => call<XRayInsights>(pathWith("/api/xray/insights", within(range, { group })), { signal }),
  });

export const xrayInsightQuery = (id: string) =>
  queryOptions({
    queryKey: ["xray", "insight", id],
    queryFn: ({ signal }) => call<XRayInsightDetail>(`/api/xray/insights/${encodeURIComponent(id)}`, { signal }),
    enabled: id !== "",
  });

export const xrayDocumentsQuery = (traceId: string) =>
  queryOptions({
    queryKey: ["xray", "documents", traceId],
    queryFn: ({ signal }) =>
      call<XRayDocuments>(`/api/xray/traces/${encodeURIComponent(traceId)}/documents`, { signal }),
    staleTime: 10_000,
  });

export const filterCheckQuery = (filter: string) =>
  queryOptions({
    queryKey: ["xray", "check", filter],
    queryFn: ({ signal }) => call<XRayCheck>(pathWith("/api/xray/filter/check", { filter }), { signal }),
    staleTime: Infinity,
    gcTime: 60_000,
  });

export const filterCompletionQuery = (range: TimeRange, filter: string, position: number) =>
  queryOptions({
    queryKey: ["xray", "complete", range, filter, position],
    queryFn: ({ signal }) =>
      call<XRayCompletion>(pathWith("/api/xray/filter/complete", within(range, { filter, position })), { signal }),
    staleTime: 30_000,
    gcTime: 60_000,
    retry: false,
  });

export const xrayGroupsQuery = () =>
  queryOptions({
    queryKey: ["xray", "groups"],
    queryFn: ({ signal }) => call<XRayGroups>("/api/xray/groups", { signal }),
    staleTime: 10_000,
  });
export const xrayRulesQuery = () =>
  queryOptions({
    queryKey: ["xray", "rules"],
    queryFn: ({ signal }) => call<XRayRules>("/api/xray/rules", { signal }),
    staleTime: 5_000,
  });
export const xraySamplingQuery = () =>
  queryOptions({
    queryKey: ["xray", "sampling"],
    queryFn: ({ signal }) => call<XRaySampling>("/api/xray/sampling", { signal }),
  });

const send = <T>(method: "POST" | "PUT", path: string, body: unknown) =>
  call<T>(path, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

export const createGroup = (form: XRayGroupForm) => send<XRayGroup>("POST", "/api/xray/groups", form);
export const updateGroup = (name: string, form: XRayGroupForm) =>
  send<XRayGroup>("PUT", `/api/xray/groups/${encodeURIComponent(name)}`, form);
export const deleteGroup = (name: string) =>
  call<undefined>(`/api/xray/groups/${encodeURIComponent(name)}`, { method: "DELETE" });

export const createRule = (form: XRayRuleForm) => send<XRayRule>("POST", "/api/xray/rules", form);
export const updateRule = (name: string, form: XRayRuleForm) =>
  send<XRayRule>("PUT", `/api/xray/rules/${encodeURIComponent(name)}`, form);
export const deleteRule = (name: string) =>
  call<undefined>(`/api/xray/rules/${encodeURIComponent(name)}`, { method: "DELETE" });
