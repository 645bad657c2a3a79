import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Slo } from "../../api/types.generated";
import { slosQuery, sloStatusQuery } from "../../api/manageQueries";
import { Bone } from "../../parts/States";
import { useEverywhere } from "../../query/everywhere";
import { formatPercentOf, formatTarget } from "../../values/alerts";
import { BudgetBar } from "./BudgetBar";
import "../../styles/alerts.css";

/** An SLO on a board: its target and its status. */
export function SloTile({ id }: { id: string }) {
  const all = useEverywhere<Slo>(slosQuery);
  const slo = all.items.find((one) => one.id === id);
  const status = useQuery({
    ...sloStatusQuery(slo?.dataset ?? "", id),
    enabled: slo !== undefined,
    refetchInterval: 60_000,
  }).data;
  if (!slo)
    return (
      <div className="slo-tile">
        {all.pending ? <Bone height={16} /> : <span className="faint">This SLO does not exist any more.</span>}
      </div>
    );
  const compliance = status?.compliance ?? slo.compliance ?? null;
  const remaining = status?.budgetRemaining ?? slo.budget_remaining ?? null;
  return (
    <div className="slo-tile">
      <Link to="/alerts/slos/$dataset/$sloId" params={{ dataset: slo.dataset, sloId: id }} className="cut">
        <b>{slo.name}</b>
      </Link>
      <div className={`big ${compliance !== null && compliance * 10_000 < slo.target_per_million ? "bad" : ""}`}>
        {formatPercentOf(compliance)}
      </div>
      <div className="faint">
        of {formatTarget(slo.target_per_million)} in {slo.time_period_days} days
      </div>
      <div className="grow" />
      <BudgetBar remaining={remaining} />
    </div>
  );
}
