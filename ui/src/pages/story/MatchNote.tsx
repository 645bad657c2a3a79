import type { StoryPart } from "../../api/types.generated";
import { formatMs } from "../../values/format";

/** Shown on every detail that belongs to the story by a match, which is never shown as a certain link. */
export function MatchNote({ part }: { part: StoryPart | undefined }) {
  if (part?.link.by !== "match") return null;
  const { distanceMs, matchedOn, confidence, explanation } = part.link;
  return (
    <div className="notice" style={{ borderStyle: "dashed" }}>
      <b className="warn">≈</b>
      <div>
        A match, not a certain link: {Math.round(confidence * 100)}%
        {distanceMs !== null && `, ${formatMs(distanceMs)} apart`}
        {matchedOn.length > 0 && `, on ${matchedOn.join(", ")}`}. <span className="dim">{explanation}</span>
      </div>
    </div>
  );
}
