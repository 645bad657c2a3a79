import { useQuery } from "@tanstack/react-query";
import { IconChartHistogram, IconPlugConnected } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { columnsQuery, historyQuery } from "../../api/exploreQueries";
import { Ago } from "../../parts/Marks";
import { Empty } from "../../parts/States";
import { ALL, describe, EMPTY, fromSpec, type Question } from "../../query/question";

interface Example {
  title: string;
  why: string;
  /** Columns that must exist for a useful result. */
  needs: string[];
  question: Partial<Question>;
}

const EXAMPLES: Example[] = [
  {
    title: "How long do requests take?",
    why: "A heatmap of all root spans. Draw a box around the slow ones to see what they have in common.",
    needs: ["duration_ms"],
    question: {
      calculations: [{ op: "HEATMAP", column: "duration_ms" }, { op: "COUNT" }],
      filters: [{ column: "is_root", op: "=", value: true }],
      signals: ["spans"],
    },
  },
  {
    title: "Which routes are slow?",
    why: "Latency by route.",
    needs: ["http.route"],
    question: {
      calculations: [{ op: "P95", column: "duration_ms" }, { op: "COUNT" }],
      filters: [{ column: "http.route", op: "exists" }],
      breakdowns: ["http.route"],
      orders: [{ op: "P95", column: "duration_ms", order: "descending" }],
    },
  },
  {
    title: "What fails, and where?",
    why: "Everything marked as an error, in all signals, by service and name.",
    needs: ["error"],
    question: {
      calculations: [{ op: "COUNT" }],
      filters: [{ column: "error", op: "=", value: true }],
      breakdowns: ["service.name", "name"],
    },
  },
  {
    title: "Which services are busy?",
    why: "Spans by service, with median and maximum duration.",
    needs: ["service.name"],
    question: {
      calculations: [{ op: "COUNT" }, { op: "P50", column: "duration_ms" }, { op: "MAX", column: "duration_ms" }],
      breakdowns: ["service.name"],
      signals: ["spans"],
    },
  },
  {
    title: "How severe are the log lines?",
    why: "Log lines by severity; open the raw rows to read them.",
    needs: ["severity"],
    question: { calculations: [{ op: "COUNT" }], breakdowns: ["severity"], signals: ["logs"] },
  },
  {
    title: "Which status codes are returned?",
    why: "Responses by status code.",
    needs: ["http.status_code"],
    question: {
      calculations: [{ op: "COUNT" }],
      filters: [{ column: "http.status_code", op: "exists" }],
      breakdowns: ["http.status_code"],
    },
  },
];

/** Shown on a page without a query: example queries for this data, and recent queries. */
export function Examples({ ask }: { ask: (question: Question) => void }) {
  const columns = useQuery(columnsQuery(ALL));
  const history = useQuery(historyQuery()).data?.items ?? [];
  const known = new Set(columns.data?.columns.map((one) => one.name));
  if (columns.isSuccess && known.size === 0)
    return (
      <section className="panel">
        <Empty icon={<IconPlugConnected size={28} stroke={1.5} />} title="There is no data to query yet">
          <p>Send the first span, log line or error; its attributes become columns here automatically.</p>
          <Link className="link" to="/setup">
            Set up a client
          </Link>
        </Empty>
      </section>
    );
  // With more columns than are listed, a column may exist although it is not in the list.
  const isWhole = columns.isSuccess && columns.data.total <= columns.data.columns.length;
  const fitting = EXAMPLES.filter((one) => !isWhole || one.needs.every((name) => known.has(name)));
  return (
    <div className="examples">
      <section className="panel">
        <header>
          <h2>Example queries</h2>
          <span className="aside">or write your own query above and press Ctrl + Enter</span>
        </header>
        <div className="example-grid">
          {fitting.map((one) => (
            <button key={one.title} className="plain example" onClick={() => ask({ ...EMPTY, ...one.question })}>
              <IconChartHistogram size={18} stroke={1.6} />
              <div>
                <b>{one.title}</b>
                <p>{one.why}</p>
                <span className="mono faint">{describe({ ...EMPTY, ...one.question })}</span>
              </div>
            </button>
          ))}
        </div>
      </section>
      {history.length > 0 && (
        <section className="panel">
          <header>
            <h2>Recent queries</h2>
          </header>
          {history.slice(0, 6).map((one) => {
            const question = fromSpec(one.query, one.dataset);
            return (
              <button key={one.id} className="plain past" onClick={() => ask(question)}>
                <span className="mono cut grow">{describe(question)}</span>
                <span className="faint">
                  <Ago iso={one.at} />
                </span>
              </button>
            );
          })}
        </section>
      )}
    </div>
  );
}
