import type { EventRows, HistoryItem, QueryBody, Run, Selection, TracePoint, TraceSample } from "../api/explore.ts";
import type { MockRequest } from "../requests.ts";
import { buildStory } from "../stories.ts";
import { bubbleUp } from "./bubbleup.ts";
import { evaluate, select } from "./evaluate.ts";
import { compile, ExpressionError } from "./expression.ts";
import { Manager } from "./manage.ts";
import { ExploreRefusal } from "./refusal.ts";
import { columnsOf, rowsOf, type Row } from "./rows.ts";

/** Everything the mock answers about queries; one for each running mock. */
export class Explorer {
  #rows: Row[] | undefined;
  readonly #requests: readonly MockRequest[];
  readonly #running = new Map<
    string,
    { body: unknown; work: () => unknown; began: number; takesMs: number; cancelled: boolean }
  >();
  readonly #history: HistoryItem[] = [];
  #next = 1;
  /** How long a query pretends to run. */
  slowMs = 0;
  /** Ids of queries that were cancelled over HTTP. */
  readonly cancelled: string[] = [];

  readonly #manager: Manager;

  constructor(requests: readonly MockRequest[]) {
    this.#requests = requests;
    this.#manager = new Manager(() => this.rows, requests.length === 0);
  }

  get rows(): Row[] {
    return (this.#rows ??= rowsOf(this.#requests));
  }

  answer(method: string, path: string[], query: URLSearchParams, text: string): unknown {
    const [area, second] = path;
    const managed = this.#manager.answer(method, path, query, text);
    if (managed !== undefined) return managed;
    const json = (): unknown => JSON.parse(text);
    if (area === "columns") return this.#columns(query);
    if (area === "values") return this.#values(query);
    if (area === "datasets") return this.#datasets();
    if (area === "calculated") return check((json() as { expression: string }).expression);
    if (area === "bubbleup") {
      const asked = json() as QueryBody & { selection: Selection };
      return this.#start(asked, () => bubbleUp(this.rows, asked.query, asked.dataset, asked.selection));
    }
    if (area !== "query") return undefined;
    if (method === "POST" && second === "rows") return this.#rowsOf(json() as QueryBody);
    if (method === "POST" && second === "traces") return { traces: this.#traces(json() as QueryBody) };
    if (method === "POST") {
      const asked = json() as QueryBody;
      validate(asked);
      return this.#start(asked, () => evaluate(this.rows, asked.query, asked.dataset));
    }
    if (second === "history") return { items: this.#history };
    if (method === "DELETE") {
      const found = this.#running.get(second ?? "");
      if (found) found.cancelled = true;
      this.cancelled.push(second ?? "");
      return null;
    }
    return this.#poll(second ?? "");
  }

  #start(body: QueryBody, work: () => unknown): Run<unknown> {
    const id = `q${this.#next++}`;
    this.#running.set(id, { body, work, began: Date.now(), takesMs: this.slowMs, cancelled: false });
    return this.#poll(id);
  }

  #poll(id: string): Run<unknown> {
    const found = this.#running.get(id);
    if (!found) throw new ExploreRefusal(404, "No such query", `No query ${id} is running or was kept.`);
    const elapsedMs = Date.now() - found.began;
    const run = { id, elapsedMs, problem: null, result: null };
    const total = this.rows.length;
    if (found.cancelled) return { ...run, state: "cancelled", progress: null };
    if (elapsedMs < found.takesMs)
      return {
        ...run,
        state: "running",
        progress: { rowsRead: Math.round((total * elapsedMs) / found.takesMs), totalRows: total },
      };
    const result = found.work();
    const body = found.body as QueryBody & { selection?: unknown };
    if (!body.selection) {
      const same = this.#history.findIndex((one) => JSON.stringify(one.query) === JSON.stringify(body.query));
      if (same >= 0) this.#history.splice(same, 1);
      this.#history.unshift({
        id,
        query: body.query,
        dataset: body.dataset,
        at: new Date().toISOString(),
        elapsedMs,
        rows: total,
      });
    }
    return { ...run, state: "done", progress: { rowsRead: total, totalRows: total }, result };
  }

  #rowsOf(asked: QueryBody & { limit?: number; before?: string }): EventRows {
    const found = select(this.rows, asked.query, asked.dataset).reverse();
    const from = Number(asked.before ?? 0);
    const limit = asked.limit ?? 200;
    return {
      rows: found.slice(from, from + limit).map((row) => ({
        time: new Date(row.timeMs).toISOString(),
        signal: row.signal,
        traceId: row.traceId,
        spanId: row.spanId,
        data: row.data,
      })),
      next: found.length > from + limit ? String(from + limit) : null,
    };
  }

  #traces(asked: QueryBody & { at?: TracePoint; limit?: number }): TraceSample[] {
    const { at } = asked;
    const found = select(this.rows, asked.query, asked.dataset).filter((row) => {
      if (!row.traceId) return false;
      if (at?.time !== undefined && Math.abs(row.timeMs / 1000 - at.time) > 120) return false;
      if (
        at?.column &&
        at.value !== undefined &&
        (Number(row.data[at.column] ?? 0) < at.value ||
          Number(row.data[at.column] ?? 0) > (at.valueTo ?? at.value * 1.1))
      )
        return false;
      return !at?.group || Object.entries(at.group).every(([key, value]) => (row.data[key] ?? null) === value);
    });
    found.sort((a, b) => Number(b.data.duration_ms ?? 0) - Number(a.data.duration_ms ?? 0));
    const samples = new Map<string, TraceSample>();
    for (const row of found) {
      if (samples.size >= (asked.limit ?? 10)) break;
      if (!row.traceId || samples.has(row.traceId)) continue;
      const request = this.#requests.find((one) => one.traceId === row.traceId || one.otherTraceId === row.traceId);
      if (!request) continue;
      const story = buildStory(request);
      const root = story.spans[0];
      samples.set(row.traceId, {
        traceId: row.traceId,
        spanId: row.spanId,
        rootService: root?.service ?? null,
        rootName: root?.name ?? null,
        start: story.start,
        durationMs: story.durationMs,
        matchDurationMs: typeof row.data.duration_ms === "number" ? row.data.duration_ms : null,
        spans: story.spans.length,
        errors: story.spans.filter((one) => one.status === "error").length,
      });
    }
    return [...samples.values()];
  }

  #columns(query: URLSearchParams) {
    const wanted = query.get("q")?.toLowerCase() ?? "";
    const signal = query.get("signal");
    const columns = columnsOf(this.rows)
      .filter((one) => one.name.toLowerCase().includes(wanted) && (!signal || one.signals.includes(signal)))
      .sort((a, b) => b.usage - a.usage);
    return { columns: columns.slice(0, Number(query.get("limit") ?? 1000)), total: columns.length };
  }

  #values(query: URLSearchParams) {
    const wanted = query.get("q")?.toLowerCase() ?? "";
    const counts = new Map<string | number | boolean, number>();
    for (const row of this.rows) {
      const value = row.data[query.get("column") ?? ""] ?? null;
      if (value !== null && String(value).toLowerCase().includes(wanted))
        counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const values = [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count);
    return { values: values.slice(0, Number(query.get("limit") ?? 30)), sampled: false };
  }

  #datasets() {
    const signals = new Map<string, Set<string>>();
    for (const row of this.rows) {
      const name = String(row.data["service.name"] ?? "unknown_service");
      signals.set(name, (signals.get(name) ?? new Set()).add(row.signal));
    }
    return {
      datasets: [...signals].map(([name, some]) => ({
        name,
        slug: name,
        signals: [...some],
        lastWrittenAt: new Date(Date.now() - 3000).toISOString(),
      })),
    };
  }
}

function check(expression: string) {
  try {
    compile(expression);
    return { ok: true, type: /[<>=]|AND|OR|EXISTS/.test(expression) ? "boolean" : "float" };
  } catch (error) {
    if (error instanceof ExpressionError) return { ok: false, message: error.message, position: error.position };
    throw error;
  }
}

function validate({ query }: QueryBody): void {
  for (const one of [...(query.calculated_fields ?? []), ...(query.formulas ?? [])]) {
    const found = check(one.expression);
    if (!found.ok) throw new ExploreRefusal(422, "The query is not valid", `${one.name}: ${found.message ?? ""}`);
  }
  for (const one of query.calculations ?? [])
    if (!one.column && one.op !== "COUNT" && one.op !== "CONCURRENCY")
      throw new ExploreRefusal(422, "The query is not valid", `calculations: ${one.op} needs a column.`);
  for (const one of query.havings ?? [])
    if (!query.calculations?.some((calculation) => calculation.op === one.calculate_op))
      throw new ExploreRefusal(
        422,
        "The query is not valid",
        `havings: ${one.calculate_op} is not among the calculations.`,
      );
}
