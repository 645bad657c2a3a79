import { Link } from "@tanstack/react-router";
import type { StoryLog, StoryPart } from "../../api/types.generated";
import { Code } from "../../parts/Code";
import { KeyValues } from "../../parts/KeyValues";
import { At, Level, ProtocolBadge, Service } from "../../parts/Marks";
import { formatNs } from "../../values/format";
import { MatchNote } from "./MatchNote";
import { nameOf } from "./spans";
import type { Tree } from "./tree";

export function LogDetail({
  log,
  tree,
  owner,
  part,
  select,
}: {
  log: StoryLog;
  tree: Tree;
  /** The span it happened in, or -1. */
  owner: number;
  part: StoryPart | undefined;
  select: (entry: number) => void;
}) {
  return (
    <>
      <header>
        <h2>Log line</h2>
        <div className="row wrap" style={{ gap: 6 }}>
          <Level level={log.severity} />
          <Service name={log.service} />
          <ProtocolBadge protocol={log.protocol} />
        </div>
        <div className="timing">
          <span>
            at <b>{formatNs(log.offsetNs)}</b>
          </span>
          <At iso={log.time} />
          {owner >= 0 && (
            <button className="link" onClick={() => select(owner)}>
              in {nameOf(tree.spans, owner)}
            </button>
          )}
        </div>
        <MatchNote part={part} />
      </header>
      <div className="scroll">
        <Code text={log.body} language={/^\s*[{[]/.test(log.body) ? "json" : "text"} />
        <KeyValues values={log.attributes} ask="logs" empty="No attributes." />
        {log.logGroup && (
          <Link
            className="link"
            to="/logs"
            search={{ group: log.logGroup, stream: log.logStream ?? undefined, event: log.id }}
          >
            See it in {log.logGroup}
            {log.logStream && ` / ${log.logStream}`}
          </Link>
        )}
      </div>
    </>
  );
}
