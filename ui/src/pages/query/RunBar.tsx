import { ActionIcon, Button, Menu, Select, Tooltip } from "@mantine/core";
import {
  IconBell,
  IconBookmark,
  IconDatabase,
  IconHistory,
  IconPlayerPlayFilled,
  IconPlayerStopFilled,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { SIGNALS } from "../../query/menu";
import type { QuerySignal } from "../../api/words.generated";
import type { Progress, QueryResult } from "../../api/written";
import { datasetsQuery } from "../../api/exploreQueries";
import { formatNumber, formatValue } from "../../query/format";
import { ALL, toSearch, type Question } from "../../query/question";
import { formatBytes, plural } from "../../values/format";

const EVERY = [
  ["", "Auto buckets"],
  ["1", "1 s"],
  ["5", "5 s"],
  ["10", "10 s"],
  ["30", "30 s"],
  ["60", "1 min"],
  ["300", "5 min"],
  ["900", "15 min"],
  ["3600", "1 h"],
  ["21600", "6 h"],
  ["86400", "1 day"],
] as const;
const COMPARE = [
  ["", "No comparison"],
  ["1800", "30 min before"],
  ["3600", "1 h before"],
  ["7200", "2 h before"],
  ["28800", "8 h before"],
  ["86400", "1 day before"],
  ["604800", "1 week before"],
  ["2419200", "4 weeks before"],
] as const;
/** The signals that the server queries when none is selected. */
const USUAL: readonly QuerySignal[] = ["spans", "logs", "errors", "events"];

const options = (pairs: readonly (readonly [string, string])[], value: number | null) => {
  const all = pairs.map(([one, label]) => ({ value: one, label }));
  if (value !== null && !pairs.some(([one]) => one === String(value)))
    all.push({ value: String(value), label: `${value} s` });
  return all;
};

export function RunBar({
  draft,
  change,
  changed,
  running,
  progress,
  stats,
  start,
  cancel,
  showHistory,
  save,
}: {
  draft: Question;
  change: (next: Partial<Question>) => void;
  changed: boolean;
  running: boolean;
  progress: (Progress & { elapsedMs: number }) | null;
  stats: QueryResult["stats"] | null;
  start: () => void;
  cancel: () => void;
  showHistory: () => void;
  save: () => void;
}) {
  const datasets = useQuery(datasetsQuery()).data?.datasets ?? [];
  const share = progress?.totalRows ? Math.min(1, progress.rowsRead / progress.totalRows) : null;
  const names = datasets.map((one) => ({ value: one.slug, label: one.name }));
  if (draft.dataset !== ALL && !names.some((one) => one.value === draft.dataset))
    names.push({ value: draft.dataset, label: draft.dataset });
  return (
    <div className="run-bar">
      <Select
        aria-label="Dataset"
        leftSection={<IconDatabase size={14} stroke={1.7} />}
        data={[{ value: ALL, label: "All datasets" }, ...names]}
        value={draft.dataset}
        onChange={(dataset) => change({ dataset: dataset ?? ALL })}
        searchable
        allowDeselect={false}
        w={190}
      />
      <SignalChooser signals={draft.signals} change={(signals) => change({ signals })} />
      <Select
        aria-label="Granularity"
        data={options(EVERY, draft.granularity)}
        value={draft.granularity === null ? "" : String(draft.granularity)}
        onChange={(value) => change({ granularity: value ? Number(value) : null })}
        allowDeselect={false}
        w={116}
      />
      <Select
        aria-label="Compare with"
        data={options(COMPARE, draft.compare)}
        value={draft.compare === null ? "" : String(draft.compare)}
        onChange={(value) => change({ compare: value ? Number(value) : null })}
        allowDeselect={false}
        w={132}
      />
      <span className="faint status" role="status" aria-live="polite">
        {running
          ? progress
            ? `${formatNumber(progress.rowsRead)}${progress.totalRows ? ` of ${formatNumber(progress.totalRows)}` : ""} rows${progress.bytesRead ? ` · ${formatBytes(progress.bytesRead)}` : ""} · ${formatValue(progress.elapsedMs, "ms")}`
            : "running…"
          : stats
            ? `${formatValue(stats.elapsedMs, "ms")} · ${plural(stats.rowsRead, "row")} read`
            : ""}
      </span>
      <Tooltip label="Recent and saved queries (h)">
        <ActionIcon aria-label="History" size={30} onClick={showHistory}>
          <IconHistory size={16} stroke={1.7} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Create a trigger: notify when the result crosses a threshold">
        <ActionIcon
          aria-label="Create a trigger"
          size={30}
          renderRoot={(props) => (
            <Link
              to="/alerts/triggers/$dataset/$triggerId"
              params={{ dataset: draft.dataset, triggerId: "new" }}
              search={toSearch(draft)}
              {...props}
            />
          )}
        >
          <IconBell size={16} stroke={1.7} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Save this query, or add it to a board">
        <ActionIcon aria-label="Save" size={30} onClick={save}>
          <IconBookmark size={16} stroke={1.7} />
        </ActionIcon>
      </Tooltip>
      {running ? (
        <Button
          color="gray"
          variant="default"
          leftSection={<IconPlayerStopFilled size={13} />}
          onClick={cancel}
          w={116}
        >
          Cancel
        </Button>
      ) : (
        <Tooltip label="Ctrl + Enter">
          <Button
            variant={changed ? "filled" : "light"}
            leftSection={<IconPlayerPlayFilled size={13} />}
            onClick={start}
            w={116}
          >
            Run query
          </Button>
        </Tooltip>
      )}
      {running && (
        <div className={`run-progress ${share === null ? "unknown" : ""}`}>
          <div style={share === null ? undefined : { width: `${share * 100}%` }} />
        </div>
      )}
    </div>
  );
}

function SignalChooser({ signals, change }: { signals: QuerySignal[]; change: (signals: QuerySignal[]) => void }) {
  const on = new Set(signals.length ? signals : USUAL);
  const label = signals.length === 0 ? "Spans, logs, errors, events" : signals.join(", ");
  return (
    <Menu closeOnItemClick={false} position="bottom-start">
      <Menu.Target>
        <Button variant="default" aria-label="Signals" className="signals">
          <span className="cut">{label}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {SIGNALS.map((one) => (
          <Menu.CheckboxItem
            key={one}
            checked={on.has(one)}
            onChange={(checked) => {
              const next = SIGNALS.filter((other) => (other === one ? checked : on.has(other)));
              change(next.length === 0 || next.join() === USUAL.join() ? [] : next);
            }}
          >
            {one}
          </Menu.CheckboxItem>
        ))}
        <Menu.Divider />
        {(["spans", "logs", "errors", "metrics", "events"] as const).slice(0, 3).map((one) => (
          <Menu.Item key={one} closeMenuOnClick onClick={() => change([one])}>
            Only {one}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
