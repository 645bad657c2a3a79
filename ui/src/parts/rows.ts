import { useEffect, useRef, useState } from "react";
import { useKeys } from "./keys";

/**
 * j/k (or arrows) move through a list, Enter or o opens. The picked row carries `data-row={index}` and is
 * scrolled into view.
 */
export function useRowKeys(count: number, open: (index: number) => void, scrollTo?: (index: number) => void) {
  const [picked, setPicked] = useState(-1);
  const box = useRef<HTMLDivElement>(null);
  const current = Math.min(picked, count - 1);
  const move = (by: number) => {
    const next = Math.max(0, Math.min(count - 1, current + by));
    setPicked(next);
    scrollTo?.(next);
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => current >= 0 && open(current),
    o: () => current >= 0 && open(current),
  });
  useEffect(() => {
    if (current >= 0) box.current?.querySelector(`[data-row="${current}"]`)?.scrollIntoView({ block: "nearest" });
  }, [current]);
  return { picked: current, setPicked, box };
}
