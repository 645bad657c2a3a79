import { useQuery } from "@tanstack/react-query";
import { setupQuery } from "../../api/queries";
import { Ago } from "../../parts/Marks";
import { plural } from "../../values/format";

/** Calls with a wrong path, port, method or key, and advice. */
export function Problems() {
  const setup = useQuery(setupQuery()).data;
  if (!setup) return null;
  const title = (id: string) => setup.clients.find((one) => one.id === id)?.title ?? "Unknown sender";
  return (
    <section className="panel" aria-labelledby="problems">
      <header>
        <h2 id="problems">Why nothing arrives</h2>
      </header>
      {setup.problems.length === 0 ? (
        <p className="dim" style={{ padding: "0 14px 12px" }}>
          Weir has received no invalid calls (wrong path, port, method or key) since it started. If data still does not
          arrive, the sender does not reach Weir: check the host and port in its endpoint option, and firewalls in
          between.
        </p>
      ) : (
        <table className="grid">
          <thead>
            <tr>
              <th>Problem</th>
              <th>What to change</th>
              <th>Calls</th>
              <th>Last</th>
            </tr>
          </thead>
          <tbody>
            {setup.problems.map((one) => (
              <tr key={one.client + one.problem}>
                <td>
                  <div className="faint" style={{ fontSize: 11.5 }}>
                    {title(one.client)}
                  </div>
                  <div>{one.problem}</div>
                  <div className="mono dim" style={{ fontSize: 11.5, overflowWrap: "anywhere" }}>
                    {one.example}
                  </div>
                </td>
                <td>{one.advice}</td>
                <td title={plural(one.count, "call")}>{one.count}</td>
                <td>
                  <Ago iso={one.lastAt} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
