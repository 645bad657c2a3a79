import { ActionIcon, Menu, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { IconDots, IconFilter } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { storySpanQuery } from "../../api/queries";
import type { StoryAnswer, StoryPart, StorySpan } from "../../api/types.generated";
import type { AttributeValue } from "../../api/written";
import { Code } from "../../parts/Code";
import { KeyValues, showValue } from "../../parts/KeyValues";
import { questionsOfField } from "../../query/fromPages";
import { linkTo } from "../../query/question";
import { Copy, ProtocolBadge, Service } from "../../parts/Marks";
import { Failed, Notice, RowsSkeleton } from "../../parts/States";
import { formatNs, formatPercent } from "../../values/format";
import type { Colouring } from "./colouring";
import { DurationGraph } from "./DurationGraph";
import { MatchNote } from "./MatchNote";
import { SegmentDetail } from "./SegmentDetail";
import { KINDS, nameOf, protocolOf, serviceOf, spanId, STATUSES, traceOf, type Spans } from "./spans";
import { childrenOf, type Tree } from "./tree";

const TABS = ["xray", "attributes", "resource", "events", "links", "raw"] as const;
type Tab = (typeof TABS)[number];
const TAB_NAMES: Record<Tab, string> = {
  xray: "X-Ray",
  attributes: "Fields",
  resource: "Resource",
  events: "Events",
  links: "Links",
  raw: "Raw",
};

export interface SpanDetailProps {
  tree: Tree;
  entry: number;
  story: StoryAnswer;
  colouring: Colouring;
  tab: string | undefined;
  setTab: (tab: string) => void;
  select: (entry: number) => void;
  setColour: (field: string) => void;
  setFind: (text: string) => void;
}

export function SpanDetail(props: SpanDetailProps & { part: StoryPart | undefined }) {
  const { tree, entry, story, part, colouring, tab, setTab, select } = props;
  const { spans } = tree;
  const [filter, setFilter] = useState("");
  const { span, notices, error, retry } = useWholeSpan(spans, entry);
  const id = spanId(spans, entry);
  const name = nameOf(spans, entry);
  const service = serviceOf(spans, entry);
  const kind = KINDS[spans.kind[entry] ?? 0] ?? "unspecified";
  const status = STATUSES[spans.status[entry] ?? 0] ?? "unset";
  const parent = tree.parent[entry] ?? -1;
  const missing = spans.missing.get(entry);
  const parentId = missing ?? (parent >= 0 && parent < spans.count ? spanId(spans, parent) : null);
  const duration = spans.duration[entry] ?? 0;
  const own = useMemo(() => ownTime(tree, entry), [tree, entry]);
  const fields = useMemo(() => (span ? fieldsOf(span) : {}), [span]);
  const isXRay = protocolOf(spans, entry) === "xray";
  const counts: Record<Tab, number> = {
    xray: isXRay ? 1 : 0,
    attributes: 1,
    resource: span ? Object.keys(span.resource).length + (span.scope ? 1 : 0) : 0,
    events: span?.events.length ?? spans.events.get(entry)?.length ?? 0,
    links: span?.links.length ?? spans.links.get(entry)?.length ?? 0,
    raw: 1,
  };
  const shown = TABS.find((one) => one === tab && counts[one] > 0) ?? (isXRay ? "xray" : "attributes");
  const actions = (key: string, value: AttributeValue) => <FieldMenu {...props} field={key} value={value} />;
  return (
    <>
      <header>
        <h2 style={{ paddingRight: 26 }}>{name}</h2>
        <div className="row wrap" style={{ gap: 6 }}>
          <Service name={service} {...serviceColour(props)} />
          <ProtocolBadge protocol={protocolOf(spans, entry)} />
          {kind !== "unspecified" && <span className="badge">{kind}</span>}
          {status !== "unset" && <span className={`badge ${status === "error" ? "bad" : "good"}`}>{status}</span>}
          {spans.inProgress.has(entry) && <span className="badge warn">in progress</span>}
          {colouring.field !== "service.name" && (
            <span className="badge outline" title={colouring.field}>
              <span className="dot" style={{ background: colouring.legend[colouring.line[entry] ?? 0]?.colour }} />
              {colouring.legend[colouring.line[entry] ?? 0]?.label}
            </span>
          )}
        </div>
        {spans.messages.has(entry) && <div className="bad">{spans.messages.get(entry)}</div>}
        <div className="timing">
          <span>
            start <b>{formatNs(spans.start[entry] ?? 0)}</b>
          </span>
          <span>
            duration <b>{formatNs(duration)}</b>
          </span>
          <span title="Self time: time that is not covered by child spans">
            self <b>{formatNs(own)}</b>
            {duration > 0 && own < duration && ` (${formatPercent(own / duration)})`}
          </span>
        </div>
        <div className="timing">
          <span className="row" style={{ gap: 3 }}>
            span <span className="mono">{id}</span>
            <Copy value={id} label="Copy the span id" size={18} />
          </span>
          {parentId !== null && (
            <span className="row" style={{ gap: 4 }}>
              parent{" "}
              <button className="link mono" onClick={() => select(parent)}>
                {parentId}
              </button>
              {missing !== undefined && <span className="warn">missing</span>}
            </span>
          )}
        </div>
        <MatchNote part={part} />
        {notices.map((one) => (
          <Notice key={one}>{one}</Notice>
        ))}
        {!spans.inProgress.has(entry) && (
          <DurationGraph
            service={service}
            name={name}
            durationNs={duration}
            atMs={Date.parse(story.start) + (spans.start[entry] ?? 0) / 1e6}
          />
        )}
      </header>
      <div className="tabs tabs-line" role="tablist">
        {TABS.filter((one) => one !== "xray" || isXRay).map((one) => (
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
        {error && <Failed error={error} retry={retry} />}
        {!span && !error && <RowsSkeleton rows={8} />}
        {span && shown === "attributes" && (
          <>
            {Object.keys(fields).length > 6 && (
              <TextInput
                aria-label="Filter the attributes"
                placeholder="Filter"
                leftSection={<IconFilter size={13} />}
                value={filter}
                onChange={(event) => setFilter(event.currentTarget.value)}
              />
            )}
            <KeyValues
              values={span.attributes}
              filter={filter}
              findTraces
              ask="spans"
              actions={actions}
              empty="This span has no attributes."
            />
            <div>
              <h2 className="faint" style={{ margin: "0 0 4px 6px" }}>
                For all spans
              </h2>
              <KeyValues values={fields} filter={filter} ask="spans" actions={actions} />
            </div>
          </>
        )}
        {span && shown === "resource" && (
          <>
            <KeyValues values={span.resource} findTraces ask="spans" actions={actions} />
            {span.scope && (
              <div>
                <h2 style={{ margin: "0 0 4px 6px" }}>Scope</h2>
                <KeyValues values={{ name: span.scope.name, version: span.scope.version }} />
              </div>
            )}
          </>
        )}
        {span &&
          shown === "events" &&
          span.events.map((event, i) => (
            <div className="event" key={i}>
              <div className="head">
                <b className={event.name === "exception" ? "bad" : ""}>{event.name}</b>
                <span className="faint num">{formatNs(event.offsetNs)}</span>
              </div>
              <KeyValues values={event.attributes} empty="No attributes." />
            </div>
          ))}
        {span &&
          shown === "links" &&
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
        {isXRay && (shown === "xray" || (shown === "raw" && span && span.document === null)) && (
          <SegmentDetail traceId={traceOf(spans, entry)} spanId={id} raw={shown === "raw"} />
        )}
        {span && shown === "raw" && (!isXRay || span.document !== null) && (
          <Code text={span.document ?? JSON.stringify(span)} language="json" />
        )}
      </div>
    </>
  );
}

function serviceColour({ colouring, tree, entry }: SpanDetailProps): { colour?: string } {
  const colour = colouring.legend[colouring.line[entry] ?? 0]?.colour;
  return colouring.field === "service.name" && colour && entry < tree.spans.count ? { colour } : {};
}

/** The span's data from the page or, for a large story, from the server, with offsets from the story's start. */
function useWholeSpan(spans: Spans, entry: number) {
  const here = spans.whole?.[entry];
  const asked = useQuery({ ...storySpanQuery(traceOf(spans, entry), spanId(spans, entry)), enabled: !here });
  const start = spans.start[entry] ?? 0;
  const span = useMemo(() => {
    if (here) return here;
    const all = asked.data?.spans ?? [];
    // Several may share the id; this row's is the one that took as long.
    const one = all.find((each) => each.durationNs === spans.duration[entry]) ?? all[0];
    return (
      one && {
        ...one,
        offsetNs: start,
        events: one.events.map((event) => ({ ...event, offsetNs: event.offsetNs + start })),
      }
    );
  }, [here, asked.data, spans, entry, start]);
  return {
    span: span ?? null,
    notices: here ? [] : (asked.data?.notices ?? []),
    error: here ? null : asked.error,
    retry: () => void asked.refetch(),
  };
}

/** What every span has, under the names that queries use. */
function fieldsOf(span: StorySpan): Record<string, AttributeValue> {
  return {
    "service.name": span.service,
    name: span.name,
    duration_ms: span.durationNs / 1e6,
    "span.kind": span.kind,
    status: span.status,
    ...(span.statusMessage ? { status_message: span.statusMessage } : {}),
    ...(span.scope ? { "library.name": span.scope.name, "library.version": span.scope.version } : {}),
    "meta.protocol": span.protocol,
    "trace.trace_id": span.traceId,
    "trace.span_id": span.spanId,
    ...(span.parentSpanId ? { "trace.parent_id": span.parentSpanId } : {}),
  };
}

/** Fields whose values are unique for each span, so they are not useful for colours or search. */
const UNIQUE = new Set(["trace.trace_id", "trace.span_id", "trace.parent_id", "duration_ms"]);

/** The filters of the list of traces that stand for a span's own fields; attributes have a button of their own. */
function tracesWith(field: string, value: AttributeValue): { service?: string; name?: string; status?: string } | null {
  if (field === "service.name") return { service: showValue(value) };
  if (field === "name") return { name: showValue(value) };
  return field === "status" && value === "error" ? { status: "error" } : null;
}

function FieldMenu({
  field,
  value,
  setColour,
  setFind,
  tree,
  entry,
}: SpanDetailProps & { field: string; value: AttributeValue }) {
  const traces = tracesWith(field, value);
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon size={20} aria-label={`More with ${field}`}>
          <IconDots size={13} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label className="cut">{field}</Menu.Label>
        {!UNIQUE.has(field) && <Menu.Item onClick={() => setColour(field)}>Colour spans by this field</Menu.Item>}
        {!UNIQUE.has(field) && value !== null && (
          <Menu.Item onClick={() => setFind(`${field}=${showValue(value)}`)}>Find this value in the story</Menu.Item>
        )}
        {traces && (
          <Menu.Item renderRoot={(props) => <Link to="/traces" search={traces} {...props} />}>
            Traces with this value
          </Menu.Item>
        )}
        <Menu.Label>Query all data</Menu.Label>
        {questionsOfField(field, value, tree.spans.count > 0 ? traceOf(tree.spans, entry) : "").map((one) => (
          <Menu.Item key={one.label} renderRoot={(props) => <Link {...linkTo(one.question)} {...props} />}>
            {one.label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={() => void navigator.clipboard.writeText(field)}>Copy the name</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Duration without the part covered by direct children; overlapping children count once. */
function ownTime(tree: Tree, entry: number): number {
  const from = tree.at[entry] ?? 0;
  const end = tree.end[entry] ?? 0;
  let covered = 0;
  let reached = from;
  for (const child of childrenOf(tree, entry)) {
    if (child >= tree.spans.count) continue;
    const start = Math.max(reached, tree.at[child] ?? 0);
    const stop = Math.min(end, tree.end[child] ?? 0);
    if (stop > start) {
      covered += stop - start;
      reached = stop;
    }
  }
  return end - from - covered;
}
