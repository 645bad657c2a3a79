import type { Problem } from "./types.generated";

/** A refused or failed call, in the server's own words where it gave any. */
export class ApiError extends Error {
  override name = "ApiError";
  constructor(
    readonly problem: Problem,
    readonly path: string,
  ) {
    super(problem.detail || problem.title);
  }
  get unreachable(): boolean {
    return this.problem.status === 0;
  }
}

export type Params = Record<string, string | number | boolean | readonly string[] | null | undefined>;

export function pathWith(path: string, params: Params = {}): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    if (value === undefined || value === null || value === "") continue;
    if (Array.isArray(value)) for (const one of value) query.append(key, String(one));
    else query.set(key, String(value));
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

export async function call<T>(
  path: string,
  init: Omit<RequestInit, "headers"> & { headers?: Record<string, string> } = {},
): Promise<T> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, { ...init, headers: { accept: "application/json", ...init.headers } });
    // An answer can end before it is whole.
    text = await response.text();
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new ApiError(
      {
        type: "about:blank",
        title: "Weir does not answer",
        status: 0,
        detail: "The server could not be reached. Is `weir serve` still running?",
      },
      path,
    );
  }
  if (response.status === 401) toLogin();
  if (!response.ok) throw new ApiError(readProblem(response, text), path);
  // A deletion has nothing to say.
  if (response.status === 204 || (text === "" && init.method === "DELETE")) return undefined as T;
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new ApiError(
      {
        type: "about:blank",
        title: "Unreadable answer",
        status: response.status,
        detail: `${path.split("?")[0] ?? path} did not answer with JSON. Something other than Weir may be in between.`,
      },
      path,
    );
  }
}

/** The session ended, or a restart forgot it: the server's own page asks, and leads back here. */
function toLogin(): void {
  window.location.assign(`/login?next=${encodeURIComponent(window.location.pathname + window.location.search)}`);
}

/** The detail, and of a list of errors those it does not tell already. */
function detailOf(body: Partial<Problem> & { errors?: unknown }): string {
  const detail = body.detail ?? "";
  const errors = Array.isArray(body.errors) ? (body.errors as { field?: unknown; description?: unknown }[]) : [];
  const more = errors
    .filter((one) => typeof one.description === "string" && !detail.includes(one.description))
    .map((one) => `${typeof one.field === "string" ? `${one.field}: ` : ""}${String(one.description)}`);
  return [detail, ...more].filter(Boolean).join(" · ");
}

function readProblem(response: Response, text: string): Problem {
  try {
    const body = JSON.parse(text) as Partial<Problem>;
    if (typeof body.title === "string" || typeof body.detail === "string")
      return {
        type: body.type ?? "about:blank",
        title: body.title ?? response.statusText,
        status: response.status,
        detail: detailOf(body),
        ...(body.position === undefined ? {} : { position: body.position }),
      };
  } catch {
    // Not a problem document: the status line has to do.
  }
  return {
    type: "about:blank",
    title: response.statusText || `Status ${response.status}`,
    status: response.status,
    detail: text.length > 0 && text.length < 300 && !text.includes("<") ? text : "",
  };
}
