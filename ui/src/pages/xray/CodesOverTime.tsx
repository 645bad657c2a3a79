import { useElementSize } from "@mantine/hooks";
import { useState } from "react";
import type { XRayTimeSeries } from "../../api/types.generated";
import { formatCount, formatMs } from "../../values/format";
import { CODE_NAMES } from "../../xray/conditions";

const STACK = ["fault", "throttle", "error", "ok"] as const;
const INSET = { left: 36, right: 8, top: 6, bottom: 18 };

/** How requests ended, one bar for each stretch of time; the faults at the bottom, where bars are read. */
export function CodesOverTime({ series, height = 110 }: { series: XRayTimeSeries; height?: number }) {
  const { ref, width } = useElementSize();
  const [over, setOver] = useState<number | null>(null);
  const { points } = series;
  const most = Math.max(1, ...points.map((one) => one.counts.total));
  const inner = { width: Math.max(1, width - INSET.left - INSET.right), height: height - INSET.top - INSET.bottom };
  const wide = inner.width / Math.max(1, points.length);
  const point = over === null ? undefined : points[over];
  const clock = (iso: string) =>
    new Date(iso).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", hour12: false });
  const total = points.reduce((sum, one) => sum + one.counts.total, 0);
  return (
    <div className="response-times" ref={ref} style={{ height }}>
      {width > 0 && (
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={`Response codes over time, ${formatCount(total)} requests`}
        >
          {[0.5, 1].map((share) => {
            const y = INSET.top + (1 - share) * inner.height;
            return (
              <g key={share}>
                <line x1={INSET.left} x2={width - INSET.right} y1={y} y2={y} className="rule" />
                <text x={INSET.left - 5} y={y + 4} className="tick" textAnchor="end">
                  {most * share >= 1 ? formatCount(most * share) : ""}
                </text>
              </g>
            );
          })}
          {points.map((one, i) => {
            let y = height - INSET.bottom;
            return (
              <g key={one.time} opacity={over === null || over === i ? 1 : 0.55}>
                {STACK.map((code) => {
                  const tall = (one.counts[code] / most) * inner.height;
                  if (tall === 0) return null;
                  y -= tall;
                  return (
                    <rect
                      key={code}
                      x={INSET.left + i * wide + 0.5}
                      width={Math.max(1, wide - 1)}
                      y={y}
                      height={tall}
                      className={`code-${code}`}
                      fill="var(--code)"
                    />
                  );
                })}
              </g>
            );
          })}
          {points.length > 0 &&
            [0, Math.floor(points.length / 2), points.length - 1].map((i, n) => (
              <text
                key={n}
                x={INSET.left + (i + 0.5) * wide}
                y={height - 4}
                className="tick"
                textAnchor={n === 0 ? "start" : n === 1 ? "middle" : "end"}
              >
                {clock(points[i]?.time ?? "")}
              </text>
            ))}
          <rect
            x={INSET.left}
            y={0}
            width={inner.width}
            height={height}
            fill="transparent"
            onPointerMove={(event) => {
              const left = event.currentTarget.getBoundingClientRect().left;
              setOver(Math.max(0, Math.min(points.length - 1, Math.floor((event.clientX - left) / wide))));
            }}
            onPointerLeave={() => setOver(null)}
          />
        </svg>
      )}
      {point && over !== null && (
        <div
          className="plot-tip"
          style={
            over > points.length / 2
              ? { right: width - (INSET.left + over * wide) + 10, top: 2 }
              : { left: INSET.left + (over + 1) * wide + 10, top: 2 }
          }
        >
          <div className="when">{clock(point.time)}</div>
          {STACK.filter((code) => point.counts[code] > 0).map((code) => (
            <div key={code} className={`line code-${code}`}>
              <i className="swatch" />
              {CODE_NAMES[code].name}
              <b className="num">{formatCount(point.counts[code])}</b>
            </div>
          ))}
          {point.counts.total === 0 && <div className="faint">no requests</div>}
          {point.averageSeconds !== null && (
            <div className="faint">average {formatMs(point.averageSeconds * 1000)}</div>
          )}
        </div>
      )}
    </div>
  );
}
