import { Button } from "@mantine/core";
import { IconChevronLeft } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Slo } from "../../api/types.generated";
import { remove, sloQuery, sloStatusQuery } from "../../api/manageQueries";
import { Failed, RowsSkeleton } from "../../parts/States";
import { formatNumber } from "../../query/format";
import { EMPTY, linkTo } from "../../query/question";
import { formatPercentOf, formatTarget } from "../../values/alerts";
import { BudgetPlot } from "./BudgetPlot";
import { BurnAlerts } from "./BurnAlerts";
import { SloForm } from "./SloForm";
import "../../styles/alerts.css";
import "../../styles/query.css";

const route = getRouteApi("/alerts/slos/$dataset/$sloId");

export default function SloPage() {
  const { dataset, sloId } = route.useParams();
  const slo = useQuery({ ...sloQuery(dataset, sloId), enabled: sloId !== "new" });
  const [editing, setEditing] = useState(false);
  if (sloId === "new") return <SloForm key="new" slo={null} dataset={dataset} close={null} />;
  if (slo.isError)
    return (
      <div className="page">
        <section className="panel">
          <Failed error={slo.error} retry={() => void slo.refetch()} />
        </section>
      </div>
    );
  if (!slo.data)
    return (
      <div className="page">
        <section className="panel">
          <RowsSkeleton rows={8} />
        </section>
      </div>
    );
  if (editing) return <SloForm key={sloId} slo={slo.data} dataset={dataset} close={() => setEditing(false)} />;
  return <SloView slo={slo.data} dataset={dataset} edit={() => setEditing(true)} />;
}

function SloView({ slo, dataset, edit }: { slo: Slo; dataset: string; edit: () => void }) {
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const query = useQuery({ ...sloStatusQuery(dataset, slo.id), refetchInterval: 60_000 });
  const status = query.data;
  const drop = useMutation({
    mutationFn: () => remove("slos", dataset, slo.id),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["manage", "slos"] });
      void navigate({ to: "/alerts", search: { tab: "slos" } });
    },
  });
  const failing = {
    ...EMPTY,
    dataset,
    calculations: [{ op: "HEATMAP" as const, column: "duration_ms" }, { op: "COUNT" as const }],
    filters: [{ column: slo.sli.alias, op: "exists" as const }],
    breakdowns: [slo.sli.alias],
  };
  const link = linkTo(failing);
  const kept = status?.compliance ?? null;
  const below = kept !== null && kept * 10_000 < slo.target_per_million;
  return (
    <div className="page">
      <div className="board-head">
        <Link to="/alerts" search={{ tab: "slos" }} className="faint back" aria-label="All SLOs">
          <IconChevronLeft size={16} />
        </Link>
        <h1>{slo.name}</h1>
        <span className="dim cut grow">{slo.description}</span>
        <Button
          variant="default"
          renderRoot={(props) => (
            <Link
              to={link.to}
              search={{
                ...link.search,
                range: slo.time_period_days >= 7 ? "7d" : "24h",
                sel: JSON.stringify({ group: { [slo.sli.alias]: false } }),
                view: "bubbleup",
              }}
              {...props}
            />
          )}
        >
          Analyse failures
        </Button>
        <Button variant="default" onClick={edit}>
          Edit
        </Button>
        <Button variant="default" color="red" loading={drop.isPending} onClick={() => drop.mutate()}>
          Delete
        </Button>
      </div>
      {drop.isError && <div className="bad">{drop.error.message}</div>}
      <section className="panel slo-facts">
        <Fact
          name={`compliance, last ${slo.time_period_days} days`}
          value={formatPercentOf(kept, 3)}
          tone={below ? "bad" : ""}
        />
        <Fact name="target" value={formatTarget(slo.target_per_million)} />
        <Fact
          name="remaining error budget"
          value={formatPercentOf(status?.budgetRemaining, 1)}
          tone={(status?.budgetRemaining ?? 1) < 0 ? "bad" : ""}
        />
        <Fact
          name="burn rate"
          value={status?.burnRate === null || status === undefined ? "–" : `${formatNumber(status.burnRate)}×`}
          tone={(status?.burnRate ?? 0) > 1 ? "warn" : ""}
        />
        <Fact name="bad / total" value={status ? `${formatNumber(status.bad)} / ${formatNumber(status.total)}` : "–"} />
      </section>
      <section className="panel">
        <header>
          <h2>Error budget</h2>
          <span className="aside">remaining error budget · bars are failures</span>
        </header>
        {query.isError ? (
          <Failed error={query.error} retry={() => void query.refetch()} />
        ) : !status ? (
          <div className="skeleton" style={{ height: 230, margin: 14 }} />
        ) : status.total === 0 ? (
          <p className="nothing">
            No event in this time range has a value in <span className="mono">{slo.sli.alias}</span>.
          </p>
        ) : (
          <div style={{ paddingTop: 8 }}>
            <BudgetPlot status={status} />
          </div>
        )}
      </section>
      <BurnAlerts slo={slo} dataset={dataset} />
    </div>
  );
}

function Fact({ name, value, tone = "" }: { name: string; value: string; tone?: string }) {
  return (
    <div>
      <div className="faint">{name}</div>
      <div className={`value ${tone}`}>{value}</div>
    </div>
  );
}
