import { MultiSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { AlertRecipient } from "../../api/types.generated";
import { recipientsQuery } from "../../api/manageQueries";
import { recipientName } from "./RecipientsTab";

/** The server looks the rest up. */
export type Picked = Pick<AlertRecipient, "id">;

export function RecipientPick({ value, change }: { value: Picked[]; change: (value: Picked[]) => void }) {
  const recipients = useQuery(recipientsQuery()).data ?? [];
  return (
    <div>
      <MultiSelect
        label="Recipients"
        size="xs"
        data={recipients.map((one) => ({ value: one.id, label: `${recipientName(one)} (${one.type})` }))}
        value={value.map((one) => one.id)}
        onChange={(ids) => change(ids.map((id) => ({ id })))}
        placeholder={value.length === 0 ? "No recipients" : ""}
        hidePickedOptions
      />
      {recipients.length === 0 && (
        <div className="faint" style={{ marginTop: 4, fontSize: 12 }}>
          There are no recipients yet:{" "}
          <Link className="link" to="/alerts" search={{ tab: "recipients" }}>
            add a recipient
          </Link>
        </div>
      )}
    </div>
  );
}
