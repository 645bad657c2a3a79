import { Button } from "@mantine/core";
import { IconChevronRight } from "@tabler/icons-react";
import type { XRayRule, XRayRuleActivity } from "../../api/types.generated";
import { Ago } from "../../parts/Marks";
import { formatPercent } from "../../values/format";
import type { RuleMatchers } from "../../xray/rules";

const MATCHERS: [keyof RuleMatchers, string][] = [
  ["serviceName", "service"],
  ["httpMethod", "method"],
  ["urlPath", "path"],
  ["host", "host"],
  ["serviceType", "type"],
  ["resourceArn", "resource"],
];

const perSecond = (value: number) => `${Number(value.toPrecision(value >= 100 ? 3 : 2))}/s`;

export function RuleRow({
  rule,
  activity,
  verdict,
  open,
  toggle,
  edit,
  remove,
}: {
  rule: XRayRule;
  activity: XRayRuleActivity | undefined;
  /** Null without a test; "takes", "passed" (never reached), or why it does not match. */
  verdict: string | null;
  open: boolean;
  toggle: () => void;
  edit: () => void;
  remove: () => void;
}) {
  const shown = MATCHERS.filter(([key]) => rule[key] !== "*");
  const rates = activity?.rates;
  const clients = activity?.clients ?? [];
  return (
    <>
      <tr
        className={verdict === null ? "" : verdict === "takes" ? "takes" : "passed"}
        aria-current={verdict === "takes"}
      >
        <td className="num">{rule.default ? "last" : rule.priority}</td>
        <td>
          <b>{rule.name}</b>
          {verdict === "takes" && (
            <span className="badge accent" style={{ marginLeft: 6 }}>
              matches
            </span>
          )}
          {verdict !== null && verdict !== "takes" && verdict !== "passed" && <div className="why">{verdict}</div>}
        </td>
        <td>
          <span className="rule-matchers">
            {shown.map(([key, name]) => (
              <span key={key} className="badge">
                <span className="faint">{name}</span> <span className="mono">{rule[key]}</span>
              </span>
            ))}
            {Object.entries(rule.attributes).map(([key, value]) => (
              <span key={key} className="badge">
                <span className="faint">{key}</span> <span className="mono">{value}</span>
              </span>
            ))}
            {shown.length === 0 && Object.keys(rule.attributes).length === 0 && (
              <span className="faint">{rule.default ? "all other requests" : "all requests"}</span>
            )}
            {rule.openTelemetry !== null && (
              <span className="badge warn" title={rule.openTelemetry}>
                X-Ray SDKs only
              </span>
            )}
            {rule.boost && (
              <span className="badge accent" title={`Cooldown ${rule.boost.cooldownMinutes} minutes`}>
                boost to {formatPercent(rule.boost.maxRate)}
              </span>
            )}
          </span>
        </td>
        <td className="num">{rule.reservoirSize}/s</td>
        <td className="num">{formatPercent(rule.fixedRate)}</td>
        <td>
          {activity && activity.windows.length > 0 ? <Spark activity={activity} /> : <span className="faint">–</span>}
        </td>
        <td className="num">{rates ? perSecond(rates.requests) : <span className="faint">–</span>}</td>
        <td className="num">
          {rates ? (
            <span title={`${perSecond(rates.sampled)} by quota and rate, ${perSecond(rates.borrowed)} borrowed`}>
              {perSecond(rates.sampled + rates.borrowed)} <span className="faint">of {perSecond(rates.expected)}</span>
            </span>
          ) : (
            <span className="faint">–</span>
          )}
        </td>
        <td className="num">
          {clients.length > 0 ? (
            <button
              className="plain"
              aria-expanded={open}
              onClick={toggle}
              aria-label={`Instances that use ${rule.name}`}
            >
              {clients.length}{" "}
              <IconChevronRight size={12} style={{ transform: open ? "rotate(90deg)" : "none", verticalAlign: -2 }} />
            </button>
          ) : (
            <span className="faint">none</span>
          )}
        </td>
        <td className="num">
          <Button size="compact-xs" variant="subtle" color="gray" onClick={edit}>
            Edit
          </Button>
          {!rule.default && (
            <Button size="compact-xs" variant="subtle" color="red" onClick={remove}>
              Delete
            </Button>
          )}
        </td>
      </tr>
      {open &&
        clients.map((client) => (
          <tr key={client.id} className="clients-row">
            <td />
            <td colSpan={4} className="mono dim">
              {client.id}
            </td>
            <td className="dim">
              reported <Ago iso={client.lastReport} />
            </td>
            <td className="num">{perSecond(client.requestsPerSecond)}</td>
            <td className="num" colSpan={2}>
              {client.quota === null ? <span className="faint">borrows, no quota</span> : `quota ${client.quota}/s`}
            </td>
            <td />
          </tr>
        ))}
    </>
  );
}

/** Requests of the last hour in grey, with the recorded ones in front. */
function Spark({ activity }: { activity: XRayRuleActivity }) {
  const width = 132;
  const height = 24;
  const last = activity.windows.at(-1)?.time ?? 0;
  const most = Math.max(1, ...activity.windows.map((one) => one.requests));
  // A minute a bar: six windows of ten seconds.
  const minutes = new Map<number, { requests: number; recorded: number; count: number }>();
  for (const one of activity.windows) {
    const key = Math.floor((last - one.time) / 60);
    const minute = minutes.get(key) ?? { requests: 0, recorded: 0, count: 0 };
    minute.requests += one.requests;
    minute.recorded += one.sampled + one.borrowed;
    minute.count++;
    minutes.set(key, minute);
  }
  const bar = width / 60;
  return (
    <svg
      className="rate-spark"
      width={width}
      height={height}
      role="img"
      aria-label={`${activity.windows.reduce((sum, one) => sum + one.requests, 0)} requests, ${activity.windows.reduce((sum, one) => sum + one.sampled + one.borrowed, 0)} recorded in the last hour`}
    >
      <line x1="0" x2={width} y1={height - 0.5} y2={height - 0.5} stroke="var(--line-strong)" />
      {[...minutes].map(([ago, one]) => {
        const x = width - (ago + 1) * bar;
        const tall = (value: number) => (value / one.count / most) * (height - 2);
        return (
          <g key={ago}>
            <rect
              x={x}
              width={Math.max(1, bar - 0.6)}
              y={height - tall(one.requests)}
              height={tall(one.requests)}
              fill="var(--rest)"
              opacity={0.45}
            />
            <rect
              x={x}
              width={Math.max(1, bar - 0.6)}
              y={height - tall(one.recorded)}
              height={tall(one.recorded)}
              fill="var(--accent)"
            />
          </g>
        );
      })}
    </svg>
  );
}
