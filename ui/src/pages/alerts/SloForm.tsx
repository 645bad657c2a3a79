import { Button, NumberInput, Select, Textarea, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useDebouncedValue } from "@mantine/hooks";
import { IconChevronLeft } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import type { DerivedColumn, Slo } from "../../api/types.generated";
import type { QuerySpec } from "../../api/written";
import { columnsQuery, datasetsQuery } from "../../api/exploreQueries";
import { create, derivedColumnsQuery, replace } from "../../api/manageQueries";
import { Failed } from "../../parts/States";
import { useEverywhere } from "../../query/everywhere";
import { formatNumber } from "../../query/format";
import { ALL } from "../../query/question";
import { useRun } from "../../query/useRun";
import { formatPercentOf, formatTarget } from "../../values/alerts";
import { ExpressionInput } from "../query/Expressions";
import { BudgetPlot } from "./BudgetPlot";

const OWN = "__own__";

/** Good and bad counted by the expression itself, before anything is saved. */
function previewSpec(expression: string): QuerySpec {
  const count = (name: string, value: boolean) => ({
    op: "COUNT" as const,
    name,
    filters: [{ column: "sli_preview", op: "=" as const, value }],
  });
  return {
    calculated_fields: [{ name: "sli_preview", expression }],
    calculations: [count("good", true), count("bad", false)],
    signals: ["spans"],
  };
}

