import { Tooltip } from "@mantine/core";
import { memo } from "react";
import { serviceColour } from "../../values/colours";
import { formatNs, formatPercent, plural } from "../../values/format";
import type { CriticalPath } from "./criticalPath";
import { nameOf } from "./spans";
import type { Tree } from "./tree";

/** The time of the critical path by service, and the spans with the largest parts. */
export const PathSummary = memo(function PathSummary({
  path,
  tree,
  goTo,
}: {
  path: CriticalPath;
  tree: Tree;
  goTo: (entry: number) => void;
}) {
  if (path.total <= 0) return null;
  const most = path.pieces.most(3).map((entry) => ({ entry, ns: path.pieces.ns[entry] ?? 0 }));
  return (
    <div className="path-summary" aria-label="Critical path">
      <Tooltip label="The chain of spans that determines the total duration. If one of them were shorter, the trace would be shorter.">
        <b tabIndex={0}>Critical path</b>
      </Tooltip>
      <div className="share" aria-hidden>
        {path.services.map((one) => (
          <span
            key={one.service}
            title={`${one.service || "(missing)"} ${formatPercent(one.ns / path.total)}`}
            style={{
              width: `${(one.ns / path.total) * 100}%`,
              background: one.service ? serviceColour(one.service) : "var(--line-strong)",
            }}
          />
        ))}
      </div>
      {path.services.slice(0, 6).map((one) => (
        <span key={one.service} className="service">
          <span
            className="dot"
            style={{ background: one.service ? serviceColour(one.service) : "var(--line-strong)" }}
          />
          <span>{one.service || "(missing)"}</span>
          <span className="num">{formatPercent(one.ns / path.total)}</span>
          <span className="faint num">{formatNs(one.ns)}</span>
        </span>
      ))}
      {path.services.length > 6 && <span className="faint">and {path.services.length - 6} more</span>}
      <span className="grow" />
      <span className="faint">{plural(path.pieces.entries, "span")}, most in</span>
      {most.map(({ entry, ns }) => (
        <button key={entry} className="link cut" style={{ maxWidth: 170 }} onClick={() => goTo(entry)}>
          {entry < tree.spans.count ? nameOf(tree.spans, entry) : "(missing)"}{" "}
          <span className="faint">{formatPercent(ns / path.total)}</span>
        </button>
      ))}
    </div>
  );
});
