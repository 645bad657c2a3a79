import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { ApiError } from "../../api/client";
import type { Filter, Progress, QueryResult, Selection, Values } from "../../api/written";
import { run } from "../../api/exploreQueries";
import { keptAnywhereQuery, markersQuery } from "../../api/manageQueries";
import { useKeys } from "../../parts/keys";
import { useRange } from "../../parts/range";
import { Empty, Failed, Notice, RowsSkeleton } from "../../parts/States";
import { withoutGroup } from "../../query/exclude";
import {
  ALL,
  bodyOf,
  fromSpec,
  isEmpty,
  rangeOfSpec,
  toSearch,
  toSpec,
  within,
  type Question,
} from "../../query/question";
import { rangeToParams } from "../../values/timeRange";
import { BubbleUpTab } from "./BubbleUpTab";
import { Builder } from "./Builder";
import { Examples } from "./Examples";
import { HistoryPanel } from "./HistoryPanel";
import { ResultBar } from "./ResultBar";
import { Results } from "./Results";
import { RowsTab } from "./RowsTab";
import { RunBar } from "./RunBar";
import { SaveDialog } from "./SaveDialog";
import type { Mark } from "./SeriesPlot";
import { TracesTab } from "./TracesTab";
import { useQuestion, type View } from "./useQuestion";
import "../../styles/query.css";
import "../../styles/lists.css";

const route = getRouteApi("/query");

/** A link to a kept query becomes the query itself, so that it can be changed and passed on. */
export default function QueryPage() {
  const { kept } = route.useSearch();
  return kept ? <KeptQuery key={kept} id={kept} /> : <AskedQuery />;
}

function KeptQuery({ id }: { id: string }) {
  const navigate = route.useNavigate();
  const query = useQuery(keptAnywhereQuery(id));
  const { data } = query;
  useEffect(() => {
    if (!data) return;
    const range = rangeOfSpec(data.query);
    const question = fromSpec(data.query, data.dataset);
    void navigate({
      replace: true,
      search: (old) => ({
        range: old.range,
        start: old.start,
        end: old.end,
        live: old.live,
        ...toSearch(question),
        ...(range && rangeToParams(range)),
        view: isEmpty(question) ? "results" : undefined,
      }),
    });
  }, [data, navigate]);
  const gone = query.error instanceof ApiError && query.error.problem.status === 404;
  return (
    <div className="page query-page">
      <section className="panel">
        {gone ? (
          <Empty icon={<IconAlertTriangle size={28} stroke={1.5} />} title="This query does not exist">
            <p>
              No query has the id <span className="mono">{id}</span>. It may have been deleted, or it is stored in
              another Weir.
            </p>
            <Button variant="default" renderRoot={(props) => <Link to="/query" {...props} />}>
              New query
            </Button>
          </Empty>
        ) : query.isError ? (
          <Failed error={query.error} retry={() => void query.refetch()} />
        ) : (
          <RowsSkeleton rows={5} />
        )}
      </section>
    </div>
  );
}

