import { Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  IconBell,
  IconBug,
  IconChartHistogram,
  IconFileText,
  IconHome,
  IconKeyboard,
  IconLayoutDashboard,
  IconPlugConnected,
  IconRadar2,
  IconTimeline,
  IconTopologyStar3,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { useRef } from "react";
import { statusQuery } from "../api/queries";
import { Kbd } from "../parts/Marks";
import { ShortcutList } from "./ShortcutList";
import { TopBar } from "./TopBar";
import { useGlobalKeys } from "./globalKeys";

const PAGES = [
  { to: "/", label: "Home", key: "g h", Icon: IconHome },
  { to: "/query", label: "Query", key: "g q", Icon: IconChartHistogram },
  { to: "/boards", label: "Boards", key: "g b", Icon: IconLayoutDashboard },
  { to: "/traces", label: "Traces", key: "g t", Icon: IconTimeline },
  { to: "/xray/map", label: "Map", key: "g m", Icon: IconTopologyStar3 },
  { to: "/xray", label: "X-Ray", key: "g x", Icon: IconRadar2 },
  { to: "/logs", label: "Logs", key: "g l", Icon: IconFileText },
  { to: "/errors", label: "Errors", key: "g e", Icon: IconBug },
  { to: "/alerts", label: "Alerts", key: "g a", Icon: IconBell },
] as const;

export function Shell() {
  const search = useRef<HTMLInputElement>(null);
  const [listOpen, list] = useDisclosure(false);
  const path = useRouterState({ select: (state) => state.location.pathname });
  useGlobalKeys({ search, showShortcuts: list.open });

  const isOn = (to: string) =>
    to === "/traces"
      ? /^\/(traces|story)/.test(path)
      : to === "/"
        ? path === "/"
        : path.startsWith(to) && (to !== "/xray" || !path.startsWith("/xray/map"));
  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <aside className="side">
        <Link to="/" className="brand" aria-label="Weir, home">
          <img src="/weir.svg" alt="" />
          <span>Weir</span>
        </Link>
        <nav aria-label="Pages">
          {PAGES.map(({ to, label, key, Icon }) => (
            <Link
              key={to}
              to={to}
              className={isOn(to) ? "active" : ""}
              activeProps={{}}
              aria-label={label}
              title={label}
            >
              <Icon size={17} stroke={1.7} />
              <span>{label}</span>
              <Kbd>{key}</Kbd>
            </Link>
          ))}
        </nav>
        <div className="foot">
          <nav aria-label="More">
            <Link to="/setup" className={isOn("/setup") ? "active" : ""} aria-label="Setup" title="Setup">
              <IconPlugConnected size={17} stroke={1.7} />
              <span>Setup</span>
              <Kbd>g s</Kbd>
            </Link>
          </nav>
          <button className="plain" onClick={list.open} aria-label="Keyboard shortcuts" title="Keyboard shortcuts">
            <IconKeyboard size={17} stroke={1.7} />
            <span>Shortcuts</span>
          </button>
          <Pulse />
        </div>
      </aside>
      <TopBar search={search} />
      <main className="main" id="main" tabIndex={-1}>
        <Outlet />
      </main>
      <ShortcutList opened={listOpen} close={list.close} />
    </div>
  );
}

/** Whether the server answers, and which one it is. */
function Pulse() {
  const status = useQuery({ ...statusQuery(), refetchInterval: 10_000 });
  const version = status.data?.version;
  const text = status.isError ? "not reachable" : version ? `Weir ${version}` : "…";
  return (
    <Tooltip
      label={
        status.isError
          ? "The server does not answer"
          : `Engine ${status.data?.engine.version ?? "…"}, ${status.data?.engine.kind ?? ""}`
      }
      position="right"
    >
      <div className="pulse-box">
        <span className={`beacon ${status.isError ? "bad" : version ? "on" : ""}`} />
        <span className="cut">{text}</span>
      </div>
    </Tooltip>
  );
}
