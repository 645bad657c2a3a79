import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { LogEvent } from "../../api/types.generated";
import { Code } from "../../parts/Code";
import { KeyValues } from "../../parts/KeyValues";
import { At, Copy, Level, levelTone, ProtocolBadge, Service } from "../../parts/Marks";
import { formatMs } from "../../values/format";
import { Highlight } from "./Highlight";

export function LogRow({
  event,
  opened,
  picked,
  text,
  wide,
  toggle,
}: {
  event: LogEvent;
  opened: boolean;
  picked: boolean;
  text: string;
  /** Also say which group the line is from. */
  wide: boolean;
  toggle: () => void;
}) {
  const tone = levelTone(event.severity);
  return (
    <div
      className={`log ${tone && `tone-${tone}`} ${wide ? "wide" : ""} ${picked ? "picked" : ""} ${opened ? "open" : ""}`}
    >
      <div className="line" role="button" aria-expanded={opened} onClick={toggle}>
        <span className="dim">
          <At iso={event.time} />
        </span>
        <Level level={event.severity} />
        <Service name={event.service} />
        {wide && (
          <span className="cut faint place" title={`${event.logGroup ?? ""} / ${event.logStream ?? ""}`}>
            {event.logGroup}
          </span>
        )}
        <span className="body cut">
          <Highlight text={event.body} wanted={text} />
        </span>
        {opened ? <IconChevronDown size={14} /> : <IconChevronRight size={14} className="faint" />}
      </div>
      {opened && <Inside event={event} />}
    </div>
  );
}

function Inside({ event }: { event: LogEvent }) {
  const late = Date.parse(event.ingestedAt) - Date.parse(event.time);
  return (
    <div className="inside">
      <Code text={event.body} language={/^\s*[{[]/.test(event.body) ? "json" : "text"} maxHeight={320} />
      <div className="facts">
        {event.traceId ? (
          <>
            <Link
              className="link"
              to="/story/$traceId"
              params={{ traceId: event.traceId }}
              search={{ span: `log:${event.id}` }}
            >
              Open its story
            </Link>
            <span className="row" style={{ gap: 3 }}>
              trace <span className="mono">{event.traceId}</span>
              <Copy value={event.traceId} label="Copy the trace id" size={18} />
            </span>
          </>
        ) : (
          <span>This line has no trace id.</span>
        )}
        {event.logGroup && (
          <span className="row" style={{ gap: 5 }}>
            <ProtocolBadge protocol={event.protocol} />
            <Link className="link" to="/logs" search={{ group: event.logGroup }}>
              {event.logGroup}
            </Link>
            {event.logStream && (
              <>
                /
                <Link className="link" to="/logs" search={{ group: event.logGroup, stream: event.logStream }}>
                  {event.logStream}
                </Link>
              </>
            )}
          </span>
        )}
        <span className="mono">{event.time}</span>
        {Number.isFinite(late) && <span>arrived {formatMs(late)} later</span>}
        <span className="row" style={{ gap: 3 }}>
          id <span className="mono cut">{event.id}</span>
          <Copy value={event.id} label="Copy the event id" size={18} />
        </span>
      </div>
      <div className="cols">
        <div>
          <h2>Attributes</h2>
          <KeyValues values={event.attributes} ask="logs" empty="This line has no attributes." />
        </div>
        <div>
          <h2>Resource</h2>
          <KeyValues values={event.resource} ask="logs" empty="None." />
        </div>
      </div>
    </div>
  );
}
