import "../../styles/home.css";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { setupQuery } from "../../api/queries";
import type { SetupClient } from "../../api/types.generated";
import { Code } from "../../parts/Code";
import { Ago } from "../../parts/Marks";
import { Failed, RowsSkeleton } from "../../parts/States";
import { plural } from "../../values/format";

const BEACON = { waiting: "wait", received: "on", rejected: "bad" } as const;
const WORD = { waiting: "waiting…", received: "received ✓", rejected: "rejected" } as const;

/** The four clients, what each needs, and a check each second whether anything came. */
export function SetupSteps({ client, choose }: { client?: string | undefined; choose?: (id: string) => void }) {
  const setup = useQuery({ ...setupQuery(), refetchInterval: 1_000 });
  const [own, setOwn] = useState<string>();
  if (setup.isPending)
    return (
      <div className="panel">
        <RowsSkeleton />
      </div>
    );
  if (!setup.data) return <Failed error={setup.error} retry={() => void setup.refetch()} />;
  const clients = setup.data.clients;
  const shown = clients.find((one) => one.id === (client ?? own)) ?? clients[0];
  const pick = choose ?? setOwn;
  return (
    <section className="panel setup">
      <div className="tabs" role="tablist" aria-label="Clients" aria-orientation="vertical">
        {clients.map((one) => (
          <button key={one.id} role="tab" aria-selected={one === shown} className="plain" onClick={() => pick(one.id)}>
            <span className={`beacon ${BEACON[one.state]}`} />
            <span className="grow">
              <div style={{ fontWeight: 550 }}>{one.title}</div>
              <div
                className={one.state === "rejected" ? "bad" : one.state === "received" ? "good" : "faint"}
                style={{ fontSize: 11.5 }}
              >
                {WORD[one.state]}
              </div>
            </span>
          </button>
        ))}
      </div>
      {shown && <Client client={shown} />}
    </section>
  );
}

function Client({ client }: { client: SetupClient }) {
  return (
    <div className="body" role="tabpanel">
      <div>
        <h1>{client.title}</h1>
        <p className="dim" style={{ margin: "4px 0 0" }}>
          {client.summary}
        </p>
      </div>
      <Check client={client} />
      {client.snippets.map((one) => (
        <div key={one.label}>
          <div className="row" style={{ marginBottom: 5 }}>
            <h2>{one.label}</h2>
            <span className="badge">{one.language}</span>
          </div>
          <Code text={one.code} />
        </div>
      ))}
    </div>
  );
}

function Check({ client }: { client: SetupClient }) {
  const rejection = client.lastRejection;
  return (
    <div className={`check ${client.state}`} role="status" aria-live="polite">
      <span className={`beacon ${BEACON[client.state]}`} />
      <div className="grow">
        {client.state === "waiting" && (
          <>
            <b>Waiting for the first data from {client.title}…</b>
            <div className="dim">Send data now; the status changes within a second.</div>
          </>
        )}
        {client.state === "received" && (
          <>
            <b className="good">Received ✓</b>{" "}
            <span className="dim">
              {plural(client.received, "record")}, the last <Ago iso={client.lastAt} />.
            </span>{" "}
            <Link
              to={client.id === "cloudwatch-logs" ? "/logs" : client.id === "rollbar" ? "/errors" : "/traces"}
              className="link"
            >
              Show the data
            </Link>
          </>
        )}
        {rejection && client.state === "rejected" && (
          <>
            <b className="bad">Rejected: {rejection.reason}</b>{" "}
            <span className="dim">
              <Ago iso={rejection.at} />
            </span>
            <div style={{ marginTop: 3 }}>{rejection.message}</div>
          </>
        )}
        {rejection && client.state !== "rejected" && (
          <div className="dim" style={{ marginTop: 3 }}>
            Last rejection, <Ago iso={rejection.at} />: {rejection.message}
          </div>
        )}
      </div>
    </div>
  );
}
