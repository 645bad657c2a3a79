import { Button, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import type { XRayRule } from "../../api/types.generated";
import { deleteRule, xrayRulesQuery, xraySamplingQuery } from "../../api/xrayQueries";
import { REFRESH_MS } from "../../parts/range";
import { Failed, RowsSkeleton } from "../../parts/States";
import { formatPercent } from "../../values/format";
import { deleteRuleCommand } from "../../xray/cli";
import { tryRules } from "../../xray/rules";
import { ConfirmDelete } from "./ConfirmDelete";
import { RemoteSamplers } from "./RemoteSamplers";
import { RuleForm } from "./RuleForm";
import { RuleRow } from "./RuleRow";
import { XRayTabs } from "./XRayFrame";

const route = getRouteApi("/xray/sampling");
const NEW = "+";

export default function XRaySamplingPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const queries = useQueryClient();
  const rules = useQuery({ ...xrayRulesQuery(), refetchInterval: REFRESH_MS * 2 });
  const sampling = useQuery({ ...xraySamplingQuery(), refetchInterval: REFRESH_MS });
  const [deleting, setDeleting] = useState<XRayRule | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  const change = (next: Partial<typeof search>) =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true });
  const setEdit = (name: string | undefined) => change({ edit: name });
  const remove = useMutation({
    mutationFn: (name: string) => deleteRule(name),
    onSuccess: () => {
      setDeleting(null);
      void queries.invalidateQueries({ queryKey: ["xray"] });
    },
  });

  const asked = Boolean(search.service ?? search.method ?? search.path ?? search.host);
  const tried = useMemo(
    () =>
      tryRules(rules.data?.rules ?? [], {
        service: search.service ?? "",
        method: search.method ?? "",
        path: search.path ?? "",
        host: search.host ?? "",
        type: "",
      }),
    [rules.data, search.service, search.method, search.path, search.host],
  );
  const takes = tried.findIndex((one) => one.why === null);
  const taker = tried[takes]?.rule;
  const edited = rules.data?.rules.find((one) => one.name === search.edit);
  const field = (key: "service" | "method" | "path" | "host", label: string, placeholder: string) => (
    <TextInput
      aria-label={label}
      placeholder={placeholder}
      value={search[key] ?? ""}
      onChange={(event) => change({ [key]: event.currentTarget.value || undefined })}
    />
  );
  return (
    <div className="page x-page">
      <section className="panel x-head">
        <div className="x-line" style={{ paddingBottom: 8 }}>
          <XRayTabs />
          <div className="grow" />
          <Button leftSection={<IconPlus size={14} />} onClick={() => setEdit(NEW)}>
            New rule
          </Button>
        </div>
      </section>
      <section className="panel">
        <header>
          <h2>Which rule matches a request?</h2>
          <span className="faint">empty fields match every rule</span>
        </header>
        <div className="rule-test" role="group" aria-label="A request">
          {field("service", "Service", "service: backend-flask")}
          {field("method", "Method", "GET")}
          {field("path", "Path", "/api/activities/home")}
          {field("host", "Host", "host")}
        </div>
        <div className="rule-said" aria-live="polite">
          {!asked ? (
            <span className="faint">Rules are tried in this order; the first one that matches is used.</span>
          ) : taker ? (
            <>
              <b>{taker.name}</b> matches: the first {taker.reservoirSize} requests per second are recorded, and{" "}
              {formatPercent(taker.fixedRate)} of the others.
            </>
          ) : (
            "No rule matches."
          )}
        </div>
      </section>
      <section className="panel">
        {rules.isPending ? (
          <RowsSkeleton rows={5} />
        ) : rules.isError ? (
          <Failed error={rules.error} retry={() => void rules.refetch()} />
        ) : (
          <>
            <header>
              <h2>Sampling rules</h2>
              <span className="faint">the lowest priority number first</span>
              <span className="aside">
                {rules.data.rules.length - 1} of {rules.data.limit}
              </span>
            </header>
            <table className="grid rules" aria-label="Sampling rules">
              <thead>
                <tr>
                  <th className="num">Priority</th>
                  <th>Rule</th>
                  <th>Matches</th>
                  <th className="num">Reservoir</th>
                  <th className="num">Rate</th>
                  <th>Last hour</th>
                  <th className="num" title="Matching requests per second in the last ten seconds">
                    Requests
                  </th>
                  <th className="num" title="Recorded requests per second, and the expected number">
                    Recorded
                  </th>
                  <th className="num">Instances</th>
                  <th />
                </tr>
              </thead>
              <tbody>
                {tried.map(({ rule, why }, index) => (
                  <RuleRow
                    key={rule.name}
                    rule={rule}
                    activity={sampling.data?.rules.find((one) => one.name === rule.name)}
                    verdict={!asked ? null : index === takes ? "takes" : index < takes ? (why ?? "") : "passed"}
                    open={open === rule.name}
                    toggle={() => setOpen(open === rule.name ? null : rule.name)}
                    edit={() => setEdit(rule.name)}
                    remove={() => setDeleting(rule)}
                  />
                ))}
              </tbody>
            </table>
            {sampling.isError && (
              <p className="faint" style={{ padding: "0 14px 10px", margin: 0 }}>
                The instances are not known: {sampling.error.message}
              </p>
            )}
          </>
        )}
      </section>
      {(edited ?? search.edit === NEW) && (
        <RuleForm key={edited?.name ?? ""} rule={edited} close={() => setEdit(undefined)} />
      )}
      {sampling.data && sampling.data.openTelemetry.length > 0 && (
        <RemoteSamplers services={sampling.data.openTelemetry} />
      )}
      {deleting && (
        <ConfirmDelete
          what={`rule ${deleting.name}`}
          command={deleteRuleCommand(window.location.origin, deleting.name)}
          busy={remove.isPending}
          error={remove.error}
          confirm={() => remove.mutate(deleting.name)}
          close={() => {
            remove.reset();
            setDeleting(null);
          }}
        >
          Its requests will use the next matching rule, or Default. SDKs get the change with their next report.
        </ConfirmDelete>
      )}
    </div>
  );
}
