import { Button, NumberInput, SegmentedControl, Select, Switch, Textarea, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconChevronLeft } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Threshold, Trigger } from "../../api/types.generated";
import type { QuerySpec } from "../../api/written";
import { checkTrigger, create, keptQuery, remove, replace, triggerQuery, type Sent } from "../../api/manageQueries";
import { Failed, RowsSkeleton } from "../../parts/States";
import { formatNumber, groupName } from "../../query/format";
import { ALL, EMPTY, fromSearch, fromSpec, isEmpty, linkTo, toSpec, type Question } from "../../query/question";
import { formatSeconds } from "../../values/alerts";
import { Builder } from "../query/Builder";
import { AlertHistory } from "./History";
import { RecipientPick, type Picked } from "./RecipientPick";
import { TriggerPreview } from "./TriggerPreview";
import { TriggerState } from "./TriggersTab";
import "../../styles/alerts.css";
import "../../styles/query.css";

const route = getRouteApi("/alerts/triggers/$dataset/$triggerId");

export default function TriggerPage() {
  const { dataset, triggerId } = route.useParams();
  const search = route.useSearch();
  const isNew = triggerId === "new";
  const trigger = useQuery({ ...triggerQuery(dataset, triggerId), enabled: !isNew });
  const queryId = trigger.data?.query ? undefined : trigger.data?.query_id;
  const kept = useQuery({ ...keptQuery(dataset, queryId ?? ""), enabled: queryId !== undefined });
  if (isNew) {
    const asked = fromSearch(search).question;
    const question = isEmpty(asked) ? { ...EMPTY, dataset, calculations: [{ op: "COUNT" as const }] } : asked;
    return <TriggerForm key="new" trigger={null} dataset={question.dataset} spec={toSpec(question)} />;
  }
  const error = trigger.error ?? kept.error;
  const spec = trigger.data?.query ?? kept.data;
  if (error)
    return (
      <div className="page">
        <section className="panel">
          <Failed error={error} retry={() => void trigger.refetch()} />
        </section>
      </div>
    );
  if (!trigger.data || !spec)
    return (
      <div className="page">
        <section className="panel">
          <RowsSkeleton rows={8} />
        </section>
      </div>
    );
  return <TriggerForm key={triggerId} trigger={trigger.data} dataset={dataset} spec={spec} />;
}

const EVERY = [60, 120, 300, 600, 900, 1800, 3600, 21_600, 86_400];

interface Draft {
  name: string;
  description: string;
  question: Question;
  window: number;
  frequency: number;
  op: Threshold["op"];
  value: number | string;
  inARow: number;
  alert: "on_change" | "on_true";
  recipients: Picked[];
  disabled: boolean;
}

/** The part of a query that a trigger may have: one result to compare, no order, no limit, no fixed time. */
export function triggerSpec(question: Question, window: number): QuerySpec {
  const spec = toSpec({ ...question, orders: [], limit: null, granularity: null, compare: null });
  return { ...spec, ...(!spec.calculations && { calculations: [{ op: "COUNT" }] }), time_range: window };
}

