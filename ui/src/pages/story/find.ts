import { childrenOf, errorAt, isFailed, kindOf, logAt, type Tree } from "./tree";
import { KINDS, nameOf, serviceOf, spanId, STATUSES, type Spans } from "./spans";

/** Entries that have the text, in order of the tree: in what the page holds, and the spans the server found by their attributes. */
export function findEntries(tree: Tree, text: string, byServer: Iterable<number> = []): Int32Array {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return new Int32Array(0);
  const { spans } = tree;
  const hit = new Uint8Array(tree.count);
  for (const entry of byServer) hit[entry] = 1;
  const index = indexOf(tree);
  const has = (one: string) => one.includes(wanted);
  const names = Uint8Array.from(index.names, (one) => (has(one) ? 1 : 0));
  const services = Uint8Array.from(index.services, (one) => (has(one) ? 1 : 0));
  for (let i = 0; i < spans.count; i++) if (names[spans.name[i]!]! | services[spans.service[i]!]!) hit[i] = 1;
  if (/^[0-9a-f]{4,16}$/.test(wanted)) markIds(spans, wanted, hit);
  const own = ownField(spans, wanted);
  if (own) for (let i = 0; i < spans.count; i++) if (own(i)) hit[i] = 1;
  index.messages.forEach((message, i) => {
    if (has(message)) hit[index.messageSpans[i]!] = 1;
  });
  index.whole.forEach((text, i) => {
    if (has(text)) hit[i] = 1;
  });
  index.others.forEach((text, i) => {
    if (has(text)) hit[spans.count + i] = 1;
  });
  return inOrder(tree, hit);
}

/** What can be found, in lower case, made with the first search of a story: a letter more then costs one pass over it. */
interface Index {
  /** By number of a name and of a service. */
  names: string[];
  services: string[];
  /** Status messages, and the spans that have them. */
  messages: string[];
  messageSpans: number[];
  /** Attributes and events by span; none when the page does not hold them. */
  whole: string[];
  /** Gaps, lines and errors, by entry after the spans. */
  others: string[];
}

const indexes = new WeakMap<Tree, Index>();

function indexOf(tree: Tree): Index {
  const known = indexes.get(tree);
  if (known) return known;
  const { spans } = tree;
  const lower = (one: string) => one.toLowerCase();
  const made: Index = {
    names: spans.names.map(lower),
    services: spans.services.map(lower),
    messages: [...spans.messages.values()].map(lower),
    messageSpans: [...spans.messages.keys()],
    whole: (spans.whole ?? []).map((span) => {
      const attributes = Object.entries(span.attributes).map(([key, value]) => `${key}=${String(value)}`);
      return lower([...attributes, ...span.events.map((event) => event.name)].join(" "));
    }),
    others: Array.from({ length: tree.count - spans.count }, (_, i) => {
      const gap = tree.gaps[i];
      return lower(gap ? `missing ${gap.parentId}` : pointText(tree, spans.count + i));
    }),
  };
  indexes.set(tree, made);
  return made;
}

/** Spans whose id has the text. Ids of a large story are one string of 16 digits each; what runs from one into the next is none. */
function markIds(spans: Spans, wanted: string, hit: Uint8Array): void {
  const { ids } = spans;
  if (typeof ids === "string") {
    for (let at = ids.indexOf(wanted); at >= 0; at = ids.indexOf(wanted, at + 1))
      if ((at % 16) + wanted.length <= 16) hit[at >> 4] = 1;
  } else for (let i = 0; i < spans.count; i++) if (spanId(spans, i).includes(wanted)) hit[i] = 1;
}

/** The entries that are marked, in order of the tree. */
function inOrder({ order, count }: Tree, marked: Uint8Array): Int32Array {
  const found = new Int32Array(count);
  let many = 0;
  for (let rank = 0; rank < count; rank++) {
    const entry = order[rank]!;
    if (marked[entry]) found[many++] = entry;
  }
  return found.subarray(0, many);
}

/** `status=error`, `span.kind=client`: whether a span's own field has that in it; null when the text asks for none. */
function ownField(spans: Spans, wanted: string): ((span: number) => boolean) | null {
  const [, field, part = ""] =
    /^(service\.name|name|span\.kind|status|meta\.protocol|status_message)=(.*)$/.exec(wanted) ?? [];
  const fits = (texts: readonly string[]) => texts.map((one) => one.toLowerCase().includes(part));
  const among = (numbers: ArrayLike<number>, texts: readonly string[]) => {
    const good = fits(texts);
    return (span: number) => good[numbers[span] ?? 0] ?? false;
  };
  switch (field) {
    case "service.name":
      return among(spans.service, spans.services);
    case "name":
      return among(spans.name, spans.names);
    case "span.kind":
      return among(spans.kind, KINDS);
    case "status":
      return among(spans.status, STATUSES);
    case "meta.protocol":
      return among(spans.protocol, spans.protocols);
    case "status_message":
      return (span) => spans.messages.get(span)?.toLowerCase().includes(part) ?? false;
    default:
      return null;
  }
}

function pointText(tree: Tree, entry: number): string {
  if (kindOf(tree, entry) === "log") {
    const log = logAt(tree, entry);
    return log ? `${log.severity} ${log.body}` : "";
  }
  const error = errorAt(tree, entry);
  return error ? `${error.level} ${error.title} ${error.message ?? ""}` : "";
}

/** Entries of span ids as the server hands them out: 16 hex digits each. */
export function entriesOfIds(tree: Tree, ids: string): number[] {
  const found: number[] = [];
  for (let i = 0; i < ids.length; i += 16) {
    const id = ids.slice(i, i + 16);
    const shared = tree.ids.shared.get(id);
    if (shared) found.push(...shared);
    else {
      const entry = tree.ids.first.get(id);
      if (entry !== undefined) found.push(entry);
    }
  }
  return found;
}

/** Failures in order of the tree. An error that a failed span reported is included with the span, not a second time. */
export function failures(tree: Tree, hidden: ReadonlySet<string>, partOf: (entry: number) => string): Int32Array {
  const isShown = (entry: number) => hidden.size === 0 || !hidden.has(partOf(entry));
  return tree.order.filter((entry) => {
    if (!isFailed(tree, entry) || !isShown(entry)) return false;
    const owner = tree.parent[entry] ?? -1;
    return entry < tree.spans.count || owner < 0 || !isFailed(tree, owner) || !isShown(owner);
  });
}

/** The text of a failure: the span's message, or the title of an error that it reported. */
export function reasonOf(tree: Tree, entry: number): string {
  if (entry >= tree.spans.count) return "";
  const message = tree.spans.messages.get(entry);
  if (message) return message;
  for (const child of childrenOf(tree, entry)) {
    const error = errorAt(tree, child);
    if (error) return error.title;
  }
  return "";
}

/** A failure that no failed span below it explains: where to look first. */
export function isOrigin(tree: Tree, entry: number): boolean {
  return isFailed(tree, entry) && (entry >= tree.spans.count || (tree.failedBelow[entry] ?? 0) === 0);
}

/** The text of an entry in lists: "SELECT orders in db". */
export function labelOf(tree: Tree, entry: number): { name: string; service: string } {
  if (entry < tree.spans.count) return { name: nameOf(tree.spans, entry), service: serviceOf(tree.spans, entry) };
  const error = errorAt(tree, entry);
  const log = logAt(tree, entry);
  return { name: error?.title ?? log?.body ?? "", service: error?.protocol ?? log?.service ?? "" };
}
