import { useComputedColorScheme } from "@mantine/core";
import { useElementSize, useMergedRef } from "@mantine/hooks";
import { memo, useEffect, useImperativeHandle, useRef, useState, type Ref } from "react";
import type { Colouring } from "./colouring";
import type { CriticalPath } from "./criticalPath";
import type { Zoom } from "./scale";
import { isFailed, kindOf, partOf, type Tree } from "./tree";

type Drag = { kind: "new" | "move" | "left" | "right"; start: number; y: number; now: number; zoom: Zoom | null };
const EDGE_PX = 6;

/**
 * The whole story at a glance, a line an entry in order of the rows. A drag chooses the window of the rows below, a drag inside the
 * window moves it, its edges can be pulled, a click scrolls to what was clicked.
 */
export const Strip = memo(function Strip({
  tree,
  colouring,
  hidden,
  path,
  zoom,
  setZoom,
  seen,
  goTo,
}: {
  tree: Tree;
  colouring: Colouring;
  hidden: ReadonlySet<string>;
  path: CriticalPath | null;
  zoom: Zoom | null;
  setZoom: (zoom: Zoom | null) => void;
  /** Receives the visible rows. */
  seen: Ref<SeenMark>;
  /** The entry at a share of the height. */
  goTo: (share: number) => void;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { ref: sized, width, height } = useElementSize<HTMLCanvasElement>();
  const both = useMergedRef(canvas, sized);
  const scheme = useComputedColorScheme("dark");
  const [drag, setDrag] = useState<Drag | null>(null);
  const whole = tree.to - tree.from;

  useEffect(() => {
    const target = canvas.current;
    if (!target || width === 0 || height === 0) return;
    // After the frame that shows the rows: the overview of a hundred thousand entries may come one later.
    let later: ReturnType<typeof setTimeout> | undefined;
    const frame = requestAnimationFrame(() => {
      later = setTimeout(() => paint(target, width, height, tree, colouring, hidden, path));
    });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(later);
    };
  }, [tree, colouring, hidden, path, width, height, scheme]);

  const share = (event: React.PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    return {
      x: Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)),
      y: (event.clientY - box.top) / box.height,
      edge: EDGE_PX / box.width,
    };
  };
  const shares = (one: Zoom) => ({
    left: Math.max(0, (one.from - tree.from) / whole),
    right: Math.min(1, (one.to - tree.from) / whole),
  });
  const grip = (x: number, edge: number): Drag["kind"] => {
    if (!zoom) return "new";
    const { left, right } = shares(zoom);
    if (Math.abs(x - left) <= edge) return "left";
    if (Math.abs(x - right) <= edge) return "right";
    return x > left && x < right ? "move" : "new";
  };
  const shown = drag ? dragged(drag, shares) : zoom ? shares(zoom) : null;
  return (
    <div
      className={`minimap ${tree.count > 400 ? "tall" : ""}`}
      aria-label="Overview; drag to zoom, double-click to show all"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        const { x, y, edge } = share(event);
        setDrag({ kind: grip(x, edge), start: x, now: x, y, zoom });
      }}
      onPointerMove={(event) => {
        const { x, edge } = share(event);
        if (drag) setDrag({ ...drag, now: x });
        else event.currentTarget.dataset.grip = grip(x, edge);
      }}
      onPointerUp={(event) => {
        if (!drag) return;
        const done = { ...drag, now: share(event).x };
        setDrag(null);
        if (Math.abs(done.now - done.start) < 0.004) {
          goTo(done.y);
          return;
        }
        const { left, right } = dragged(done, shares);
        if (right - left > 0.0005) setZoom({ from: tree.from + left * whole, to: tree.from + right * whole });
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
      <Seen handle={seen} />
    </div>
  );
});

export interface SeenMark {
  /** Shares of the height, 0 to 1, that the rows in view cover. */
  show: (from: number, to: number) => void;
}

/** Which rows are in view. It keeps that itself, so that a scroll draws nothing else again. */
function Seen({ handle }: { handle: Ref<SeenMark> }) {
  const [{ from, to }, set] = useState({ from: 0, to: 1 });
  useImperativeHandle(handle, () => ({ show: (from, to) => set({ from, to }) }), []);
  if (to - from >= 0.995) return null;
  return <div className="seen" style={{ top: `${from * 100}%`, height: `max(3px, ${(to - from) * 100}%)` }} />;
}

function dragged(drag: Drag, shares: (zoom: Zoom) => { left: number; right: number }): { left: number; right: number } {
  const by = drag.now - drag.start;
  if (drag.zoom && drag.kind !== "new") {
    const { left, right } = shares(drag.zoom);
    if (drag.kind === "move") {
      const moved = Math.max(-left, Math.min(1 - right, by));
      return { left: left + moved, right: right + moved };
    }
    return drag.kind === "left"
      ? { left: Math.min(drag.now, right), right }
      : { left, right: Math.max(drag.now, left) };
  }
  return { left: Math.min(drag.start, drag.now), right: Math.max(drag.start, drag.now) };
}

