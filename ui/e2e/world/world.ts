import { LOG_GROUP, LOG_STREAM, sentOf } from "./cruddur.ts";
import { keep } from "./kept.ts";
import { bigTrace, oddTrace } from "./large.ts";
import { fanOut, payments } from "./payments.ts";
import { makeRequests } from "./requests.ts";
import { loaded, post, sendLogEvents, sendLogs, sendSegments, sendSpans } from "./sent.ts";

/** Where the seeded Weir is, and the moment that its telemetry was made before. */
export interface World {
  url: string;
  otlp: string;
  now: number;
}

const DAY_MS = 86_400_000;

/**
 * A week of requests to Cruddur by four clients, two traces of thousands of spans, what people keep: boards,
 * alerts, groups, rules; and an hour of payments that fail for a while.
 */
export async function seed(url: string, now: number): Promise<void> {
  const sent = makeRequests(now).map(sentOf);
  const big = bigTrace(10_000, now - 60_000);
  await sendSpans(url, [...sent.flatMap((one) => one.spans), ...big.spans, ...oddTrace(now - 120_000)]);
  await sendLogs(url, [...sent.flatMap((one) => one.logs), ...big.logs]);
  await sendSegments(url, [...sent.flatMap((one) => one.segments), ...payments(now), fanOut(now, 29)]);
  const lines = sent.flatMap((one) => one.lines);
  const late = Array.from({ length: 17 }, (_, i) => ({ timestamp: now - 15 * DAY_MS - i, message: "far too late" }));
  await sendLogEvents(url, LOG_GROUP, LOG_STREAM, "backend-flask", [...lines, ...late]);
  for (const item of sent.flatMap((one) => one.items)) await post(url, "/api/1/item/", item);
  await loaded(url);
  await keep(url);
}
