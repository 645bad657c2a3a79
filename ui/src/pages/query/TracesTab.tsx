import { CloseButton } from "@mantine/core";
import { IconTimeline } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { QueryBody, Values } from "../../api/written";
import { tracesOfQuery } from "../../api/exploreQueries";
import { At, Service } from "../../parts/Marks";
import { Empty, Failed, RowsSkeleton } from "../../parts/States";
import { groupName } from "../../query/format";
import { formatCount, formatMs } from "../../values/format";

/** The slowest traces with a row that fits. */
export function TracesTab({ body, group, clear }: { body: QueryBody; group: Values | null; clear: () => void }) {
  const query = useQuery(tracesOfQuery(body, group ? { group } : undefined));
  const traces = query.data?.traces ?? [];
  const most = traces.reduce((so, one) => Math.max(so, one.matchDurationMs), 0);
  return (
    <section className="panel">
      <header>
        <span className="dim">The slowest traces with a matching row. A trace opens at that row.</span>
        {group && (
          <span className="badge accent aside">
            of {groupName(group)}
            <CloseButton size={16} aria-label="Traces of all groups" onClick={clear} />
          </span>
        )}
      </header>
      {query.isPending ? (
        <RowsSkeleton rows={6} />
      ) : query.isError ? (
        <Failed error={query.error} retry={() => void query.refetch()} />
      ) : traces.length === 0 ? (
        <Empty icon={<IconTimeline size={28} stroke={1.5} />} title="No traces">
          <p>None of the matching rows belongs to a trace.</p>
        </Empty>
      ) : (
        <table className="grid">
          <thead>
            <tr>
              <th>Start</th>
              <th>Request</th>
              <th>Service</th>
              <th>Matching row</th>
              <th className="num">Whole trace</th>
              <th className="num">Spans</th>
              <th className="num">Failed</th>
            </tr>
          </thead>
          <tbody>
            {traces.map((one) => {
              const length = one.matchDurationMs;
              return (
                <tr key={one.traceId} className="open">
                  <td>{one.start && <At iso={one.start} />}</td>
                  <td>
                    <Link
                      className="link"
                      to="/story/$traceId"
                      params={{ traceId: one.traceId }}
                      search={one.spanId ? { span: one.spanId } : {}}
                    >
                      {one.rootName ?? "root span not received"}
                    </Link>
                  </td>
                  <td>{one.rootService && <Service name={one.rootService} />}</td>
                  <td style={{ width: 220 }}>
                    <span className="duration">
                      <span className="num">{formatMs(length)}</span>
                      <span className="track">
                        <div style={{ width: `${most > 0 ? Math.max(1, (length / most) * 100) : 0}%` }} />
                      </span>
                    </span>
                  </td>
                  <td className="num">{formatMs(one.durationMs)}</td>
                  <td className="num">{formatCount(one.spans)}</td>
                  <td className={`num ${one.errors > 0 ? "bad" : "faint"}`}>{formatCount(one.errors)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </section>
  );
}
