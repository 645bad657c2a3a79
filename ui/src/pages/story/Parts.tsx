import { ActionIcon, Tooltip } from "@mantine/core";
import { IconEye, IconEyeOff } from "@tabler/icons-react";
import { memo } from "react";
import type { StoryPart } from "../../api/types.generated";
import { ProtocolBadge } from "../../parts/Marks";
import { formatCount, formatMs } from "../../values/format";

/** Why each part belongs to this story. Links by id have a solid edge; a match has a dashed edge, its distance and what matched. */
export const Parts = memo(function Parts({
  parts,
  hidden,
  toggle,
}: {
  parts: StoryPart[];
  hidden: ReadonlySet<string>;
  toggle: (id: string) => void;
}) {
  return (
    <div className="parts" aria-label="Parts of this story and why they belong to it">
      {parts.map((part) => {
        const off = hidden.has(part.id);
        return (
          <div key={part.id} className={`part ${part.link.by} ${off ? "off" : ""}`}>
            <div className="row">
              <ProtocolBadge protocol={part.protocol} />
              <span className="cut grow" style={{ fontWeight: 550 }} title={part.title}>
                {part.title}
              </span>
              <span className="faint">{formatCount(part.count)}</span>
              <Tooltip label={off ? "Show on the timeline" : "Hide from the timeline"}>
                <ActionIcon
                  size={20}
                  aria-label={`${off ? "Show" : "Hide"} ${part.title}`}
                  aria-pressed={!off}
                  onClick={() => toggle(part.id)}
                >
                  {off ? <IconEyeOff size={14} /> : <IconEye size={14} />}
                </ActionIcon>
              </Tooltip>
            </div>
            <div className="row wrap" style={{ gap: 5 }}>
              <LinkBadge part={part} />
            </div>
            <Tooltip label={part.link.explanation} position="bottom-start">
              <div className="why" tabIndex={0}>
                {part.link.by === "match" && part.link.matchedOn.length > 0 && (
                  <b>on {part.link.matchedOn.join(", ")}. </b>
                )}
                {part.link.explanation}
              </div>
            </Tooltip>
          </div>
        );
      })}
    </div>
  );
});

function LinkBadge({ part }: { part: StoryPart }) {
  const { by, distanceMs, confidence } = part.link;
  if (by === "origin") return <span className="badge">requested trace</span>;
  if (by === "sameId") return <span className="badge good">same id</span>;
  if (by === "idInText") return <span className="badge good">id found in text</span>;
  return (
    <>
      <span className="badge warn" title="Linked by a match, not by an id">
        ≈ match {Math.round(confidence * 100)}%
      </span>
      {distanceMs !== null && <span className="badge outline">{formatMs(distanceMs)} apart</span>}
    </>
  );
}
