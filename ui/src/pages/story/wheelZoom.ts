import { useEffect, useEffectEvent, type RefObject } from "react";
import type { Zoom } from "./scale";

/** Ctrl + wheel over the rows zooms around the pointer; Shift + wheel moves the window. */
export function useWheelZoom(
  rows: RefObject<HTMLElement | null>,
  scale: RefObject<HTMLElement | null>,
  view: Zoom,
  whole: Zoom,
  setZoom: (zoom: Zoom | null) => void,
): void {
  const turn = useEffectEvent((event: WheelEvent) => {
    if (!(event.ctrlKey || event.metaKey || event.shiftKey)) return;
    event.preventDefault();
    const box = scale.current?.getBoundingClientRect();
    if (!box || box.width === 0) return;
    const span = view.to - view.from;
    const by = event.deltaY || event.deltaX;
    if (event.shiftKey) {
      const shift = Math.max(whole.from - view.from, Math.min(whole.to - view.to, (by / box.width) * span));
      setZoom({ from: view.from + shift, to: view.to + shift });
      return;
    }
    const share = Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
    const next = Math.max(1000, span * Math.exp(by * 0.0025));
    const pivot = view.from + share * span;
    const from = Math.max(whole.from, pivot - share * next);
    const to = Math.min(whole.to, from + next);
    setZoom(next >= whole.to - whole.from ? null : { from, to });
  });
  useEffect(() => {
    const element = rows.current;
    // Not React's onWheel: that one is passive and cannot keep the browser from zooming the page.
    const listen = (event: WheelEvent) => turn(event);
    element?.addEventListener("wheel", listen, { passive: false });
    return () => element?.removeEventListener("wheel", listen);
  }, [rows]);
}
