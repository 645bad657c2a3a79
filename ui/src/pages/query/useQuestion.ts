import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo, useRef, useState } from "react";
import type { Selection } from "../../api/written";
import { fromSearch, isEmpty, toSearch, type Question } from "../../query/question";
import type { ChartFlags } from "./SeriesPlot";

const route = getRouteApi("/query");
export type View = "results" | "bubbleup" | "traces" | "rows";

/** The query that ran is the URL's; what is being edited is the draft, until it runs and becomes the URL. */
export function useQuestion() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { calc, where, match, by, order, having, limit, every, compare, in: dataset, signals, field, formula } = search;
  const key = JSON.stringify([
    calc,
    where,
    match,
    by,
    order,
    having,
    limit,
    every,
    compare,
    dataset,
    signals,
    field,
    formula,
  ]);
  // The key stands for all of them: lists from the router are new on every navigation.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  const { question, lost } = useMemo(() => fromSearch(search), [key]);
  const [draft, setDraft] = useState(question);
  const [before, setBefore] = useState(key);
  const latest = useRef(draft);
  if (before !== key) {
    setBefore(key);
    setDraft(question);
  }
  // Ctrl+Enter commits what is typed and runs in one stroke: the run must see the newest draft, not the rendered one.
  const edited = useRef(false);
  const change = useCallback(
    (next: Partial<Question>) => {
      const base = edited.current ? latest.current : draft;
      latest.current = { ...base, ...next };
      edited.current = true;
      setDraft(latest.current);
    },
    [draft],
  );
  const settle = useCallback(() => {
    const now = edited.current ? latest.current : draft;
    edited.current = false;
    return now;
  }, [draft]);

  const go = useCallback(
    (next: Question, view?: View) =>
      void navigate({
        search: (old) => ({
          range: old.range,
          start: old.start,
          end: old.end,
          live: old.live,
          chart: old.chart,
          ...toSearch(next),
          // A query of nothing is asked on purpose: its rows.
          view: isEmpty(next) ? "rows" : view === "results" ? undefined : view,
        }),
      }),
    [navigate],
  );
  const show = useCallback(
    (next: Partial<Record<"view" | "chart" | "cols" | "sel" | "was", string | undefined>>, replace = false) =>
      void navigate({ search: (old) => ({ ...old, ...next }), replace }),
    [navigate],
  );

  const selection = useMemo(() => readSelection(search.sel), [search.sel]);
  const asked = !isEmpty(question) || search.view !== undefined;
  const view: View =
    search.view === "bubbleup" || search.view === "traces" || search.view === "rows" || search.view === "results"
      ? search.view
      : "results";
  const flags = useMemo((): ChartFlags & { marks: boolean } => {
    const on = new Set((search.chart ?? "").split(","));
    return { log: on.has("log"), stacked: on.has("stacked"), omit: on.has("omit"), marks: !on.has("nomarks") };
  }, [search.chart]);
  const changed = JSON.stringify(toSearch(draft)) !== JSON.stringify(toSearch(question));
  return { question, lost, draft, change, settle, go, show, selection, asked, view, flags, changed, search, navigate };
}

function readSelection(text: string | undefined): Selection | null {
  if (!text) return null;
  try {
    const found = JSON.parse(text) as Partial<Record<string, unknown>>;
    if (typeof found.group === "object" && found.group !== null)
      return { group: found.group as Record<string, string> };
    const { start, end, column, min, max } = found;
    const numbers = [start, end, min, max].every((one) => typeof one === "number");
    return numbers && typeof column === "string" ? (found as unknown as Selection) : null;
  } catch {
    return null;
  }
}
