import { useComputedColorScheme } from "@mantine/core";
import { useElementSize, useMergedRef } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";
import { visibleRows, type Tree } from "./waterfall";
import type { Zoom } from "./Waterfall";

/** The whole story at a glance; a drag over it chooses the window of the rows below. */
export function Minimap({
  tree,
  colours,
  hidden,
  zoom,
  setZoom,
}: {
  tree: Tree;
  colours: Map<string, string>;
  hidden: ReadonlySet<string>;
  zoom: Zoom | null;
  setZoom: (zoom: Zoom | null) => void;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { ref: sized, width, height } = useElementSize<HTMLCanvasElement>();
  const both = useMergedRef(canvas, sized);
  const scheme = useComputedColorScheme("dark");
  const [drag, setDrag] = useState<{ a: number; b: number } | null>(null);
  const span = tree.to - tree.from;

  useEffect(() => {
    const target = canvas.current;
    if (!target || width === 0 || height === 0) return;
    const ratio = window.devicePixelRatio || 1;
    target.width = Math.round(width * ratio);
    target.height = Math.round(height * ratio);
    const pen = target.getContext("2d");
    if (!pen) return;
    pen.scale(ratio, ratio);
    const style = getComputedStyle(target);
    const value = (name: string) => style.getPropertyValue(name).trim();
    // A canvas does not read CSS variables: they are filled in first.
    const paints = new Map(
      [...colours].map(([name, css]) => [name, css.replace(/var\((--[a-z-]+)\)/g, (_, one: string) => value(one))]),
    );
    const err = value("--err");
    const text = value("--text-3");
    const rows = visibleRows(tree, new Set(), hidden);
    const pitch = Math.min(6, (height - 8) / Math.max(1, rows.length));
    const thick = Math.max(0.8, pitch * 0.7);
    const x = (ns: number) => ((ns - tree.from) / span) * width;
    rows.forEach((row, i) => {
      const y = 4 + i * pitch;
      if (row.kind === "span") {
        const { span: one } = row.node;
        pen.fillStyle = one.status === "error" ? err : (paints.get(one.service) ?? text);
        pen.fillRect(x(one.offsetNs), y, Math.max(1, (one.durationNs / span) * width), thick);
      } else {
        pen.fillStyle = row.kind === "error" ? err : text;
        pen.fillRect(x(row.at) - 1, y, 2, Math.max(1.5, thick));
      }
    });
  }, [tree, colours, hidden, width, height, span, scheme]);

  const share = (event: React.PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
  };
  const shown = drag
    ? { left: Math.min(drag.a, drag.b), right: Math.max(drag.a, drag.b) }
    : zoom
      ? { left: Math.max(0, (zoom.from - tree.from) / span), right: Math.min(1, (zoom.to - tree.from) / span) }
      : null;
  return (
    <div
      className="minimap"
      aria-label="Overview; drag to zoom, double-click to show all"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        const at = share(event);
        setDrag({ a: at, b: at });
      }}
      onPointerMove={(event) => drag && setDrag({ a: drag.a, b: share(event) })}
      onPointerUp={(event) => {
        if (!drag) return;
        const [left, right] = [drag.a, share(event)].sort((a, b) => a - b) as [number, number];
        setDrag(null);
        if (right - left > 0.004) setZoom({ from: tree.from + left * span, to: tree.from + right * span });
      }}
      onPointerCancel={() => setDrag(null)}
      onDoubleClick={() => setZoom(null)}
    >
      <canvas ref={both} />
      {shown && (
        <>
          <div className="shade" style={{ left: 0, width: `${shown.left * 100}%` }} />
          <div className="shade" style={{ left: `${shown.right * 100}%`, right: 0 }} />
          <div
            className="window"
            style={{ left: `${shown.left * 100}%`, width: `${(shown.right - shown.left) * 100}%` }}
          />
        </>
      )}
    </div>
  );
}
