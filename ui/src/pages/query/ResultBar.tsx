import { Button, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconChevronDown, IconDownload, IconLink } from "@tabler/icons-react";
import type { QueryResult } from "../../api/written";
import { download, resultCsv, seriesCsv } from "../../query/csv";
import { describe, type Question } from "../../query/question";
import type { RangeParams } from "../../values/timeRange";
import type { ChartFlags } from "./SeriesPlot";
import type { View } from "./useQuestion";

const VIEWS: [View, string][] = [
  ["results", "Results"],
  ["bubbleup", "BubbleUp"],
  ["traces", "Traces"],
  ["rows", "Raw rows"],
];
type Flags = ChartFlags & { marks: boolean };

export function ResultBar({
  view,
  show,
  flags,
  setFlags,
  result,
  question,
  selected,
  clear,
  pinned,
  stale,
}: {
  view: View;
  show: (view: View) => void;
  flags: Flags;
  setFlags: (chart: string | undefined) => void;
  result: QueryResult;
  question: Question;
  selected: boolean;
  clear: () => void;
  pinned: RangeParams;
  stale: boolean;
}) {
  const toggle = (name: keyof Flags) => {
    const next = { ...flags, [name]: !flags[name] };
    const words = [next.log && "log", next.stacked && "stacked", next.omit && "omit", !next.marks && "nomarks"].filter(
      Boolean,
    );
    setFlags(words.length ? words.join(",") : undefined);
  };
  const name = `weir-${new Date().toISOString().slice(0, 19).replaceAll(":", "")}`;
  const copyLink = () => {
    const url = new URL(window.location.href);
    // A link is for looking at the same thing: its range is fixed where it was seen.
    if (pinned.start && pinned.end) {
      url.searchParams.delete("range");
      url.searchParams.set("start", pinned.start);
      url.searchParams.set("end", pinned.end);
    }
    void navigator.clipboard
      .writeText(url.href)
      .then(() => notifications.show({ message: "The link was copied, with the current time range" }));
  };
  return (
    <div className="result-bar">
      <div className="tabs-line" role="tablist">
        {VIEWS.map(([one, label]) => (
          <button
            key={one}
            className="plain"
            role="tab"
            aria-selected={view === one}
            disabled={one === "bubbleup" && !selected}
            title={
              one === "bubbleup" && !selected
                ? "Draw a box on a heatmap, or choose BubbleUp in the menu of a group"
                : undefined
            }
            onClick={() => show(one)}
          >
            {label}
          </button>
        ))}
      </div>
      {stale && <span className="badge warn">the query has changed; run it to update the result</span>}
      {selected && view !== "bubbleup" && (
        <button className="link" onClick={clear}>
          Clear selection
        </button>
      )}
      <div className="grow" />
      <Menu closeOnItemClick={false} position="bottom-end">
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={13} />}>
            Charts
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.CheckboxItem checked={flags.log} onChange={() => toggle("log")}>
            Log scale
          </Menu.CheckboxItem>
          <Menu.CheckboxItem checked={flags.stacked} onChange={() => toggle("stacked")}>
            Stacked
          </Menu.CheckboxItem>
          <Menu.CheckboxItem checked={flags.omit} onChange={() => toggle("omit")}>
            Connect over missing values
          </Menu.CheckboxItem>
          <Menu.CheckboxItem checked={flags.marks} onChange={() => toggle("marks")}>
            Markers
          </Menu.CheckboxItem>
        </Menu.Dropdown>
      </Menu>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" leftSection={<IconDownload size={14} />}>
            Export
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => download(`${name}.csv`, "text/csv", resultCsv(result))}>Table as CSV</Menu.Item>
          <Menu.Item onClick={() => download(`${name}-series.csv`, "text/csv", seriesCsv(result))}>
            Series as CSV
          </Menu.Item>
          <Menu.Item onClick={() => download(`${name}.json`, "application/json", JSON.stringify(result, null, 2))}>
            Complete result as JSON
          </Menu.Item>
          <Menu.Item
            onClick={() =>
              void navigator.clipboard
                .writeText(JSON.stringify(result.query, null, 2))
                .then(() => notifications.show({ message: `The specification of “${describe(question)}” was copied` }))
            }
          >
            Copy the specification
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Button variant="default" leftSection={<IconLink size={14} />} onClick={copyLink}>
        Copy link
      </Button>
    </div>
  );
}
