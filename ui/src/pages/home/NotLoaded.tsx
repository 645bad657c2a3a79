import { useQuery } from "@tanstack/react-query";
import { journalQuery } from "../../api/queries";
import { formatBytes, formatCount, plural } from "../../values/format";

/** Acknowledged rows that the engine refused or does not accept now; nothing when there are none. */
export function NotLoaded({ refetchInterval }: { refetchInterval: number | false }) {
  const journal = useQuery({ ...journalQuery(), refetchInterval });
  if (!journal.data) return null;
  const {
    setAside,
    setAsideBytes,
    setAsideLimitBytes,
    deletedRows,
    trouble,
    waitingSegments,
    waitingReason,
    unknownFiles,
  } = journal.data;
  if (setAside.length === 0 && deletedRows === 0 && !trouble && waitingSegments === 0 && unknownFiles.length === 0)
    return null;
  const rows = new Map<string, { signal: string; reason: string; message: string; rows: number }>();
  for (const one of setAside.flatMap((segment) => segment.rows)) {
    const key = `${one.signal} ${one.reason}`;
    rows.set(key, { ...one, rows: one.rows + (rows.get(key)?.rows ?? 0) });
  }
  return (
    <section className="panel" aria-label="Not loaded">
      <header>
        <h2>Received but not stored</h2>
        {setAside.length > 0 && (
          <span className="aside">
            {plural(setAside.length, "segment")} set aside, {formatBytes(setAsideBytes)} of{" "}
            {formatBytes(setAsideLimitBytes)}
          </span>
        )}
      </header>
      {trouble && <p className="bad">The store does not accept rows at the moment; they wait on disk: {trouble}</p>}
      {waitingSegments > 0 && (
        <p>
          {plural(waitingSegments, "segment")} could not be stored and will be tried again: {waitingReason}
        </p>
      )}
      {unknownFiles.length > 0 && <p>Unknown files in the journal folder: {unknownFiles.join(", ")}</p>}
      {deletedRows > 0 && (
        <p className="bad">
          {plural(deletedRows, "row")} rejected by the store were deleted since the start, the oldest first, because the
          limit of {formatBytes(setAsideLimitBytes)} was exceeded (<code>--journal-refused-max-bytes</code>)
        </p>
      )}
      {rows.size > 0 && (
        <>
          <table className="grid">
            <thead>
              <tr>
                <th>Signal</th>
                <th className="num">Rows</th>
                <th>Reason</th>
                <th>Message of the store</th>
              </tr>
            </thead>
            <tbody>
              {[...rows.values()].map((one) => (
                <tr key={`${one.signal} ${one.reason}`}>
                  <td>{one.signal}</td>
                  <td className="num bad">{formatCount(one.rows)}</td>
                  <td>{one.reason}</td>
                  <td>{one.message}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p className="faint">
            <code>weir journal list</code> lists the segments, <code>weir journal retry</code> loads them again,{" "}
            <code>weir journal drop</code> deletes them.
          </p>
        </>
      )}
    </section>
  );
}
