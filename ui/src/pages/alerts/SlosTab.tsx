import { Button } from "@mantine/core";
import { IconTargetArrow } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { Slo } from "../../api/types.generated";
import { slosQuery } from "../../api/manageQueries";
import { Empty, Failed, RowsSkeleton } from "../../parts/States";
import { useEverywhere } from "../../query/everywhere";
import { ALL } from "../../query/question";
import { formatPercentOf, formatTarget } from "../../values/alerts";
import { BudgetBar } from "./BudgetBar";

export function SlosTab() {
  const { items, pending, error, refetch } = useEverywhere<Slo>(slosQuery);
  if (pending)
    return (
      <section className="panel">
        <RowsSkeleton rows={4} />
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
        <Empty icon={<IconTargetArrow size={28} stroke={1.5} />} title="No SLOs yet">
          <p>
            An SLO defines which share of requests must be good, and shows the remaining error budget. A calculated
            field defines what is good.
          </p>
          <Button
            variant="default"
            renderRoot={(props) => (
              <Link to="/alerts/slos/$dataset/$sloId" params={{ dataset: ALL, sloId: "new" }} {...props} />
            )}
          >
            Create the first one
          </Button>
        </Empty>
      </section>
    );
  return (
    <section className="panel">
      <table className="grid">
        <thead>
          <tr>
            <th>SLO</th>
            <th className="num">Target</th>
            <th className="num">Compliance</th>
            <th style={{ width: 260 }}>Error budget</th>
            <th>State</th>
          </tr>
        </thead>
        <tbody>
          {items
            .toSorted((a, b) => (a.budget_remaining ?? 100) - (b.budget_remaining ?? 100))
            .map((one) => (
              <tr key={one.id}>
                <td>
                  <Link
                    className="link"
                    to="/alerts/slos/$dataset/$sloId"
                    params={{ dataset: one.dataset, sloId: one.id }}
                  >
                    {one.name}
                  </Link>
                  {one.description && <div className="faint">{one.description}</div>}
                </td>
                <td className="num">
                  {formatTarget(one.target_per_million)} in {one.time_period_days} d
                </td>
                <td className="num">{formatPercentOf(one.compliance)}</td>
                <td>
                  <BudgetBar remaining={one.budget_remaining ?? null} />
                </td>
                <td>
                  {one.status === "triggered" ? (
                    <span className="badge bad">burn alert</span>
                  ) : one.status === "no_events" ? (
                    <span className="badge">no events</span>
                  ) : (one.budget_remaining ?? 1) < 0 ? (
                    <span className="badge bad">budget used up</span>
                  ) : (
                    <span className="badge good">ok</span>
                  )}
                </td>
              </tr>
            ))}
        </tbody>
      </table>
    </section>
  );
}
