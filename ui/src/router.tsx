import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  retainSearchParams,
  stripSearchParams,
} from "@tanstack/react-router";
import { NotFound, PageFailed } from "./shell/Fallbacks";
import { PageSkeleton } from "./parts/States";
import { Shell } from "./shell/Shell";
import { readQuestion } from "./query/readQuestion";
import { given, number, parseSearch, stringifySearch, text, texts } from "./searchParams";

const root = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  validateSearch: (raw: Record<string, unknown>) =>
    given({
      range: text(raw.range),
      start: text(raw.start),
      end: text(raw.end),
      live: text(raw.live),
    }),
  search: {
    middlewares: [retainSearchParams(["range", "start", "end", "live"]), stripSearchParams({ live: "on" })],
  },
});

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/home/HomePage")),
});

const setup = createRoute({
  getParentRoute: () => root,
  path: "/setup",
  validateSearch: (raw: Record<string, unknown>) => given({ client: text(raw.client) }),
  component: lazyRouteComponent(() => import("./pages/setup/SetupPage")),
});

const traces = createRoute({
  getParentRoute: () => root,
  path: "/traces",
  validateSearch: (raw: Record<string, unknown>) =>
    given({
      service: text(raw.service),
      name: text(raw.name),
      status: text(raw.status),
      httpStatus: text(raw.httpStatus),
      min: number(raw.min),
      max: number(raw.max),
      attribute: texts(raw.attribute),
      order: text(raw.order),
    }),
  component: lazyRouteComponent(() => import("./pages/traces/TracesPage")),
});

const story = createRoute({
  getParentRoute: () => root,
  path: "/story/$traceId",
  validateSearch: (raw: Record<string, unknown>) =>
    given({
      /** Selected: a span id, `log:<id>` or `error:<occurrence id>`. */
      span: text(raw.span),
      tab: text(raw.tab),
      /** Ids of hidden parts. */
      hide: texts(raw.hide),
      /** The zoomed window in nanoseconds from the story's start. */
      from: number(raw.from),
      to: number(raw.to),
      find: text(raw.find),
      /** Field the bars are coloured by; nothing is `service.name`. */
      colour: text(raw.colour),
      /** Folded from this depth on, all spans of these names, and single entries folded or opened against that. */
      depth: number(raw.depth),
      foldName: texts(raw.foldName),
      fold: texts(raw.fold),
      unfold: texts(raw.unfold),
      /** `on`: the critical path is shown. */
      path: text(raw.path),
    }),
  component: lazyRouteComponent(() => import("./pages/story/StoryPage")),
});

const logs = createRoute({
  getParentRoute: () => root,
  path: "/logs",
  validateSearch: (raw: Record<string, unknown>) =>
    given({
      group: text(raw.group),
      stream: text(raw.stream),
      service: text(raw.service),
      severity: text(raw.severity),
      text: text(raw.text),
      event: text(raw.event),
    }),
  component: lazyRouteComponent(() => import("./pages/logs/LogsPage")),
});

const query = createRoute({
  getParentRoute: () => root,
  path: "/query",
  validateSearch: (raw: Record<string, unknown>) =>
    given({
      ...readQuestion(raw),
      /** Results when absent; bubbleup, traces or rows. */
      view: text(raw.view),
      /** log, stacked, omit, nomarks. */
      chart: text(raw.chart),
      /** Columns of the raw rows. */
      cols: text(raw.cols),
      /** What BubbleUp compares, as JSON. */
      sel: text(raw.sel),
      /** Id of a kept query, as result links name it: it becomes the query of the page. */
      kept: text(raw.kept),
      /** The sliding range from before the selection, to go back to. */
      was: text(raw.was),
    }),
  component: lazyRouteComponent(() => {
    // The charts are wanted as soon as the answer is there: they come beside the page, not after it.
    void import("./parts/plot/Canvas");
    return import("./pages/query/QueryPage");
  }),
});

const boards = createRoute({
  getParentRoute: () => root,
  path: "/boards",
  component: lazyRouteComponent(() => import("./pages/boards/BoardsPage")),
});

const board = createRoute({
  getParentRoute: () => root,
  path: "/boards/$boardId",
  validateSearch: (raw: Record<string, unknown>) => given({ edit: text(raw.edit) }),
  component: lazyRouteComponent(() => import("./pages/boards/BoardPage")),
});

const alerts = createRoute({
  getParentRoute: () => root,
  path: "/alerts",
  /** Triggers when absent; slos or recipients. */
  validateSearch: (raw: Record<string, unknown>) => given({ tab: text(raw.tab) }),
  component: lazyRouteComponent(() => import("./pages/alerts/AlertsPage")),
});

