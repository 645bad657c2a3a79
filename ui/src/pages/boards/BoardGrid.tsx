import { useElementSize } from "@mantine/hooks";
import { useRef, useState, type PointerEvent, type ReactNode } from "react";
import type { PanelPosition } from "../../api/types.generated";
import { COLUMNS, place } from "./layout";

const ROW = 46;
const GAP = 12;
/** Under this width panels stand below each other. */
const NARROW = 760;

interface Drag {
  index: number;
  sizing: boolean;
  from: PanelPosition;
  x: number;
  y: number;
}

/** Panels on twelve columns; while editing, their heads move them and their corners size them. */
export function BoardGrid({
  positions,
  editing,
  move,
  render,
}: {
  positions: PanelPosition[];
  editing: boolean;
  move: (positions: PanelPosition[]) => void;
  render: (index: number, height: number) => ReactNode;
}) {
  const { ref, width } = useElementSize();
  const drag = useRef<Drag | null>(null);
  const [preview, setPreview] = useState<PanelPosition[] | null>(null);
  const [held, setHeld] = useState<number | null>(null);
  const narrow = width > 0 && width < NARROW;
  const column = (width + GAP) / COLUMNS;
  const shown = preview ?? positions;
  const order = positions
    .map((_, i) => i)
    .sort((a, b) => {
      const [x, y] = [positions[a], positions[b]];
      return (x?.y_coordinate ?? 0) - (y?.y_coordinate ?? 0) || (x?.x_coordinate ?? 0) - (y?.x_coordinate ?? 0);
    });

  const begin = (event: PointerEvent, index: number, sizing: boolean) => {
    const from = positions[index];
    if (!editing || !from || event.button !== 0) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { index, sizing, from, x: event.clientX, y: event.clientY };
    setHeld(index);
  };
  const dragged = (event: PointerEvent) => {
    const now = drag.current;
    if (!now) return;
    const dx = Math.round((event.clientX - now.x) / column);
    const dy = Math.round((event.clientY - now.y) / (ROW + GAP));
    const to = now.sizing
      ? {
          ...now.from,
          width: Math.min(COLUMNS - now.from.x_coordinate, now.from.width + dx),
          height: now.from.height + dy,
        }
      : { ...now.from, x_coordinate: now.from.x_coordinate + dx, y_coordinate: now.from.y_coordinate + dy };
    setPreview(place(positions, now.index, to));
  };
  const end = () => {
    if (drag.current && preview) move(preview);
    drag.current = null;
    setPreview(null);
    setHeld(null);
  };

  const pixels = (height: number) => height * (ROW + GAP) - GAP;
  const bottom = shown.reduce((most, one) => Math.max(most, one.y_coordinate + one.height), 0);
  return (
    <div
      ref={ref}
      className={`board-grid ${editing ? "editing" : ""} ${narrow ? "narrow" : ""}`}
      style={narrow ? undefined : { height: pixels(bottom) }}
    >
      {width > 0 &&
        order.map((i) => {
          const at = shown[i];
          if (!at) return null;
          const height = pixels(at.height);
          return (
            <section
              key={i}
              className={`panel board-panel ${held === i ? "held" : ""}`}
              style={
                narrow
                  ? { height }
                  : {
                      left: at.x_coordinate * column,
                      top: at.y_coordinate * (ROW + GAP),
                      width: at.width * column - GAP,
                      height,
                    }
              }
            >
              {render(i, height)}
              {editing && !narrow && (
                <>
                  <div
                    className="mover"
                    title="Drag to move"
                    onPointerDown={(event) => begin(event, i, false)}
                    onPointerMove={dragged}
                    onPointerUp={end}
                    onPointerCancel={end}
                  />
                  <div
                    className="sizer"
                    title="Drag to resize"
                    onPointerDown={(event) => begin(event, i, true)}
                    onPointerMove={dragged}
                    onPointerUp={end}
                    onPointerCancel={end}
                  />
                </>
              )}
            </section>
          );
        })}
    </div>
  );
}
