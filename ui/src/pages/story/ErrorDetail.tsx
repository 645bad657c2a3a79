import { Link } from "@tanstack/react-router";
import type { StoryError, StoryPart } from "../../api/types.generated";
import { Frames } from "../../parts/Frames";
import { At, Copy, Level, ProtocolBadge } from "../../parts/Marks";
import { formatNs } from "../../values/format";
import { MatchNote } from "./MatchNote";
import { nameOf } from "./spans";
import type { Tree } from "./tree";

export function ErrorDetail({
  error,
  tree,
  owner,
  part,
  select,
}: {
  error: StoryError;
  tree: Tree;
  /** The span it happened in, or -1. */
  owner: number;
  part: StoryPart | undefined;
  select: (entry: number) => void;
}) {
  return (
    <>
      <header>
        <h2 style={{ paddingRight: 26 }}>{error.title}</h2>
        <div className="row wrap" style={{ gap: 6 }}>
          <Level level={error.level} />
          <ProtocolBadge protocol={error.protocol} />
          {error.exceptionClass && <span className="badge mono">{error.exceptionClass}</span>}
        </div>
        <div className="timing">
          <span>
            at <b>{formatNs(error.offsetNs)}</b>
          </span>
          <At iso={error.time} />
          {owner >= 0 && (
            <button className="link" onClick={() => select(owner)}>
              in {nameOf(tree.spans, owner)}
            </button>
          )}
        </div>
        <div className="timing">
          <span className="row" style={{ gap: 3 }}>
            occurrence <span className="mono cut">{error.occurrenceId}</span>
            <Copy value={error.occurrenceId} label="Copy the occurrence id" size={18} />
          </span>
        </div>
        <MatchNote part={part} />
      </header>
      <div className="scroll">
        {error.message && error.message !== error.title && <p style={{ margin: 4 }}>{error.message}</p>}
        <Frames frames={error.frames} />
        <Link
          className="link"
          to="/errors/$itemId"
          params={{ itemId: error.itemId }}
          search={{ occurrence: error.occurrenceId }}
        >
          Show request, person and all occurrences
        </Link>
      </div>
    </>
  );
}
