import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { rangeFromParams, rangeToParams, type TimeRange } from "../values/timeRange";

export const REFRESH_MS = 5_000;

/** The time range and the live toggle of the URL, for all pages. */
export function useRange() {
  const search = useSearch({ from: "__root__" });
  const navigate = useNavigate();
  const range = useMemo(
    () => rangeFromParams({ range: search.range, start: search.start, end: search.end }),
    [search.range, search.start, search.end],
  );
  const live = range.kind === "last" && search.live !== "off";
  const setRange = useCallback(
    (next: TimeRange) => void navigate({ to: ".", search: (before) => ({ ...before, ...rangeToParams(next) }) }),
    [navigate],
  );
  const setLive = useCallback(
    (on: boolean) =>
      void navigate({ to: ".", search: (before) => ({ ...before, live: on ? undefined : "off" }), replace: true }),
    [navigate],
  );
  return { range, live, refetchInterval: live ? REFRESH_MS : (false as const), setRange, setLive };
}
