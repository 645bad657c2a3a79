import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { call, pathWith, ApiError } from "./client";
import type {
  CheckedAnswer,
  ColumnsAnswer,
  DatasetsAnswer,
  RefusedAnswer,
  TraceSamples,
  ValuesAnswer,
} from "./types.generated";
import type { EventRows, HistoryItem, Progress, QueryBody, Run, Selection, TracePoint } from "./written";

export function post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  return call<T>(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });
}

/** How long the server may hold an answer back while a query runs. */
const WAIT_MS = 1500;

/**
 * Starts a query and waits for its end, telling how far it got on the way.
 * Aborting cancels it on the server too: nobody reads for nobody.
 */
export async function run<T>(
  path: "/api/query" | "/api/bubbleup",
  body: QueryBody & { selection?: Selection; limit?: number },
  signal: AbortSignal,
  onProgress: (progress: Progress, elapsedMs: number) => void,
): Promise<T> {
  let answer = await post<Run<T>>(path, { ...body, waitMs: 300 }, signal);
  const one = `/api/query/${encodeURIComponent(answer.id)}`;
  const cancel = () => void fetch(one, { method: "DELETE", keepalive: true }).catch(() => undefined);
  signal.addEventListener("abort", cancel);
  try {
    while (answer.state === "running") {
      if (answer.progress) onProgress(answer.progress, answer.elapsedMs);
      answer = await call<Run<T>>(pathWith(one, { waitMs: WAIT_MS }), { signal });
    }
  } finally {
    signal.removeEventListener("abort", cancel);
  }
  if (answer.state === "done" && answer.result) return answer.result;
  throw new ApiError(
    answer.problem ?? {
      type: "about:blank",
      title: answer.state === "cancelled" ? "Cancelled" : "The query failed",
      status: 400,
      detail: answer.state === "cancelled" ? "The query was cancelled." : "",
    },
    path,
  );
}

/** The first columns whose name has the text, and how many there are. */
export const columnsQuery = (dataset: string, signal?: string, q = "") =>
  queryOptions({
    queryKey: ["columns", dataset, signal, q],
    queryFn: (context) =>
      call<ColumnsAnswer>(pathWith("/api/columns", { dataset, signal, q: q || undefined, limit: 500 }), {
        signal: context.signal,
      }),
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });

export const valuesQuery = (column: string, q: string, dataset: string, signals: readonly string[]) =>
  queryOptions({
    queryKey: ["values", column, q, dataset, signals],
    queryFn: ({ signal }) =>
      call<ValuesAnswer>(pathWith("/api/values", { column, q, dataset, signals: signals.join(","), limit: 30 }), {
        signal,
      }),
    enabled: column !== "",
    staleTime: 30_000,
    placeholderData: keepPreviousData,
  });

export const datasetsQuery = () =>
  queryOptions({
    queryKey: ["datasets"],
    queryFn: ({ signal }) => call<DatasetsAnswer>("/api/datasets", { signal }),
    staleTime: 60_000,
  });

export const historyQuery = () =>
  queryOptions({
    queryKey: ["queryHistory"],
    queryFn: ({ signal }) => call<{ items: HistoryItem[] }>("/api/query/history", { signal }),
    staleTime: 0,
  });

export const rowsQuery = (body: QueryBody) =>
  infiniteQueryOptions({
    queryKey: ["queryRows", body],
    queryFn: ({ signal, pageParam }) =>
      post<EventRows>("/api/query/rows", { ...body, limit: 200, ...(pageParam && { before: pageParam }) }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    staleTime: Number.POSITIVE_INFINITY,
  });

export const tracesOfQuery = (body: QueryBody, at: TracePoint | undefined) =>
  queryOptions({
    queryKey: ["queryTraces", body, at],
    queryFn: ({ signal }) => post<TraceSamples>("/api/query/traces", { ...body, ...(at && { at }), limit: 20 }, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const checkQuery = (expression: string) =>
  queryOptions({
    queryKey: ["expression", expression],
    queryFn: ({ signal }) => post<CheckedAnswer | RefusedAnswer>("/api/calculated/check", { expression }, signal),
    enabled: expression.trim() !== "",
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
