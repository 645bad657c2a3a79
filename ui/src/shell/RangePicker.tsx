import { Button, Popover, TextInput } from "@mantine/core";
import { IconChevronDown, IconClock } from "@tabler/icons-react";
import { useState, type SyntheticEvent } from "react";
import { describeRange, parseInstant, parseSpan, PRESETS, resolveRange, type TimeRange } from "../values/timeRange";

export function RangePicker({ range, setRange }: { range: TimeRange; setRange: (range: TimeRange) => void }) {
  const [opened, setOpened] = useState(false);
  const pick = (next: TimeRange) => {
    setRange(next);
    setOpened(false);
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<IconClock size={14} stroke={1.7} />}
          rightSection={<IconChevronDown size={13} />}
          onClick={() => setOpened((before) => !before)}
          aria-label="Time range"
        >
          {describeRange(range)}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={0}>
        <div className="range-pop">
          <div className="presets">
            {PRESETS.map((preset) => (
              <button
                key={preset}
                className={`plain ${range.kind === "last" && range.preset === preset ? "on" : ""}`}
                onClick={() => pick({ kind: "last", preset })}
              >
                {describeRange({ kind: "last", preset })}
              </button>
            ))}
          </div>
          <Custom key={String(opened)} range={range} pick={pick} />
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

function local(iso: string): string {
  const at = new Date(iso);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

function Custom({ range, pick }: { range: TimeRange; pick: (range: TimeRange) => void }) {
  const [initial] = useState(() => resolveRange(range, Date.now()));
  const [start, setStart] = useState(local(initial.start));
  const [end, setEnd] = useState(local(initial.end));
  const [last, setLast] = useState("");
  const from = parseInstant(start);
  const to = parseInstant(end);
  const wrongOrder = from !== null && to !== null && from >= to;

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (last.trim()) {
      if (parseSpan(last) !== null) pick({ kind: "last", preset: last.replace(/\s/g, "") });
    } else if (from !== null && to !== null && from < to)
      pick({ kind: "between", start: new Date(from).toISOString(), end: new Date(to).toISOString() });
  };
  return (
    <form onSubmit={submit}>
      <TextInput
        label="Last"
        placeholder="90m, 3h, 2d"
        value={last}
        onChange={(event) => setLast(event.currentTarget.value)}
        error={last.trim() && parseSpan(last) === null ? "A number and s, m, h, d or w" : null}
        data-autofocus
      />
      <TextInput
        label="or from"
        value={start}
        onChange={(event) => setStart(event.currentTarget.value)}
        error={from === null ? "Like 2026-03-01 14:00" : null}
        disabled={last.trim() !== ""}
      />
      <TextInput
        label="to"
        value={end}
        onChange={(event) => setEnd(event.currentTarget.value)}
        error={to === null ? "Like 2026-03-01 15:00" : wrongOrder ? "Must be after the start" : null}
        disabled={last.trim() !== ""}
      />
      <Button type="submit">Apply</Button>
    </form>
  );
}
