import { useEffect, useRef, useState } from "react";
import { useKeys } from "./keys";

/**
 * j/k (or arrows) move through a list, Enter or o opens. The selected row is identified by its key, not its position:
 * a refresh that puts new rows on top must not change which one Enter opens. The row carries `data-key`
 * and is scrolled into view, by `scrollTo` where the list is virtual.
 */
export function useRowKeys(keys: readonly string[], open: (index: number) => void, scrollTo?: (index: number) => void) {
  const [pickedKey, setPickedKey] = useState<string>();
  const box = useRef<HTMLDivElement>(null);
  const picked = pickedKey === undefined ? -1 : keys.indexOf(pickedKey);
  const move = (by: number) => {
    const next = Math.max(0, Math.min(keys.length - 1, picked + by));
    setPickedKey(keys[next]);
    scrollTo?.(next);
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => picked >= 0 && open(picked),
    o: () => picked >= 0 && open(picked),
  });
  useEffect(() => {
    if (pickedKey !== undefined)
      box.current?.querySelector(`[data-key="${CSS.escape(pickedKey)}"]`)?.scrollIntoView({ block: "nearest" });
  }, [pickedKey]);
  return { picked, box };
}
