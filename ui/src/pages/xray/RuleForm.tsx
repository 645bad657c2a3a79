import { Button, CloseButton, NumberInput, Switch, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { XRayRule, XRayRuleForm as Form } from "../../api/types.generated";
import { createRule, updateRule } from "../../api/xrayQueries";
import { Code } from "../../parts/Code";
import { ruleCommand } from "../../xray/cli";
import { expectedRate, type RuleMatchers } from "../../xray/rules";

const FIELDS: [keyof RuleMatchers, string, string][] = [
  ["serviceName", "Service", "backend-flask"],
  ["httpMethod", "HTTP method", "GET"],
  ["urlPath", "URL path", "/api/activities/*"],
  ["host", "Host", "*.example.com"],
  ["serviceType", "Service type", "AWS::ECS::Container"],
  ["resourceArn", "Resource ARN", "*"],
];

export function RuleForm({ rule, close }: { rule: XRayRule | undefined; close: () => void }) {
  const queries = useQueryClient();
  const isDefault = rule?.default ?? false;
  const [name, setName] = useState(rule?.name ?? "");
  const [priority, setPriority] = useState<number | string>(rule?.priority ?? 9000);
  const [percent, setPercent] = useState<number | string>(rule ? Number((rule.fixedRate * 100).toFixed(4)) : 5);
  const [reservoir, setReservoir] = useState<number | string>(rule?.reservoirSize ?? 1);
  const [matchers, setMatchers] = useState<RuleMatchers>({
    serviceName: rule?.serviceName ?? "*",
    httpMethod: rule?.httpMethod ?? "*",
    urlPath: rule?.urlPath ?? "*",
    host: rule?.host ?? "*",
    serviceType: rule?.serviceType ?? "*",
    resourceArn: rule?.resourceArn ?? "*",
  });
  const [attributes, setAttributes] = useState<[string, string][]>(Object.entries(rule?.attributes ?? {}));
  const [boost, setBoost] = useState(rule?.boost !== null && rule?.boost !== undefined);
  const [boostPercent, setBoostPercent] = useState<number | string>(
    Number(((rule?.boost?.maxRate ?? 0.5) * 100).toFixed(4)),
  );
  const [cooldown, setCooldown] = useState<number | string>(rule?.boost?.cooldownMinutes ?? 60);
  const numbers = {
    fixedRate: Number((Number(percent) / 100).toFixed(6)),
    reservoirSize: Number(reservoir),
  };
  const filled = Object.fromEntries(
    Object.entries(matchers).map(([key, value]: [string, string]) => [key, value.trim() || "*"]),
  ) as unknown as RuleMatchers;
  const wanted: Record<string, string> = {};
  for (const [key, value] of attributes) if (key.trim()) wanted[key.trim()] = value.trim();
  const form: Form = isDefault
    ? numbers
    : {
        ...numbers,
        priority: Number(priority),
        ...filled,
        ...((attributes.length > 0 || Object.keys(rule?.attributes ?? {}).length > 0) && { attributes: wanted }),
        ...(boost && {
          boost: { maxRate: Number((Number(boostPercent) / 100).toFixed(6)), cooldownMinutes: Number(cooldown) },
        }),
      };
  const complete =
    [percent, reservoir, priority].every((one) => one !== "") && (rule !== undefined || name.trim() !== "");
  const save = useMutation({
    mutationFn: () => (rule ? updateRule(rule.name, form) : createRule({ name: name.trim(), ...form })),
    onSuccess: (saved) => {
      notifications.show({ message: rule ? `Rule ${saved.name} was changed` : `Rule ${saved.name} was created` });
      void queries.invalidateQueries({ queryKey: ["xray"] });
      close();
    },
  });
  const example = 100;
  return (
    <section className="panel" aria-label={rule ? `Edit ${rule.name}` : "New rule"}>
      <header>
        <h2>{rule ? `Rule ${rule.name}` : "New sampling rule"}</h2>
        {isDefault && (
          <span className="faint">applies when no other rule matches; only its rate and reservoir can be changed</span>
        )}
      </header>
      <form
        className="x-form"
        style={{ padding: 14 }}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <div className="form-grid">
          {!rule && (
            <TextInput
              label="Name"
              placeholder="Cruddur"
              maxLength={32}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              autoFocus
            />
          )}
          {!isDefault && (
            <NumberInput
              size="xs"
              label="Priority"
              description="the lowest number is tried first"
              inputWrapperOrder={["label", "input", "description"]}
              min={1}
              max={9999}
              value={priority}
              onChange={setPriority}
            />
          )}
          <NumberInput
            size="xs"
            label="Reservoir"
            description="requests recorded per second before the rate applies, over all instances"
            inputWrapperOrder={["label", "input", "description"]}
            min={0}
            suffix=" /s"
            value={reservoir}
            onChange={setReservoir}
          />
          <NumberInput
            size="xs"
            label="Rate"
            description="of the remaining requests"
            inputWrapperOrder={["label", "input", "description"]}
            min={0}
            max={100}
            decimalScale={4}
            suffix=" %"
            value={percent}
            onChange={setPercent}
          />
          {!isDefault &&
            FIELDS.map(([key, label, placeholder]) => (
              <TextInput
                key={key}
                label={label}
                placeholder={placeholder}
                value={matchers[key]}
                onChange={(event) => setMatchers({ ...matchers, [key]: event.currentTarget.value })}
              />
            ))}
        </div>
        {!isDefault && (
          <div>
            <div className="label">Attributes that the request must have</div>
            {attributes.map(([key, value], i) => (
              <div className="row" key={i} style={{ marginBottom: 6 }}>
                <TextInput
                  aria-label={`Attribute ${i + 1}`}
                  placeholder="tenant"
                  value={key}
                  onChange={(event) => {
                    const next = event.currentTarget.value;
                    setAttributes(attributes.map((one, at) => (at === i ? [next, one[1]] : one)));
                  }}
                />
                <TextInput
                  aria-label={`Value of attribute ${i + 1}`}
                  placeholder="acme*"
                  value={value}
                  onChange={(event) => {
                    const next = event.currentTarget.value;
                    setAttributes(attributes.map((one, at) => (at === i ? [one[0], next] : one)));
                  }}
                />
                <CloseButton
                  size="sm"
                  aria-label={`Remove attribute ${i + 1}`}
                  onClick={() => setAttributes(attributes.filter((_, at) => at !== i))}
                />
              </div>
            ))}
            {attributes.length < 5 && (
              <button type="button" className="link" onClick={() => setAttributes([...attributes, ["", ""]])}>
                Add an attribute
              </button>
            )}
          </div>
        )}
        {!isDefault && (
          <div className="row wrap" style={{ gap: 14, alignItems: "flex-end" }}>
            <Switch
              label="Boost: record more while requests fail or are slow"
              checked={boost}
              disabled={rule?.boost != null}
              title={
                rule?.boost != null
                  ? "A boost can be changed but not removed; to remove it, delete the rule"
                  : undefined
              }
              onChange={(event) => setBoost(event.currentTarget.checked)}
            />
            {boost && (
              <>
                <NumberInput
                  size="xs"
                  label="up to"
                  min={0}
                  max={100}
                  decimalScale={4}
                  suffix=" %"
                  value={boostPercent}
                  onChange={setBoostPercent}
                  w={110}
                />
                <NumberInput
                  size="xs"
                  label="cooldown"
                  min={1}
                  suffix=" min"
                  value={cooldown}
                  onChange={setCooldown}
                  w={110}
                />
              </>
            )}
          </div>
        )}
        <div className="hint">
          {!isDefault && "* matches any text, ? one character; case is ignored. "}Of {example} requests a second{" "}
          {Number(expectedRate(numbers, example).toFixed(2))} would be recorded.
        </div>
        <div>
          <div className="label">The same with the AWS CLI</div>
          <Code
            text={ruleCommand(
              window.location.origin,
              { name: rule?.name ?? name.trim(), ...form },
              rule !== undefined,
              isDefault,
            )}
          />
        </div>
        {save.error && (
          <div className="bad" role="alert">
            {save.error.message}
          </div>
        )}
        <div className="row">
          <Button type="submit" loading={save.isPending} disabled={!complete}>
            {rule ? "Save" : "Create"}
          </Button>
          <Button variant="subtle" color="gray" onClick={close}>
            Cancel
          </Button>
        </div>
      </form>
    </section>
  );
}
