import { ActionIcon, Button, Tooltip, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconMoon, IconRefresh, IconSun } from "@tabler/icons-react";
import { useIsFetching, useQueryClient } from "@tanstack/react-query";
import type { RefObject } from "react";
import { useRange } from "../parts/range";
import { RangePicker } from "./RangePicker";
import { SearchBox } from "./SearchBox";

export function TopBar({ search }: { search: RefObject<HTMLInputElement | null> }) {
  const { range, live, setRange, setLive } = useRange();
  const queries = useQueryClient();
  const busy = useIsFetching() > 0;
  return (
    <header className="top">
      <SearchBox input={search} />
      <div className="spacer" />
      <RangePicker range={range} setRange={setRange} />
      <Tooltip
        label={
          range.kind === "between"
            ? "A fixed time range does not refresh"
            : live
              ? "Refreshing every 5 s. Click to pause"
              : "Paused. Click to refresh every 5 s"
        }
      >
        <Button
          variant="default"
          disabled={range.kind === "between"}
          onClick={() => setLive(!live)}
          aria-pressed={live}
          leftSection={<span className={`beacon ${live ? "live" : ""}`} />}
        >
          {live ? "Live" : "Paused"}
        </Button>
      </Tooltip>
      <Tooltip label="Refresh now">
        <ActionIcon aria-label="Refresh now" onClick={() => void queries.invalidateQueries()} size={30}>
          <IconRefresh size={16} stroke={1.7} opacity={busy ? 0.45 : 1} />
        </ActionIcon>
      </Tooltip>
      <ThemeToggle />
    </header>
  );
}

function ThemeToggle() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("dark");
  const other = scheme === "dark" ? "light" : "dark";
  return (
    <Tooltip label={`Switch to the ${other} theme`}>
      <ActionIcon aria-label={`Switch to the ${other} theme`} onClick={() => setColorScheme(other)} size={30}>
        {scheme === "dark" ? <IconSun size={16} stroke={1.7} /> : <IconMoon size={16} stroke={1.7} />}
      </ActionIcon>
    </Tooltip>
  );
}
