import type { ItemDetail, ItemSummary, Occurrence, StackFrame } from "./api/types.ts";
import type { MockRequest } from "./requests.ts";

interface Kind {
  itemId: string;
  counter: number;
  class: string | null;
  message: string;
  title: string;
  level: string;
  frames: StackFrame[];
}

const frame = (file: string, line: number, method: string, code: string, inProject = true): StackFrame => ({
  file,
  line,
  column: null,
  method,
  code,
  inProject,
});

/** Written down as Python prints them, the newest call last; the API gives them the other way round. */
const outwards = (frames: StackFrame[]) => frames.reverse();

const FLASK = [
  frame(
    "/usr/local/lib/python3.10/site-packages/flask/app.py",
    2525,
    "wsgi_app",
    "response = self.full_dispatch_request()",
    false,
  ),
  frame(
    "/usr/local/lib/python3.10/site-packages/flask/app.py",
    1820,
    "full_dispatch_request",
    "rv = self.dispatch_request()",
    false,
  ),
  frame(
    "/usr/local/lib/python3.10/site-packages/flask_cors/extension.py",
    165,
    "wrapped_function",
    "return cors_after_request(app.make_response(f(*args, **kwargs)))",
    false,
  ),
];

const KINDS: Record<"KeyError" | "TypeError" | "hello", Kind> = {
  KeyError: {
    itemId: "5f0c6b1d2a7e4f21",
    counter: 12,
    class: "KeyError",
    message: "'user_receiver_handle'",
    title: "KeyError: 'user_receiver_handle'",
    level: "error",
    frames: outwards([
      ...FLASK,
      frame(
        "/backend-flask/app.py",
        94,
        "data_create_message",
        "user_receiver_handle = request.json['user_receiver_handle']",
      ),
      frame("/backend-flask/services/create_message.py", 17, "run", "return model['data'][user_receiver_handle]"),
    ]),
  },
  TypeError: {
    itemId: "9a41d7c3e8b05f62",
    counter: 9,
    class: "TypeError",
    message:
      "The view function for 'data_messages' did not return a valid response. The function either returned None or ended without a return statement.",
    title: "TypeError: The view function for 'data_messages' did not return a valid response",
    level: "error",
    frames: outwards([
      ...FLASK,
      frame("/usr/local/lib/python3.10/site-packages/flask/app.py", 2097, "make_response", "raise TypeError(", false),
      frame(
        "/backend-flask/app.py",
        101,
        "data_messages",
        "model = Messages.run(user_sender_handle, user_receiver_handle)",
      ),
    ]),
  },
  hello: {
    itemId: "11be77a0c29d4e08",
    counter: 3,
    class: null,
    message: "Hello World!",
    title: "Hello World!",
    level: "warning",
    frames: [],
  },
};

export function exceptionOf(request: MockRequest): Kind {
  return KINDS[request.fails ?? "KeyError"];
}
export const itemOf = (request: MockRequest) => exceptionOf(request).itemId;

