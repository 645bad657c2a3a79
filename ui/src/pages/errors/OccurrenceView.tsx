import { Button } from "@mantine/core";
import { IconTimeline } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { OccurrenceDetail } from "../../api/types.generated";
import type { AttributeValue } from "../../api/written";
import { Code } from "../../parts/Code";
import { Frames } from "../../parts/Frames";
import { KeyValues } from "../../parts/KeyValues";
import { Ago, At, Copy } from "../../parts/Marks";

const TABS = ["exception", "request", "context", "raw"] as const;
const NAMES = { exception: "Exception", request: "Request", context: "Person and custom", raw: "Raw payload" };

/** One occurrence: its exceptions, its request, the person, and the payload as received. */
export function OccurrenceView({
  occurrence,
  isLatest,
  tab,
  setTab,
}: {
  occurrence: OccurrenceDetail;
  isLatest: boolean;
  tab: string | undefined;
  setTab: (tab: string) => void;
}) {
  const shown = TABS.find((one) => one === tab) ?? "exception";
  return (
    <>
      <header style={{ flexWrap: "wrap" }}>
        <h2>{isLatest ? "Latest occurrence" : "Occurrence"}</h2>
        <span className="dim">
          <At iso={occurrence.time} />{" "}
          <span className="faint">
            (<Ago iso={occurrence.time} />)
          </span>
        </span>
        <span className="row faint" style={{ gap: 3 }}>
          <span className="mono cut">{occurrence.occurrenceId}</span>
          <Copy value={occurrence.occurrenceId} label="Copy the occurrence id" size={18} />
        </span>
        <div className="grow" />
        {occurrence.traceId && (
          <Button
            variant="light"
            leftSection={<IconTimeline size={14} />}
            renderRoot={(props) => (
              <Link
                to="/story/$traceId"
                params={{ traceId: occurrence.traceId ?? "" }}
                search={{ span: `error:${occurrence.occurrenceId}` }}
                {...props}
              />
            )}
          >
            Open the story
          </Button>
        )}
      </header>
      <div className="occ-tabs tabs-line" role="tablist">
        {TABS.map((one) => (
          <button key={one} role="tab" className="plain" aria-selected={one === shown} onClick={() => setTab(one)}>
            {NAMES[one]}
          </button>
        ))}
      </div>
      <div className="occ-body">
        {shown === "exception" && <Exceptions occurrence={occurrence} />}
        {shown === "request" && <Request occurrence={occurrence} />}
        {shown === "context" && <Context occurrence={occurrence} />}
        {shown === "raw" && <Code text={occurrence.payload} language="json" />}
      </div>
    </>
  );
}

function Exceptions({ occurrence }: { occurrence: OccurrenceDetail }) {
  if (occurrence.exceptions.length === 0)
    return (
      <div>
        <h3>Message</h3>
        <Code text={occurrence.message ?? occurrence.title} />
        <p className="faint">This is a reported message without an exception or stack trace.</p>
      </div>
    );
  return occurrence.exceptions.map((one, i) => (
    <div key={i}>
      {i > 0 && <p className="dim">caused by</p>}
      <h3 className="bad mono">{one.class}</h3>
      {one.message && <p style={{ margin: "0 0 8px", overflowWrap: "anywhere" }}>{one.message}</p>}
      <Frames frames={one.frames} />
    </div>
  ));
}

function Request({ occurrence }: { occurrence: OccurrenceDetail }) {
  const { request } = occurrence;
  if (!request) return <p className="faint">This occurrence has no request data.</p>;
  return (
    <>
      <div className="row wrap">
        {request.method && <span className="badge outline mono">{request.method}</span>}
        <span className="mono" style={{ overflowWrap: "anywhere" }}>
          {request.url}
        </span>
        {request.url && <Copy value={request.url} />}
        {request.userIp && <span className="faint">from {request.userIp}</span>}
      </div>
      {Object.keys(request.query).length > 0 && <Section title="Query" values={request.query} />}
      <Section title="Headers" values={request.headers} />
      {request.body && (
        <div>
          <h3>Body</h3>
          <Code text={request.body} language={/^\s*[{[]/.test(request.body) ? "json" : "text"} maxHeight={360} />
        </div>
      )}
    </>
  );
}

function Context({ occurrence }: { occurrence: OccurrenceDetail }) {
  const { person } = occurrence;
  return (
    <>
      <Section
        title="Person"
        values={person ? { id: person.id, username: person.username, email: person.email } : {}}
      />
      <Section title="Custom" values={occurrence.custom} />
      <Section
        title="Where"
        values={{
          host: occurrence.host,
          environment: occurrence.environment,
          language: occurrence.language,
          framework: occurrence.framework,
          "code version": occurrence.codeVersion,
          notifier: occurrence.notifier,
        }}
      />
    </>
  );
}

function Section({ title, values }: { title: string; values: Record<string, AttributeValue> }) {
  const known = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== ""));
  return (
    <div>
      <h3>{title}</h3>
      <KeyValues values={known} empty="No data." />
    </div>
  );
}
