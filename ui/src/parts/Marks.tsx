import { ActionIcon, Tooltip } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import type { ItemSummary } from "../api/types.generated";
import type { Protocol } from "../api/words.generated";
import { serviceColour } from "../values/colours";
import { formatAgo, formatTime } from "../values/format";
import { useNow } from "./clock";

const PROTOCOLS: Record<Protocol, { short: string; long: string; hue: number }> = {
  otlp: { short: "OTel", long: "OpenTelemetry (OTLP)", hue: 265 },
  honeycomb: { short: "Honeycomb", long: "Honeycomb events", hue: 85 },
  xray: { short: "X-Ray", long: "AWS X-Ray", hue: 310 },
  "cloudwatch-logs": { short: "CW Logs", long: "CloudWatch Logs", hue: 20 },
  rollbar: { short: "Rollbar", long: "Rollbar", hue: 230 },
};

export function protocolName(protocol: Protocol): string {
  return PROTOCOLS[protocol].long;
}

/** A word for it where there is little room. */
export function sourceName(protocol: Protocol): string {
  return PROTOCOLS[protocol].short;
}

export function ProtocolBadge({ protocol }: { protocol: Protocol }) {
  const { short, long, hue } = PROTOCOLS[protocol];
  return (
    <span
      className="badge"
      title={long}
      style={{
        color: `oklch(var(--svc-l) 0.11 ${hue})`,
        background: `oklch(var(--svc-l) 0.11 ${hue} / 0.13)`,
      }}
    >
      {short}
    </span>
  );
}

export function ProtocolBadges({ protocols }: { protocols: readonly Protocol[] }) {
  return (
    <span className="row" style={{ gap: 4 }}>
      {protocols.map((one) => (
        <ProtocolBadge key={one} protocol={one} />
      ))}
    </span>
  );
}

export function Service({ name, colour, count }: { name: string; colour?: string | undefined; count?: number }) {
  return (
    <span className="service" title={count === undefined ? name : `${name}: ${count} spans`}>
      <span className="dot" style={{ background: colour ?? serviceColour(name) }} />
      <span className="cut">{name}</span>
      {count !== undefined && <span className="faint">{count}</span>}
    </span>
  );
}

export function HttpStatus({ status }: { status: number | null | undefined }) {
  if (status === null || status === undefined) return null;
  const tone = status >= 500 ? "bad" : status >= 400 ? "warn" : status >= 200 && status < 300 ? "good" : "";
  return <span className={`badge mono ${tone}`}>{status}</span>;
}

const LEVEL_TONE: Record<string, string> = {
  critical: "bad",
  fatal: "bad",
  error: "bad",
  warning: "warn",
  warn: "warn",
  info: "accent",
};

export function Level({ level }: { level: string }) {
  // Many lines carry no level at all: that is not worth a badge.
  if (!level || level.toLowerCase() === "unset") return <span className="faint">–</span>;
  return <span className={`badge ${LEVEL_TONE[level.toLowerCase()] ?? ""}`}>{level.toLowerCase()}</span>;
}

export function levelTone(level: string): string {
  return LEVEL_TONE[level.toLowerCase()] ?? "";
}

export function ItemStatus({ status }: { status: ItemSummary["status"] }) {
  const tone = status === "active" ? "bad" : status === "resolved" ? "good" : "";
  return <span className={`badge ${tone}`}>{status}</span>;
}

/** A relative time that keeps itself current; the exact time on hover. */
export function Ago({ iso }: { iso: string | null | undefined }) {
  const now = useNow();
  return (
    <time dateTime={iso ?? undefined} title={iso ? exact(iso) : undefined} style={{ whiteSpace: "nowrap" }}>
      {formatAgo(iso, now)}
    </time>
  );
}

/** A clock time; the day in front when it is not today, UTC on hover. */
export function At({ iso, digits }: { iso: string; digits?: number }) {
  const now = useNow();
  return (
    <time dateTime={iso} title={exact(iso)} className="mono" style={{ whiteSpace: "nowrap" }}>
      {formatTime(iso, now, digits)}
    </time>
  );
}

function exact(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? iso : `${at.toLocaleString()}\n${iso} (UTC)`;
}

export function Copy({ value, label = "Copy", size = 20 }: { value: string; label?: string; size?: number }) {
  const clipboard = useClipboard({ timeout: 1200 });
  return (
    <Tooltip label={clipboard.copied ? "Copied" : label}>
      <ActionIcon
        size={size}
        aria-label={label}
        onClick={(event) => {
          event.stopPropagation();
          clipboard.copy(value);
        }}
      >
        {clipboard.copied ? <IconCheck size={13} color="var(--ok)" /> : <IconCopy size={13} stroke={1.7} />}
      </ActionIcon>
    </Tooltip>
  );
}

export function Kbd({ children }: { children: string }) {
  return <kbd className="kbd">{children}</kbd>;
}

export function Sparkline({ values, width = 110, height = 22 }: { values: number[]; width?: number; height?: number }) {
  const most = Math.max(1, ...values);
  const step = width / Math.max(1, values.length);
  return (
    <svg width={width} height={height} role="img" aria-label={`${values.reduce((a, b) => a + b, 0)} in range`}>
      <line x1={0} x2={width} y1={height - 0.5} y2={height - 0.5} stroke="var(--line-strong)" />
      {values.map((value, i) => {
        const tall = value === 0 ? 0 : Math.max(2, (value / most) * (height - 3));
        return (
          <rect
            key={i}
            x={i * step + 0.5}
            y={height - 1 - tall}
            width={Math.max(1, step - 1.2)}
            height={tall}
            rx={0.8}
            fill="var(--err)"
            opacity={0.85}
          />
        );
      })}
    </svg>
  );
}
