import type { XRaySampling } from "../../api/types.generated";
import { Ago, Service } from "../../parts/Marks";
import { formatPercent, plural } from "../../values/format";

/** The OpenTelemetry SDKs that request the rules, and the strategies that they get. */
export function RemoteSamplers({ services }: { services: XRaySampling["openTelemetry"] }) {
  return (
    <section className="panel" aria-label="OpenTelemetry samplers">
      <header>
        <h2>OpenTelemetry samplers</h2>
        <span className="faint">services that request these rules with Jaeger&apos;s remote sampling</span>
      </header>
      <table className="grid">
        <thead>
          <tr>
            <th>Service</th>
            <th>Last request</th>
            <th className="num">Instances</th>
            <th>Rule</th>
            <th className="num">Probability</th>
            <th className="num">Minimum</th>
            <th>Operations with their own rate</th>
          </tr>
        </thead>
        <tbody>
          {services.map((one) => (
            <tr key={one.service}>
              <td>
                <Service name={one.service} />
              </td>
              <td>
                <Ago iso={one.lastAsked} />
              </td>
              <td className="num">{one.instances}</td>
              <td>{one.rule}</td>
              <td className="num">{formatPercent(one.probability)}</td>
              <td className="num">{Number(one.lowerBound.toPrecision(2))}/s</td>
              <td className="dim">
                {one.operations
                  .slice(0, 4)
                  .map((two) => `${two.operation} ${formatPercent(two.probability)}`)
                  .join(", ") || "–"}
                {one.operations.length > 4 && `, and ${plural(one.operations.length - 4, "more", "more")}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
