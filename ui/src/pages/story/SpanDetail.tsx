import { TextInput } from "@mantine/core";
import { IconFilter } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { StoryPart } from "../../api/types";
import { Code } from "../../parts/Code";
import { KeyValues } from "../../parts/KeyValues";
import { Copy, ProtocolBadge, Service } from "../../parts/Marks";
import { formatNs } from "../../values/format";
import type { DetailProps } from "./Detail";
import { MatchNote } from "./MatchNote";
import type { SpanNode } from "./waterfall";

const TABS = ["attributes", "resource", "events", "links", "raw"] as const;
type Tab = (typeof TABS)[number];
const TAB_NAMES: Record<Tab, string> = {
  attributes: "Attributes",
  resource: "Resource",
  events: "Events",
  links: "Links",
  raw: "Raw",
};

export function SpanDetail({
  node,
  part,
  colours,
  tab,
  setTab,
  select,
}: DetailProps & { node: SpanNode; part: StoryPart | undefined }) {
  const { span } = node;
  const [filter, setFilter] = useState("");
  const counts: Record<Tab, number> = {
    attributes: Object.keys(span.attributes).length,
    resource: Object.keys(span.resource).length + (span.scope ? 1 : 0),
    events: span.events.length,
    links: span.links.length,
    raw: 1,
  };
  const shown = TABS.find((one) => one === tab) ?? "attributes";
  const raw = span.document ?? JSON.stringify(span);
  return (
    <>
      <header>
        <h2 style={{ paddingRight: 26 }}>{span.name}</h2>
        <div className="row wrap" style={{ gap: 6 }}>
          <Service name={span.service} colour={colours.get(span.service)} />
          <ProtocolBadge protocol={span.protocol} />
          {span.kind !== "unspecified" && <span className="badge">{span.kind}</span>}
          {span.status !== "unset" && (
            <span className={`badge ${span.status === "error" ? "bad" : "good"}`}>{span.status}</span>
          )}
          {span.inProgress && <span className="badge warn">still open</span>}
        </div>
        {span.statusMessage && <div className="bad">{span.statusMessage}</div>}
        <div className="timing">
          <span>
            starts at <b>{formatNs(span.offsetNs)}</b>
          </span>
          <span>
            takes <b>{formatNs(span.durationNs)}</b>
          </span>
          <span title="Time not covered by the spans directly below it">
            own <b>{formatNs(ownTime(node))}</b>
          </span>
        </div>
        <div className="timing">
          <span className="row" style={{ gap: 3 }}>
            span <span className="mono">{span.spanId}</span>
            <Copy value={span.spanId} label="Copy the span id" size={18} />
          </span>
          {span.parentSpanId && (
            <span className="row" style={{ gap: 4 }}>
              parent{" "}
              {node.parent ? (
                <button className="link mono" onClick={() => node.parent && select(node.parent.key)}>
                  {span.parentSpanId}
                </button>
              ) : (
                <span className="mono" title="Not received">
                  {span.parentSpanId} <span className="warn">missing</span>
                </span>
              )}
            </span>
          )}
        </div>
        <MatchNote part={part} />
      </header>
      <div className="tabs tabs-line" role="tablist">
        {TABS.map((one) => (
          <button
            key={one}
            role="tab"
            className="plain"
            aria-selected={one === shown}
            disabled={counts[one] === 0}
            onClick={() => setTab(one)}
          >
            {TAB_NAMES[one]}
            {(one === "events" || one === "links") && counts[one] > 0 && <span className="faint"> {counts[one]}</span>}
          </button>
        ))}
      </div>
      <div className="scroll">
        {shown === "attributes" && (
          <>
            {counts.attributes > 6 && (
              <TextInput
                aria-label="Filter the attributes"
                placeholder="Filter"
                leftSection={<IconFilter size={13} />}
                value={filter}
                onChange={(event) => setFilter(event.currentTarget.value)}
              />
            )}
            <KeyValues values={span.attributes} filter={filter} findTraces empty="This span has no attributes." />
          </>
        )}
        {shown === "resource" && (
          <>
            <KeyValues values={span.resource} findTraces />
            {span.scope && (
              <div>
                <h2 style={{ margin: "0 0 4px 6px" }}>Scope</h2>
                <KeyValues values={{ name: span.scope.name, version: span.scope.version }} />
              </div>
            )}
          </>
        )}
        {shown === "events" &&
          span.events.map((event, i) => (
            <div className="event" key={i}>
              <div className="head">
                <b className={event.name === "exception" ? "bad" : ""}>{event.name}</b>
                <span className="faint num">{formatNs(event.offsetNs)}</span>
              </div>
              <KeyValues values={event.attributes} empty="No attributes." />
            </div>
          ))}
        {shown === "links" &&
          span.links.map((link, i) => (
            <div className="event" key={i}>
              <div className="head">
                <Link
                  className="link mono cut"
                  to="/story/$traceId"
                  params={{ traceId: link.traceId }}
                  search={{ span: link.spanId }}
                >
                  {link.traceId}
                </Link>
                <span className="mono faint">{link.spanId}</span>
              </div>
              <KeyValues values={link.attributes} empty="No attributes." />
            </div>
          ))}
        {shown === "raw" && <Code text={raw} language="json" />}
      </div>
    </>
  );
}

/** Duration without the part covered by direct children; overlapping children count once. */
function ownTime(node: SpanNode): number {
  const { offsetNs, durationNs } = node.span;
  const end = offsetNs + durationNs;
  let covered = 0;
  let reached = offsetNs;
  for (const child of node.children) {
    if (child.kind !== "span") continue;
    const from = Math.max(reached, child.node.span.offsetNs);
    const to = Math.min(end, child.node.span.offsetNs + child.node.span.durationNs);
    if (to > from) {
      covered += to - from;
      reached = to;
    }
  }
  return durationNs - covered;
}
