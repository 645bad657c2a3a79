import "../../styles/home.css";
import { IconMoodEmpty, IconShieldCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { homeQuery } from "../../api/queries";
import type { Home, ItemSummary } from "../../api/types.generated";
import { Ago, Level, ProtocolBadges, Service, Sparkline } from "../../parts/Marks";
import { useRange } from "../../parts/range";
import { useRowKeys } from "../../parts/rows";
import { Empty, Failed, PageSkeleton } from "../../parts/States";
import { formatCount, formatMs, formatPercent, plural } from "../../values/format";
import { SetupSteps } from "../setup/SetupSteps";
import { Arrivals } from "./Arrivals";
import { NotLoaded } from "./NotLoaded";
import { OwnCounters } from "./OwnCounters";

export default function HomePage() {
  const { range, refetchInterval } = useRange();
  const home = useQuery({
    ...homeQuery(range),
    // An empty Weir is watched closely: the first span should turn this page over at once.
    refetchInterval: (query) => (query.state.data?.empty ? 1_000 : refetchInterval),
  });
  if (home.isPending) return <PageSkeleton />;
  if (!home.data) return <Failed error={home.error} retry={() => void home.refetch()} />;
  if (home.data.empty)
    return (
      <div className="page" style={{ maxWidth: 1080 }}>
        <div className="hello">
          <h1>Nothing has arrived yet</h1>
          <p>
            Configure a client that you already use to send to Weir. You only change environment variables or an
            endpoint option, not your code. This page shows your data as soon as the first span, log line or error
            arrives.
          </p>
        </div>
        <SetupSteps />
      </div>
    );
  return (
    <div className="page">
      {home.isError && <Failed error={home.error} retry={() => void home.refetch()} />}
      <Totals home={home.data} />
      <Arrivals home={home.data} />
      <div className="split">
        <Services home={home.data} />
        <RecentErrors items={home.data.recentErrors} />
      </div>
      <NotLoaded refetchInterval={refetchInterval} />
      <OwnCounters refetchInterval={refetchInterval} />
    </div>
  );
}

function Totals({ home }: { home: Home }) {
  const { totals } = home;
  const tiles: [string, string, string?][] = [
    ["Requests", formatCount(totals.requests)],
    ["Failed", formatPercent(totals.errorRate), totals.errorRate > 0 ? "bad" : ""],
    ["p50", formatMs(totals.p50Ms)],
    ["p95", formatMs(totals.p95Ms)],
    ["Spans", formatCount(totals.spans)],
    ["Log lines", formatCount(totals.logs)],
    ["Errors", formatCount(totals.occurrences), totals.occurrences > 0 ? "bad" : ""],
    ["Metric points", formatCount(totals.metrics)],
    ["Events", formatCount(totals.events)],
  ];
  return (
    <div className="panel totals">
      {tiles.map(([name, value, tone]) => (
        <div className="tile" key={name}>
          <div className="name">{name}</div>
          <div className={`value ${tone ?? ""}`}>{value}</div>
        </div>
      ))}
    </div>
  );
}

function Services({ home }: { home: Home }) {
  const navigate = useNavigate();
  const { services } = home;
  const open = (index: number) => {
    const service = services[index]?.service;
    if (service) void navigate({ to: "/traces", search: { service } });
  };
  const { picked, box } = useRowKeys(
    services.map((one) => one.service),
    open,
  );
  const most = Math.max(1, ...services.map((one) => one.spans + one.logs + one.occurrences));
  return (
    <section className="panel">
      <header>
        <h2>Services</h2>
        <span className="aside">{plural(services.length, "service")} in this time range</span>
      </header>
      {services.length === 0 ? (
        <Empty icon={<IconMoodEmpty size={26} stroke={1.5} />} title="No service sent data in this time range">
          <p>Choose a longer time range at the top right.</p>
        </Empty>
      ) : (
        <div ref={box} style={{ overflowX: "auto" }}>
          <table className="grid">
            <thead>
              <tr>
                <th>Service</th>
                <th>Protocols</th>
                <th className="num">Spans</th>
                <th className="num">Lines</th>
                <th className="num">Errors</th>
                <th className="num">p50</th>
                <th className="num">p95</th>
                <th className="num">Last</th>
              </tr>
            </thead>
            <tbody>
              {services.map((one, i) => (
                <tr
                  key={one.service}
                  data-key={one.service}
                  className={`open ${picked === i ? "picked" : ""}`}
                  onClick={() => open(i)}
                >
                  <td style={{ minWidth: 150 }}>
                    <Link to="/traces" search={{ service: one.service }} onClick={(event) => event.stopPropagation()}>
                      <Service name={one.service} />
                    </Link>
                    <div className="meter" style={{ height: 3, marginTop: 4, maxWidth: 180 }}>
                      <div
                        style={{ width: `${((one.spans + one.logs + one.occurrences) / most) * 100}%`, opacity: 0.55 }}
                      />
                    </div>
                  </td>
                  <td>
                    <ProtocolBadges protocols={one.protocols} />
                  </td>
                  <td className="num">{formatCount(one.spans)}</td>
                  <td className="num">{formatCount(one.logs)}</td>
                  <td className={`num ${one.errors + one.occurrences > 0 ? "bad" : "faint"}`}>
                    {formatCount(one.errors + one.occurrences)}
                  </td>
                  <td className="num">{formatMs(one.p50Ms)}</td>
                  <td className="num">{formatMs(one.p95Ms)}</td>
                  <td className="num faint">
                    <Ago iso={one.lastAt} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function RecentErrors({ items }: { items: ItemSummary[] }) {
  return (
    <section className="panel">
      <header>
        <h2>Recent errors</h2>
        <Link to="/errors" className="link aside">
          All errors
        </Link>
      </header>
      {items.length === 0 ? (
        <Empty icon={<IconShieldCheck size={26} stroke={1.5} />} title="No errors in this time range" />
      ) : (
        items.map((item) => (
          <Link key={item.itemId} className="err-row" to="/errors/$itemId" params={{ itemId: item.itemId }}>
            <div className="cut" title={item.title}>
              {item.title}
            </div>
            <Sparkline values={item.sparkline} width={72} height={18} />
            <div className="sub row">
              <Level level={item.level} />
              <span className="cut">{item.service}</span>
            </div>
            <div className="sub num">
              {formatCount(item.occurrences)}× · <Ago iso={item.lastAt} />
            </div>
          </Link>
        ))
      )}
    </section>
  );
}
