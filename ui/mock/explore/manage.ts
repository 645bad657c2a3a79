import type { QuerySpec } from "../api/explore.ts";
import type {
  AlertHistory,
  Board,
  BurnAlert,
  DerivedColumn,
  Marker,
  Recipient,
  SavedQuery,
  Slo,
  SloStatus,
  Trigger,
} from "../api/manage.ts";
import { calculationKey } from "../../src/query/calculationText.ts";
import { evaluate } from "./evaluate.ts";
import { compile } from "./expression.ts";
import { ExploreRefusal } from "./refusal.ts";
import type { Row } from "./rows.ts";

interface Kept {
  kind: string;
  dataset: string;
  id: string;
  value: Record<string, unknown>;
}

const ALL = "__all__";
const KINDS = new Set([
  "boards",
  "queries",
  "query_annotations",
  "markers",
  "triggers",
  "slos",
  "burn_alerts",
  "recipients",
  "derived_columns",
]);
const WITHOUT_DATASET = new Set(["boards", "recipients"]);

/** The management API in memory: what is created is there until the mock ends. */
export class Manager {
  readonly #kept: Kept[] = [];
  #next = 1;
  readonly #rows: () => Row[];

  constructor(rows: () => Row[], empty: boolean) {
    this.#rows = rows;
    if (!empty) this.#seed();
  }

  /** undefined: not of this kind; null: done, nothing to say. */
  answer(method: string, path: string[], query: URLSearchParams, text: string): unknown {
    const kind = path[0] ?? "";
    if (!KINDS.has(kind)) return undefined;
    const [dataset, id, more] = WITHOUT_DATASET.has(kind)
      ? [ALL, path[1], path[2]]
      : [path[1] ?? ALL, path[2], path[3]];
    const body = text ? (JSON.parse(text) as Record<string, unknown>) : {};
    if (kind === "queries" && method === "GET" && path.length === 2) return this.#keptQuery(path[1] ?? "");
    if (kind === "triggers" && method === "POST" && id === "check")
      return this.#check(body as unknown as Trigger, dataset);
    if (method === "POST" && !id) {
      if (kind !== "queries" && !body.name && !body.alias && !body.type && !body.alert_type && !body.message)
        throw new ExploreRefusal(422, "The input is not valid", "name: cannot be blank");
      return this.#add(kind, dataset, body);
    }
    if (!id) return this.#list(kind, dataset, query);
    const found = this.#kept.find((one) => one.kind === kind && one.id === id);
    if (!found)
      throw new ExploreRefusal(404, "Not found", `There is no ${kind.replace(/s$/, "").replace("_", " ")} ${id}.`);
    if (more === "history") return this.#history(found);
    if (more === "status") return this.#status(found.value as unknown as Slo);
    if (method === "PUT" || method === "PATCH") {
      found.value = { ...found.value, ...body, id, updated_at: new Date().toISOString() };
      return found.value;
    }
    if (method === "DELETE") {
      this.#kept.splice(this.#kept.indexOf(found), 1);
      return null;
    }
    return kind === "slos" ? this.#detailed(found.value as unknown as Slo) : found.value;
  }

