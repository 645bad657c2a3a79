import { Link } from "@tanstack/react-router";
import { memo } from "react";
import type { StoryCandidate } from "../../api/types.generated";
import { ProtocolBadge } from "../../parts/Marks";

/** What belongs to this request or to another one of the same time, and nothing tells to which. */
export const Candidates = memo(function Candidates({ candidates }: { candidates: StoryCandidate[] }) {
  if (candidates.length === 0) return null;
  return (
    <details className="story-notices">
      <summary>
        {candidates.length === 1 ? "1 record" : `${candidates.length} records`} of this time may belong to this request
      </summary>
      <ul aria-label="Records that may belong to this request">
        {candidates.map((one) => (
          <li
            key={`${one.kind} ${one.traceId ?? one.occurrenceId ?? one.time} ${one.body ?? ""}`}
            title={one.explanation}
          >
            <ProtocolBadge protocol={one.protocol} /> <b>{one.of === 1 ? "possibly" : `1 of ${one.of} possible`}</b>{" "}
            {one.traceId ? (
              <Link to="/story/$traceId" params={{ traceId: one.traceId }}>
                {one.title}
              </Link>
            ) : (
              (one.body?.split("\n")[0] ?? one.title)
            )}{" "}
            <span className="faint">{one.time}</span>
          </li>
        ))}
      </ul>
    </details>
  );
});
