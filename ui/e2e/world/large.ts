import { Random } from "./random.ts";
import type { SentLog, SentSpan } from "./sent.ts";

// Traces of thousands of spans.

export const BIG_TRACE = "b16b16b16b16b16b16b16b16b16b16b1";
export const ODD_TRACE = "0dd0dd0dd0dd0dd0dd0dd0dd0dd0dd00";

/** A request of many spans in a few services, and lines of some of them. */
export function bigTrace(count: number, startMs: number): { spans: SentSpan[]; logs: SentLog[] } {
  const random = new Random(count);
  const services = ["gateway", "orders", "payments", "inventory", "pricing", "users", "search", "emails"];
  const totalMs = 4200;
  const spans: SentSpan[] = [];
  const grow = (parent: SentSpan | null, from: number, ms: number, level: number, most: number): void => {
    const isFailed = random.chance(0.004);
    const made: SentSpan = {
      traceId: BIG_TRACE,
      name:
        level === 0
          ? "POST /checkout"
          : `${random.pick(["load", "save", "check", "price", "render"])} ${random.pick(["cart", "order", "user", "stock", "offer"])}`,
      spanId: random.hex(16),
      parentSpanId: parent?.spanId ?? null,
      startMs: startMs + from,
      ms,
      kind: level === 0 ? "server" : random.pick(["internal", "client"] as const),
      service: level === 0 ? "gateway" : random.chance(0.7) && parent ? parent.service : random.pick(services),
      status: isFailed ? "error" : "unset",
      ...(isFailed && { statusMessage: "no such offer" }),
      attributes: { "app.shard": random.int(1, 64), "app.level": level, "app.tenant": `tenant-${random.int(1, 9)}` },
      events: random.chance(0.05)
        ? [{ atMs: startMs + from + ms * 0.6, name: "cache miss", attributes: { key: "k1" } }]
        : [],
      links: random.chance(0.004) ? [{ traceId: random.hex(32), spanId: random.hex(16), attributes: {} }] : [],
    };
    spans.push(made);
    if (level > 11) return;
    const children = level < 2 ? 12 : level === 2 ? random.int(3, 8) : random.int(0, 4);
    // Each child may fill its share of what is left, so that the whole tree grows and not its first branch.
    for (let i = 0; i < children && spans.length < most; i++) {
      const share = spans.length + Math.ceil((most - spans.length) / (children - i));
      grow(made, from + (ms * i) / children, (ms / children) * random.between(0.5, 1), level + 1, share);
    }
  };
  grow(null, 0, totalMs, 0, count);
  const root = spans[0];
  while (spans.length < count && root) grow(root, random.between(0, totalMs * 0.9), random.between(5, 300), 4, count);
  const logs = Array.from({ length: 400 }, (_, i): SentLog => {
    const owner = spans[random.int(0, spans.length - 1)];
    return {
      traceId: BIG_TRACE,
      spanId: owner?.spanId ?? null,
      service: owner?.service ?? "gateway",
      timeMs: (owner?.startMs ?? startMs) + random.between(0, owner?.ms ?? 0),
      severity: random.pick(["INFO", "INFO", "DEBUG", "WARN"]),
      body: `step ${i} of the checkout`,
      attributes: {},
    };
  });
  return { spans, logs };
}

/** The span id of a name in the odd story: its letters in hex. */
export function oddId(name: string): string {
  return Buffer.from(name, "latin1").toString("hex").padStart(16, "0").slice(-16);
}

/**
 * What goes wrong in traces: a chain of 5,000, two spans that are each other's parent, three parents that never came, one id twice, a
 * child that begins before its parent, 2,000 children of one parent, spans without any duration.
 */
export function oddTrace(startMs: number): SentSpan[] {
  const spans: SentSpan[] = [];
  const add = (id: string, parent: string | null, at: number, ms: number, more: Partial<SentSpan> = {}) => {
    spans.push({
      traceId: ODD_TRACE,
      name: id,
      spanId: oddId(id),
      parentSpanId: parent === null ? null : oddId(parent),
      startMs: startMs + at,
      ms,
      service: "odd",
      kind: "internal",
      status: "unset",
      attributes: {},
      events: [],
      links: [],
      ...more,
    });
  };
  add("root", null, 0, 1000, { name: "GET /odd", kind: "server" });
  for (let i = 0; i < 5_000; i++)
    add(`d${i}`, i === 0 ? "root" : `d${i - 1}`, i * 0.05, 600 - i * 0.1, { name: "down" });
  for (let i = 0; i < 2_000; i++)
    add(`w${i}`, "root", 300 + i * 0.3, i % 7 === 0 ? 0 : 2, { name: "wide", service: "fan" });
  add("ring1", "ring2", 100, 50, { name: "ring of two" });
  add("ring2", "ring1", 110, 30, { name: "ring of two" });
  add("self", "self", 120, 5, { name: "its own parent" });
  for (let i = 0; i < 4; i++) add(`o${i}`, `gone${i % 3}`, 400 + i * 20, 15, { name: "orphan", service: "lost" });
  add("twin", "root", 700, 20, { name: "twin one" });
  add("twin", "root", 730, 20, { name: "twin two", service: "fan" });
  add("early", "twin", 690, 8, { name: "before its parent" });
  add("bad", "twin", 702, 10, { name: "fails", status: "error", statusMessage: "it broke" });
  return spans;
}
