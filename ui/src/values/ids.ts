/** Classifies a pasted text by its form only. */
export type KnownId =
  | { kind: "trace"; traceId: string; spanId: string | null; certain: boolean }
  | { kind: "span"; spanId: string }
  | { kind: "uuid"; uuid: string }
  | { kind: "item"; counter: number };

const XRAY = /(?:^|[\s"'=;,])(?:Root=)?1-([0-9a-f]{8})-([0-9a-f]{24})(?![0-9a-f-])/i;
const TRACEPARENT = /(?:^|[\s"'=:])[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?![0-9a-f])/i;

/**
 * Recognises: a W3C trace id, an X-Ray trace id (`1-8hex-24hex`), an `X-Amzn-Trace-Id` header
 * (`Root=1-..;Parent=..;Sampled=1`), a `traceparent` header, a span id, a UUID, and `#12` for an error item.
 * `certain` is false for 32 hex digits without a mark: a Rollbar occurrence may be written so, too.
 */
export function recogniseId(text: string): KnownId | null {
  const trimmed = text.trim();
  const parent = TRACEPARENT.exec(trimmed);
  if (parent?.[1] && parent[2])
    return { kind: "trace", traceId: parent[1].toLowerCase(), spanId: parent[2].toLowerCase(), certain: true };
  const xray = XRAY.exec(trimmed);
  if (xray?.[1] && xray[2]) {
    const segment = /Parent=([0-9a-f]{16})/i.exec(trimmed)?.[1];
    return {
      kind: "trace",
      traceId: (xray[1] + xray[2]).toLowerCase(),
      spanId: segment?.toLowerCase() ?? null,
      certain: true,
    };
  }
  if (/^[0-9a-f]{32}$/i.test(trimmed))
    return { kind: "trace", traceId: trimmed.toLowerCase(), spanId: null, certain: false };
  if (/^[0-9a-f]{16}$/i.test(trimmed)) return { kind: "span", spanId: trimmed.toLowerCase() };
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(trimmed))
    return { kind: "uuid", uuid: trimmed.toLowerCase() };
  const item = /^#(\d{1,9})$/.exec(trimmed);
  if (item) return { kind: "item", counter: Number(item[1]) };
  return null;
}

/** `5759e988bd86...` -> `1-5759e988-bd86...`; the id itself when it is not 32 hex digits. */
export function xrayForm(traceId: string): string {
  return /^[0-9a-f]{32}$/i.test(traceId) ? `1-${traceId.slice(0, 8)}-${traceId.slice(8)}` : traceId;
}

/** The first 8 digits, enough to distinguish ids in a row. */
export function shortId(id: string): string {
  return id.length > 10 ? id.slice(0, 8) : id;
}