function AskedQuery() {
  const { question, lost, draft, change, settle, go, show, selection, asked, view, flags, changed, search, navigate } =
    useQuestion();
  const { range, refetchInterval } = useRange();
  const queries = useQueryClient();
  const first = useRef<HTMLInputElement>(null);
  const [progress, setProgress] = useState<(Progress & { elapsedMs: number }) | null>(null);
  const [tracesOf, setTracesOf] = useState<Values | null>(null);
  const [panel, setPanel] = useState<"history" | "save" | null>(null);

  const spec = useMemo(() => toSpec(question), [question]);
  const key = useMemo(() => ["query", question.dataset, spec, range], [question.dataset, spec, range]);
  const query = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      setProgress(null);
      const body = { query: within(spec, range), dataset: question.dataset };
      try {
        return await run<QueryResult>("/api/query", body, signal, (at, elapsedMs) => setProgress({ ...at, elapsedMs }));
      } finally {
        setProgress(null);
      }
    },
    enabled: asked,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
    // A live query must not be most of what the machine does; and nothing moves under a reader of rows or a selection.
    refetchInterval: ({ state }) =>
      refetchInterval === false || view !== "results" || selection !== null || state.status === "error"
        ? false
        : Math.max(2 * refetchInterval, 20 * (state.data?.stats.elapsedMs ?? 0)),
  });
  const markers = useQuery({ ...markersQuery(ALL), enabled: asked && flags.marks, retry: false });
  const marks = useMemo(
    () =>
      (flags.marks ? (markers.data ?? []) : []).map((one): Mark => ({
        at: one.start_time,
        end: one.end_time ?? undefined,
        label: [one.type, one.message].filter(Boolean).join(": ") || "marker",
        colour: one.color ?? "#f2b04c",
      })),
    [markers.data, flags.marks],
  );
  const result = query.data;
  const body = useMemo(() => (result ? bodyOf(result, question.dataset) : null), [result, question.dataset]);

  const start = () => {
    const next = settle();
    const same = JSON.stringify(next) === JSON.stringify(question) && asked;
    if (same) void query.refetch();
    else go(next, view === "bubbleup" ? undefined : view);
  };
  const cancel = () => void queries.cancelQueries({ queryKey: key, exact: true });
  const ask = (next: Partial<Question>, nextView?: View) => go({ ...question, ...next }, nextView);
  const addFilter = (...filters: Filter[]) => ask({ filters: [...question.filters, ...filters], any: false });
  const pinned = () =>
    result
      ? rangeToParams({
          kind: "between",
          start: new Date(result.start * 1000).toISOString(),
          end: new Date(result.end * 1000).toISOString(),
        })
      : {};
  // A selection names instants: the range stops sliding with it, and slides again when it is cleared.
  const select = (next: Selection) =>
    void navigate({
      search: (old) => ({
        ...old,
        ...pinned(),
        was: old.was ?? old.range ?? "1h",
        sel: JSON.stringify(next),
        view: "bubbleup",
      }),
    });
  const clear = () =>
    void navigate({
      search: (old) => ({
        ...old,
        ...(old.was && { start: undefined, end: undefined, range: old.was === "1h" ? undefined : old.was }),
        was: undefined,
        sel: undefined,
        view: old.view === "bubbleup" ? undefined : old.view,
      }),
    });
  const groupFilters = (group: number): Filter[] =>
    Object.entries(result?.groups[group]?.key ?? {}).map(([column, value]) =>
      value === null ? { column, op: "does-not-exist" } : { column, op: "=", value },
    );
  const actions = {
    only: (group: number) => addFilter(...groupFilters(group)),
    exclude: (group: number) => ask(withoutGroup(question, result?.groups[group]?.key ?? {})),
    bubbleUp: (group: number) => {
      const found = result?.groups[group];
      if (found) select({ group: found.key });
    },
    traces: (group: number) => {
      setTracesOf(result?.groups[group]?.key ?? null);
      show({ view: "traces" });
    },
  };

  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || panel !== null) return;
    event.preventDefault();
    start();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => press(event);
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
  useKeys({ f: () => first.current?.focus(), h: () => setPanel("history") });

  const running = asked && query.fetchStatus === "fetching";
  const stopped = asked && query.isPending && query.fetchStatus === "idle";
  return (
    <div className="page query-page">
      <section className="panel builder" aria-label="Query">
        <RunBar
          draft={draft}
          change={change}
          changed={changed || !asked}
          running={running}
          progress={progress}
          stats={result && !query.isPlaceholderData ? result.stats : null}
          start={start}
          cancel={cancel}
          showHistory={() => setPanel("history")}
          save={() => setPanel("save")}
        />
        <Builder draft={draft} change={change} firstInput={first} />
      </section>
      {lost.length > 0 && (
        <Notice>
          Parts of this link are not valid and were ignored: <span className="mono">{lost.join("   ")}</span>
        </Notice>
      )}
      {!asked ? (
        <Examples ask={(next) => go({ ...next, dataset: draft.dataset })} />
      ) : query.isError && !running ? (
        <section className="panel">
          <Failed error={query.error} retry={() => void query.refetch()} title="The query failed" />
        </section>
      ) : stopped ? (
        <section className="panel state">
          <IconAlertTriangle size={26} stroke={1.5} />
          <h2>Cancelled</h2>
          <p>The query was cancelled.</p>
          <Button variant="default" onClick={start}>
            Run again
          </Button>
        </section>
      ) : result && body ? (
        <>
          <ResultBar
            view={view}
            show={(next) => show({ view: next === "results" && !isEmpty(question) ? undefined : next })}
            flags={flags}
            setFlags={(next) => show({ chart: next }, true)}
            result={result}
            question={question}
            selected={selection !== null}
            clear={clear}
            pinned={pinned()}
            stale={changed}
          />
          <div className={running && query.isPlaceholderData ? "fading" : ""}>
            {view === "traces" ? (
              <TracesTab body={body} group={tracesOf} clear={() => setTracesOf(null)} />
            ) : view === "rows" ? (
              <RowsTab
                body={body}
                question={question}
                columns={search.cols?.split(",")}
                setColumns={(columns) => show({ cols: columns?.join(",") }, true)}
              />
            ) : (
              <>
                <Results
                  result={result}
                  dataset={question.dataset}
                  flags={flags}
                  marks={marks}
                  selection={selection}
                  select={select}
                  zoom={(from, to) =>
                    void navigate({
                      search: (old) => ({
                        ...old,
                        range: undefined,
                        start: new Date(from * 1000).toISOString(),
                        end: new Date(Math.max(to, from + 1) * 1000).toISOString(),
                      }),
                    })
                  }
                  actions={actions}
                  explained={
                    view === "bubbleup" &&
                    selection && (
                      <BubbleUpTab
                        body={body}
                        selection={selection}
                        actions={{
                          filter: (filter) => addFilter(filter),
                          groupBy: (column) =>
                            ask({ breakdowns: [...question.breakdowns.filter((one) => one !== column), column] }),
                          clear,
                        }}
                      />
                    )
                  }
                />
              </>
            )}
          </div>
        </>
      ) : (
        <section className="panel waiting" role="status" aria-label="Loading">
          <div className="skeleton" style={{ height: 220 }} />
          <div className="skeleton" style={{ height: 14, width: "40%" }} />
          <div className="skeleton" style={{ height: 14, width: "60%" }} />
        </section>
      )}
      <HistoryPanel
        opened={panel === "history"}
        close={() => setPanel(null)}
        open={(next, nextRange) => {
          setPanel(null);
          void navigate({ search: (old) => ({ ...old, ...(nextRange && rangeToParams(nextRange)) }) }).then(() =>
            go(next),
          );
        }}
      />
      {panel === "save" && <SaveDialog question={draft} range={range} flags={flags} close={() => setPanel(null)} />}
    </div>
  );
}
