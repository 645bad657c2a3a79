import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { QueryResult, QuerySpec } from "../api/written";
import { run } from "../api/exploreQueries";
import type { TimeRange } from "../values/timeRange";
import { within } from "./question";

/** The result of a specification over a range, renewed at most every `every` ms and never more than a twentieth of the time. */
export function useRun(spec: QuerySpec | undefined, dataset: string, range: TimeRange, every: number | false) {
  return useQuery({
    queryKey: ["query", dataset, spec ?? null, range],
    queryFn: ({ signal }) =>
      run<QueryResult>("/api/query", { query: within(spec ?? {}, range), dataset }, signal, () => undefined),
    enabled: spec !== undefined,
    staleTime: every === false ? Number.POSITIVE_INFINITY : every,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      every === false || state.status === "error" ? false : Math.max(every, 20 * (state.data?.stats.elapsedMs ?? 0)),
  });
}
