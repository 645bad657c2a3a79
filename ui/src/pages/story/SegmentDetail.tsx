import { ActionIcon, Tooltip } from "@mantine/core";
import { IconFilterPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo, type ReactNode } from "react";
import { xrayDocumentsQuery } from "../../api/xrayQueries";
import { Code } from "../../parts/Code";
import { Frames } from "../../parts/Frames";
import { KeyValues } from "../../parts/KeyValues";
import { Copy } from "../../parts/Marks";
import { Failed, RowsSkeleton } from "../../parts/States";
import { plural } from "../../values/format";
import { annotationKeyword } from "../../xray/conditions";
import { documentWith, findEntity, type DocumentException } from "../../xray/document";
import { quote } from "../../xray/filterTokens";

/** What an X-Ray segment or subsegment recorded, in X-Ray's own terms: nothing is lost on the way into attributes. */
export function SegmentDetail({ traceId, spanId, raw }: { traceId: string; spanId: string; raw: boolean }) {
  const query = useQuery(xrayDocumentsQuery(traceId));
  const { data } = query;
  const entity = useMemo(() => (data ? findEntity(data, spanId) : null), [data, spanId]);
  if (query.isPending) return <RowsSkeleton rows={6} />;
  if (query.isError) return <Failed error={query.error} retry={() => void query.refetch()} />;
  if (!entity) return <p className="faint">No document of this trace contains this segment.</p>;
  if (raw)
    return (
      <>
        <Code text={JSON.stringify(entity.raw)} language="json" />
        {entity.nested > 0 && (
          <details>
            <summary className="dim">The whole document, with {plural(entity.nested, "subsegment")}</summary>
            <Code text={documentWith(query.data, spanId) ?? ""} language="json" />
          </details>
        )}
      </>
    );
  const bare =
    entity.annotations.length + entity.metadata.length + entity.exceptions.length === 0 &&
    [entity.sql, entity.aws, entity.http].every((one) => Object.keys(one).length === 0) &&
    entity.query === null &&
    entity.causedBy === null;
  return (
    <>
      {entity.exceptions.map((one) => (
        <Exception key={one.id} exception={one} />
      ))}
      {entity.causedBy && (
        <p className="faint" style={{ margin: 0 }}>
          Failed because of exception <span className="mono">{entity.causedBy}</span>, recorded in a subsegment of this
          trace.
        </p>
      )}
      {entity.annotations.length > 0 && (
        <Section title="Annotations" note="indexed for filter expressions">
          <table className="kv">
            <tbody>
              {entity.annotations.map(([key, value]) => {
                const condition = `${annotationKeyword(key)} = ${typeof value === "string" ? quote(value) : String(value)}`;
                return (
                  <tr key={key}>
                    <td className="mono">{key}</td>
                    <td className="mono">{String(value)}</td>
                    <td className="act">
                      <Tooltip label={`Traces with ${condition}`}>
                        <ActionIcon
                          size={20}
                          aria-label={`Traces with this ${key}`}
                          renderRoot={(props) => <Link to="/xray" search={{ filter: condition }} {...props} />}
                        >
                          <IconFilterPlus size={13} stroke={1.7} />
                        </ActionIcon>
                      </Tooltip>
                      <Copy value={String(value)} label="Copy value" />
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </Section>
      )}
      {entity.metadata.map(([namespace, value]) => (
        <Section key={namespace} title="Metadata" note={namespace}>
          <Code text={JSON.stringify(value)} language="json" maxHeight={260} />
        </Section>
      ))}
      {(entity.query !== null || Object.keys(entity.sql).length > 0) && (
        <Section title="SQL">
          {entity.query !== null && <Code text={entity.query} />}
          {Object.keys(entity.sql).length > 0 && <KeyValues values={entity.sql} />}
        </Section>
      )}
      {Object.keys(entity.http).length > 0 && (
        <Section title="HTTP">
          <KeyValues values={entity.http} />
        </Section>
      )}
      {Object.keys(entity.aws).length > 0 && (
        <Section title="AWS">
          <KeyValues values={entity.aws} />
        </Section>
      )}
      {bare && <p className="faint">Only the name and times were recorded.</p>}
    </>
  );
}

function Exception({ exception }: { exception: DocumentException }) {
  return (
    <section>
      <h2 className="bad" style={{ marginBottom: 4 }}>
        {exception.type ?? "Exception"}
        {exception.remote && (
          <span className="badge" style={{ marginLeft: 6 }} title="Thrown by the called service">
            remote
          </span>
        )}
      </h2>
      {exception.message && <div style={{ marginBottom: 6, overflowWrap: "anywhere" }}>{exception.message}</div>}
      <Frames frames={exception.frames} />
      {exception.truncated > 0 && (
        <p className="faint" style={{ margin: "4px 0 0" }}>
          {plural(exception.truncated, "more", "more")} were left out by the SDK.
        </p>
      )}
    </section>
  );
}

function Section({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  return (
    <section>
      <h2 style={{ margin: "0 0 4px 6px" }}>
        {title}{" "}
        {note && (
          <span className="faint" style={{ fontWeight: 400 }}>
            {note}
          </span>
        )}
      </h2>
      {children}
    </section>
  );
}
