import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, inject, it } from "vitest";
import { BIG_TRACE } from "../world/large.ts";
import { sentOf } from "../world/cruddur.ts";
import { occurrenceIdOf } from "../world/occurrences.ts";
import { makeRequests } from "../world/requests.ts";

// Answers of the seeded Weir are held against the types that the pages read them by: missing and unknown members, null, words.

const world = inject("world");
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FILE = `${ROOT}e2e/answers.ts`;
/** What is longer is cut before it is checked: every element has the same shape. */
const MOST_ELEMENTS = 40;

/** What is wrong with answers, each given as a type and the JSON that should have it. */
function wrong(answers: [type: string, json: string][]): string[] {
  const source = [
    'import type * as T from "../src/api/types.generated";',
    'import type * as W from "../src/api/written";',
    ...answers.map(([type, json], i) => `export const answer${i}: ${type} = ${json};`),
  ].join("\n");
  const options: ts.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...more) =>
    name === FILE ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2023) : read(name, ...more);
  const exists = host.fileExists.bind(host);
  host.fileExists = (name) => name === FILE || exists(name);
  const program = ts.createProgram([FILE], options, host);
  return program.getSemanticDiagnostics().map((one) => {
    const line = one.file && one.start !== undefined ? ts.getLineAndCharacterOfPosition(one.file, one.start).line : 0;
    return `${answers[line - 2]?.[0] ?? ""}: ${ts.flattenDiagnosticMessageText(one.messageText, " ")}`;
  });
}

/** One line of JSON, with long lists cut. */
const short = (value: unknown) =>
  JSON.stringify(value, (_, one: unknown) => (Array.isArray(one) ? one.slice(0, MOST_ELEMENTS) : one));