  #keptQuery(id: string) {
    const found = this.#kept.find((one) => one.kind === "queries" && one.id === id);
    if (!found) throw new ExploreRefusal(404, "Not found", "Query not found");
    const spec: Record<string, unknown> = { ...found.value };
    delete spec.id;
    return { id, dataset: found.dataset, query: spec };
  }

  #list(kind: string, dataset: string, query: URLSearchParams): unknown[] {
    const slo = query.get("slo_id");
    return this.#kept
      .filter((one) => one.kind === kind && one.dataset === dataset)
      .map((one) => (kind === "slos" ? this.#detailed(one.value as unknown as Slo) : one.value))
      .filter((one) => !slo || (one as unknown as BurnAlert).slo.id === slo);
  }

  #add<T extends object>(kind: string, dataset: string, value: T): T & { id: string } {
    const id = `${kind.slice(0, 3)}${String(this.#next++).padStart(8, "0")}`;
    const now = new Date().toISOString();
    const made = {
      ...value,
      id,
      created_at: now,
      updated_at: now,
      ...(kind === "triggers" && { dataset_slug: dataset }),
    };
    this.#kept.push({ kind, dataset, id, value: made });
    return made;
  }

  #check(trigger: Trigger, dataset: string) {
    const spec: QuerySpec = trigger.query ?? {};
    const result = evaluate(this.#rows(), { ...spec, time_range: spec.time_range ?? 900 }, dataset);
    const one = spec.calculations?.[0] ?? { op: "COUNT" as const };
    const key = spec.formulas?.[0]?.name ?? calculationKey(one);
    const fires = (value: unknown) => {
      const { op, value: limit } = trigger.threshold;
      if (typeof value !== "number") return false;
      return op === ">" ? value > limit : op === ">=" ? value >= limit : op === "<" ? value < limit : value <= limit;
    };
    const groups = result.groups.map((group) => ({
      group: group.key,
      value: (group.values[key] ?? null) as number | null,
      wouldTrigger: fires(group.values[key]),
    }));
    const total = (result.total[key] ?? null) as number | null;
    return {
      value: total,
      wouldTrigger: spec.breakdowns?.length ? groups.some((group) => group.wouldTrigger) : fires(total),
      groups,
    };
  }

  #history(kept: Kept): AlertHistory {
    const now = Date.now();
    const trigger = kept.value as unknown as Trigger;
    if (kept.kind === "triggers" && !trigger.triggered && trigger.disabled) return { items: [] };
    const threshold = kept.kind === "triggers" ? trigger.threshold.value : null;
    const item = (
      minutes: number,
      state: "triggered" | "ok",
      value: number,
      ok: boolean,
    ): AlertHistory["items"][number] => ({
      at: new Date(now - minutes * 60_000).toISOString(),
      state,
      value,
      threshold,
      group: null,
      deliveries: [
        {
          recipient: "webhook: on call",
          ok,
          attempts: ok ? 1 : 5,
          detail: ok ? "200 OK" : "connection refused by hooks.example:8080",
        },
      ],
    });
    const limit = threshold ?? 1;
    return {
      items: [
        item(12, "triggered", limit * 1.4, true),
        item(96, "ok", limit * 0.4, true),
        item(121, "triggered", limit * 2.1, false),
      ],
    };
  }

  #sli(slo: Slo): (row: Row) => boolean | null {
    const column = this.#kept.find((one) => one.kind === "derived_columns" && one.value.alias === slo.sli.alias);
    const run = compile(typeof column?.value.expression === "string" ? column.value.expression : "TRUE");
    return (row) => {
      const value = run((name) => row.data[name] ?? null);
      return typeof value === "boolean" ? value : null;
    };
  }

  #status(slo: Slo): SloStatus {
    const sli = this.#sli(slo);
    const now = Date.now();
    const start = now - slo.time_period_days * 86_400_000;
    const events = this.#rows().filter((row) => row.timeMs >= start && row.timeMs <= now && row.signal === "spans");
    const judged = events.map((row) => ({ at: row.timeMs, good: sli(row) })).filter((one) => one.good !== null);
    const allowed = Math.max(1e-9, (1 - slo.target_per_million / 1e6) * judged.length);
    const step = (slo.time_period_days * 86_400_000) / 84;
    const series: SloStatus["series"] = [];
    let total = 0;
    let bad = 0;
    for (let i = 0; i < 84; i++) {
      const some = judged.filter((one) => one.at >= start + i * step && one.at < start + (i + 1) * step);
      const failed = some.filter((one) => one.good === false).length;
      total += some.length;
      bad += failed;
      series.push({
        time: (start + i * step) / 1000,
        compliance: total === 0 ? null : 100 - (100 * bad) / total,
        budgetRemaining: (100 * (allowed - bad)) / allowed,
        bad: failed,
      });
    }
    return {
      compliance: total === 0 ? null : 100 - (100 * bad) / total,
      budgetRemaining: (100 * (allowed - bad)) / allowed,
      burnRate: 0.8,
      total,
      bad,
      series,
    };
  }

  #detailed(slo: Slo): Slo {
    const { compliance, budgetRemaining } = this.#status(slo);
    return {
      ...slo,
      ...(compliance !== null && { compliance }),
      ...(budgetRemaining !== null && { budget_remaining: budgetRemaining }),
      status: budgetRemaining !== null && budgetRemaining < 0 ? "triggered" : "normal",
    };
  }

  #seed(): void {
    const hook = this.#add<Omit<Recipient, "id">>("recipients", ALL, {
      type: "webhook",
      details: { webhook_name: "on call", webhook_url: "http://hooks.example:8080/weir" },
    });
    this.#add<Omit<Recipient, "id">>("recipients", ALL, {
      type: "email",
      details: { email_address: "team@cruddur.example" },
    });
    this.#add<Omit<Marker, "id">>("markers", ALL, {
      start_time: Math.floor(Date.now() / 1000) - 1500,
      message: "v41",
      type: "deploy",
      color: "#f2b04c",
    });
    const query = (spec: QuerySpec, name: string, description = "") => {
      const kept = this.#add("queries", ALL, spec as Record<string, unknown>);
      const saved = this.#add<Omit<SavedQuery, "id">>("query_annotations", ALL, {
        name,
        description,
        query_id: kept.id,
      });
      return { query_id: kept.id, query_annotation_id: saved.id };
    };
    const requests = query(
      { calculations: [{ op: "COUNT" }], filters: [{ column: "is_root", op: "=", value: true }], signals: ["spans"] },
      "Requests",
    );
    const latency = query(
      {
        calculations: [{ op: "HEATMAP", column: "duration_ms" }],
        filters: [{ column: "is_root", op: "=", value: true }],
        signals: ["spans"],
      },
      "How long they take",
      "Root spans only. The band near 1 s is the cache miss.",
    );
    const routes = query(
      {
        calculations: [{ op: "COUNT" }, { op: "P95", column: "duration_ms" }],
        filters: [{ column: "http.route", op: "exists" }],
        breakdowns: ["http.route"],
      },
      "Routes",
    );
    const failures = query(
      {
        calculations: [{ op: "COUNT" }],
        filters: [{ column: "error", op: "=", value: true }],
        breakdowns: ["service.name"],
      },
      "What fails",
    );
    const sli = this.#add<Omit<DerivedColumn, "id">>("derived_columns", ALL, {
      alias: "sli.home_is_fast",
      expression: "IF($is_root, $duration_ms < 300, $none)",
      description: "Root spans faster than 300 ms",
    });
    const slo = this.#add<Omit<Slo, "id">>("slos", ALL, {
      name: "Requests are fast",
      description: "Cruddur feels quick: nearly every request is answered within 300 ms.",
      sli: { alias: sli.alias },
      time_period_days: 7,
      target_per_million: 950_000,
      dataset_slugs: ["backend-flask"],
    });
    this.#add<Omit<BurnAlert, "id">>("burn_alerts", ALL, {
      alert_type: "exhaustion_time",
      exhaustion_minutes: 240,
      slo: { id: slo.id },
      recipients: [{ id: hook.id }],
    });
    const at = (x: number, y: number, width: number, height: number) => ({
      x_coordinate: x,
      y_coordinate: y,
      width,
      height,
    });
    this.#add<Omit<Board, "id">>("boards", ALL, {
      name: "Cruddur",
      description: "Is the home page well?",
      type: "flexible",
      layout_generation: "manual",
      panels: [
        {
          type: "query",
          position: at(0, 0, 3, 3),
          query_panel: {
            ...requests,
            query_style: "graph",
            visualization_settings: { charts: [{ chart_index: 0, chart_type: "stat" }] },
          },
        },
        { type: "slo", position: at(3, 0, 3, 3), slo_panel: { slo_id: slo.id } },
        {
          type: "text",
          position: at(6, 0, 6, 3),
          text_panel: {
            content:
              "## Cruddur\nLook at the **heatmap** first. Drag over slow requests to be told what they share.\n\n- `app.cache` misses are slow\n- releases are drawn as markers",
          },
        },
        { type: "query", position: at(0, 3, 6, 5), query_panel: { ...latency, query_style: "graph" } },
        {
          type: "query",
          position: at(6, 3, 6, 5),
          query_panel: {
            ...failures,
            query_style: "graph",
            visualization_settings: { charts: [{ chart_index: 0, chart_type: "stacked" }] },
          },
        },
        { type: "query", position: at(0, 8, 12, 6), query_panel: { ...routes, query_style: "table" } },
      ],
    });
    this.#add<Omit<Trigger, "id">>("triggers", ALL, {
      name: "Home is slow",
      description: "P95 of root spans over 15 minutes",
      query: {
        calculations: [{ op: "P95", column: "duration_ms" }],
        filters: [{ column: "is_root", op: "=", value: true }],
        time_range: 900,
      },
      threshold: { op: ">", value: 80 },
      frequency: 300,
      alert_type: "on_change",
      triggered: true,
      recipients: [{ id: hook.id }],
    });
    this.#add<Omit<Trigger, "id">>("triggers", ALL, {
      name: "Messages fail",
      query: {
        calculations: [{ op: "COUNT" }],
        filters: [{ column: "error", op: "=", value: true }],
        breakdowns: ["service.name"],
        time_range: 900,
      },
      threshold: { op: ">=", value: 25 },
      frequency: 900,
      alert_type: "on_change",
      triggered: false,
      recipients: [],
    });
  }
}
