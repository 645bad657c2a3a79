import { config } from "./config";

export interface Reply {
  uuid: string;
  handle: string;
  message: string;
  created_at: string;
}

export interface Crud extends Reply {
  expires_at: string | null;
  likes_count: number;
  replies_count: number;
  reposts_count: number;
  replies: Reply[];
}

/** The backend said no; `codes` are its own words, for instance `message_blank`. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly path: string,
    readonly codes: string[],
  ) {
    super(`${path} answered ${status}${codes.length > 0 ? ` (${codes.join(", ")})` : ""}`);
    this.name = "ApiError";
  }
}

// Not `async` up to the fetch: it has to be sent while the caller's span is the active one.
function call<T>(path: string, init?: RequestInit): Promise<T> {
  return fetch(config.backendUrl + path, init).then(async (reply) => {
    if (reply.ok) return (await reply.json()) as T;
    const body = (await reply.json().catch(() => ({}))) as { errors?: string[] };
    throw new ApiError(reply.status, path, body.errors ?? []);
  });
}

const post = <T>(path: string, body: unknown) => call<T>(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

export const api = {
  home: () => call<Crud[]>("/api/activities/home"),
  notifications: () => call<Crud[]>("/api/activities/notifications"),
  user: (handle: string) => call<Crud[]>(`/api/activities/@${encodeURIComponent(handle)}`),
  search: (term: string) => call<Crud[]>(`/api/activities/search?term=${encodeURIComponent(term)}`),
  broken: () => call<Crud>("/api/activities/broken"),
  create: (message: string, ttl: string) => post<Crud>("/api/activities", { message, ttl }),
  reply: (uuid: string, message: string) => post<Reply>(`/api/activities/${uuid}/reply`, { message }),
};
