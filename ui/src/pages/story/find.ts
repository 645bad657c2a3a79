import { childrenOf, errorAt, isFailed, kindOf, logAt, type Tree } from "./tree";
import { KINDS, nameOf, serviceOf, spanId, STATUSES, type Spans } from "./spans";

/** Entries that have the text, in order of the tree: in what the page holds, and the spans the server found by their attributes. */
export function findEntries(tree: Tree, text: string, byServer: Iterable<number> = []): Int32Array {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return new Int32Array(0);
  const { spans } = tree;
  const hit = new Uint8Array(tree.count);
  for (const entry of byServer) hit[entry] = 1;
  const has = (one: string) => one.toLowerCase().includes(wanted);
  const names = spans.names.map(has);
  const services = spans.services.map(has);
  const isId = /^[0-9a-f]{4,16}$/.test(wanted);
  for (let i = 0; i < spans.count; i++)
    if (names[spans.name[i] ?? 0] || services[spans.service[i] ?? 0] || (isId && spanId(spans, i).includes(wanted)))
      hit[i] = 1;
  const own = ownField(spans, wanted);
  if (own) for (let i = 0; i < spans.count; i++) if (own(i)) hit[i] = 1;
  for (const [span, message] of spans.messages) if (has(message)) hit[span] = 1;
  spans.whole?.forEach((span, i) => {
    if (hit[i]) return;
    const attributes = Object.entries(span.attributes).map(([key, value]) => `${key}=${String(value)}`);
    const events = span.events.map((event) => event.name);
    if (has([...attributes, ...events].join(" "))) hit[i] = 1;
  });
  tree.gaps.forEach((gap, i) => {
    if (has(`missing ${gap.parentId}`)) hit[spans.count + i] = 1;
  });
  for (let i = spans.count + tree.gaps.length; i < tree.count; i++) if (has(pointText(tree, i))) hit[i] = 1;
  return tree.order.filter((entry) => hit[entry]);
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

/** Failures in order of the tree. An error that a failed span reported is told with the span, not once more. */
export function failures(tree: Tree, hidden: ReadonlySet<string>, partOf: (entry: number) => string): Int32Array {
  const isShown = (entry: number) => hidden.size === 0 || !hidden.has(partOf(entry));
  return tree.order.filter((entry) => {
    if (!isFailed(tree, entry) || !isShown(entry)) return false;
    const owner = tree.parent[entry] ?? -1;
    return entry < tree.spans.count || owner < 0 || !isFailed(tree, owner) || !isShown(owner);
  });
}

/** What a failure says of itself: the span's message, or the title of an error it reported. */
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

/** A failure that no failure below it explains: where to look first. */
export function isOrigin(tree: Tree, entry: number): boolean {
  return isFailed(tree, entry) && (entry >= tree.spans.count || (tree.failedBelow[entry] ?? 0) === 0);
}

/** What stands in a list of entries: "SELECT orders in db". */
export function labelOf(tree: Tree, entry: number): { name: string; service: string } {
  if (entry < tree.spans.count) return { name: nameOf(tree.spans, entry), service: serviceOf(tree.spans, entry) };
  const error = errorAt(tree, entry);
  const log = logAt(tree, entry);
  return { name: error?.title ?? log?.body ?? "", service: error?.protocol ?? log?.service ?? "" };
}
