import { ActionIcon, Tooltip } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconX } from "@tabler/icons-react";
import { memo } from "react";
import { ErrorDetail } from "./ErrorDetail";
import { GapDetail } from "./GapDetail";
import { LogDetail } from "./LogDetail";
import { SpanDetail, type SpanDetailProps } from "./SpanDetail";
import { dragWidth } from "./drag";
import { errorAt, kindOf, logAt, partOf } from "./tree";

/** Everything about the selected span, gap, line or error. */
export const Detail = memo(function Detail({ close, ...props }: SpanDetailProps & { close: () => void }) {
  const { tree, entry, story } = props;
  const [width, setWidth] = useLocalStorage({ key: "weir.story.detail", defaultValue: 0 });
  const part = story.parts.find((one) => one.id === partOf(tree, entry));
  const kind = kindOf(tree, entry);
  const log = logAt(tree, entry);
  const error = errorAt(tree, entry);
  const owner = tree.parent[entry] ?? -1;
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
      {kind === "span" && <SpanDetail {...props} part={part} />}
      {kind === "gap" && <GapDetail tree={tree} entry={entry} select={props.select} />}
      {kind === "log" && log && <LogDetail log={log} tree={tree} owner={owner} part={part} select={props.select} />}
      {kind === "error" && error && (
        <ErrorDetail error={error} tree={tree} owner={owner} part={part} select={props.select} />
      )}
    </aside>
  );
});
