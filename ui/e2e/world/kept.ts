import type { ItemList } from "../../src/api/types.generated.ts";
import { post } from "./sent.ts";

// What people keep in Weir, made by the same calls that the pages make.

const at = (x: number, y: number, width: number, height: number) => ({
  x_coordinate: x,
  y_coordinate: y,
  width,
  height,
});

export async function keep(base: string): Promise<void> {
  const create = async (path: string, body: object) => (await post(base, `/api/${path}`, body)) as { id: string };
  const saved = async (name: string, spec: object) => {
    const kept = await create("queries/__all__", spec);
    const annotation = await create("query_annotations/__all__", { name, query_id: kept.id });
    return { query_id: kept.id, query_annotation_id: annotation.id };
  };
  const hook = await create("recipients", {
    type: "webhook",
    details: { webhook_name: "on call", webhook_url: "http://hooks.example:8080/weir" },
  });
  const failures = await fetch(`${base}/api/errors/items?start=-7d&text=Hello`);
  const [hello] = ((await failures.json()) as ItemList).items;
  await fetch(`${base}/api/errors/items/${hello?.itemId ?? ""}`, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ status: "muted" }),
  });
  const roots = [{ column: "is_root", op: "=", value: true }];
  const requests = await saved("Requests", { calculations: [{ op: "COUNT" }], filters: roots, signals: ["spans"] });
  const latency = await saved("How long they take", {
    calculations: [{ op: "HEATMAP", column: "duration_ms" }],
    filters: roots,
    signals: ["spans"],
  });
  const routes = await saved("Routes", {
    calculations: [{ op: "COUNT" }, { op: "P95", column: "duration_ms" }],
    filters: [{ column: "http.route", op: "exists" }],
    breakdowns: ["http.route"],
  });
  await create("derived_columns/__all__", {
    alias: "sli.home_is_fast",
    expression: "IF($is_root, $duration_ms < 300, $none)",
  });
  const slo = await create("slos/__all__", {
    name: "Requests are fast",
    description: "Nearly every request is answered within 300 ms.",
    sli: { alias: "sli.home_is_fast" },
    time_period_days: 7,
    target_per_million: 950_000,
    dataset_slugs: ["backend-flask"],
  });
  await create("burn_alerts/__all__", {
    alert_type: "exhaustion_time",
    exhaustion_minutes: 129_600,
    slo: { id: slo.id },
    recipients: [{ id: hook.id }],
  });
  await create("boards", {
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
      { type: "text", position: at(6, 0, 6, 3), text_panel: { content: "## Cruddur\nLook at the **heatmap** first." } },
      { type: "query", position: at(0, 3, 6, 5), query_panel: { ...latency, query_style: "graph" } },
      { type: "query", position: at(0, 8, 12, 6), query_panel: { ...routes, query_style: "table" } },
    ],
  });
  const trigger = (name: string, value: number) => ({
    name,
    query: { calculations: [{ op: "COUNT" }], filters: roots, time_range: 3600 },
    threshold: { op: ">", value },
    frequency: 900,
    alert_type: "on_change",
  });
  await create("triggers/__all__", { ...trigger("Many requests", 1), recipients: [{ id: hook.id }] });
  await create("triggers/__all__", trigger("Far too many requests", 1e9));
  await create("xray/groups", { name: "Cruddur", filterExpression: 'service("backend-flask")', insightsEnabled: true });
  await create("xray/groups", { name: "Payments", filterExpression: 'service("payments")', insightsEnabled: true });
  await create("xray/groups", { name: "Slow", filterExpression: "responsetime > 0.2" });
  await create("xray/rules", {
    name: "Cruddur",
    priority: 9000,
    fixedRate: 0.1,
    reservoirSize: 5,
    serviceName: "backend-flask",
  });
  await create("xray/rules", {
    name: "messages",
    priority: 100,
    fixedRate: 1,
    reservoirSize: 1,
    httpMethod: "POST",
    urlPath: "/api/messages*",
    serviceName: "backend-*",
  });
}
