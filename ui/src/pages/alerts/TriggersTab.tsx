import { Button } from "@mantine/core";
import { IconBell } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { Trigger } from "../../api/types.generated";
import { triggersQuery } from "../../api/manageQueries";
import { Empty, Failed, RowsSkeleton } from "../../parts/States";
import { useEverywhere } from "../../query/everywhere";
import { formatNumber } from "../../query/format";
import { ALL, describe, fromSpec } from "../../query/question";
import { formatSeconds } from "../../values/alerts";

export function TriggerState({ trigger }: { trigger: Trigger }) {
  if (trigger.disabled) return <span className="badge">off</span>;
  return trigger.triggered ? <span className="badge bad">triggered</span> : <span className="badge good">ok</span>;
}

export function TriggersTab() {
  const { items, pending, error, refetch } = useEverywhere<Trigger>(triggersQuery);
  if (pending)
    return (
      <section className="panel">
        <RowsSkeleton rows={5} />
      </section>
    );
  if (error && items.length === 0)
    return (
      <section className="panel">
        <Failed error={error} retry={refetch} />
      </section>
    );
  if (items.length === 0)
    return (
      <section className="panel">
        <Empty icon={<IconBell size={28} stroke={1.5} />} title="No triggers yet">
          <p>
            A trigger runs a query at regular intervals and notifies you when the result crosses a threshold: errors per
            minute, the P95 of a route, or any other query.
          </p>
          <Button
            variant="default"
            renderRoot={(props) => (
              <Link to="/alerts/triggers/$dataset/$triggerId" params={{ dataset: ALL, triggerId: "new" }} {...props} />
            )}
          >
            Create the first one
          </Button>
        </Empty>
      </section>
    );
  const rank = (one: Trigger) => (one.disabled ? 2 : one.triggered ? 0 : 1);
  return (
    <section className="panel">
      <table className="grid">
        <thead>
          <tr>
            <th style={{ width: 90 }}>State</th>
            <th>Trigger</th>
            <th>When</th>
            <th className="num">Every</th>
            <th className="num">Recipients</th>
          </tr>
        </thead>
        <tbody>
          {items
            .toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
            .map((one) => (
              <tr key={one.id}>
                <td>
                  <TriggerState trigger={one} />
                </td>
                <td>
                  <Link
                    className="link"
                    to="/alerts/triggers/$dataset/$triggerId"
                    params={{ dataset: one.dataset, triggerId: one.id }}
                  >
                    {one.name}
                  </Link>
                  {one.description && <div className="faint">{one.description}</div>}
                </td>
                <td className="mono">
                  {one.query ? describe(fromSpec(one.query, one.dataset)) : "a saved query"} {one.threshold.op}{" "}
                  <b>{formatNumber(one.threshold.value)}</b>
                </td>
                <td className="num">{formatSeconds(one.frequency)}</td>
                <td className={`num ${one.recipients?.length ? "" : "warn"}`}>{one.recipients?.length ?? 0}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </section>
  );
}