const trigger = createRoute({
  getParentRoute: () => root,
  path: "/alerts/triggers/$dataset/$triggerId",
  /** For `new`: the query it is made of. */
  validateSearch: (raw: Record<string, unknown>) => given({ ...readQuestion(raw) }),
  component: lazyRouteComponent(() => import("./pages/alerts/TriggerPage")),
});

const slo = createRoute({
  getParentRoute: () => root,
  path: "/alerts/slos/$dataset/$sloId",
  component: lazyRouteComponent(() => import("./pages/alerts/SloPage")),
});

const errors = createRoute({
  getParentRoute: () => root,
  path: "/errors",
  validateSearch: (raw: Record<string, unknown>) =>
    given({
      status: text(raw.status),
      level: text(raw.level),
      service: text(raw.service),
      environment: text(raw.environment),
      text: text(raw.text),
      order: text(raw.order),
    }),
  component: lazyRouteComponent(() => import("./pages/errors/ErrorsPage")),
});

const item = createRoute({
  getParentRoute: () => root,
  path: "/errors/$itemId",
  validateSearch: (raw: Record<string, unknown>) => given({ occurrence: text(raw.occurrence), tab: text(raw.tab) }),
  component: lazyRouteComponent(() => import("./pages/errors/ItemPage")),
});

const scope = (raw: Record<string, unknown>) => ({ filter: text(raw.filter), group: text(raw.group) });

const xray = createRoute({
  getParentRoute: () => root,
  path: "/xray",
  validateSearch: (raw: Record<string, unknown>) =>
    given({
      ...scope(raw),
      /** ok, error, throttle, fault. */
      code: texts(raw.code),
      /** Response time in seconds. */
      from: number(raw.from),
      to: number(raw.to),
      order: text(raw.order),
    }),
  component: lazyRouteComponent(() => import("./pages/xray/XRayTracesPage")),
});

const xrayMap = createRoute({
  getParentRoute: () => root,
  path: "/xray/map",
  validateSearch: (raw: Record<string, unknown>) =>
    given({
      ...scope(raw),
      /** The node or edge whose details are shown, by its id. */
      node: text(raw.node),
      view: text(raw.view),
      /** Of a map that is too large for one page: what names have, and how many nodes are passed over. */
      q: text(raw.q),
      skip: number(raw.skip),
    }),
  component: lazyRouteComponent(() => import("./pages/xray/XRayMapPage")),
});

const xrayAnalytics = createRoute({
  getParentRoute: () => root,
  path: "/xray/analytics",
  validateSearch: (raw: Record<string, unknown>) =>
    given({ ...scope(raw), from: number(raw.from), to: number(raw.to) }),
  component: lazyRouteComponent(() => import("./pages/xray/XRayAnalyticsPage")),
});

const xrayInsights = createRoute({
  getParentRoute: () => root,
  path: "/xray/insights",
  validateSearch: (raw: Record<string, unknown>) => given({ group: text(raw.group), filter: text(raw.filter) }),
  component: lazyRouteComponent(() => import("./pages/xray/XRayInsightsPage")),
});

/** The target of links in notifications. */
const xrayInsight = createRoute({
  getParentRoute: () => root,
  path: "/xray/insights/$insightId",
  component: lazyRouteComponent(() => import("./pages/xray/XRayInsightPage")),
});

const xrayGroups = createRoute({
  getParentRoute: () => root,
  path: "/xray/groups",
  /** The group that is edited; empty text for none. */
  validateSearch: (raw: Record<string, unknown>) => given({ edit: text(raw.edit) }),
  component: lazyRouteComponent(() => import("./pages/xray/XRayGroupsPage")),
});

const xraySampling = createRoute({
  getParentRoute: () => root,
  path: "/xray/sampling",
  validateSearch: (raw: Record<string, unknown>) =>
    given({
      edit: text(raw.edit),
      /** The request the rules are tried on. */
      service: text(raw.service),
      method: text(raw.method),
      path: text(raw.path),
      host: text(raw.host),
    }),
  component: lazyRouteComponent(() => import("./pages/xray/XRaySamplingPage")),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    query,
    setup,
    traces,
    story,
    logs,
    errors,
    item,
    boards,
    board,
    alerts,
    trigger,
    slo,
    xray,
    xrayMap,
    xrayAnalytics,
    xrayInsights,
    xrayInsight,
    xrayGroups,
    xraySampling,
  ]),
  parseSearch,
  stringifySearch,
  defaultPreload: "intent",
  defaultPendingComponent: PageSkeleton,
  defaultErrorComponent: PageFailed,
  defaultPendingMs: 150,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
