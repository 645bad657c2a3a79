import type { StoryFrame, XRayDocuments } from "../api/types.generated";
import type { AttributeValue } from "../api/written";

type Json = Record<string, unknown>;

/** A segment or subsegment of a document, as the detail view shows it. */
export interface Entity {
  /** The part of the document for this entity, without nested entities. */
  raw: Json;
  nested: number;
  annotations: [string, string | number | boolean][];
  /** By namespace. */
  metadata: [string, unknown][];
  exceptions: DocumentException[];
  /** The exception is recorded at another entity of the trace, under this id. */
  causedBy: string | null;
  sql: Record<string, AttributeValue>;
  query: string | null;
  aws: Record<string, AttributeValue>;
  http: Record<string, AttributeValue>;
  flags: string[];
}
export interface DocumentException {
  id: string;
  type: string | null;
  message: string | null;
  remote: boolean;
  /** Frames or exceptions were left out by the SDK. */
  truncated: number;
  frames: StoryFrame[];
}

/** Looks the entity up in every document, however deep it is nested. Null when none has it. */
export function findEntity(documents: XRayDocuments, id: string): Entity | null {
  for (const { document } of documents.segments) {
    const found = search(parse(document), id);
    if (found) return read(found);
  }
  return null;
}

/** The document that contains the entity, as text. */
export function documentWith(documents: XRayDocuments, id: string): string | null {
  return documents.segments.find((one) => search(parse(one.document), id))?.document ?? null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function object(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string | null =>
  typeof value === "string" && value !== "" ? value : typeof value === "number" ? String(value) : null;

function search(value: unknown, id: string): Json | null {
  const pending: Json[] = [object(value)];
  for (let one = pending.pop(); one; one = pending.pop()) {
    if (one.id === id) return one;
    pending.push(...list(one.subsegments).map(object));
  }
  return null;
}

function read(entity: Json): Entity {
  const { subsegments, ...raw } = entity;
  const { sanitized_query: query, ...sql } = object(entity.sql);
  const { xray: recorder, ...aws } = object(entity.aws);
  return {
    raw,
    nested: list(subsegments).length,
    annotations: Object.entries(object(entity.annotations)).filter(
      (one): one is [string, string | number | boolean] =>
        typeof one[1] === "string" || typeof one[1] === "number" || typeof one[1] === "boolean",
    ),
    metadata: Object.entries(object(entity.metadata)),
    exceptions: list(object(entity.cause).exceptions).map((one) => exception(object(one))),
    causedBy: typeof entity.cause === "string" ? entity.cause : null,
    sql: flatten(sql),
    query: textOf(query),
    aws: { ...flatten(aws), ...flatten(object(recorder), "xray.") },
    http: {
      ...flatten(object(object(entity.http).request)),
      ...flatten(object(object(entity.http).response), "response "),
    },
    flags: ["fault", "error", "throttle", "in_progress", "inferred"].filter((flag) => entity[flag] === true),
  };
}

function exception(raw: Json): DocumentException {
  return {
    id: textOf(raw.id) ?? "",
    type: textOf(raw.type),
    message: textOf(raw.message),
    remote: raw.remote === true,
    truncated: (Number(raw.truncated) || 0) + (Number(raw.skipped) || 0),
    frames: list(raw.stack).map((one) => {
      const frame = object(one);
      const file = textOf(frame.path);
      return {
        file,
        line: typeof frame.line === "number" ? frame.line : null,
        column: null,
        method: textOf(frame.label),
        code: null,
        inProject:
          file !== null && !/site-packages|node_modules|dist-packages|\/lib\/python|^node:|^internal\//.test(file),
      };
    }),
  };
}

/** Nested objects as "a.b"; lists and empty values as JSON. */
function flatten(value: Json, prefix = ""): Record<string, AttributeValue> {
  const found: Record<string, AttributeValue> = {};
  for (const [key, one] of Object.entries(value)) {
    if (one === null || one === undefined) continue;
    if (typeof one === "string" || typeof one === "number" || typeof one === "boolean") found[prefix + key] = one;
    else if (Array.isArray(one))
      found[prefix + key] = one.map((each) => textOf(each) ?? JSON.stringify(each)).join(", ");
    else Object.assign(found, flatten(object(one), `${prefix}${key}.`));
  }
  return found;
}
