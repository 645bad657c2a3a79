import { useSyncExternalStore } from "react";

export type Route = { page: "home" } | { page: "notifications" } | { page: "user"; handle: string } | { page: "search"; term: string } | { page: "fails" };

const subscribe = (changed: () => void) => {
  window.addEventListener("hashchange", changed);
  return () => window.removeEventListener("hashchange", changed);
};

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => window.location.hash);
  const path = decodeURIComponent(hash.replace(/^#\/?/, ""));
  if (path.startsWith("@")) return { page: "user", handle: path.slice(1) };
  if (path.startsWith("search/")) return { page: "search", term: path.slice("search/".length) };
  if (path === "notifications") return { page: "notifications" };
  if (path === "fails") return { page: "fails" };
  return { page: "home" };
}
