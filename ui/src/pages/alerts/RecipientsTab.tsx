import { ActionIcon, Button, Checkbox, Select, TextInput, Tooltip } from "@mantine/core";
import { IconMail, IconTrash, IconWebhook } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Recipient } from "../../api/types.generated";
import { create, recipientsQuery, remove } from "../../api/manageQueries";
import { Empty, Failed, RowsSkeleton } from "../../parts/States";

/** How a recipient is called in lists. */
export function recipientName(one: Recipient): string {
  const { webhook_name, email_address, slack_channel, pagerduty_integration_name, webhook_url } = one.details;
  return webhook_name || email_address || slack_channel || pagerduty_integration_name || webhook_url || one.type;
}

export function recipientTarget(one: Recipient): string {
  const { webhook_url: url, email_address: mail } = one.details;
  return url ?? mail ?? "";
}

export function RecipientsTab() {
  const recipients = useQuery(recipientsQuery());
  const queries = useQueryClient();
  const refresh = () => void queries.invalidateQueries({ queryKey: ["manage", "recipients"] });
  const drop = useMutation({ mutationFn: (id: string) => remove("recipients", null, id), onSuccess: refresh });
  return (
    <div
      style={{
        display: "grid",
        gap: 14,
        gridTemplateColumns: "minmax(0, 1.5fr) minmax(300px, 1fr)",
        alignItems: "start",
      }}
    >
      <section className="panel">
        {recipients.isPending ? (
          <RowsSkeleton rows={4} />
        ) : recipients.isError ? (
          <Failed error={recipients.error} retry={() => void recipients.refetch()} />
        ) : recipients.data.length === 0 ? (
          <Empty icon={<IconWebhook size={28} stroke={1.5} />} title="No recipients yet">
            <p>Add a webhook or an email address, then select it in a trigger or a burn alert.</p>
          </Empty>
        ) : (
          <table className="grid">
            <thead>
              <tr>
                <th>Type</th>
                <th>Name</th>
                <th>Address</th>
                <th style={{ width: 40 }} aria-label="Actions" />
              </tr>
            </thead>
            <tbody>
              {recipients.data.map((one) => (
                <tr key={one.id}>
                  <td>
                    <span className="row">
                      {one.type === "email" ? (
                        <IconMail size={15} stroke={1.7} />
                      ) : (
                        <IconWebhook size={15} stroke={1.7} />
                      )}
                      {one.type}
                    </span>
                  </td>
                  <td>{recipientName(one)}</td>
                  <td className="mono dim">{recipientTarget(one)}</td>
                  <td>
                    <Tooltip label="Remove">
                      <ActionIcon aria-label={`Remove ${recipientName(one)}`} onClick={() => drop.mutate(one.id)}>
                        <IconTrash size={14} stroke={1.7} />
                      </ActionIcon>
                    </Tooltip>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {drop.isError && (
          <div className="bad" style={{ padding: 12 }}>
            {drop.error.message}
          </div>
        )}
      </section>
      <NewRecipient done={refresh} />
    </div>
  );
}

function NewRecipient({ done }: { done: () => void }) {
  const [type, setType] = useState<"webhook" | "email">("webhook");
  const [name, setName] = useState("");
  const [target, setTarget] = useState("");
  const [secret, setSecret] = useState("");
  const [results, setResults] = useState(false);
  const make = useMutation({
    mutationFn: () =>
      create<Recipient>("recipients", null, {
        type,
        details: {
          ...(type === "email"
            ? { email_address: target.trim() }
            : {
                webhook_name: name.trim(),
                webhook_url: target.trim(),
                ...(secret && { webhook_secret: secret }),
              }),
          ...(results && { include_results: true }),
        },
      }),
    onSuccess: () => {
      setName("");
      setTarget("");
      setSecret("");
      setResults(false);
      done();
    },
  });
  return (
    <section className="panel">
      <header>
        <h2>Add a recipient</h2>
      </header>
      <form
        className="alert-form"
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <Select
          label="Type"
          data={[
            { value: "webhook", label: "Webhook" },
            { value: "email", label: "Email" },
          ]}
          value={type}
          onChange={(value) => setType(value === "email" ? "email" : "webhook")}
          allowDeselect={false}
        />
        {type === "webhook" && (
          <TextInput
            label="Name"
            required
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            placeholder="on call"
          />
        )}
        <TextInput
          label={type === "webhook" ? "URL" : "Address"}
          type={type === "webhook" ? "url" : "email"}
          required
          value={target}
          onChange={(event) => setTarget(event.currentTarget.value)}
          placeholder={type === "webhook" ? "https://hooks.example.com/weir" : "team@example.com"}
        />
        {type === "webhook" && (
          <TextInput
            label="Secret"
            description="Sent with every notification, so that the receiver can verify the sender"
            value={secret}
            onChange={(event) => setSecret(event.currentTarget.value)}
          />
        )}
        <Checkbox
          label="Include results"
          description="Sends the triggered groups with their values. Otherwise a notification contains only a link, the value and the threshold."
          checked={results}
          onChange={(event) => setResults(event.currentTarget.checked)}
        />
        {type === "email" && <p className="faint">Email requires the SMTP options of the server.</p>}
        {make.isError && <div className="bad">{make.error.message}</div>}
        <div>
          <Button type="submit" loading={make.isPending}>
            Add
          </Button>
        </div>
      </form>
    </section>
  );
}
