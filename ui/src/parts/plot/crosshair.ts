import { useSyncExternalStore } from "react";

// Where the pointer is on the time axis, 0 to 1: one line through every plot of the page, without redrawing the page.
let at: number | null = null;
const listeners = new Set<() => void>();

export function setCrosshair(x: number | null): void {
  at = x;
  for (const tell of listeners) tell();
}

export function useCrosshair(): number | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => at,
  );
}