async function ask(path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(world.url + path, {
    ...(body !== undefined && {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  });
  return answer.json();
}

it("finds what does not fit a type", () => {
  expect(wrong([["T.ItemDetail['status']", '"closed"']])).toHaveLength(1);
  expect(wrong([["T.HostCount", '{"host":"a","count":1,"more":2}']])).toHaveLength(1);
  expect(wrong([["T.HostCount", '{"host":null,"count":1}']])).toHaveLength(1);
  expect(wrong([["T.HostCount", '{"host":"a"}']])).toHaveLength(1);
  expect(wrong([["T.HostCount", '{"host":"a","count":1}']])).toEqual([]);
});

it("every answer has the type that the pages read it by", async () => {
  const since = (ms: number) =>
    `start=${new Date(world.now - ms).toISOString()}&end=${new Date(world.now + 600_000).toISOString()}`;
  const [day, week] = [since(86_400_000), since(7 * 86_400_000)];
  const requests = makeRequests(world.now);
  const failed = requests.findLast((one) => one.fails === "KeyError" && one.xray === "other");
  if (!failed) throw new Error("no request failed");
  const { traceId, spans } = sentOf(failed);
  const spanId = spans[0]?.spanId ?? "";
  const list = async (path: string, name?: string) => {
    const answer = (await ask(path)) as Record<string, { id: string; itemId: string }[]>;
    return (name === undefined ? (answer as unknown as { id: string; itemId: string }[]) : (answer[name] ?? []))[0];
  };
  const event = await list("/api/logs/events?limit=1", "events");
  const item = await list(`/api/errors/items?${week}&text=KeyError`, "items");
  const insight = await list(`/api/xray/insights?${day}`, "insights");
  const trigger = await list("/api/triggers/__all__");
  const slo = await list("/api/slos/__all__");
  const query = {
    calculations: [{ op: "COUNT" }, { op: "HEATMAP", column: "duration_ms" }, { op: "P95", column: "duration_ms" }],
    filters: [{ column: "service.name", op: "=", value: "backend-flask" }],
    breakdowns: ["http.route"],
    orders: [{ op: "COUNT", order: "descending" }],
    havings: [{ calculate_op: "COUNT", op: ">", value: 0 }],
    compare_time_offset_seconds: 86_400,
    time_range: 86_400,
    signals: ["spans"],
  };
  const asked = { query, dataset: "__all__", waitMs: 30_000 };
  const group = { group: { "http.route": "/api/activities/home" } };
  const kept = (await ask("/api/queries/__all__", { calculations: [{ op: "COUNT" }] })) as { id: string };
  const cases: [string, string, unknown?][] = [
    ["T.Status", "/api/status"],
    ["T.Home", `/api/home?${day}`],
    ["T.Setup", "/api/setup"],
    ["T.JournalStatus", "/api/journal"],
    ["T.ServiceList", `/api/services?${day}`],
    ["T.TraceList", `/api/traces?${day}`],
    ["T.StoryAnswer", `/api/story/${traceId}`],
    ["T.StoryAnswer", `/api/story/${BIG_TRACE}`],
    ["T.StorySpanAnswer", `/api/story/${traceId}/spans/${spanId}`],
    ["T.StoryValues", `/api/story/${BIG_TRACE}/values?column=app.tenant`],
    ["T.StoryFound", `/api/story/${BIG_TRACE}/find?text=tenant-7`],
    ["T.DurationAnswer", `/api/durations?service=gateway&name=POST+/checkout&durationNs=1000&${day}`],
    ["T.LogGroups", "/api/logs/groups"],
    ["T.LogStreams", "/api/logs/streams?group=cruddur"],
    ["T.LogEvents", "/api/logs/events"],
    ["T.LogEvent", `/api/logs/events/${event?.id ?? ""}`],
    ["T.ItemList", `/api/errors/items?${week}`],
    ["T.ItemDetail", `/api/errors/items/${item?.itemId ?? ""}`],
    ["T.OccurrenceDetail", `/api/errors/occurrences/${occurrenceIdOf(failed)}`],
    ["T.SearchResult", "/api/search?q=cruddur"],
    ["T.Problem", "/api/story/none"],
    ["T.XRayTraces", `/api/xray/traces?${day}`],
    ["T.XRayCheck", "/api/xray/filter/check?filter=nonsense"],
    ["T.XRayCompletion", "/api/xray/filter/complete?filter=serv&position=4"],
    ["T.XRayMap", `/api/xray/map?${day}`],
    ["T.XRayTimeSeries", `/api/xray/timeseries?${day}`],
    ["T.XRayAnalytics", `/api/xray/analytics?${day}&from=0.1`],
    ["T.XRayInsights", `/api/xray/insights?${day}`],
    ["T.XRayInsightDetail", `/api/xray/insights/${insight?.id ?? ""}`],
    ["T.XRayDocuments", `/api/xray/traces/${failed.otherTraceId}/documents`],
    ["T.XRayGroups", "/api/xray/groups"],
    ["T.XRayRules", "/api/xray/rules"],
    ["T.XRaySampling", "/api/xray/sampling"],
    ["T.DatasetsAnswer", "/api/datasets"],
    ["T.ColumnsAnswer", "/api/columns"],
    ["T.ValuesAnswer", "/api/values?column=http.route"],
    ["T.CheckedAnswer", "/api/calculated/check", { expression: "IF($a, 1, 2)" }],
    ["T.RefusedAnswer", "/api/calculated/check", { expression: "IF(" }],
    ["W.Run<W.QueryResult>", "/api/query", asked],
    ["W.QueryProblem", "/api/query", { ...asked, query: { ...query, limit: -1 } }],
    ["W.Run<T.BubbleUpAnswer>", "/api/bubbleup", { ...asked, selection: group }],
    ["W.EventRows", "/api/query/rows", asked],
    ["T.TraceSamples", "/api/query/traces", asked],
    ["{ items: W.HistoryItem[] }", "/api/query/history"],
    ["T.KeptQuery", `/api/queries/${kept.id}`],
    ["W.QuerySpec", `/api/queries/__all__/${kept.id}`],
    ["T.Board[]", "/api/boards"],
    ["T.QueryAnnotation[]", "/api/query_annotations/__all__"],
    ["T.DerivedColumn[]", "/api/derived_columns/__all__"],
    ["T.Marker[]", "/api/markers/__all__"],
    ["T.Recipient[]", "/api/recipients"],
    ["T.Trigger[]", "/api/triggers/__all__"],
    ["T.AlertHistory", `/api/triggers/__all__/${trigger?.id ?? ""}/history`],
    [
      "T.TriggerCheck",
      "/api/triggers/__all__/check",
      {
        query: { calculations: [{ op: "COUNT" }], breakdowns: ["service.name"], time_range: 900 },
        threshold: { op: ">", value: 1 },
      },
    ],
    ["T.Slo[]", "/api/slos/__all__?detailed=true"],
    ["T.SloStatus", `/api/slos/__all__/${slo?.id ?? ""}/status`],
    ["T.BurnAlert[]", `/api/burn_alerts/__all__?slo_id=${slo?.id ?? ""}`],
  ];
  const answers: [string, string][] = [];
  for (const [type, path, body] of cases) answers.push([type, short(await ask(path, body))]);
  expect(wrong(answers)).toEqual([]);
});
