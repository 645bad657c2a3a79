import { Button, Switch, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { XRayGroup } from "../../api/types.generated";
import { createGroup, filterCheckQuery, updateGroup, xraySummaryQuery } from "../../api/xrayQueries";
import { Code } from "../../parts/Code";
import { useRange } from "../../parts/range";
import { plural } from "../../values/format";
import { describeRange } from "../../values/timeRange";
import { groupCommand } from "../../xray/cli";
import { RecipientPick } from "../alerts/RecipientPick";
import { FilterEditor } from "./FilterEditor";

const NAME = /^[A-Za-z0-9-]{1,32}$/;

export function GroupForm({ group, close }: { group: XRayGroup | undefined; close: () => void }) {
  const { range } = useRange();
  const queries = useQueryClient();
  const [name, setName] = useState(group?.name ?? "");
  const [filter, setFilter] = useState(group?.filterExpression ?? "");
  const [insights, setInsights] = useState(group?.insightsEnabled ?? false);
  const [notify, setNotify] = useState(group?.notificationsEnabled ?? false);
  const [recipients, setRecipients] = useState<string[]>(group?.recipients ?? []);
  const form = {
    name: name.trim(),
    filterExpression: filter.trim(),
    insightsEnabled: insights,
    notificationsEnabled: insights && notify,
    ...(insights && notify && { recipients }),
  };
  const check = useQuery({ ...filterCheckQuery(form.filterExpression), enabled: form.filterExpression !== "" });
  const valid = form.filterExpression === "" || check.data?.ok !== false;
  const preview = useQuery({
    ...xraySummaryQuery(range, { filter: form.filterExpression }),
    enabled: form.filterExpression !== "" && check.data?.ok === true,
    retry: false,
  });
  const save = useMutation({
    mutationFn: () => {
      const { name: called, ...rest } = form;
      return group ? updateGroup(group.name, rest) : createGroup({ name: called, ...rest });
    },
    onSuccess: (saved) => {
      notifications.show({ message: group ? `Group ${saved.name} was changed` : `Group ${saved.name} was created` });
      void queries.invalidateQueries({ queryKey: ["xray"] });
      close();
    },
  });
  const badName = name.trim() !== "" && !NAME.test(name.trim());
  return (
    <section className="panel" aria-label={group ? `Edit ${group.name}` : "New group"}>
      <header>
        <h2>{group ? `Group ${group.name}` : "New group"}</h2>
      </header>
      <form
        className="x-form"
        style={{ padding: 14 }}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        {!group && (
          <TextInput
            label="Name"
            placeholder="Cruddur"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={badName && "Letters, digits and -, at most 32 characters"}
            w={320}
            autoFocus
          />
        )}
        <div>
          <div className="label">Filter expression</div>
          <FilterEditor
            label="The group's filter expression"
            value={filter}
            commit={setFilter}
            range={range}
            placeholder='service("backend-flask")'
          />
          <div className="hint">
            {preview.data
              ? `${plural(preview.data.counts.total, "trace")} of the ${describeRange(range).toLowerCase()} would be in the group`
              : "An empty expression matches every trace. Press Enter to check the expression."}
          </div>
        </div>
        <div className="row" style={{ gap: 26 }}>
          <Switch
            label="Insights: detect unusual fault rates"
            checked={insights}
            onChange={(event) => setInsights(event.currentTarget.checked)}
          />
          <Switch
            label="Notify"
            checked={insights && notify}
            disabled={!insights}
            onChange={(event) => setNotify(event.currentTarget.checked)}
          />
        </div>
        {insights && notify && (
          <div style={{ maxWidth: 520 }}>
            <RecipientPick
              value={recipients.map((id) => ({ id }))}
              change={(next) => setRecipients(next.map((one) => one.id))}
            />
            <div className="hint">If no recipient is selected, all webhook and email recipients are notified.</div>
          </div>
        )}
        <div>
          <div className="label">The same with the AWS CLI</div>
          <Code text={groupCommand(window.location.origin, form, group !== undefined)} />
        </div>
        {save.error && (
          <div className="bad" role="alert">
            {save.error.message}
          </div>
        )}
        <div className="row">
          <Button type="submit" loading={save.isPending} disabled={!NAME.test(form.name) || !valid}>
            {group ? "Save" : "Create"}
          </Button>
          <Button variant="subtle" color="gray" onClick={close}>
            Cancel
          </Button>
        </div>
      </form>
    </section>
  );
}
