import { IconChartHistogram } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useRef } from "react";
import { ApiError } from "../../api/client";
import { xrayAnalyticsQuery } from "../../api/xrayQueries";
import { useKeys } from "../../parts/keys";
import { useRange } from "../../parts/range";
import { Failed, Notice, RowsSkeleton } from "../../parts/States";
import { formatCount, formatPercent } from "../../values/format";
import { stretchText, wholeFilter, withCondition } from "../../xray/conditions";
import { rankTables } from "../../xray/compare";
import { CompareTable } from "./CompareTable";
import { NoTraces } from "./NoTraces";
import { ResponseHistogram } from "./ResponseHistogram";
import { ScopeBar, XRayTabs } from "./XRayFrame";

const route = getRouteApi("/xray/analytics");

export default function XRayAnalyticsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { range } = useRange();
  const first = useRef<HTMLTextAreaElement>(null);
  const { filter, group, from, to } = search;
  const compared = from !== undefined || to !== undefined;
  // No refresh by itself: rows that change places under the pointer can't be compared.
  const query = useQuery(xrayAnalyticsQuery(range, { filter, group }, { from, to }));
  const result = query.data;
  const change = (next: Partial<typeof search>) => void navigate({ search: (before) => ({ ...before, ...next }) });
  useKeys({ f: () => first.current?.focus(), Escape: () => compared && change({ from: undefined, to: undefined }) });

  const refused = query.error instanceof ApiError && query.error.problem.position !== undefined;
  const total = result ? result.selected + result.rest : 0;
  const short = (seconds: number | undefined) => (seconds === undefined ? undefined : Number(seconds.toPrecision(3)));
  return (
    <div className="page x-page">
      <section className="panel x-head">
        <div className="x-line">
          <XRayTabs scope={{ filter, group }} />
          <div className="grow" />
          <Link className="link" to="/xray" search={{ filter, group, from, to }}>
            {compared ? "The selected traces" : "These traces"}
          </Link>
        </div>
        <ScopeBar scope={{ filter, group }} change={change} first={first} />
      </section>
      {result?.notice && <Notice>{result.notice}</Notice>}
      {query.isPending ? (
        <section className="panel">
          <RowsSkeleton rows={12} />
        </section>
      ) : query.isError && (!result || refused) ? (
        <section className="panel">
          <Failed
            error={query.error}
            retry={() => void query.refetch()}
            {...(refused && { title: "The filter expression is not valid" })}
          />
        </section>
      ) : !result || total === 0 ? (
        <section className="panel">
          <NoTraces
            filter={filter}
            group={group}
            narrowed={false}
            widen={() => change({ from: undefined, to: undefined })}
            use={(next) => change({ filter: next })}
            leaveGroup={() => change({ group: undefined })}
          />
        </section>
      ) : (
        <>
          <section className="panel">
            <header>
              <h2>Response time of {formatCount(total)} traces</h2>
              {compared ? (
                <div className="compare-key">
                  <span>
                    <i className="in" /> {stretchText(from, to)}: {formatCount(result.selected)},{" "}
                    {formatPercent(result.selected / total)}
                  </span>
                  <span>
                    <i className="out" /> the rest: {formatCount(result.rest)}
                  </span>
                </div>
              ) : (
                <span className="aside">drag over the slow traces to see what they have in common</span>
              )}
              {compared && (
                <span className="aside row">
                  <button
                    className="link"
                    onClick={() =>
                      change({ filter: wholeFilter(filter, { from, to }), from: undefined, to: undefined })
                    }
                  >
                    Only the selected traces
                  </button>
                  <button className="link" onClick={() => change({ from: undefined, to: undefined })}>
                    Clear
                  </button>
                </span>
              )}
            </header>
            <div style={{ padding: "8px 14px" }}>
              <ResponseHistogram
                histogram={result.histogram}
                selected={{ from, to }}
                select={(least, most) => change({ from: short(least), to: short(most) })}
                height={150}
                compared
              />
            </div>
          </section>
          {compared && result.selected === 0 && (
            <section className="panel state">
              <IconChartHistogram size={26} stroke={1.5} />
              <p>The selected range contains no trace. Drag over bars.</p>
            </section>
          )}
          <div className={`compare-grid ${query.isPlaceholderData ? "fading" : ""}`}>
            {rankTables(result, compared).map((table) => (
              <CompareTable
                key={`${table.by}${table.key ?? ""}`}
                table={table}
                selected={result.selected}
                rest={result.rest}
                compared={compared}
                add={(condition) => change({ filter: withCondition(filter, condition) })}
              />
            ))}
          </div>
        </>
      )}
    </div>
  );
}
