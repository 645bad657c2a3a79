import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { durationsQuery } from "../../api/queries";
import type { DurationAnswer } from "../../api/types.generated";
import { formatCount, formatMs, formatNs } from "../../values/format";

const HALF_MS = 30 * 60_000;
const WIDTH = 400;
const HEIGHT = 34;

/** The rank of this span's duration among spans of the same service and name within the hour around it. */
export function DurationGraph({
  service,
  name,
  durationNs,
  atMs,
}: {
  service: string;
  name: string;
  durationNs: number;
  atMs: number;
}) {
  // Whole minutes, so that spans of one story share the cached result.
  const middle = Math.floor(atMs / 60_000) * 60_000;
  const start = new Date(middle - HALF_MS).toISOString();
  const end = new Date(middle + HALF_MS).toISOString();
  const asked = useQuery(durationsQuery({ service, name, durationNs, start, end }));
  const found = asked.data;
  if (asked.error)
    return <div className="faint">DurationAnswer of its kind could not be read: {asked.error.message}</div>;
  if (!found) return <div className="durations" aria-busy style={{ height: HEIGHT + 18 }} />;
  if (found.count < 2) return <div className="faint">The only “{name}” of this service within the hour.</div>;
  return (
    <div className="durations">
      <Bars found={found} durationNs={durationNs} link={{ service, name, start, end }} />
      <div className="row wrap" style={{ gap: "0 10px" }}>
        <span title={`${formatCount(found.below)} of ${formatCount(found.count)} took less`}>
          <b>{rankOf(found)}</b>
        </span>
        <span className="faint num">
          p50 {formatMs(found.p50Ms)} · p95 {formatMs(found.p95Ms)} · p99 {formatMs(found.p99Ms)}
        </span>
      </div>
    </div>
  );
}

function rankOf({ percentile, count }: DurationAnswer): string {
  const share = percentile ?? 0;
  const of = `of ${formatCount(count)} similar spans within the hour`;
  if (share >= 99.95) return `the slowest ${of}`;
  if (share >= 50) return `slower than ${share.toFixed(share > 99 ? 1 : 0)}% ${of}`;
  return `faster than ${(100 - share).toFixed(share < 1 ? 1 : 0)}% ${of}`;
}

function Bars({
  found,
  durationNs,
  link,
}: {
  found: DurationAnswer;
  durationNs: number;
  link: { service: string; name: string; start: string; end: string };
}) {
  const log = (ns: number) => Math.log2(Math.max(1, ns));
  const first = Math.min(log(durationNs), ...found.bins.map((bin) => log(bin.fromNs)));
  const last = Math.max(log(durationNs), ...found.bins.map((bin) => log(bin.toNs)));
  const x = (ns: number) => ((log(ns) - first) / Math.max(0.5, last - first)) * (WIDTH - 8) + 4;
  const most = Math.max(1, ...found.bins.map((bin) => bin.count));
  // By the square root: one slow span among thousands has to be seen.
  const tall = (count: number) => Math.max(2, Math.sqrt(count / most) * (HEIGHT - 4));
  const at = x(durationNs);
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label="Distribution of durations"
    >
      <line x1={0} x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} stroke="var(--line-strong)" />
      {found.bins.map((bin) => {
        const mine = durationNs >= bin.fromNs && durationNs < bin.toNs;
        const left = x(bin.fromNs);
        const wide = Math.max(1.5, x(bin.toNs) - left - 1);
        const failed = bin.count > 0 ? bin.errors / bin.count : 0;
        return (
          <Link
            key={bin.fromNs}
            to="/traces"
            search={{
              service: link.service,
              name: link.name,
              range: undefined,
              start: link.start,
              end: link.end,
            }}
          >
            <rect x={left} y={0} width={wide} height={HEIGHT} fill="transparent">
              <title>
                {`${formatNs(bin.fromNs)} to ${formatNs(bin.toNs)}: ${formatCount(bin.count)}${bin.errors > 0 ? `, ${formatCount(bin.errors)} failed` : ""}`}
              </title>
            </rect>
            <rect
              x={left}
              y={HEIGHT - 1 - tall(bin.count)}
              width={wide}
              height={tall(bin.count)}
              fill={mine ? "var(--accent)" : "var(--text-3)"}
              opacity={mine ? 1 : 0.55}
              pointerEvents="none"
            />
            {failed > 0 && (
              <rect
                x={left}
                y={HEIGHT - 1 - tall(bin.count) * failed}
                width={wide}
                height={tall(bin.count) * failed}
                fill="var(--err)"
                pointerEvents="none"
              />
            )}
          </Link>
        );
      })}
      <line
        x1={at}
        x2={at}
        y1={0}
        y2={HEIGHT}
        stroke="var(--accent)"
        strokeWidth={1.5}
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
