import { useState } from "react";
import type { StoryFrame } from "../api/types.generated";
import { plural } from "../values/format";

interface Run {
  own: boolean;
  frames: StoryFrame[];
}

/** A stack as the server gives it, the call that threw on top; runs of library frames are folded, because the reader's own code is the news. */
export function Frames({ frames }: { frames: readonly StoryFrame[] }) {
  const runs: Run[] = [];
  for (const frame of frames) {
    const last = runs.at(-1);
    if (last?.own === frame.inProject) last.frames.push(frame);
    else runs.push({ own: frame.inProject, frames: [frame] });
  }
  if (frames.length === 0) return <p className="faint">No stack trace.</p>;
  const anyOwn = runs.some((run) => run.own);
  return (
    <ol className="frames">
      {runs.map((run, i) =>
        run.own || !anyOwn ? (
          run.frames.map((frame, j) => <Frame key={`${i}-${j}`} frame={frame} />)
        ) : (
          <Folded key={i} frames={run.frames} />
        ),
      )}
    </ol>
  );
}

function Folded({ frames }: { frames: StoryFrame[] }) {
  const [open, setOpen] = useState(false);
  if (open) return frames.map((frame, i) => <Frame key={i} frame={frame} />);
  return (
    <li>
      <button className="plain faint fold" onClick={() => setOpen(true)}>
        {plural(frames.length, "library frame")} …
      </button>
    </li>
  );
}

function Frame({ frame }: { frame: StoryFrame }) {
  return (
    <li className={frame.inProject ? "own" : ""}>
      <div className="at">
        <span className="mono method">{frame.method ?? "?"}</span>
        <span className="mono faint file">
          {frame.file ?? "?"}
          {frame.line !== null && (
            <b>
              :{frame.line}
              {frame.column !== null && `:${frame.column}`}
            </b>
          )}
        </span>
      </div>
      {frame.code && <pre className="mono">{frame.code.trim()}</pre>}
    </li>
  );
}