export function occurrenceIdOf(request: MockRequest): string {
  const hex = request.otherTraceId;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Status changes of this run, kept so that "Resolve" is seen in the list. */
export const statuses = new Map<string, ItemSummary["status"]>([["11be77a0c29d4e08", "muted"]]);

export function summariseItems(requests: MockRequest[], start: number, end: number): ItemSummary[] {
  const items: ItemSummary[] = [];
  for (const kind of Object.values(KINDS)) {
    const all = requests.filter((one) => one.fails && exceptionOf(one) === kind && one.startMs <= Date.now());
    const inRange = all.filter((one) => one.startMs >= start && one.startMs <= end);
    const first = all[0];
    const last = inRange.at(-1);
    if (!first || !last) continue;
    const sparkline = Array.from({ length: 24 }, () => 0);
    for (const one of inRange) {
      const slot = Math.min(23, Math.floor(((one.startMs - start) / (end - start)) * 24));
      sparkline[slot] = (sparkline[slot] ?? 0) + 1;
    }
    items.push({
      itemId: kind.itemId,
      counter: kind.counter,
      title: kind.title,
      level: kind.level,
      status: statuses.get(kind.itemId) ?? "active",
      protocol: "rollbar",
      service: "backend-flask",
      environment: "production",
      exceptionClass: kind.class,
      occurrences: inRange.length,
      firstAt: new Date(first.startMs).toISOString(),
      lastAt: new Date(last.startMs).toISOString(),
      sparkline,
    });
  }
  return items.sort((a, b) => b.lastAt.localeCompare(a.lastAt));
}

export function describeOccurrence(request: MockRequest): Occurrence {
  const kind = exceptionOf(request);
  const time = new Date(request.startMs + request.durationMs * 0.72).toISOString();
  const occurrenceId = occurrenceIdOf(request);
  const headers = {
    Host: "4567-cruddur.example:4567",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64)",
    Accept: "application/json",
    Authorization: "********",
    Origin: "http://localhost:3000",
  };
  const body = request.method === "POST" ? '{"message":"Hello Worf","user_reciever_handle":"worf"}' : null;
  const payload = {
    access_token: "********",
    data: {
      uuid: occurrenceId,
      timestamp: Math.floor(request.startMs / 1000),
      environment: "production",
      level: kind.level,
      language: "python 3.10.9",
      framework: "flask",
      code_version: "b0f3e21",
      notifier: { name: "pyrollbar", version: "0.16.3" },
      body: kind.class
        ? {
            trace: {
              frames: kind.frames.toReversed().map((one) => ({
                filename: one.file,
                lineno: one.line,
                method: one.method,
                code: one.code,
              })),
              exception: { class: kind.class, message: kind.message },
            },
          }
        : { message: { body: kind.message } },
      request: {
        url: `http://4567-cruddur.example:4567${request.path}`,
        method: request.method,
        headers,
        user_ip: request.clientIp,
        body,
      },
      server: { host: "4567-cruddur", root: "/backend-flask", pid: 41 },
      custom: { trace_id: request.traceId },
    },
  };
  return {
    occurrenceId,
    itemId: kind.itemId,
    time,
    level: kind.level,
    protocol: "rollbar",
    title: kind.title,
    message: kind.message,
    environment: "production",
    service: "backend-flask",
    host: "4567-cruddur",
    framework: "flask",
    language: "python 3.10.9",
    codeVersion: "b0f3e21",
    notifier: "pyrollbar 0.16.3",
    traceId: request.traceId,
    request: {
      method: request.method,
      url: `http://4567-cruddur.example:4567${request.path}`,
      userIp: request.clientIp,
      headers,
      query: request.path.includes("?") ? { term: "space" } : {},
      body,
    },
    person: { id: String(request.index % 6), username: request.handle, email: `${request.handle}@cruddur.example` },
    exceptions: kind.class ? [{ class: kind.class, message: kind.message, frames: kind.frames }] : [],
    custom: { trace_id: request.traceId, cart_size: request.results, beta: false },
    payload: JSON.stringify(payload),
  };
}

export function describeItem(requests: MockRequest[], itemId: string, now: number): ItemDetail | null {
  const summary = summariseItems(requests, now - 7 * 86_400_000, now).find((one) => one.itemId === itemId);
  if (!summary) return null;
  const mine = requests.filter((one) => one.fails && itemOf(one) === itemId && one.startMs <= now).reverse();
  const latest = mine[0];
  if (!latest) return null;
  return {
    ...summary,
    fingerprint: `${itemId}c4d2aa9e`,
    latest: describeOccurrence(latest),
    recent: mine.slice(0, 100).map((one) => ({
      occurrenceId: occurrenceIdOf(one),
      time: new Date(one.startMs).toISOString(),
      traceId: one.traceId,
      message: exceptionOf(one).message,
      host: "4567-cruddur",
      person: one.handle,
    })),
    perHost: [{ host: "4567-cruddur", count: mine.length }],
  };
}
