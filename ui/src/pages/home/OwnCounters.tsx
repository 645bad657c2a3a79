import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { statusQuery } from "../../api/queries";
import type { Status } from "../../api/types.generated";
import { Ago, ProtocolBadge } from "../../parts/Marks";
import { Failed, RowsSkeleton } from "../../parts/States";
import { formatBytes, formatCount, formatMs } from "../../values/format";

const SIGNALS = {
  spans: "spans",
  logs: "log lines",
  occurrences: "error reports",
  metrics: "metric points",
  events: "events",
};

/** Weir's own counters: received, stored and dropped records by protocol, with the reasons. */
export function OwnCounters({ refetchInterval }: { refetchInterval: number | false }) {
  const status = useQuery({ ...statusQuery(), refetchInterval });
  return (
    <div className="split">
      <section className="panel">
        <header>
          <h2>Received by Weir</h2>
          <span className="aside">
            {status.data ? `since start ${formatMs(status.data.uptimeSeconds * 1000)} ago` : ""}
          </span>
        </header>
        {status.isPending ? (
          <RowsSkeleton rows={4} />
        ) : status.data ? (
          <Counters status={status.data} />
        ) : (
          <Failed error={status.error} retry={() => void status.refetch()} />
        )}
      </section>
      <section className="panel">
        <header>
          <h2>Storage</h2>
          <span className="aside">
            {status.data
              ? `${status.data.engine.kind} engine ${status.data.engine.version}${status.data.engine.restarts > 0 ? `, restarted ${status.data.engine.restarts} times` : ""}`
              : ""}
          </span>
        </header>
        {status.data && status.data.engine.state !== "ready" && (
          <p className="dim" role="alert" style={{ padding: "6px 14px" }}>
            The engine is {status.data.engine.state === "restarting" ? "restarting" : "not answering"}:{" "}
            {status.data.engine.reason}. Incoming data is acknowledged and waits in the journal.
          </p>
        )}
        {status.data ? <Storage storage={status.data.storage} /> : <RowsSkeleton rows={4} />}
      </section>
    </div>
  );
}

function Counters({ status }: { status: Status }) {
  if (status.ingest.length === 0)
    return (
      <p className="dim" style={{ padding: "6px 14px" }}>
        Nothing was received since Weir started.{" "}
        <Link to="/setup" className="link">
          Set up a client
        </Link>
      </p>
    );
  return (
    <div style={{ overflowX: "auto" }}>
      <table className="grid">
        <thead>
          <tr>
            <th>Protocol</th>
            <th>Data</th>
            <th className="num">Received</th>
            <th className="num">Stored</th>
            <th className="num">Dropped</th>
            <th>Reason</th>
            <th className="num">Last</th>
          </tr>
        </thead>
        <tbody>
          {status.ingest.map((one) => {
            const dropped = one.dropped.reduce((sum, drop) => sum + drop.count, 0);
            return (
              <tr key={`${one.protocol}-${one.signal}`}>
                <td>
                  <ProtocolBadge protocol={one.protocol} />
                </td>
                <td className="dim">{SIGNALS[one.signal]}</td>
                <td className="num">{formatCount(one.received)}</td>
                <td className="num">{formatCount(one.stored)}</td>
                <td className={`num ${dropped > 0 ? "bad" : "faint"}`}>{formatCount(dropped)}</td>
                <td style={{ maxWidth: 320 }}>
                  {one.dropped.map((drop) => (
                    <div key={drop.reason} className="cut" title={`${drop.lastMessage}\nlast: ${drop.lastAt}`}>
                      <span className="badge bad">
                        {drop.reason} {formatCount(drop.count)}
                      </span>{" "}
                      <span className="faint">{drop.lastMessage}</span>
                    </div>
                  ))}
                </td>
                <td className="num faint">
                  <Ago iso={one.lastAt} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Storage({ storage }: { storage: Status["storage"] }) {
  const journal = storage.journalLimitBytes > 0 ? storage.journalBytes / storage.journalLimitBytes : 0;
  return (
    <div>
      <div style={{ padding: "10px 14px", display: "grid", gap: 8, borderBottom: "1px solid var(--line)" }}>
        <div className="row">
          <span className="dim grow">Data on disk</span>
          <b>{formatBytes(storage.dataBytes)}</b>
          <span className="faint">of {formatBytes(storage.dataBytes + storage.freeBytes)}</span>
        </div>
        <div className="row">
          <span className="dim grow">Journal waiting to be loaded</span>
          <b>{formatBytes(storage.journalBytes)}</b>
          <span className="faint">of {formatBytes(storage.journalLimitBytes)}</span>
        </div>
        <div className="meter">
          <div
            style={{
              width: `${Math.max(0.6, journal * 100)}%`,
              background: journal > 0.8 ? "var(--err)" : "var(--accent)",
            }}
          />
        </div>
      </div>
      <table className="grid">
        <tbody>
          {storage.tables.map((one) => (
            <tr key={one.table}>
              <td>{SIGNALS[one.table]}</td>
              <td className="num">{formatCount(one.rows)}</td>
              <td className="num dim">{formatBytes(one.bytes)}</td>
              <td className="num faint">
                {one.oldest ? (
                  <>
                    oldest <Ago iso={one.oldest} />
                  </>
                ) : (
                  "–"
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
