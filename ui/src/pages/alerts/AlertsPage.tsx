import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { getRouteApi, Link } from "@tanstack/react-router";
import { ALL } from "../../query/question";
import { RecipientsTab } from "./RecipientsTab";
import { SlosTab } from "./SlosTab";
import { TriggersTab } from "./TriggersTab";
import "../../styles/alerts.css";

const route = getRouteApi("/alerts");
const TABS = [
  ["triggers", "Triggers"],
  ["slos", "SLOs"],
  ["recipients", "Recipients"],
] as const;

export default function AlertsPage() {
  const { tab } = route.useSearch();
  const navigate = route.useNavigate();
  const shown = tab === "slos" || tab === "recipients" ? tab : "triggers";
  return (
    <div className="page">
      <div className="page-title alerts-title">
        <h1>Alerts</h1>
        <div className="tabs-line" role="tablist">
          {TABS.map(([one, label]) => (
            <button
              key={one}
              role="tab"
              className="plain"
              aria-selected={shown === one}
              onClick={() =>
                void navigate({ search: (old) => ({ ...old, tab: one === "triggers" ? undefined : one }) })
              }
            >
              {label}
            </button>
          ))}
        </div>
        <div className="grow" />
        {shown === "triggers" && (
          <Button
            leftSection={<IconPlus size={14} />}
            renderRoot={(props) => (
              <Link to="/alerts/triggers/$dataset/$triggerId" params={{ dataset: ALL, triggerId: "new" }} {...props} />
            )}
          >
            New trigger
          </Button>
        )}
        {shown === "slos" && (
          <Button
            leftSection={<IconPlus size={14} />}
            renderRoot={(props) => (
              <Link to="/alerts/slos/$dataset/$sloId" params={{ dataset: ALL, sloId: "new" }} {...props} />
            )}
          >
            New SLO
          </Button>
        )}
      </div>
      {shown === "triggers" ? <TriggersTab /> : shown === "slos" ? <SlosTab /> : <RecipientsTab />}
    </div>
  );
}
