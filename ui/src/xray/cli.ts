import type { XRayGroupForm, XRayRuleForm } from "../api/types.generated";

/** In single quotes, as every shell of the kind reads it. */
export function shellQuote(text: string): string {
  return /^[A-Za-z0-9_./:=@%+-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`;
}

function command(endpoint: string, verb: string, options: (readonly [string, string] | null)[]): string {
  const lines = [`aws xray ${verb}`, `--endpoint-url ${shellQuote(endpoint)}`];
  for (const one of options) if (one) lines.push(`--${one[0]} ${shellQuote(one[1])}`);
  return lines.join(" \\\n    ");
}

const insights = (form: XRayGroupForm) =>
  form.insightsEnabled === undefined
    ? null
    : ([
        "insights-configuration",
        `InsightsEnabled=${String(form.insightsEnabled)},NotificationsEnabled=${String(form.insightsEnabled && (form.notificationsEnabled ?? false))}`,
      ] as const);

export function groupCommand(endpoint: string, form: XRayGroupForm, existing: boolean): string {
  return command(endpoint, existing ? "update-group" : "create-group", [
    ["group-name", form.name ?? ""],
    form.filterExpression ? ["filter-expression", form.filterExpression] : null,
    insights(form),
  ]);
}

export function deleteGroupCommand(endpoint: string, name: string): string {
  return command(endpoint, "delete-group", [["group-name", name]]);
}

export function ruleCommand(endpoint: string, form: XRayRuleForm, existing: boolean, isDefault = false): string {
  const matchers = {
    ResourceARN: form.resourceArn ?? "*",
    Priority: form.priority,
    FixedRate: form.fixedRate,
    ReservoirSize: form.reservoirSize,
    ServiceName: form.serviceName ?? "*",
    ServiceType: form.serviceType ?? "*",
    Host: form.host ?? "*",
    HTTPMethod: form.httpMethod ?? "*",
    URLPath: form.urlPath ?? "*",
    ...(form.attributes && { Attributes: form.attributes }),
    ...(form.boost && {
      SamplingRateBoost: { MaxRate: form.boost.maxRate, CooldownWindowMinutes: form.boost.cooldownMinutes },
    }),
  };
  const rule = isDefault
    ? { RuleName: "Default", FixedRate: form.fixedRate, ReservoirSize: form.reservoirSize }
    : { RuleName: form.name, ...matchers, ...(existing ? {} : { Version: 1 }) };
  return command(endpoint, existing ? "update-sampling-rule" : "create-sampling-rule", [
    [existing ? "sampling-rule-update" : "sampling-rule", JSON.stringify(rule)],
  ]);
}

export function deleteRuleCommand(endpoint: string, name: string): string {
  return command(endpoint, "delete-sampling-rule", [["rule-name", name]]);
}

export function summariesCommand(endpoint: string, start: string, end: string, filter: string | undefined): string {
  const seconds = (iso: string) => String(Math.floor(Date.parse(iso) / 1000));
  return command(endpoint, "get-trace-summaries", [
    ["start-time", seconds(start)],
    ["end-time", seconds(end)],
    filter ? ["filter-expression", filter] : null,
  ]);
}
