import type { XRayInsight, XRayInsightDetail, XRayInsights } from "../api/xray.ts";
import { Refused } from "./refused.ts";

const MINUTE = 60_000;
const iso = (ms: number) => new Date(ms).toISOString();

function insight(id: string, now: number, beganAgo: number, endedAgo: number | null): XRayInsight {
  const active = endedAgo === null;
  const minutes = beganAgo - (endedAgo ?? 0);
  const total = minutes * 40;
  const faults = Math.round(total * 0.31);
  return {
    id,
    group: "Cruddur",
    state: active ? "ACTIVE" : "CLOSED",
    categories: ["FAULT"],
    summary: `31% of the requests of backend-flask failed, where up to 4% are usual.`,
    start: iso(now - beganAgo * MINUTE),
    end: endedAgo === null ? null : iso(now - endedAgo * MINUTE),
    updated: iso(now - (endedAgo ?? 1) * MINUTE),
    rootCause: { name: "backend-flask", type: "AWS::ECS::Container" },
    services: [
      { name: "backend-flask", type: "AWS::ECS::Container" },
      { name: "frontend-react-js", type: null },
    ],
    clientRequestImpact: { faults: faults - 9, ok: total + 40 - faults, total: total + 31 },
    rootCauseRequestImpact: { faults, ok: total - faults, total },
    faults,
    total,
  };
}

/** One that goes on and one that is over; nothing in an empty Weir. */
export function insightAnswer(id: string | undefined, empty: boolean, now: number): XRayInsights | XRayInsightDetail {
  const all = empty ? [] : [insight("ins-2", now, 12, null), insight("ins-1", now, 55, 38)];
  if (id === undefined) return { insights: all };
  const found = all.find((one) => one.id === id);
  if (!found) throw new Refused(404, "Not found", `There is no insight ${id}.`);
  const from = Date.parse(found.start);
  const to = found.end === null ? now : Date.parse(found.end);
  const first = from - 30 * MINUTE;
  const timeline = Array.from({ length: Math.ceil((Math.min(now, to + 10 * MINUTE) - first) / MINUTE) }, (_, i) => {
    const time = first + i * MINUTE;
    const within = time >= from && time < to;
    return {
      time: iso(time),
      total: 36 + ((i * 7) % 9),
      faults: within ? 11 + ((i * 5) % 6) : i % 3 ? 0 : 1,
      highestUsual: 2.4,
    };
  });
  const { clientRequestImpact, rootCauseRequestImpact, services } = found;
  const event = (time: string, summary: string) => ({
    time,
    summary,
    clientRequestImpact,
    rootCauseRequestImpact,
    services,
  });
  return {
    insight: found,
    events: [
      ...(found.end ? [event(found.end, "backend-flask fails as usual again.")] : []),
      event(found.start, "backend-flask began to fail unusually often."),
    ],
    timeline,
    graph: {
      nodes: [
        { id: "1", name: "backend-flask", type: "AWS::ECS::Container", rootCause: true, anomalous: true },
        { id: "2", name: "frontend-react-js", type: null, rootCause: false, anomalous: true },
      ],
      edges: [{ source: "2", target: "1" }],
    },
    notifications: found.end
      ? []
      : [
          {
            time: found.start,
            state: "ACTIVE",
            deliveries: [{ recipient: "webhook on call", ok: true, attempts: 1, detail: "200" }],
          },
        ],
  };
}
