import type { Code, CodeCounts, XRayTrace } from "../api/xray.ts";
import type { MockRequest } from "../requests.ts";
import { protocolsOf } from "../requests.ts";
import { Random } from "../random.ts";

/** One call as the map sees it: who served it, for whom, how long, and how it ended. */
export interface Call {
  name: string;
  type: string | null;
  from: string | null;
  seconds: number;
  code: Code;
  inferred: boolean;
  link?: boolean;
}
export interface Record {
  trace: XRayTrace;
  startMs: number;
  calls: Call[];
  exception: string | null;
}

export function codeOf(status: number): Code {
  return status === 429 ? "throttle" : status >= 500 ? "fault" : status >= 400 ? "error" : "ok";
}

const BROWSERS = ["Mozilla/5.0 (X11; Linux x86_64)", "Mozilla/5.0 (Macintosh)", "curl/8.5.0"];

export function recordOf(request: MockRequest): Record {
  const random = new Random(request.index * 104_729 + 5);
  // A few requests are turned away, so that every colour of the map has something to show.
  const httpStatus = request.httpStatus === 200 && request.index % 37 === 0 ? 429 : request.httpStatus;
  const code = codeOf(httpStatus);
  const seconds = request.durationMs / 1000;
  const failed = code === "fault";
  const calls: Call[] = [];
  const front = request.hasFrontend && request.xray !== "only";
  if (front)
    calls.push({ name: "frontend-react-js", type: null, from: null, seconds: seconds + 0.012, code, inferred: false });
  calls.push({
    name: "backend-flask",
    type: "AWS::ECS::Container",
    from: front ? "frontend-react-js" : null,
    seconds,
    code,
    inferred: false,
  });
  if (code !== "throttle") {
    calls.push({
      name: "cruddur-db",
      type: "Database::SQL",
      from: "backend-flask",
      seconds: seconds * 0.4,
      code: failed && random.chance(0.5) ? "fault" : "ok",
      inferred: true,
    });
    if (request.handler.startsWith("message"))
      calls.push({
        name: "cruddur-messages",
        type: "AWS::DynamoDB::Table",
        from: "backend-flask",
        seconds: seconds * 0.3,
        code: failed ? "fault" : random.chance(0.1) ? "throttle" : "ok",
        inferred: true,
      });
    if (request.handler === "activities_users" || request.handler === "activities_show")
      calls.push({
        name: "users-cache",
        type: "remote",
        from: "backend-flask",
        seconds: seconds * 0.05,
        code: random.chance(0.06) ? "error" : "ok",
        inferred: true,
      });
    if (request.handler === "activities_create") {
      calls.push({
        name: "cruddur-uploads",
        type: "AWS::S3::Bucket",
        from: "backend-flask",
        seconds: seconds * 0.2,
        code: "ok",
        inferred: true,
      });
      calls.push({
        name: "notifier",
        type: "AWS::Lambda::Function",
        from: "backend-flask",
        seconds: seconds * 0.8,
        code: random.chance(0.2) ? "fault" : "ok",
        inferred: false,
        link: true,
      });
    }
  }
  return {
    startMs: request.startMs,
    calls,
    exception: failed ? (request.fails ?? "RuntimeError") : null,
    trace: {
      traceId: request.traceId,
      xrayTraceId: `1-${request.traceId.slice(0, 8)}-${request.traceId.slice(8)}`,
      start: new Date(request.startMs).toISOString(),
      durationSeconds: seconds * (calls.some((one) => one.link) ? 1.4 : 1),
      responseTimeSeconds: seconds,
      root: front
        ? { service: "frontend-react-js", type: null }
        : { service: "backend-flask", type: "AWS::ECS::Container" },
      method: request.method,
      url: `http://4567-cruddur.example${request.path}`,
      httpStatus,
      clientIp: request.clientIp,
      userAgent: random.pick(BROWSERS),
      code,
      partial: request.index % 61 === 0,
      users: random.chance(0.4) ? [request.handle] : [],
      annotations: [
        { key: "handle", value: request.handle },
        { key: "results", value: request.results },
        ...(request.handler === "messages_create"
          ? [{ key: "shard", value: failed ? "eu-2" : random.pick(["eu-1", "eu-2", "us-1"]) }]
          : []),
      ],
      protocols: protocolsOf(request),
    },
  };
}

export function countCodes(codes: readonly Code[]): CodeCounts {
  const counts: CodeCounts = { total: codes.length, ok: 0, error: 0, fault: 0, throttle: 0 };
  for (const one of codes) counts[one]++;
  return counts;
}