function TriggerForm({ trigger, dataset, spec }: { trigger: Trigger | null; dataset: string; spec: QuerySpec }) {
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const [draft, setDraft] = useState<Draft>(() => ({
    name: trigger?.name ?? "",
    description: trigger?.description ?? "",
    question: { ...fromSpec(spec, dataset), orders: [], limit: null, granularity: null, compare: null },
    window: spec.time_range ?? 900,
    frequency: trigger?.frequency ?? 300,
    op: trigger?.threshold.op ?? ">",
    value: trigger?.threshold.value ?? "",
    inARow: trigger?.threshold.exceeded_limit ?? 1,
    alert: trigger?.alert_type ?? "on_change",
    recipients: trigger?.recipients ?? [],
    disabled: trigger?.disabled ?? false,
  }));
  const change = (next: Partial<Draft>) => setDraft((before) => ({ ...before, ...next }));
  const { question } = draft;
  const threshold = typeof draft.value === "number" ? draft.value : null;
  const body = (): Sent<Trigger> => ({
    name: draft.name.trim(),
    description: draft.description.trim(),
    query: triggerSpec(question, draft.window),
    threshold: { op: draft.op, value: threshold ?? 0, exceeded_limit: draft.inARow },
    frequency: draft.frequency,
    alert_type: draft.alert,
    recipients: draft.recipients,
    disabled: draft.disabled,
  });
  const where = trigger ? dataset : question.dataset;
  const done = () => void queries.invalidateQueries({ queryKey: ["manage", "triggers"] });
  const save = useMutation({
    mutationFn: () =>
      trigger ? replace<Trigger>("triggers", where, trigger.id, body()) : create<Trigger>("triggers", where, body()),
    onSuccess: (saved) => {
      done();
      notifications.show({ message: trigger ? "Saved" : "The trigger was created" });
      if (!trigger)
        void navigate({
          to: "/alerts/triggers/$dataset/$triggerId",
          params: { dataset: where, triggerId: saved.id },
          search: {},
        });
    },
  });
  const drop = useMutation({
    mutationFn: () => remove("triggers", where, trigger?.id ?? ""),
    onSuccess: () => {
      done();
      void navigate({ to: "/alerts" });
    },
  });
  const check = useMutation({ mutationFn: () => checkTrigger(where, body()) });
  const windowTooLong = draft.window > 4 * draft.frequency;

  return (
    <div className="page">
      <div className="board-head">
        <Link to="/alerts" className="faint back" aria-label="All alerts">
          <IconChevronLeft size={16} />
        </Link>
        <h1>{trigger ? trigger.name : "New trigger"}</h1>
        {trigger && <TriggerState trigger={trigger} />}
        <div className="grow" />
        <Button variant="default" renderRoot={(props) => <Link {...linkTo(question)} {...props} />}>
          Open in Query
        </Button>
        {trigger && (
          <Button variant="default" color="red" loading={drop.isPending} onClick={() => drop.mutate()}>
            Delete
          </Button>
        )}
      </div>
      <section className="panel">
        <header>
          <h2>Query</h2>
          <span className="aside">one calculation or one formula; each group is evaluated separately</span>
        </header>
        <Builder draft={question} change={(next) => change({ question: { ...question, ...next } })} watch />
      </section>
      <div className="alert-split">
        <section className="panel">
          <header>
            <h2>Condition and recipients</h2>
          </header>
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
              value={draft.name}
              onChange={(event) => change({ name: event.currentTarget.value })}
              placeholder="Home is slow"
            />
            <div className="pair-of">
              <Select
                label="Trigger when the result is"
                data={[">", ">=", "<", "<="]}
                value={draft.op}
                onChange={(op) => change({ op: op ?? ">" })}
                allowDeselect={false}
              />
              <NumberInput
                label="Threshold"
                size="xs"
                required
                value={draft.value}
                onChange={(value) => change({ value })}
                hideControls
              />
            </div>
            <div className="pair-of">
              <Select
                label="Evaluated over the last"
                data={EVERY.map((one) => ({ value: String(one), label: formatSeconds(one) }))}
                value={String(draft.window)}
                onChange={(value) => change({ window: Number(value ?? 900) })}
                error={windowTooLong ? "At most four times the interval between evaluations" : null}
                allowDeselect={false}
              />
              <Select
                label="Evaluated every"
                data={EVERY.map((one) => ({ value: String(one), label: formatSeconds(one) }))}
                value={String(draft.frequency)}
                onChange={(value) => change({ frequency: Number(value ?? 300) })}
                allowDeselect={false}
              />
            </div>
            <div>
              <div className="label">Notify</div>
              <SegmentedControl
                fullWidth
                data={[
                  { value: "on_change", label: "when it triggers and resolves" },
                  { value: "on_true", label: "at every evaluation that triggers" },
                ]}
                value={draft.alert}
                onChange={(alert) => change({ alert: alert === "on_true" ? "on_true" : "on_change" })}
              />
            </div>
            <NumberInput
              label="Consecutive evaluations before it triggers"
              size="xs"
              min={1}
              max={5}
              value={draft.inARow}
              onChange={(value) => change({ inARow: typeof value === "number" ? Math.max(1, Math.min(5, value)) : 1 })}
            />
            <RecipientPick value={draft.recipients} change={(recipients) => change({ recipients })} />
            <Textarea
              label="Description"
              size="xs"
              autosize
              minRows={2}
              value={draft.description}
              onChange={(event) => change({ description: event.currentTarget.value })}
              placeholder="Sent with the notification: what it means, what to do"
            />
            <Switch
              label="Enabled"
              size="xs"
              checked={!draft.disabled}
              onChange={(event) => change({ disabled: !event.currentTarget.checked })}
            />
            {save.isError && <div className="bad">{save.error.message}</div>}
            <div className="row">
              <Button type="submit" loading={save.isPending} disabled={windowTooLong || threshold === null}>
                {trigger ? "Save" : "Create"}
              </Button>
              <Button
                variant="default"
                loading={check.isPending}
                disabled={threshold === null}
                onClick={() => check.mutate()}
              >
                Test now
              </Button>
            </div>
            {check.isError && <div className="bad">{check.error.message}</div>}
            {check.data && (
              <div className={`verdict ${check.data.wouldTrigger ? "bad" : "good"}`}>
                <b>{check.data.wouldTrigger ? "It would trigger now" : "It would not trigger now"}</b>
                {check.data.value !== null && <span> · the result is {formatNumber(check.data.value)}</span>}
                {check.data.groups.length > 1 &&
                  check.data.groups.slice(0, 8).map((one, i) => (
                    <div key={i} className="row">
                      <span className="cut grow">{groupName(one.group)}</span>
                      <span className="num">{one.value === null ? "–" : formatNumber(one.value)}</span>
                    </div>
                  ))}
              </div>
            )}
          </form>
        </section>
        <div style={{ display: "grid", gap: 14, minWidth: 0 }}>
          <TriggerPreview question={question} window={draft.window} op={draft.op} threshold={threshold} />
          {trigger && (
            <section className="panel">
              <header>
                <h2>History</h2>
              </header>
              <AlertHistory kind="triggers" dataset={dataset || ALL} id={trigger.id} />
            </section>
          )}
        </div>
      </div>
    </div>
  );
}
