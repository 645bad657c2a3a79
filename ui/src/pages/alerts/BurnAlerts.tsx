import { ActionIcon, Button, NumberInput, Select, Tooltip } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { BurnAlert, Slo } from "../../api/types.generated";
import { burnAlertsQuery, create, remove } from "../../api/manageQueries";
import { Failed, RowsSkeleton } from "../../parts/States";
import { formatSeconds } from "../../values/alerts";
import { plural } from "../../values/format";
import { AlertHistory } from "./History";
import { RecipientPick, type Picked } from "./RecipientPick";

function sentence(one: BurnAlert): string {
  if (one.alert_type === "budget_rate")
    return `the budget decreases by ${(one.budget_rate_decrease_threshold_per_million ?? 0) / 10_000}% within ${formatSeconds((one.budget_rate_window_minutes ?? 0) * 60)}`;
  return one.exhaustion_minutes === 0
    ? "the budget is used up"
    : `the budget would be used up within ${formatSeconds((one.exhaustion_minutes ?? 0) * 60)}`;
}

export function BurnAlerts({ slo, dataset }: { slo: Slo; dataset: string }) {
  const queries = useQueryClient();
  const alerts = useQuery(burnAlertsQuery(dataset, slo.id));
  const [adding, setAdding] = useState(false);
  const [open, setOpen] = useState<string | null>(null);
  const refresh = () => void queries.invalidateQueries({ queryKey: ["manage", "burn_alerts"] });
  const drop = useMutation({ mutationFn: (id: string) => remove("burn_alerts", dataset, id), onSuccess: refresh });
  return (
    <section className="panel">
      <header>
        <h2>Burn alerts</h2>
        <div className="aside">
          <Button variant="default" leftSection={<IconPlus size={14} />} onClick={() => setAdding(!adding)}>
            Add
          </Button>
        </div>
      </header>
      {adding && (
        <NewBurnAlert
          slo={slo}
          dataset={dataset}
          done={() => {
            setAdding(false);
            refresh();
          }}
        />
      )}
      {alerts.isPending ? (
        <RowsSkeleton rows={2} />
      ) : alerts.isError ? (
        <Failed error={alerts.error} retry={() => void alerts.refetch()} />
      ) : alerts.data.length === 0 ? (
        !adding && (
          <p className="nothing">There are no burn alerts: nobody is notified when the error budget decreases.</p>
        )
      ) : (
        alerts.data.map((one) => (
          <div key={one.id} className="burn-alert">
            <div className="row" style={{ padding: "8px 14px" }}>
              {one.triggered ? <span className="badge bad">triggered</span> : <span className="badge good">ok</span>}
              <span className="grow">
                {one.recipients?.length ? `Notifies ${plural(one.recipients.length, "recipient")}` : "Notifies nobody"}{" "}
                when {sentence(one)}
              </span>
              <button className="link" onClick={() => setOpen(open === one.id ? null : one.id)}>
                History
              </button>
              <Tooltip label="Remove">
                <ActionIcon aria-label="Remove burn alert" onClick={() => drop.mutate(one.id)}>
                  <IconTrash size={14} stroke={1.7} />
                </ActionIcon>
              </Tooltip>
            </div>
            {open === one.id && <AlertHistory kind="burn_alerts" dataset={dataset} id={one.id} />}
          </div>
        ))
      )}
    </section>
  );
}

function NewBurnAlert({ slo, dataset, done }: { slo: Slo; dataset: string; done: () => void }) {
  const [type, setType] = useState<BurnAlert["alert_type"]>("exhaustion_time");
  const [hours, setHours] = useState<number | string>(4);
  const [percent, setPercent] = useState<number | string>(2);
  const [recipients, setRecipients] = useState<Picked[]>([]);
  const make = useMutation({
    mutationFn: () =>
      create<BurnAlert>("burn_alerts", dataset, {
        alert_type: type,
        slo: { id: slo.id },
        recipients,
        ...(type === "exhaustion_time"
          ? { exhaustion_minutes: Math.round(Number(hours) * 60) }
          : {
              budget_rate_window_minutes: Math.max(60, Math.round(Number(hours) * 60)),
              budget_rate_decrease_threshold_per_million: Math.round(Number(percent) * 10_000),
            }),
      }),
    onSuccess: done,
  });
  return (
    <form
      className="alert-form"
      style={{ borderBottom: "1px solid var(--line)", maxWidth: 720 }}
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate();
      }}
    >
      <Select
        label="Notify when"
        data={[
          { value: "exhaustion_time", label: "the budget will soon be used up" },
          { value: "budget_rate", label: "the budget decreases fast" },
        ]}
        value={type}
        onChange={(value) => setType(value === "budget_rate" ? "budget_rate" : "exhaustion_time")}
        allowDeselect={false}
      />
      <div className="pair-of">
        {type === "budget_rate" && (
          <NumberInput
            label="decrease in % of the budget"
            size="xs"
            min={0.01}
            max={100}
            value={percent}
            onChange={setPercent}
            hideControls
          />
        )}
        <NumberInput
          label="within (hours)"
          size="xs"
          min={type === "budget_rate" ? 1 : 0}
          value={hours}
          onChange={setHours}
          hideControls
        />
      </div>
      <RecipientPick value={recipients} change={setRecipients} />
      {make.isError && <div className="bad">{make.error.message}</div>}
      <div>
        <Button type="submit" loading={make.isPending}>
          Add burn alert
        </Button>
      </div>
    </form>
  );
}
