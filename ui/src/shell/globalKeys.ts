import { useNavigate } from "@tanstack/react-router";
import { useEffect, useEffectEvent, useRef, type RefObject } from "react";
import { isTyping, sequence } from "../parts/keys";

const PLACES: Record<
  string,
  "/" | "/query" | "/boards" | "/alerts" | "/traces" | "/xray" | "/xray/map" | "/logs" | "/errors" | "/setup"
> = {
  h: "/",
  q: "/query",
  b: "/boards",
  a: "/alerts",
  t: "/traces",
  m: "/xray/map",
  x: "/xray",
  l: "/logs",
  e: "/errors",
  s: "/setup",
};

/** Keys that work on every page: `/` and Ctrl-K search, `g` + letter goes to a page, `?` lists the shortcuts. */
export function useGlobalKeys(shell: { search: RefObject<HTMLInputElement | null>; showShortcuts: () => void }): void {
  const navigate = useNavigate();
  const lastG = useRef(0);

  const press = useEffectEvent((event: KeyboardEvent) => {
    const focusSearch = () => {
      event.preventDefault();
      shell.search.current?.focus();
      shell.search.current?.select();
    };
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") return focusSearch();
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const afterG = Date.now() - lastG.current < 1200;
    lastG.current = event.key === "g" ? Date.now() : 0;
    sequence.pending = afterG && event.key in PLACES;
    if (sequence.pending) {
      event.preventDefault();
      const to = PLACES[event.key];
      if (to) void navigate({ to });
      return;
    }
    if (event.key === "/") focusSearch();
    else if (event.key === "?") {
      event.preventDefault();
      shell.showShortcuts();
    }
  });

  useEffect(() => {
    // Capture: this runs before the keys of the page, so that "g e" is never read as the page's "e".
    const listen = (event: KeyboardEvent) => press(event);
    window.addEventListener("keydown", listen, true);
    return () => window.removeEventListener("keydown", listen, true);
  }, []);
}
