import { ActionIcon, Tooltip } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconX } from "@tabler/icons-react";
import type { Story } from "../../api/types";
import { ErrorDetail } from "./ErrorDetail";
import { LogDetail } from "./LogDetail";
import { SpanDetail } from "./SpanDetail";
import { dragWidth } from "./drag";
import { partOf, type Entry } from "./waterfall";

export interface DetailProps {
  entry: Entry;
  story: Story;
  colours: Map<string, string>;
  tab: string | undefined;
  setTab: (tab: string) => void;
  select: (key: string) => void;
}

/** Everything about the selected span, line or error. */
export function Detail({ close, ...props }: DetailProps & { close: () => void }) {
  const { entry, story } = props;
  const [width, setWidth] = useLocalStorage({ key: "weir.story.detail", defaultValue: 0 });
  const part = story.parts.find((one) => one.id === partOf(entry));
  return (
    <aside
      className="detail"
      aria-label="Details"
      style={width > 0 ? ({ "--detail-w": `${width}px` } as React.CSSProperties) : undefined}
    >
      <div
        className="grip"
        role="separator"
        aria-orientation="vertical"
        aria-label="Width of the details"
        onPointerDown={(event) => {
          const right = event.currentTarget.parentElement?.getBoundingClientRect().right ?? 0;
          dragWidth(event, (x) => setWidth(Math.max(300, Math.min(900, right - x))));
        }}
      />
      <div style={{ position: "absolute", right: 8, top: 8 }}>
        <Tooltip label="Close (Esc)">
          <ActionIcon aria-label="Close the details" onClick={close} size={24}>
            <IconX size={15} />
          </ActionIcon>
        </Tooltip>
      </div>
      {entry.kind === "span" && <SpanDetail {...props} node={entry.node} part={part} />}
      {entry.kind === "log" && <LogDetail log={entry.log} owner={entry.owner} part={part} select={props.select} />}
      {entry.kind === "error" && (
        <ErrorDetail error={entry.error} owner={entry.owner} part={part} select={props.select} />
      )}
    </aside>
  );
}
