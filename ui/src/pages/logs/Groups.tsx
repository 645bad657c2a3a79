import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { logGroupsQuery, logStreamsQuery } from "../../api/queries";
import { Ago, ProtocolBadge } from "../../parts/Marks";
import { Failed, RowsSkeleton } from "../../parts/States";
import { formatBytes, formatCount, plural } from "../../values/format";

interface Place {
  group: string | undefined;
  stream: string | undefined;
}

/** Log groups, and under the chosen one its streams. */
export function Groups({
  group,
  stream,
  pick,
  refetchInterval,
}: Place & { pick: (place: Place) => void; refetchInterval: number | false }) {
  const groups = useQuery({ ...logGroupsQuery(), refetchInterval });
  const [filter, setFilter] = useState("");
  const wanted = filter.trim().toLowerCase();
  const shown = groups.data?.groups.filter((one) => one.name.toLowerCase().includes(wanted)) ?? [];
  return (
    <aside className="groups" aria-label="Log groups">
      <div className="find">
        <TextInput
          aria-label="Filter the groups"
          placeholder="Filter groups"
          leftSection={<IconSearch size={14} />}
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
        />
      </div>
      <div className="list">
        {groups.isPending ? (
          <RowsSkeleton rows={5} />
        ) : !groups.data ? (
          <Failed error={groups.error} retry={() => void groups.refetch()} />
        ) : (
          <>
            <button
              className={`plain group ${group === undefined ? "on" : ""}`}
              onClick={() => pick({ group: undefined, stream: undefined })}
            >
              <span style={{ fontWeight: 550 }}>All groups</span>
              <span className="sub">{plural(groups.data.groups.length, "group")}</span>
            </button>
            {shown.map((one) => (
              <div key={one.name}>
                <button
                  className={`plain group ${group === one.name && stream === undefined ? "on" : ""}`}
                  onClick={() => pick({ group: one.name, stream: undefined })}
                  title={`${one.name}\n${formatBytes(one.bytes)}, ${one.retentionDays === null ? "kept forever" : `kept ${one.retentionDays} days`}`}
                >
                  <span className="row">
                    <span className="cut grow" style={{ fontWeight: 550 }}>
                      {one.name}
                    </span>
                    <ProtocolBadge protocol={one.protocol} />
                  </span>
                  <span className="sub">
                    <span>{plural(one.events, "line")}</span>
                    <span className="grow" />
                    {one.lastAt && <Ago iso={one.lastAt} />}
                  </span>
                </button>
                {group === one.name && <Streams group={one.name} stream={stream} pick={pick} />}
              </div>
            ))}
            {shown.length === 0 && (
              <p className="faint" style={{ padding: "4px 8px" }}>
                {wanted ? "No group name contains this text." : "No log groups yet."}
              </p>
            )}
          </>
        )}
      </div>
    </aside>
  );
}

function Streams({ group, stream, pick }: { group: string; stream: string | undefined; pick: (place: Place) => void }) {
  const streams = useQuery(logStreamsQuery(group));
  if (streams.isError)
    return (
      <p className="bad" style={{ padding: "2px 20px", margin: 0, fontSize: 12 }}>
        {streams.error.message}
      </p>
    );
  return streams.data?.streams.map((one) => (
    <button
      key={one.name}
      className={`plain stream ${stream === one.name ? "on" : ""}`}
      onClick={() => pick({ group, stream: stream === one.name ? undefined : one.name })}
      title={one.name}
    >
      <span className="cut">{one.name}</span>
      <span className="sub">
        <span>{formatCount(one.events)}</span>
        <span className="grow" />
        <Ago iso={one.lastAt} />
      </span>
    </button>
  ));
}