/** Straight into the pixels: a hundred thousand rectangles through the canvas would take half a second. */
function paint(
  target: HTMLCanvasElement,
  width: number,
  height: number,
  tree: Tree,
  colouring: Colouring,
  hidden: ReadonlySet<string>,
  path: CriticalPath | null,
): void {
  const ratio = window.devicePixelRatio || 1;
  const across = (target.width = Math.round(width * ratio));
  const down = (target.height = Math.round(height * ratio));
  const pen = target.getContext("2d", { willReadFrequently: true });
  if (!pen) return;
  const solid = inks(target, pen);
  const inksOfLines = colouring.legend.map((one) => solid(one.colour));
  const error = solid("var(--err)");
  const text = solid("var(--text-3)");
  pen.clearRect(0, 0, across, down);
  const image = pen.getImageData(0, 0, across, down);
  const pixels = new Uint32Array(image.data.buffer);
  const scale = across / (tree.to - tree.from);
  const margin = Math.round(5 * ratio);
  const band = path ? Math.round(5 * ratio) : 0;
  const pitch = Math.min(6 * ratio, (down - 2 * margin - band) / Math.max(1, tree.count));
  const thick = Math.max(1, Math.round(pitch * 0.7));
  const bar = (rank: number, from: number, to: number, ink: number, least: number, tall: number) => {
    const left = Math.max(0, Math.floor((from - tree.from) * scale));
    const right = Math.min(across, Math.max(left + least, Math.round((to - tree.from) * scale)));
    const top = margin + Math.floor(rank * pitch);
    for (let y = top; y < Math.min(down - band, top + tall); y++)
      pixels.fill(ink, y * across + left, y * across + right);
  };
  const failed: number[] = [];
  for (let rank = 0; rank < tree.count; rank++) {
    const entry = tree.order[rank]!;
    if (hidden.size > 0 && hidden.has(partOf(tree, entry))) continue;
    if (isFailed(tree, entry)) failed.push(rank);
    if (entry < tree.spans.count)
      bar(rank, tree.at[entry]!, tree.end[entry]!, inksOfLines[colouring.line[entry]!] ?? text, 1, thick);
    else if (kindOf(tree, entry) !== "gap")
      bar(rank, tree.at[entry]!, tree.at[entry]!, text, Math.round(2 * ratio), Math.max(2, thick));
  }
  // Failures on top, and as ticks along the upper edge: in a crowd a bar of one pixel is lost.
  const crowded = tree.count > 2_000;
  for (const rank of failed) {
    const entry = tree.order[rank]!;
    bar(
      rank,
      tree.at[entry]!,
      tree.end[entry]!,
      error,
      crowded ? 1 : Math.round(3 * ratio),
      crowded ? 1 : Math.max(thick, Math.round(2 * ratio)),
    );
    const left = Math.min(across - 1, Math.max(0, Math.floor((tree.at[entry]! - tree.from) * scale)));
    for (let y = 0; y < margin - 1; y++)
      pixels.fill(error, y * across + left, y * across + left + Math.max(1, Math.round(ratio)));
  }
  // The path's band is filled once and copied down.
  const { entry: on, from, to } = path?.pieces ?? { entry: [], from: [], to: [] };
  const edge = (down - band) * across;
  for (let i = 0; i < on.length; i++) {
    const left = Math.max(0, Math.floor((from[i]! - tree.from) * scale));
    const right = Math.min(across, Math.max(left + 1, Math.round((to[i]! - tree.from) * scale)));
    const ink = on[i]! < tree.spans.count ? (inksOfLines[colouring.line[on[i]!]!] ?? text) : text;
    pixels.fill(ink, edge + left, edge + right);
  }
  for (let y = 1; y < band; y++) pixels.copyWithin(edge + y * across, edge, edge + across);
  pen.putImageData(image, 0, 0);
}

/** Colours as CSS writes them, with its variables, as one number a pixel. */
function inks(target: HTMLCanvasElement, pen: CanvasRenderingContext2D): (css: string) => number {
  const known = new Map<string, number>();
  return (css) => {
    const before = known.get(css);
    if (before !== undefined) return before;
    target.style.color = css;
    pen.fillStyle = getComputedStyle(target).color;
    target.style.color = "";
    pen.fillRect(0, 0, 1, 1);
    const ink = new Uint32Array(pen.getImageData(0, 0, 1, 1).data.buffer)[0] ?? 0;
    known.set(css, ink);
    return ink;
  };
}
