import { memo, useMemo } from "react";
import type { StoryAnswer } from "../../api/types.generated";
import { useNow } from "../../parts/clock";
import { Ago, At, Copy, HttpStatus } from "../../parts/Marks";
import { formatMs, plural } from "../../values/format";
import type { Tree } from "./tree";

interface HeadProps {
  story: StoryAnswer;
  tree: Tree;
  /** A story that began so lately may still be growing. */
  freshMs: number;
}

export const StoryHead = memo(function StoryHead({ story, tree, freshMs }: HeadProps) {
  const { request } = story;
  const failed = useMemo(() => tree.spans.status.reduce((sum, one) => sum + (one === 2 ? 1 : 0), 0), [tree]);
  const services = tree.spans.services.length;
  return (
    <div className="story-head">
      <div className="row wrap">
        {request && <span className="badge outline mono">{request.method}</span>}
        <h1 className="cut" title={request?.target ?? story.title}>
          {request?.target ?? story.title}
        </h1>
        <HttpStatus status={request?.httpStatus} />
        {failed > 0 && <span className="badge bad">{plural(failed, "failed span")}</span>}
        {story.errors.length > 0 && <span className="badge bad">{plural(story.errors.length, "error")}</span>}
        {tree.gaps.length > 0 && (
          <span className="badge warn" title="Parent spans that were not received">
            {plural(tree.gaps.length, "missing parent")}
          </span>
        )}
        <Fresh until={Date.parse(story.start) + freshMs} />
      </div>
      <div className="facts">
        <span>
          <b>{formatMs(story.durationMs)}</b>
        </span>
        <span>
          <At iso={story.start} />{" "}
          <span className="faint">
            (<Ago iso={story.start} />)
          </span>
        </span>
        <span>
          {plural(story.spanCount, "span")} in {plural(services, "service")}
        </span>
        {story.logs.length > 0 && <span>{plural(story.logs.length, "log line")}</span>}
        {request?.clientIp && (
          <span>
            client <span className="mono">{request.clientIp}</span>
          </span>
        )}
        <span className="id">
          <span className="faint">trace</span>
          <span className="mono">{story.traceId}</span>
          <Copy value={story.traceId} label="Copy the trace id" />
        </span>
        <span className="id">
          <span className="faint">X-Ray</span>
          <span className="mono">{story.xrayTraceId}</span>
          <Copy value={story.xrayTraceId} label="Copy the X-Ray trace id" />
        </span>
      </div>
    </div>
  );
});

/** It alone looks at the clock each second. */
function Fresh({ until }: { until: number }) {
  if (useNow() >= until) return null;
  return (
    <span className="badge" title="This request is less than a minute old, so more parts may still arrive.">
      <span className="beacon live" /> more parts may arrive
    </span>
  );
}
