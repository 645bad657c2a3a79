import type { PointerEvent as ReactPointerEvent } from "react";

/** Follows the pointer from a press on a grip until it is let go. */
export function dragWidth(event: ReactPointerEvent, moved: (clientX: number) => void): void {
  event.preventDefault();
  const follow = (next: PointerEvent) => moved(next.clientX);
  const stop = () => {
    window.removeEventListener("pointermove", follow);
    window.removeEventListener("pointerup", stop);
  };
  window.addEventListener("pointermove", follow);
  window.addEventListener("pointerup", stop);
}
