import { useEffect, useEffectEvent } from "react";

/** True while the user writes: single letters are text then, not commands. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/** True while a dialog or menu has the keyboard. */
function isCovered(): boolean {
  return document.querySelector("[aria-modal=true],[role=menu]") !== null;
}

/** Single-key commands of a page; modifiers, text fields and open dialogs are left alone. */
export function useKeys(keys: Record<string, (event: KeyboardEvent) => void>): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || isCovered() || sequence.pending) return;
    const run = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined;
    if (!run) return;
    event.preventDefault();
    run(event);
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => press(event);
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
}

/** Set between the two keys of "g h", so that a page does not take the second one for its own. */
export const sequence = { pending: false };
