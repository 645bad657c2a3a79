import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { statusQuery } from "../../api/queries";
import { Copy } from "../../parts/Marks";
import { Problems } from "./Problems";
import { SetupSteps } from "./SetupSteps";

const route = getRouteApi("/setup");

export default function SetupPage() {
  const { client } = route.useSearch();
  const navigate = route.useNavigate();
  const endpoints = useQuery(statusQuery()).data?.endpoints;
  return (
    <div className="page" style={{ maxWidth: 1080 }}>
      <div className="hello">
        <h1>Send data to Weir</h1>
        <p>You only change environment variables or an endpoint option, not your code. The checks below are live.</p>
      </div>
      <SetupSteps
        client={client}
        choose={(id) => void navigate({ search: (before) => ({ ...before, client: id }), replace: true })}
      />
      <Problems />
      {endpoints && (
        <section className="panel">
          <header>
            <h2>Where Weir listens</h2>
          </header>
          <table className="grid">
            <tbody>
              {(
                [
                  ["Web, X-Ray, CloudWatch Logs, Honeycomb, Rollbar", endpoints.main],
                  ["OTLP over HTTP", endpoints.otlpHttp],
                  ["OTLP over gRPC", endpoints.otlpGrpc],
                  ["X-Ray daemon, UDP and TCP", endpoints.xrayDaemon],
                ] as const
              ).map(([what, where]) => (
                <tr key={what}>
                  <td className="dim">{what}</td>
                  <td>
                    <span className="row">
                      <span className="mono">{where}</span>
                      <Copy value={where} />
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </div>
  );
}