export function SloForm({ slo, dataset, close }: { slo: Slo | null; dataset: string; close: (() => void) | null }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const derived = useEverywhere<DerivedColumn>(derivedColumnsQuery).items;
  const datasets = useQuery(datasetsQuery()).data?.datasets ?? [];
  const [name, setName] = useState(slo?.name ?? "");
  const [description, setDescription] = useState(slo?.description ?? "");
  const [where, setWhere] = useState(dataset);
  const [sli, setSli] = useState(slo?.sli.alias ?? OWN);
  const [alias, setAlias] = useState("sli.fast");
  const [expression, setExpression] = useState("IF($is_root, $duration_ms < 300)");
  const [days, setDays] = useState<number>(slo?.time_period_days ?? 7);
  const [target, setTarget] = useState<number | string>(slo ? slo.target_per_million / 10_000 : 99);
  // The name that is written last completes from all columns, not from the first of them alone.
  const [word] = useDebouncedValue(/\$"?([\w.]*)$/.exec(expression)?.[1] ?? "", 120);
  const names = useQuery(columnsQuery(where, undefined, word)).data?.columns.map((one) => one.name) ?? [];

  const chosen = sli === OWN ? expression : (derived.find((one) => one.alias === sli)?.expression ?? "");
  const [asked] = useDebouncedValue(chosen, 500);
  const spec = useMemo(() => (asked.trim() ? previewSpec(asked) : undefined), [asked]);
  const range = useMemo(() => ({ kind: "last" as const, preset: `${Math.min(days, 30)}d` }), [days]);
  const run = useRun(spec, where, range, false);
  const perMillion = typeof target === "number" ? Math.min(999_999, Math.round(target * 10_000)) : 0;

  const preview = useMemo(() => {
    const result = run.data;
    if (!result) return null;
    const good = Number(result.total.good ?? 0);
    const bad = Number(result.total.bad ?? 0);
    const allowed = (1 - perMillion / 1e6) * (good + bad);
    let failed = 0;
    let total = 0;
    const series = result.times.map((time, i) => {
      const b = result.totalSeries.bad?.[i] ?? result.series[0]?.values.bad?.[i] ?? 0;
      const g = result.totalSeries.good?.[i] ?? result.series[0]?.values.good?.[i] ?? 0;
      failed += b;
      total += g + b;
      return {
        time,
        bad: b,
        compliance: total === 0 ? null : 100 - (100 * failed) / total,
        budgetRemaining: allowed === 0 ? null : (100 * (allowed - failed)) / allowed,
      };
    });
    return { good, bad, allowed, series };
  }, [run.data, perMillion]);

  const save = useMutation({
    mutationFn: async () => {
      if (sli === OWN)
        await create<DerivedColumn>("derived_columns", where, {
          alias: alias.trim(),
          expression,
          description: `SLI of ${name.trim()}`,
        });
      const body: Partial<Slo> = {
        name: name.trim(),
        description: description.trim(),
        sli: { alias: sli === OWN ? alias.trim() : sli },
        time_period_days: days,
        target_per_million: perMillion,
      };
      return slo ? replace<Slo>("slos", dataset, slo.id, body) : create<Slo>("slos", where, body);
    },
    onSuccess: (saved) => {
      void queries.invalidateQueries({ queryKey: ["manage"] });
      // A kept expression is a column that questions complete.
      void queries.invalidateQueries({ queryKey: ["columns"] });
      notifications.show({ message: slo ? "Saved" : "The SLO was created" });
      if (close) close();
      else void navigate({ to: "/alerts/slos/$dataset/$sloId", params: { dataset: where, sloId: saved.id } });
    },
  });

  return (
    <div className="page">
      <div className="board-head">
        {close ? (
          <button className="plain faint back" aria-label="Back" onClick={close}>
            <IconChevronLeft size={16} />
          </button>
        ) : (
          <Link to="/alerts" search={{ tab: "slos" }} className="faint back" aria-label="All SLOs">
            <IconChevronLeft size={16} />
          </Link>
        )}
        <h1>{slo ? slo.name : "New SLO"}</h1>
      </div>
      <div className="alert-split">
        <section className="panel">
          <form
            className="alert-form"
            onSubmit={(event) => {
              event.preventDefault();
              save.mutate();
            }}
          >
            <TextInput
              label="Name"
              required
              maxLength={120}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              placeholder="Home is fast enough"
            />
            <Select
              label="Dataset"
              data={[
                { value: ALL, label: "All datasets" },
                ...datasets.map((one) => ({ value: one.slug, label: one.name })),
              ]}
              value={where}
              onChange={(value) => setWhere(value ?? ALL)}
              disabled={slo !== null}
              allowDeselect={false}
            />
            <Select
              label="Indicator (SLI)"
              description="A calculated field: true means good, false means bad, rows without a value are ignored"
              data={[
                { value: OWN, label: "a new expression…" },
                ...[...new Set(derived.map((one) => one.alias))].map((one) => ({ value: one, label: one })),
              ]}
              value={sli}
              onChange={(value) => setSli(value ?? OWN)}
              allowDeselect={false}
            />
            {sli === OWN ? (
              <>
                <ExpressionInput label="Expression" value={expression} names={names} change={setExpression} />
                <TextInput
                  label="Save as column"
                  required
                  value={alias}
                  onChange={(event) => setAlias(event.currentTarget.value)}
                />
              </>
            ) : (
              <div className="mono dim">{chosen}</div>
            )}
            <div className="pair-of">
              <NumberInput
                label="Target in %"
                size="xs"
                min={0}
                max={99.9999}
                decimalScale={4}
                value={target}
                onChange={setTarget}
                hideControls
              />
              <NumberInput
                label="Period in days"
                size="xs"
                min={1}
                max={90}
                value={days}
                onChange={(value) => setDays(typeof value === "number" ? Math.max(1, Math.min(90, value)) : 7)}
              />
            </div>
            <Textarea
              label="Description"
              size="xs"
              autosize
              minRows={2}
              value={description}
              onChange={(event) => setDescription(event.currentTarget.value)}
            />
            {save.isError && <div className="bad">{save.error.message}</div>}
            <div>
              <Button type="submit" loading={save.isPending} disabled={perMillion <= 0}>
                {slo ? "Save" : "Create"}
              </Button>
            </div>
          </form>
        </section>
        <section className="panel" aria-label="Preview">
          <header>
            <h2>Preview</h2>
            {preview && preview.good + preview.bad > 0 && (
              <span className="dim">
                <b className="num">{formatPercentOf((100 * preview.good) / (preview.good + preview.bad), 3)}</b> of{" "}
                {formatTarget(perMillion)}
              </span>
            )}
            <span className="aside">last {Math.min(days, 30)} days</span>
          </header>
          {run.isError ? (
            <Failed error={run.error} retry={() => void run.refetch()} />
          ) : !preview ? (
            <div className="skeleton" style={{ height: 230, margin: 14 }} />
          ) : preview.good + preview.bad === 0 ? (
            <p className="nothing">The expression has no value for any event in this time range.</p>
          ) : (
            <>
              <div className="slo-facts">
                <div>
                  <div className="faint">events</div>
                  <div className="value">{formatNumber(preview.good + preview.bad)}</div>
                </div>
                <div>
                  <div className="faint">bad</div>
                  <div className="value">{formatNumber(preview.bad)}</div>
                </div>
                <div>
                  <div className="faint">allowed bad</div>
                  <div className="value">{formatNumber(Math.floor(preview.allowed))}</div>
                </div>
                <div>
                  <div className="faint">remaining budget</div>
                  <div className={`value ${preview.bad > preview.allowed ? "bad" : ""}`}>
                    {formatPercentOf(
                      preview.allowed > 0 ? (100 * (preview.allowed - preview.bad)) / preview.allowed : null,
                      1,
                    )}
                  </div>
                </div>
              </div>
              <BudgetPlot status={preview} />
            </>
          )}
        </section>
      </div>
    </div>
  );
}
