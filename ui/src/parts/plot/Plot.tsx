import { useElementSize } from "@mantine/hooks";
import { lazy, Suspense, useRef, useState, type PointerEvent, type ReactNode } from "react";
import type { CanvasProps } from "./Canvas";
import { setCrosshair, useCrosshair } from "./crosshair";

const Canvas = lazy(() => import("./Canvas"));

/** The plot's inner edges: every plot has the same, so that those below each other share their time axis. */
export const INSET = { left: 62, right: 16, top: 8, bottom: 22 };

/** A place in the plot: shares of the inner width (from the left) and height (from the bottom), and pixels. */
export interface Place {
  x: number;
  y: number;
  px: number;
  py: number;
}
export interface Box {
  x: [number, number];
  y: [number, number];
}

export interface PlotProps extends CanvasProps {
  height: number;
  /** The tooltip next to the pointer. */
  tip?: ((place: Place) => ReactNode) | undefined;
  onMove?: ((place: Place | null) => void) | undefined;
  onClick?: ((place: Place, event: PointerEvent) => void) | undefined;
  /** A finished drag; `area` drags a box, `span` a stretch of time over the whole height. */
  onDrag?: ((box: Box) => void) | undefined;
  drag?: "area" | "span" | undefined;
  /** A box that stays drawn: the selection. */
  selected?: Box | null | undefined;
  selectedLabel?: string | undefined;
}

export function Plot(props: PlotProps) {
  const { height, tip, onMove, onClick, onDrag, drag = "span", selected, selectedLabel, ...canvas } = props;
  const { ref, width } = useElementSize();
  const over = useRef<HTMLDivElement>(null);
  const from = useRef<Place | null>(null);
  const [place, setPlace] = useState<Place | null>(null);
  const [dragged, setDragged] = useState<Box | null>(null);
  const inner = { width: Math.max(1, width - INSET.left - INSET.right), height: height - INSET.top - INSET.bottom };

  const placeOf = (event: PointerEvent): Place => {
    const box = over.current?.getBoundingClientRect();
    const px = Math.max(0, Math.min(inner.width, event.clientX - (box?.left ?? 0)));
    const py = Math.max(0, Math.min(inner.height, event.clientY - (box?.top ?? 0)));
    return { x: px / inner.width, y: 1 - py / inner.height, px, py };
  };
  const move = (event: PointerEvent) => {
    const at = placeOf(event);
    setCrosshair(at.x);
    setPlace(at);
    onMove?.(at);
    const began = from.current;
    if (began && onDrag && (Math.abs(at.px - began.px) > 4 || dragged))
      setDragged({
        x: [Math.min(at.x, began.x), Math.max(at.x, began.x)],
        y: drag === "span" ? [0, 1] : [Math.min(at.y, began.y), Math.max(at.y, began.y)],
      });
  };
  const end = (event: PointerEvent) => {
    if (!from.current) return;
    from.current = null;
    if (dragged) onDrag?.(dragged);
    else onClick?.(placeOf(event), event);
    setDragged(null);
  };

  const style = (box: Box) => ({
    left: INSET.left + box.x[0] * inner.width,
    width: (box.x[1] - box.x[0]) * inner.width,
    top: INSET.top + (1 - box.y[1]) * inner.height,
    height: (box.y[1] - box.y[0]) * inner.height,
  });
  return (
    <div className="plot" ref={ref} style={{ height }}>
      <Suspense fallback={null}>
        <Canvas {...canvas} />
      </Suspense>
      <Crosshair width={inner.width} />
      {selected && !dragged && (
        <div className="selected" style={style(selected)}>
          {selectedLabel && <span>{selectedLabel}</span>}
        </div>
      )}
      {dragged && <div className="dragged" style={style(dragged)} />}
      <div
        ref={over}
        className={`over ${onDrag ? "can-drag" : ""}`}
        style={{ left: INSET.left, right: INSET.right, top: INSET.top, bottom: INSET.bottom }}
        onPointerMove={move}
        onPointerLeave={() => {
          setPlace(null);
          setCrosshair(null);
          onMove?.(null);
        }}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          from.current = placeOf(event);
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerUp={end}
        onPointerCancel={() => {
          from.current = null;
          setDragged(null);
        }}
      />
      {place && !dragged && tip && <Tip place={place} width={inner.width} content={tip(place)} />}
    </div>
  );
}

function Tip({ place, width, content }: { place: Place; width: number; content: ReactNode }) {
  if (content === null || content === undefined) return null;
  const left = place.px > width / 2;
  return (
    <div
      className="plot-tip"
      style={{
        top: Math.max(0, place.py - 10),
        ...(left ? { right: INSET.right + (width - place.px) + 14 } : { left: INSET.left + place.px + 14 }),
      }}
    >
      {content}
    </div>
  );
}

function Crosshair({ width }: { width: number }) {
  const x = useCrosshair();
  if (x === null) return null;
  return <div className="crosshair" style={{ left: INSET.left + x * width, top: INSET.top, bottom: INSET.bottom }} />;
}
