import { createElement } from "react";
import {
  IconApi,
  IconBell,
  IconBinaryTree,
  IconBox,
  IconCloud,
  IconDatabase,
  IconFunction,
  IconInbox,
  IconServer,
  IconTable,
  IconUsers,
  IconWorld,
} from "@tabler/icons-react";
import type { XRayStatistics } from "../../api/types.generated";
import { ringArcs } from "../../xray/mapLayout";

const RADIUS = 18;
const ROUND = 2 * Math.PI * RADIUS;

/** How a node's requests ended, as shares of a ring; what kind it is inside. */
export function Ring({
  statistics,
  type,
  size = 44,
}: {
  statistics: XRayStatistics | null;
  type: string | null;
  size?: number;
}) {
  return (
    <span className="ring" style={{ width: size, height: size }} aria-hidden>
      <svg viewBox="0 0 44 44" width={size} height={size}>
        <circle cx="22" cy="22" r={RADIUS} className="track" />
        {statistics &&
          ringArcs(statistics.counts).map(({ code, from, share }) => (
            <circle
              key={code}
              cx="22"
              cy="22"
              r={RADIUS}
              className={`arc code-${code}`}
              // A share too small to see would be the one worth seeing.
              strokeDasharray={`${Math.max(share, 0.025) * ROUND} ${ROUND}`}
              strokeDashoffset={-from * ROUND}
            />
          ))}
      </svg>
      {createElement(iconOf(type), { size: size * 0.43, stroke: 1.6 })}
    </span>
  );
}

function iconOf(type: string | null) {
  const kind = (type ?? "").toLowerCase();
  if (kind === "client") return IconUsers;
  if (kind.includes("dynamodb")) return IconTable;
  if (kind.includes("s3")) return IconBox;
  if (kind.includes("sqs") || kind.includes("queue") || kind.includes("kinesis")) return IconInbox;
  if (kind.includes("sns")) return IconBell;
  if (kind.includes("lambda")) return IconFunction;
  if (kind.includes("apigateway")) return IconApi;
  if (kind.includes("stepfunctions")) return IconBinaryTree;
  if (kind.includes("database") || kind.includes("rds") || kind.includes("sql")) return IconDatabase;
  if (kind === "remote") return IconWorld;
  if (kind.startsWith("aws::ec2") || kind.startsWith("aws::ecs") || kind.startsWith("aws::eks")) return IconServer;
  return kind.startsWith("aws::") ? IconCloud : IconServer;
}
