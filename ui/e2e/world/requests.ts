import { Random } from "./random.ts";

/** One request to Cruddur; what is sent to Weir is told from a list of these. */
export interface CruddurRequest {
  index: number;
  traceId: string;
  otherTraceId: string;
  startMs: number;
  durationMs: number;
  method: string;
  path: string;
  route: string;
  handler: string;
  httpStatus: number;
  handle: string;
  clientIp: string;
  results: number;
  fails: "KeyError" | "TypeError" | "hello" | null;
  hasFrontend: boolean;
  /** How the X-Ray trace came: not at all, with the same id, with another id, or alone without OpenTelemetry. */
  xray: "none" | "same" | "other" | "only";
}

interface Route {
  method: string;
  path: (random: Random) => string;
  route: string;
  handler: string;
  middleMs: number;
  weight: number;
  status: (random: Random) => number;
}

const HANDLES = ["andrewbrown", "bayko", "worf", "garek", "quark", "ziyal"];

const ROUTES: Route[] = [
  {
    method: "GET",
    path: () => "/api/activities/home",
    route: "/api/activities/home",
    handler: "activities_home",
    middleMs: 42,
    weight: 9,
    status: () => 200,
  },
  {
    method: "GET",
    path: () => "/api/activities/notifications",
    route: "/api/activities/notifications",
    handler: "activities_notifications",
    middleMs: 31,
    weight: 5,
    status: () => 200,
  },
  {
    method: "GET",
    path: (r) => `/api/activities/@${r.pick(HANDLES)}`,
    route: "/api/activities/@{handle}",
    handler: "activities_users",
    middleMs: 55,
    weight: 5,
    status: () => 200,
  },
  {
    method: "GET",
    path: (r) => `/api/activities/${r.hex(8)}-0f18-4d4a-a1f2-${r.hex(12)}`,
    route: "/api/activities/{uuid}",
    handler: "activities_show",
    middleMs: 24,
    weight: 3,
    status: (r) => (r.chance(0.3) ? 404 : 200),
  },
  {
    method: "GET",
    path: (r) => `/api/activities/search?term=${r.pick(["space", "bajor", ""])}`,
    route: "/api/activities/search",
    handler: "activities_search",
    middleMs: 88,
    weight: 3,
    status: (r) => (r.chance(0.25) ? 422 : 200),
  },
  {
    method: "POST",
    path: () => "/api/activities",
    route: "/api/activities",
    handler: "activities_create",
    middleMs: 70,
    weight: 2,
    status: (r) => (r.chance(0.2) ? 422 : 200),
  },
  {
    method: "GET",
    path: () => "/api/message_groups",
    route: "/api/message_groups",
    handler: "message_groups",
    middleMs: 37,
    weight: 2,
    status: () => 200,
  },
  {
    method: "POST",
    path: () => "/api/messages",
    route: "/api/messages",
    handler: "messages_create",
    middleMs: 95,
    weight: 1,
    status: (r) => (r.chance(0.35) ? 500 : 200),
  },
  {
    method: "GET",
    path: () => "/rollbar/test",
    route: "/rollbar/test",
    handler: "rollbar_test",
    middleMs: 12,
    weight: 1,
    status: () => 200,
  },
];

/** The requests of the last week before a moment, oldest first: the same for the same moment. */
export function makeRequests(now: number): CruddurRequest[] {
  const random = new Random(20230227);
  const starts: number[] = [];
  for (let i = 0; i < 150; i++) starts.push(now - random.between(5_000, 3_600_000));
  for (let i = 0; i < 220; i++) starts.push(now - random.between(3_600_000, 86_400_000));
  for (let i = 0; i < 80; i++) starts.push(now - random.between(86_400_000, 7 * 86_400_000));
  starts.sort((a, b) => a - b);
  const total = ROUTES.reduce((sum, route) => sum + route.weight, 0);
  return starts.map((startMs, index) => {
    let pick = random.next() * total;
    const route = ROUTES.find((one) => (pick -= one.weight) < 0) ?? ROUTES[0];
    if (!route) throw new Error("no route");
    const httpStatus = route.status(random);
    const fails =
      httpStatus === 500
        ? random.chance(0.6)
          ? "KeyError"
          : "TypeError"
        : route.handler === "rollbar_test"
          ? "hello"
          : null;
    return {
      index,
      traceId:
        Math.floor(startMs / 1000)
          .toString(16)
          .padStart(8, "0") + random.hex(24),
      otherTraceId:
        Math.floor(startMs / 1000)
          .toString(16)
          .padStart(8, "0") + random.hex(24),
      startMs,
      durationMs: random.skewed(route.middleMs) * (random.chance(0.04) ? 14 : 1),
      method: route.method,
      path: route.path(random),
      route: route.route,
      handler: route.handler,
      httpStatus,
      handle: random.pick(HANDLES),
      clientIp: `172.18.0.${random.int(2, 9)}`,
      results: random.int(1, 9),
      fails,
      hasFrontend: random.chance(0.55),
      xray: random.pick(["same", "other", "other", "none", "only"] as const),
    };
  });
}
