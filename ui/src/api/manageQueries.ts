import { queryOptions } from "@tanstack/react-query";
import { call, pathWith } from "./client";
import type {
  AlertHistory,
  Board,
  BurnAlert,
  DerivedColumn,
  KeptQuery,
  Marker,
  QueryAnnotation,
  Recipient,
  Slo,
  SloStatus,
  Trigger,
  TriggerCheck,
} from "./types.generated";
import type { QuerySpec } from "./written";

type Kind =
  | "boards"
  | "queries"
  | "query_annotations"
  | "markers"
  | "triggers"
  | "slos"
  | "burn_alerts"
  | "recipients"
  | "derived_columns";

const pathOf = (kind: Kind, dataset: string | null, id?: string, more?: string): string =>
  ["/api", kind, dataset, id, more]
    .filter((one) => one !== null && one !== undefined)
    .map((one) => (one === "/api" ? one : encodeURIComponent(one)))
    .join("/");

function send<T>(method: "POST" | "PUT" | "PATCH", path: string, body: unknown): Promise<T> {
  return call<T>(path, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

/** What is sent of an object: anything may be left out. */
export type Sent<T> = T extends readonly (infer One)[]
  ? Sent<One>[]
  : T extends object
    ? { [K in keyof T]?: Sent<T[K]> }
    : T;

/** Boards and recipients belong to everybody; the rest to a dataset or to `__all__`. */
export const create = <T>(kind: Kind, dataset: string | null, body: Sent<T>) =>
  send<T>("POST", pathOf(kind, dataset), body);
export const replace = <T>(kind: Kind, dataset: string | null, id: string, body: Sent<T>) =>
  send<T>("PUT", pathOf(kind, dataset, id), body);
export const remove = (kind: Kind, dataset: string | null, id: string) =>
  call<unknown>(pathOf(kind, dataset, id), { method: "DELETE" });

const list = <T>(kind: Kind, dataset: string | null, params: Record<string, string> = {}) =>
  queryOptions({
    queryKey: ["manage", kind, dataset, params],
    queryFn: ({ signal }) => call<T[]>(pathWith(pathOf(kind, dataset), params), { signal }),
    staleTime: 10_000,
  });
const single = <T>(kind: Kind, dataset: string | null, id: string) =>
  queryOptions({
    queryKey: ["manage", kind, dataset, "one", id],
    queryFn: ({ signal }) => call<T>(pathOf(kind, dataset, id), { signal }),
  });

export const boardsQuery = () => list<Board>("boards", null);
export const boardQuery = (id: string) => single<Board>("boards", null, id);
export const keptQuery = (dataset: string, id: string) =>
  queryOptions({ ...single<QuerySpec>("queries", dataset, id), staleTime: Number.POSITIVE_INFINITY });
/** A kept query by its id alone, whatever its dataset: what links of query results name. */
export const keptAnywhereQuery = (id: string) =>
  queryOptions({
    queryKey: ["manage", "queries", "kept", id],
    queryFn: ({ signal }) => call<KeptQuery>(`/api/queries/${encodeURIComponent(id)}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
export const savedQueriesQuery = (dataset: string) =>
  list<QueryAnnotation>("query_annotations", dataset, { include_board_annotations: "true" });
export const markersQuery = (dataset: string) => list<Marker>("markers", dataset);
export const recipientsQuery = () => list<Recipient>("recipients", null);
export const triggersQuery = (dataset: string) => list<Trigger>("triggers", dataset);
export const triggerQuery = (dataset: string, id: string) => single<Trigger>("triggers", dataset, id);
export const slosQuery = (dataset: string) => list<Slo>("slos", dataset, { detailed: "true" });
export const sloQuery = (dataset: string, id: string) => single<Slo>("slos", dataset, id);
export const burnAlertsQuery = (dataset: string, sloId: string) =>
  list<BurnAlert>("burn_alerts", dataset, { slo_id: sloId });
export const derivedColumnsQuery = (dataset: string) => list<DerivedColumn>("derived_columns", dataset);

export const sloStatusQuery = (dataset: string, id: string) =>
  queryOptions({
    queryKey: ["manage", "slos", dataset, "status", id],
    queryFn: ({ signal }) => call<SloStatus>(pathOf("slos", dataset, id, "status"), { signal }),
    staleTime: 20_000,
  });
export const alertHistoryQuery = (kind: "triggers" | "burn_alerts", dataset: string, id: string) =>
  queryOptions({
    queryKey: ["manage", kind, dataset, "history", id],
    queryFn: ({ signal }) => call<AlertHistory>(pathOf(kind, dataset, id, "history"), { signal }),
    staleTime: 5_000,
  });
export const checkTrigger = (dataset: string, trigger: Sent<Trigger>) =>
  send<TriggerCheck>("POST", pathOf("triggers", dataset, "check"), trigger);
