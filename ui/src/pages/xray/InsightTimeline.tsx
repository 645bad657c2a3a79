import { useElementSize } from "@mantine/hooks";
import type { XRayInsight, XRayInsightDetail } from "../../api/types.generated";
import { formatNumber } from "../../query/format";
import { formatCount } from "../../values/format";

const INSET = { left: 40, right: 10, top: 8, bottom: 20 };

/** Faults of the root cause by minute as bars, and what would have been usual as a line; the insight's time is shaded. */
export function InsightTimeline({
  timeline,
  insight,
  height = 150,
}: {
  timeline: XRayInsightDetail["timeline"];
  insight: XRayInsight;
  height?: number;
}) {
  const { ref, width } = useElementSize();
  const most = Math.max(1, ...timeline.map((one) => Math.max(one.faults, one.highestUsual)));
  const inner = { width: Math.max(1, width - INSET.left - INSET.right), height: height - INSET.top - INSET.bottom };
  const wide = inner.width / Math.max(1, timeline.length);
  const y = (value: number) => INSET.top + (1 - value / most) * inner.height;
  const from = Date.parse(insight.start);
  const to = Date.parse(insight.end ?? insight.updated);
  const within = timeline.map((one) => Date.parse(one.time) >= from - 59_999 && Date.parse(one.time) <= to);
  const clock = (iso: string) =>
    new Date(iso).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", hour12: false });
  const every = Math.max(1, Math.ceil(timeline.length / Math.max(2, inner.width / 90)));
  return (
    <div className="response-times" ref={ref} style={{ height }}>
      {width > 0 && (
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={`Faults per minute, at most ${formatCount(Math.max(0, ...timeline.map((one) => one.faults)))}`}
        >
          {[0.5, 1].map((share) => (
            <g key={share}>
              <line
                x1={INSET.left}
                x2={width - INSET.right}
                y1={y(most * share)}
                y2={y(most * share)}
                className="rule"
              />
              <text x={INSET.left - 5} y={y(most * share) + 4} className="tick" textAnchor="end">
                {formatNumber(most * share)}
              </text>
            </g>
          ))}
          {timeline.map((one, i) => (
            <g key={one.time} className="code-fault">
              {within[i] && (
                <rect
                  x={INSET.left + i * wide}
                  width={wide}
                  y={INSET.top}
                  height={inner.height}
                  fill="var(--code)"
                  opacity={0.08}
                />
              )}
              <rect
                x={INSET.left + i * wide + 0.5}
                width={Math.max(1, wide - 1)}
                y={y(one.faults)}
                height={Math.max(0, height - INSET.bottom - y(one.faults))}
                fill="var(--code)"
                opacity={within[i] ? 1 : 0.55}
              >
                <title>
                  {`${clock(one.time)}: ${formatCount(one.faults)} of ${formatCount(one.total)} failed; up to ${formatNumber(one.highestUsual)} are usual`}
                </title>
              </rect>
              {i % every === 0 && (
                <text x={INSET.left + i * wide} y={height - 5} className="tick">
                  {clock(one.time)}
                </text>
              )}
            </g>
          ))}
          <polyline
            points={timeline.map((one, i) => `${INSET.left + (i + 0.5) * wide},${y(one.highestUsual)}`).join(" ")}
            fill="none"
            stroke="currentColor"
            strokeDasharray="4 3"
            opacity={0.7}
          />
        </svg>
      )}
    </div>
  );
}
