import type { CruddurRequest } from "./requests.ts";

// What fails in Cruddur, as Rollbar's library for Python tells it.

interface Failure {
  class: string | null;
  message: string;
  level: string;
  /** The newest call last, as Python prints them. */
  frames: { filename: string; lineno: number; method: string; code: string }[];
}

const frame = (filename: string, lineno: number, method: string, code: string) => ({ filename, lineno, method, code });
const LIBRARY = "/usr/local/lib/python3.10/site-packages";
const FLASK = [
  frame(`${LIBRARY}/flask/app.py`, 2525, "wsgi_app", "response = self.full_dispatch_request()"),
  frame(`${LIBRARY}/flask/app.py`, 1820, "full_dispatch_request", "rv = self.dispatch_request()"),
  frame(
    `${LIBRARY}/flask_cors/extension.py`,
    165,
    "wrapped_function",
    "return cors_after_request(app.make_response(f()))",
  ),
];
const FAILURES: Record<"KeyError" | "TypeError" | "hello", Failure> = {
  KeyError: {
    class: "KeyError",
    message: "'user_receiver_handle'",
    level: "error",
    frames: [
      ...FLASK,
      frame("/backend-flask/app.py", 94, "data_create_message", "handle = request.json['user_receiver_handle']"),
      frame("/backend-flask/services/create_message.py", 17, "run", "return model['data'][user_receiver_handle]"),
    ],
  },
  TypeError: {
    class: "TypeError",
    message: "The view function for 'data_messages' did not return a valid response",
    level: "error",
    frames: [
      ...FLASK,
      frame(`${LIBRARY}/flask/app.py`, 2097, "make_response", "raise TypeError("),
      frame("/backend-flask/app.py", 101, "data_messages", "model = Messages.run(user_sender_handle)"),
    ],
  },
  hello: { class: null, message: "Hello World!", level: "warning", frames: [] },
};

const failureOf = (request: CruddurRequest) => FAILURES[request.fails ?? "KeyError"];

export function titleOf(request: CruddurRequest): string {
  const { class: name, message } = failureOf(request);
  return name ? `${name}: ${message}` : message;
}

/** The id that Weir knows an occurrence by: its uuid's digits. */
export const occurrenceIdOf = (request: CruddurRequest) =>
  `${request.otherTraceId.slice(0, 12)}4${request.otherTraceId.slice(13)}`;

function uuidOf(request: CruddurRequest): string {
  const hex = occurrenceIdOf(request);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

export function occurrenceOf(request: CruddurRequest): object {
  const failure = failureOf(request);
  return {
    access_token: "e2e",
    data: {
      uuid: uuidOf(request),
      timestamp: Math.floor((request.startMs + request.durationMs * 0.72) / 1000),
      environment: "production",
      level: failure.level,
      language: "python 3.10.9",
      framework: "flask",
      code_version: "b0f3e21",
      notifier: { name: "pyrollbar", version: "0.16.3" },
      body: failure.class
        ? { trace: { frames: failure.frames, exception: { class: failure.class, message: failure.message } } }
        : { message: { body: failure.message } },
      request: {
        url: `http://4567-cruddur.example:4567${request.path}`,
        method: request.method,
        headers: { Host: "4567-cruddur.example:4567", Accept: "application/json", Authorization: "********" },
        user_ip: request.clientIp,
        ...(request.method === "POST" && { body: '{"message":"Hello Worf","user_reciever_handle":"worf"}' }),
      },
      person: { id: String(request.index % 6), username: request.handle, email: `${request.handle}@cruddur.example` },
      server: { host: "4567-cruddur", root: "/backend-flask", pid: 41 },
      custom: { trace_id: request.traceId, cart_size: request.results, beta: false },
    },
  };
}
