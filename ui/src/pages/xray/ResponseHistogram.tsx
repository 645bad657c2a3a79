import { useElementSize } from "@mantine/hooks";
import { useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import type { XRayTimeCount } from "../../api/types.generated";
import { logTicks } from "../../parts/plot/ticks";
import { formatCount, formatMs } from "../../values/format";
import { bars, boundsOf, placeOf, valueAt } from "../../xray/histogram";

const INSET = { left: 44, right: 12, top: 8, bottom: 20 };

/** Response times on a logarithmic axis. A drag selects a stretch; with the keyboard: arrows move it, Shift widens it, Escape lets go. */
export function ResponseHistogram({
  histogram,
  within,
  selected,
  select,
  height = 120,
  label = "Response times",
  compared = false,
}: {
  histogram: readonly XRayTimeCount[];
  /** The times the axis covers, when it must stay as it is while a part is shown. */
  within?: readonly XRayTimeCount[] | undefined;
  selected?: { from?: number | undefined; to?: number | undefined } | undefined;
  select?: ((from: number | undefined, to: number | undefined) => void) | undefined;
  height?: number;
  label?: string;
  /** The selection in one colour and the rest in another, as the tables beside it have them. */
  compared?: boolean;
}) {
  const { ref, width } = useElementSize();
  const area = useRef<SVGRectElement>(null);
  const began = useRef<number | null>(null);
  const [dragged, setDragged] = useState<[number, number] | null>(null);
  const [over, setOver] = useState<number | null>(null);
  const inner = { width: Math.max(1, width - INSET.left - INSET.right), height: height - INSET.top - INSET.bottom };
  const wanted = Math.max(12, Math.min(80, Math.round(inner.width / 14)));
  const made = bars(histogram, wanted, boundsOf(within ?? histogram));
  const most = Math.max(1, ...made.counts);
  const total = made.counts.reduce((sum, one) => sum + one, 0);
  const first = made.edges[0] ?? 1;
  const last = made.edges.at(-1) ?? 1;
  const isSelected = selected?.from !== undefined || selected?.to !== undefined;
  const chosen: [number, number] | null =
    dragged ??
    (isSelected ? [placeOf(made.edges, selected.from ?? first), placeOf(made.edges, selected.to ?? last)] : null);
  const hovered = over === null ? null : Math.min(made.counts.length - 1, Math.floor(over * made.counts.length));

  const place = (event: PointerEvent) => {
    const box = area.current?.getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - (box?.left ?? 0)) / inner.width));
  };
  const finish = (stretch: [number, number]) => {
    // At an end of the axis the stretch is open: what is slower still belongs to it.
    const from = stretch[0] <= 0.004 ? undefined : valueAt(made.edges, stretch[0]);
    const to = stretch[1] >= 0.996 ? undefined : valueAt(made.edges, stretch[1]);
    select?.(from, to);
  };
  const press = (event: KeyboardEvent) => {
    if (!select || made.counts.length === 0) return;
    const step = 1 / made.counts.length;
    const now = chosen ?? [0.75, 1];
    const by = event.key === "ArrowLeft" ? -step : event.key === "ArrowRight" ? step : 0;
    if (by !== 0) {
      event.preventDefault();
      const [from, to] = now;
      const next: [number, number] = event.shiftKey
        ? [from, Math.max(from + step, Math.min(1, to + by))]
        : [Math.max(0, Math.min(1 - step, from + by)), Math.max(step, Math.min(1, to + by))];
      finish(next);
    } else if (event.key === "Escape" && isSelected) select(undefined, undefined);
  };

  const x = (share: number) => INSET.left + share * inner.width;
  const inSelection = (bar: number) => {
    const middle = (bar + 0.5) / made.counts.length;
    return chosen !== null && middle >= chosen[0] && middle <= chosen[1];
  };
  return (
    <div className="response-times" ref={ref} style={{ height }}>
      {width > 0 && (
        <svg
          width={width}
          height={height}
          role={select ? "slider" : "img"}
          tabIndex={select ? 0 : undefined}
          aria-label={label}
          {...(select && {
            "aria-valuemin": first * 1000,
            "aria-valuemax": last * 1000,
            "aria-valuenow": (selected?.from ?? first) * 1000,
            "aria-valuetext": isSelected
              ? `${formatMs((selected.from ?? first) * 1000)} to ${formatMs((selected.to ?? last) * 1000)}`
              : "everything",
          })}
          onKeyDown={press}
        >
          {[0.5, 1].map((share) => (
            <g key={share}>
              <line
                x1={INSET.left}
                x2={width - INSET.right}
                y1={INSET.top + (1 - share) * inner.height}
                y2={INSET.top + (1 - share) * inner.height}
                className="rule"
              />
              <text x={INSET.left - 6} y={INSET.top + (1 - share) * inner.height + 4} className="tick" textAnchor="end">
                {most * share >= 1 ? formatCount(most * share) : ""}
              </text>
            </g>
          ))}
          <line
            x1={INSET.left}
            x2={width - INSET.right}
            y1={height - INSET.bottom}
            y2={height - INSET.bottom}
            className="rule"
          />
          {logTicks(first, last, Math.max(3, Math.floor(inner.width / 90))).map((tick) => (
            <text key={tick} x={x(placeOf(made.edges, tick))} y={height - 5} className="tick" textAnchor="middle">
              {formatMs(tick * 1000)}
            </text>
          ))}
          {made.counts.map((count, i) => {
            const tall = count === 0 ? 0 : Math.max(2, (count / most) * inner.height);
            const wide = inner.width / made.counts.length;
            return (
              <rect
                key={i}
                x={INSET.left + i * wide + 0.75}
                width={Math.max(1, wide - 1.5)}
                y={height - INSET.bottom - tall}
                height={tall}
                rx={1.5}
                className={`bar ${chosen && !inSelection(i) ? "out" : compared && chosen ? "in" : ""} ${i === hovered ? "on" : ""}`}
              />
            );
          })}
          {chosen && (
            <rect
              x={x(chosen[0])}
              width={Math.max(1, x(chosen[1]) - x(chosen[0]))}
              y={INSET.top - 2}
              height={inner.height + 2}
              className={`stretch ${compared ? "in" : ""}`}
            />
          )}
          <rect
            ref={area}
            x={INSET.left}
            y={0}
            width={inner.width}
            height={height - INSET.bottom}
            fill="transparent"
            style={{ cursor: select ? "crosshair" : "default", touchAction: "none" }}
            onPointerMove={(event) => {
              const at = place(event);
              setOver(at);
              if (began.current !== null && Math.abs(at - began.current) * inner.width > 3)
                setDragged([Math.min(at, began.current), Math.max(at, began.current)]);
            }}
            onPointerLeave={() => setOver(null)}
            onPointerDown={(event) => {
              if (!select || event.button !== 0) return;
              began.current = place(event);
              event.currentTarget.setPointerCapture(event.pointerId);
            }}
            onPointerUp={() => {
              if (began.current === null) return;
              began.current = null;
              if (dragged) finish(dragged);
              else if (isSelected) select?.(undefined, undefined);
              setDragged(null);
            }}
            onPointerCancel={() => {
              began.current = null;
              setDragged(null);
            }}
          />
        </svg>
      )}
      {over !== null && hovered !== null && !dragged && made.edges.length > 0 && (
        <div
          className="plot-tip"
          style={over > 0.6 ? { right: width - x(over) + 12, top: 4 } : { left: x(over) + 12, top: 4 }}
        >
          <b>{formatCount(made.counts[hovered] ?? 0)}</b>
          <span className="faint"> of {formatCount(total)}</span>
          <div className="faint">
            {formatMs((made.edges[hovered] ?? 0) * 1000)} – {formatMs((made.edges[hovered + 1] ?? 0) * 1000)}
          </div>
        </div>
      )}
    </div>
  );
}
